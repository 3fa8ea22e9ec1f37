"""What the decoding library says of a field that is not as it must be, in words for whoever filled it in."""

import re
from collections.abc import Callable

KINDS = {
    "str": "text",
    "int": "a whole number",
    "float": "a number",
    "bool": "true or false",
    "array": "a list",
    "object": "an object",
}
CURSOR_WANTED = "This is no cursor: use `next` of the page before."
OTHER_FORM = "This is not of the form that is wanted here."
# Of patterns that editors meet: a part that only these have.
FORMS = {
    "https?": "An address starts with http:// or https:// (pictures also with /), and has no spaces.",
    "[a-z0-9]+(-[a-z0-9]+)*": "A slug has small letters and digits, with single hyphens between them.",
    r"'\\S'": "There is nothing in it.",
    "[A-Za-z0-9_-]{1,64}$": "This is no id.",
}
LIST_OF_WORDS = re.compile(r"'\^\(((?:\w|\[\.\])+(?:\|(?:\w|\[\.\])+)+)\)\$(?:\(\?!\\+n\))?'")


def in_words(message: str, path: str = "") -> str:
    """As it stands, if the library never says so of what is asked for here."""
    message = message.partition(" - at `")[0]
    for said, words in SENTENCES:
        if found := re.fullmatch(said, message, re.DOTALL):
            return words(found, path)
    return message


def form(found: re.Match[str], path: str) -> str:
    """A pattern that lists some words is said as these; no other is shown."""
    pattern = found[1]
    if listed := LIST_OF_WORDS.fullmatch(pattern):
        *others, last = listed[1].replace("[.]", ".").split("|")
        return f"Say {', '.join(others)} or {last}."
    if path == "after":
        return CURSOR_WANTED
    return next((words for part, words in FORMS.items() if part in pattern), OTHER_FORM)


def kind(found: re.Match[str], _: str) -> str:
    kinds = [KINDS[name] for name in found[1].split(" | ") if name in KINDS]
    return f"Give {' or '.join(kinds)}." if kinds else OTHER_FORM


def length(found: re.Match[str], _: str) -> str:
    what, bound, number = found[1], found[2], int(found[3])
    if bound == ">=" and number == 1:
        return "This may not be empty."
    counted = f"{number:,} characters" if what == "str" else f"{number:,} of them"
    return f"{BOUNDS[bound]} {counted}."


BOUNDS = {">=": "At least", "<=": "At most", ">": "More than", "<": "Less than"}

SENTENCES: tuple[tuple[str, Callable[[re.Match[str], str], str]], ...] = (
    (r"Expected `str` matching regex (.*)", form),
    (r"Expected `(\w+)` of length (>=|<=) (\d+)", length),
    (r"Expected `\w+` (>=|<=|>|<) (-?[\d.]+)", lambda found, path: f"{BOUNDS[found[1]]} {found[2]}."),
    (r"Expected `([\w| ]+)`(?:, got `.*`)?", kind),
    (r"Invalid RFC3339 encoded date", lambda found, path: "This is no day, such as 2024-05-14."),
    (r"Invalid RFC3339 encoded datetime", lambda found, path: "This is no moment, such as 2024-05-14T09:30:00Z."),
    (r"Object missing required field `(.*)`", lambda found, path: f"`{found[1]}` is needed."),
    (r"Object contains unknown field `(.*)`", lambda found, path: f"There is no field `{found[1]}` here."),
    (r"Invalid (?:enum )?value ('.*'|\d+)", lambda found, path: f"{found[1]} is none of the words for this."),
)
