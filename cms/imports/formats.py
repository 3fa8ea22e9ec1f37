"""The formats that a file may have, by their names on the command line."""

from functools import partial

from cms.imports import edition, feeds, ninjs, wordpress
from cms.imports.records import Destination, Reader

FORMATS = ("edition", "ninjs", "rss", "atom", "wxr")


def reader(form: str, destination: Destination) -> Reader:
    match form:
        case "ninjs":
            return partial(ninjs.read, destination=destination)
        case "rss" | "atom":
            return partial(feeds.read, destination=destination)
        case "wxr":
            return partial(wordpress.read, destination=destination)
        case _:
            return edition.read
