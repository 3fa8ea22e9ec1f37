"""What search answers: cards of what is public now, with the words that were found, and what may have been meant."""

from collections.abc import Iterator, Sequence

from msgspec import Struct, structs

from cms.search_excerpts import Marker
from domain.content import Content
from projections import articles, cards, sections, tags, writers
from projections.cards import Card, Site
from projections.folding import WORD, forms, typed, words
from projections.search import plain, texts
from projections.search_answers import PAGES_MOST, Filters, Matches, Page, SearchAnswers, typos
from projections.search_query import parse
from projections.sections import Section
from projections.store import Reads


class Wanted(Struct, frozen=True):
    q: str
    section: str | None
    tag: str | None
    filters: Filters
    page: Page


class FoundCard(Card, frozen=True, kw_only=True):
    headline_html: str
    excerpt: str


class Found(Struct, frozen=True):
    """`pages`: how many can be asked for. `did_you_mean`: another query, where nothing is just as asked for."""

    items: list[FoundCard]
    total: int
    page: int
    pages: int
    did_you_mean: str | None


class Suggestion(Struct, frozen=True):
    """`kind`: section, tag, writer or headline; `id`: its slug, or the article's id."""

    kind: str
    id: str
    text: str
    url: str


class Suggestions(Struct, frozen=True):
    items: list[Suggestion]


def read(answers: SearchAnswers, reads: Reads, site: Site, wanted: Wanted) -> Found | None:
    """None: there is no such section."""
    filters = structs.replace(wanted.filters, tags=slugs(reads, wanted.tag))
    if wanted.section:
        within = sections.within(reads, wanted.section)
        if within is None:
            return None
        filters = structs.replace(filters, sections=within)
    query, page = parse(wanted.q), wanted.page
    matches = answers.search(query, filters, page)
    shown = cards.read(reads, matches.ids, site)
    contents = contents_of(reads, [card.id for card in shown])
    marker = Marker(query, answers.state.stem, {word: typos(word) for word in matches.mended})
    pages = min(PAGES_MOST, -(-matches.total // page.limit))
    items = [with_marks(card, contents[card.id], marker) for card in shown if card.id in contents]
    meant = did_you_mean(wanted.q, unknown(answers, matches), marker)
    return Found(items, matches.total, page.offset // page.limit + 1, pages, meant)


def slugs(reads: Reads, tag: str | None) -> list[list[str]]:
    """Of a tag: those that lead to it."""
    return [[name.removeprefix("tag:") for name in names] for names in tags.lists_of(reads, tag)] if tag else []


def contents_of(reads: Reads, ids: Sequence[str]) -> dict[str, Content]:
    found = zip(ids, reads.get("article", ids), strict=True)
    return {id: articles.decoder.decode(document).edition.content for id, document in found if document}


def with_marks(card: Card, content: Content, marker: Marker) -> FoundCard:
    return FoundCard(
        **structs.asdict(card),
        headline_html=str(marker.marked(card.headline)),
        excerpt=str(marker.excerpt(list(said(content)))),
    )


def said(content: Content) -> Iterator[str]:
    """All but the headline."""
    if content.standfirst:
        yield plain(content.standfirst)
    yield from texts(content.body)


# What may have been meant.


def unknown(answers: SearchAnswers, matches: Matches) -> list[str]:
    """Of the words that were taken for others, those that no article has."""
    return [word for word in matches.mended if not answers.articles_with(word)] if matches.guessed else []


def did_you_mean(q: str, unknown: Sequence[str], marker: Marker) -> str | None:
    """The query with each such word in the spelling that is nearest in what was found."""
    meant = {word: spelling for word in unknown if (spelling := marker.nearest(word))}
    if not meant:
        return None
    return WORD.sub(lambda match: next((meant[form] for form in forms(match[0]) if form in meant), match[0]), q).strip()


# What somebody may be about to type.


def suggestions(answers: SearchAnswers, reads: Reads, site: Site, q: str, limit: int) -> Suggestions:
    begun, letters = tuple(words(q)), typed(q)
    ids = answers.suggested(begun, letters[-1]) if begun and letters else []
    named = [id.partition(":") for id in ids if ":" in id]
    headlines = cards.read(reads, [id for id in ids if ":" not in id], site)
    items = [one for kind, _, slug in named for one in suggestion(reads, site, kind, slug)]
    items += [Suggestion("headline", card.id, card.headline, card.url) for card in headlines]
    items.sort(key=lambda item: likelihood(answers, letters, item))
    return Suggestions(list(dict.fromkeys(items))[:limit])


def likelihood(answers: SearchAnswers, letters: Sequence[str], item: Suggestion) -> tuple[int, ...]:
    """The smaller, the likelier it is meant: first what has the letters as they were typed; names before headlines."""
    said = typed(item.text)
    just_so = any(word.startswith(letters[-1]) for word in said) and set(letters[:-1]) <= set(said)
    if item.kind == "headline":
        return (not just_so, True)
    whole, begun = " ".join(said), " ".join(letters)
    used = answers.articles_of(f"{item.kind}:{item.id}")
    return (not just_so, False, whole != begun, not whole.startswith(begun), -used, len(whole))


def suggestion(reads: Reads, site: Site, kind: str, slug: str) -> Iterator[Suggestion]:
    """By its name now; a tag that gave way by the other's. Nothing that readers cannot open."""
    match kind:
        case "tag":
            for tag in tags.some(reads, [slug]):
                if reads.together(*tags.lists_of(reads, tag.slug)):
                    yield Suggestion(kind, tag.slug, tag.name, f"{site.base_url}/tag/{tag.slug}")
        case "writer":
            for writer in writers.some(reads, [slug]):
                yield Suggestion(kind, slug, writer.name, f"{site.base_url}/writer/{slug}")
        case _:
            for section in flattened(sections.read(reads)):
                if section.slug == slug:
                    yield Suggestion(kind, slug, section.name, f"{site.base_url}/{slug}")


def flattened(tree: Sequence[Section]) -> Iterator[Section]:
    for section in tree:
        yield section
        yield from flattened(section.sections)
