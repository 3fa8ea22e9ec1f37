"""Articles that go with one: those that share most tags, then the newest of its section. Nothing is stored for it."""

from projections import cards, tags
from projections.articles import decoder
from projections.cards import Card, Site
from projections.store import Reads, id_of


def read(reads: Reads, id: str, site: Site, limit: int = 10) -> list[Card] | None:
    """Never the article itself, never one that is not public. None: the article is unknown or not public."""
    (found,) = reads.get("article", [id])
    if found is None:
        return None
    content = decoder.decode(found).edition.content
    keys = reads.in_most(tags.lists_of(reads, *content.tags), limit + 1) if content.tags else []
    if len(keys) <= limit:
        keys += reads.page([[f"section:{content.section}"]], None, 2 * limit + 1)
    ids = [other for other in dict.fromkeys(map(id_of, keys)) if other != id]
    return cards.read(reads, ids[:limit], site)
