"""A theme: a folder of templates, with the style sheet and whatever else pages ask for in its folder `static`.

What a theme of one's own does not have is taken from the one that comes along.
"""

import mimetypes
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from importlib.resources import files
from pathlib import Path
from types import CodeType
from typing import Any
from urllib.parse import urlencode, urlsplit

from jinja2 import (
    BytecodeCache,
    ChoiceLoader,
    Environment,
    FileSystemLoader,
    StrictUndefined,
    TemplateError,
    TemplateSyntaxError,
)
from jinja2.bccache import Bucket
from markupsafe import Markup
from msgspec import structs

from cms import answers, markup
from cms.addresses import whole
from cms.answers import NEVER, Answer
from cms.settings import PREFIX, BadSetting, Settings
from cms.site import language, pictures
from cms.site.language import Language
from cms.site.pictures import PLAYERS, Pictures
from domain.body import Block
from projections.sections import Section

OWN = Path(str(files("cms") / "theme"))
FILES_MOST, FILE_BYTES_MOST = 200, 5 * 1024 * 1024
STYLE = "style.css"
# Another file has another address.
FOR_EVER = b"public, max-age=31536000, immutable"
# Nothing runs or is fetched but what this site gives; pictures and films are where editors say.
POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "font-src 'self'",
        "connect-src 'self'",
        "img-src 'self' https: http:",
        "media-src 'self' https: http:",
        f"frame-src {' '.join(PLAYERS)}",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'self'",
    )
)


class Compiled(BytecodeCache):
    """To compile all templates takes a third of a second: a process does it once for each text."""

    def __init__(self) -> None:
        self.code: dict[str, tuple[str, CodeType]] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        checksum, code = self.code.get(bucket.key, ("", None))
        if checksum == bucket.checksum:
            bucket.code = code

    def dump_bytecode(self, bucket: Bucket) -> None:
        if bucket.code is not None:
            self.code[bucket.key] = (bucket.checksum, bucket.code)


compiled = Compiled()


class Theme:
    """BadSetting: a theme of one's own cannot be read, and where."""

    def __init__(self, settings: Settings) -> None:
        folders = [*([Path(settings.theme)] if settings.theme else []), OWN]
        self.language = spoken(settings.language, folders)
        self.accent = settings.accent
        self.files = dict(read(folders, self.accent))
        self.root = urlsplit(settings.base_url).path
        self.pictures = Pictures(settings.pictures, settings.base_url)
        self.environment = environment(folders, self, settings)
        for name in self.environment.list_templates(extensions=["html"]):
            require_readable(self.environment, name)

    def render(self, template: str, **values: Any) -> bytes:
        return self.environment.get_template(template).render(values).encode()

    def file(self, name: str) -> str:
        """Its address."""
        return self.address("static", "theme", name, v=self.files[name].digest)

    def month_address(self, month: Any) -> str:
        """Of whatever has a year and a month."""
        return self.address("archive", f"{month.year:04}", f"{month.month:02}")

    def day_address(self, day: date) -> str:
        return f"{self.month_address(day)}/{day.day:02}"

    def address(self, *parts: str, **query: str | int | None) -> str:
        """Of a page of this site; what is None is left out of the query."""
        said = urlencode({name: value for name, value in query.items() if value is not None})
        return "/".join((self.root, *parts)) + (f"?{said}" if said else "")


def spoken(code: str, folders: list[Path]) -> Language:
    try:
        return Language(code, folders)
    except (OSError, ValueError) as error:
        raise BadSetting(f"{PREFIX}THEME: its words cannot be read: {error}") from None


def environment(folders: list[Path], theme: Theme, settings: Settings) -> Environment:
    made = Environment(
        loader=ChoiceLoader([FileSystemLoader(folder) for folder in folders]),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=StrictUndefined,
        extensions=["jinja2.ext.i18n"],
        auto_reload=False,
        bytecode_cache=compiled,
    )
    made.install_gettext_translations(theme.language.words, newstyle=True)  # type: ignore[attr-defined]
    made.globals |= {
        "title": settings.title,
        "base_url": settings.base_url,
        "root": theme.root,
        "outward": settings.outward,
        "lang": theme.language,
        "file": theme.file,
        "address": theme.address,
        "month_address": theme.month_address,
        "day_address": theme.day_address,
        "sized": theme.pictures.sized,
        "sizes": theme.pictures.sizes,
        "player": pictures.player,
        "is_film": pictures.is_film,
        "host": pictures.host,
        "whole": lambda url: whole(url, settings.base_url) or url,
        "flat": flat,
        "accent": theme.accent,
    }
    made.filters |= {
        "inline": inline,
        "offset": language.offset,
        "day": theme.language.day,
        "day_name": theme.language.day_name,
        "short_day": theme.language.short_day,
        "near_day": theme.language.near_day,
        "hour": language.hour,
        "number": theme.language.number,
        "iso": datetime.isoformat,
        "kind": kind,
    }
    return made


def require_readable(environment: Environment, name: str) -> None:
    try:
        environment.get_template(name)
    except TemplateError as error:
        where = f", line {error.lineno}" if isinstance(error, TemplateSyntaxError) else ""
        raise BadSetting(f"{PREFIX}THEME: {name}{where}: {error.message}") from None
    except UnicodeDecodeError:
        raise BadSetting(f"{PREFIX}THEME: {name} is not UTF-8.") from None


def inline(text: str) -> Markup:
    """A line as editors typed it: strong, emphasis, links, and no more."""
    return Markup(markup.clean_line(text))  # noqa: S704


def flat(menu: Sequence[Section], above: str = "") -> Iterator[tuple[str, str]]:
    """Slug and name of each section, with the names of those that it is part of."""
    for section in menu:
        name = f"{above} – {section.name}" if above else section.name
        yield section.slug, name
        yield from flat(section.sections, name)


def kind(block: Block) -> str:
    """As files and answers name it."""
    return str(block.__struct_config__.tag)


def read(folders: list[Path], accent: str) -> Iterator[tuple[str, Answer]]:
    found = {
        file.name: file
        for folder in reversed(folders)
        for file in sorted((folder / "static").glob("*.*"))
        if file.is_file() and not file.name.startswith(".")
    }
    if len(found) > FILES_MOST:
        raise BadSetting(f"{PREFIX}THEME: a theme has {FILES_MOST} files at most in its folder static.")
    for name, file in found.items():
        body = file.read_bytes()
        if len(body) > FILE_BYTES_MOST:
            raise BadSetting(f"{PREFIX}THEME: {file} is larger than {FILE_BYTES_MOST} bytes.")
        if name == STYLE:
            # At its end: before rules of a theme's own, its imports would not count.
            body += f"\n:root{{--accent:{accent}}}\n".encode()
        made = answers.answer(body, frozenset(), NEVER, media_type(name))
        yield name, structs.replace(made, cache_control=FOR_EVER)


def media_type(name: str) -> str:
    found = mimetypes.guess_type(name)[0] or "application/octet-stream"
    textual = found.startswith("text/") or found.endswith(("javascript", "+xml"))
    return f"{found}; charset=utf-8" if textual else found
