"""JSON that may have any shape, read for what it seems to mean."""

from typing import Any

Json = dict[str, Any]
VALUES = ("value", "name", "title", "text", "literal")
DEPTH_MOST = 12


def flat(given: Any, depth: int = 0) -> Any:
    """With keys as versions 1 and 2 write them: `pubStatus`, `pub_status` and `pubstatus` are one."""
    if depth > DEPTH_MOST:
        return None
    if isinstance(given, dict):
        return {key_of(key): flat(value, depth + 1) for key, value in given.items()}
    if isinstance(given, list):
        return [flat(value, depth + 1) for value in given]
    return given


def key_of(key: str) -> str:
    key = key.lower()
    prefix, parted, rest = key.partition("_")
    return key if parted and prefix in ("headline", "body", "description") else prefix + rest.replace("_", "")


def text_of(given: Any) -> str:
    """A text, a number, an object that says one, or the first of a list of these."""
    match given:
        case str():
            return given.strip()
        case bool() | None:
            return ""
        case int() | float():
            return str(given)
        case dict():
            return next((found for key in VALUES if (found := text_of(given.get(key)))), "")
        case list():
            return next((found for part in given if (found := text_of(part))), "")
        case _:
            return ""


def all_of(told: Json, key: str) -> list[Json]:
    """Objects under a key: also where there is one without a list, a text for it, or an object of objects."""
    given = told.get(key)
    if isinstance(given, str):
        given = [given.strip()]
    if isinstance(given, dict):
        named = any(key in given for key in ("name", "value", "href", "uri", "type", "renditions", "rel"))
        given = [given] if named else list(given.values())
    if not isinstance(given, list):
        return []
    return [part if isinstance(part, dict) else {"name": part} for part in given if part]


def by_role(told: Json, stem: str, *roles: str) -> str:
    """The text of the first of these roles, else of any: `headlines`, `headline`, `headline_main`."""
    given = {text_of(part.get("role")).lower(): text_of(part) for part in all_of(told, f"{stem}s")}
    given.update({key[len(stem) + 1 :]: text_of(told[key]) for key in told if key.startswith(f"{stem}_")})
    if (text := text_of(told.get(stem))) and "" not in given:
        given[""] = text
    return next((given[role] for role in roles if given.get(role)), next(filter(None, given.values()), ""))
