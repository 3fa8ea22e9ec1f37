"""The formats of a feed, by how its address ends."""

from collections.abc import Callable, Mapping

from msgspec import Struct

from cms.feeds import atom, json_feed, rss
from cms.feeds.document import Document


class Format(Struct, frozen=True):
    media_type: str
    write: Callable[[Document], bytes]


FORMATS: Mapping[str, Format] = {
    "rss": Format(f"{rss.MEDIA_TYPE}; charset=utf-8", rss.rss),
    "atom": Format(f"{atom.MEDIA_TYPE}; charset=utf-8", atom.atom),
    "json": Format(json_feed.MEDIA_TYPE, json_feed.json_feed),
}
