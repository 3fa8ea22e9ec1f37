"""Slugs of articles: unique over the whole site, each held for ever by the article that claimed it first."""

from collections.abc import Iterator
from typing import Annotated

from msgspec import Meta, Struct

from domain.rules import Aggregate, Change, Event, Fold, Refused

SLUG_LENGTH_MOST = 100
Slug = Annotated[str, Meta(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$(?!\n)", max_length=SLUG_LENGTH_MOST)]

ChosenSlug = Annotated[
    str,
    Meta(pattern=r"^([a-z0-9]+(-[a-z0-9]+)*)?$(?!\n)", max_length=SLUG_LENGTH_MOST, description="Empty: none chosen."),
]


class SlugClaimed(Event, frozen=True):
    """The slug is the one that the stream is named after."""

    article_id: str


class SlugHolder(Struct, frozen=True):
    article_id: str | None = None


def evolve(holder: SlugHolder, event: SlugClaimed) -> SlugHolder:
    return SlugHolder(event.article_id)


SLUG = Aggregate("slug", SlugHolder(), evolve)


def claim(wanted: str, article_id: str, fold: Fold) -> tuple[str, list[Change]]:
    """Return the slug that the article gets, with the claim if it does not hold it yet."""
    for slug in candidates(wanted, article_id):
        match fold(SLUG, slug).article_id:
            case None:
                return slug, [SLUG.change(slug, SlugClaimed(article_id))]
            case holder if holder == article_id:
                return slug, []
    raise Refused(f"The address '{wanted}' and all its variants are taken.")


def candidates(wanted: str, article_id: str) -> Iterator[str]:
    """What an event holds must be a slug when it is read again: a long one makes room for what sets it apart."""
    yield wanted
    letters = "".join(c for c in article_id.lower() if c.isascii() and c.isalnum())
    for ending in (*map(str, range(2, 10)), letters[:6], letters[:12], letters):
        yield f"{wanted[: SLUG_LENGTH_MOST - len(ending) - 1].rstrip('-')}-{ending}"
