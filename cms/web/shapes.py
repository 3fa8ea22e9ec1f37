"""JSON schemas of what comes in and goes out, drawn by the library that decodes and encodes it."""

from collections.abc import Iterator, Sequence
from inspect import cleandoc
from typing import Any

import msgspec
from msgspec import inspect

Schema = dict[str, Any]
REFERENCE = "#/components/schemas/{name}"


def schemas(kinds: Sequence[Any]) -> tuple[list[Schema], dict[str, Schema]]:
    """One for each, and the components to which those refer."""
    structs = [one for one in found(inspect.multi_type_info(kinds)) if isinstance(one, inspect.StructType)]
    drawn, components = msgspec.json.schema_components(
        [*kinds, *(struct.cls for struct in structs)], ref_template=REFERENCE
    )
    for struct, reference in zip(structs, drawn[len(kinds) :], strict=True):
        dated(components[reference["$ref"].rpartition("/")[2]], struct)
    for component in components.values():
        if "description" in component:
            component["description"] = cleandoc(component["description"])
    return list(drawn[: len(kinds)]), components


def dated(component: Schema, struct: inspect.StructType) -> None:
    """A time is written with its offset, as the library writes it without saying so."""
    for field in struct.fields:
        if any(isinstance(one, inspect.DateTimeType) for one in within(field.type)):
            schema = component["properties"][field.encode_name]
            text = next(one for one in schema.get("anyOf", [schema]) if one.get("type") == "string")
            text["format"] = "date-time"


def found(kinds: Sequence[inspect.Type]) -> list[inspect.Type]:
    """These and all that they are made of, each once."""
    seen: dict[int, inspect.Type] = {}
    ahead = list(kinds)
    while ahead:
        kind = ahead.pop()
        if id(kind) in seen:
            continue
        seen[id(kind)] = kind
        ahead.extend(below(kind))
    return list(seen.values())


def below(kind: Any) -> Iterator[inspect.Type]:
    yield from within(kind)
    for name in ("item_type", "key_type", "value_type"):
        if (one := getattr(kind, name, None)) is not None:
            yield one
    for name in ("item_types", "fields"):
        for one in getattr(kind, name, ()):
            yield one.type if hasattr(one, "type") else one


def within(kind: inspect.Type) -> Iterator[inspect.Type]:
    """Past what only describes it, and each side of a choice."""
    if isinstance(kind, inspect.Metadata):
        yield from within(kind.type)
    elif isinstance(kind, inspect.UnionType):
        for one in kind.types:
            yield from within(one)
    else:
        yield kind
