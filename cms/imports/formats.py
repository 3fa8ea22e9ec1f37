"""The formats that a file may have, by their names on the command line."""

from functools import partial

from cms.imports import edition, feeds, ninjs, wordpress
from cms.imports.records import Reader, Wishes

FORMATS = ("edition", "ninjs", "rss", "atom", "wxr")


def reader(form: str, wishes: Wishes) -> Reader:
    match form:
        case "ninjs":
            return partial(ninjs.read, wishes=wishes)
        case "rss" | "atom":
            return partial(feeds.read, wishes=wishes)
        case "wxr":
            return partial(wordpress.read, wishes=wishes)
        case _:
            return edition.read
