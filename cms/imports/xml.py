"""XML of others: nothing is fetched, nothing is expanded, and one element at a time is held."""

from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

from lxml import etree

from cms.imports.records import BadFile

CONTROL = bytes(code for code in range(32) if code not in b"\t\n\r")


class Cleaned:
    """A file without the control characters that XML forbids and old databases are full of."""

    def __init__(self, file: IO[bytes]) -> None:
        self.file = file
        # In these two codings every other byte of a letter is a zero.
        self.forbidden = b"" if file.read(2) in (b"\xff\xfe", b"\xfe\xff") else CONTROL
        file.seek(0)

    def read(self, size: int = -1) -> bytes:
        while chunk := self.file.read(size):
            if cleaned := chunk.translate(None, self.forbidden):
                return cleaned
        return b""


def elements(path: Path, *names: str) -> Iterator[Any]:
    """Each element of one of these names (whatever its namespace) at its end. Whoever gets one may empty it."""
    with path.open("rb") as file:
        try:
            found: Any = etree.iterparse(
                Cleaned(file),
                events=("start", "end"),
                tag=[f"{{*}}{name}" for name in names] or None,
                resolve_entities=False,
                no_network=True,
                huge_tree=False,
                load_dtd=False,
                remove_pis=True,
            )
            guarded = False
            for event, element in found:
                if not guarded:
                    require_no_entities(path, element)
                    guarded = True
                if event == "end":
                    yield element
        except etree.XMLSyntaxError as error:
            raise BadFile(f"{path}: no whole XML, {error.msg or 'it is empty'}; nothing was recorded.") from None


def require_no_entities(path: Path, element: Any) -> None:
    declared = element.getroottree().docinfo.internalDTD
    if declared is not None and any(True for _ in declared.iterentities()):
        raise BadFile(f"{path}: it declares entities of its own, which are not read; nothing was recorded.")


def local(element: Any) -> str:
    """Its name without the namespace; empty for comments and entities."""
    return etree.QName(element).localname if isinstance(element.tag, str) else ""


def forgotten(element: Any) -> None:
    """It and what stood before it, so that a file of any size takes the same memory."""
    element.clear()
    parent = element.getparent()
    while parent is not None and element.getprevious() is not None:
        del parent[0]
