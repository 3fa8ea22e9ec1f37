"""Articles that go with one: those that editors chose, then those that say most of the same, then its section's newest.

What they say is weighed by how rare it is, and tags too; the nearer they were published the better, and the more they
were read. All of it comes from the read models alone, so that the same history gives the same list.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from itertools import islice

from msgspec import Struct

from domain.content import Content
from projections import articles, cards, likeness, tags, words
from projections.cards import Card, Site
from projections.likeness import Shared, Term, all_stems, is_same, rarity, shared
from projections.store import EPOCH, Reads, id_of, key, microseconds, unnoted
from projections.words import SAMPLE, SAMPLED, Words, list_of

# Of each list the newest are looked at, of lists by rarity; of all that are found there, the most promising closely.
TERMS_MOST, LISTS_MOST, TAGS_MOST, OF_LIST_MOST, CLOSELY_MOST = 24, 16, 8, 100, 120
# Of so many more than are asked for, it is asked how often they were read.
SPARE = 10
# Words that follow an article may stand in so many newer ones that those beside it would not be found.
LATER = timedelta(days=30)
TAG = 0.5
RECENCY, RECENT_DAYS = 0.2, 30
VIEWS, VIEWS_FULL_BITS = 0.1, 20
# Two versions of a story have about as much in common with what is asked about.
SAME_ALIKE = 0.6
UNIT = 1_000
DAY_MICROSECONDS = 24 * 3600 * 1_000_000


class SharedTag(Struct, frozen=True):
    slug: str
    weight: int


class SharedWord(Struct, frozen=True):
    word: str
    weight: int


class Why(Struct, frozen=True, kw_only=True):
    """Weights are thousandths and add up to `score`, but for rounding. `by`: `editors`, `likeness` or `section`.

    `recency` and `views` are what those add; `days_apart` how far apart both were published, `viewed` how often it was
    read.
    """

    by: str
    score: int = 0
    tags: tuple[SharedTag, ...] = ()
    words: tuple[SharedWord, ...] = ()
    names: tuple[SharedWord, ...] = ()
    days_apart: int | None = None
    recency: int = 0
    viewed: int = 0
    views: int = 0


class Related(Struct, frozen=True):
    card: Card
    why: Why


class Subject(Struct, frozen=True):
    """What is asked about. `at`: microseconds of its first publication; 0 if there was none."""

    id: str
    content: Content
    at: int
    words: Words


class Trait(Struct, frozen=True):
    """What an article may share with the subject: the lists of those that have it, and how many these are."""

    lists: Sequence[str]
    size: int
    weight: float


class Candidate(Struct):
    """`alike`: by words and tags, in thousandths, as all figures."""

    id: str
    words: Words
    shared: list[Shared]
    tags: list[SharedTag]
    alike: int
    recency: int = 0
    viewed: int = 0
    views: int = 0

    @property
    def score(self) -> int:
        return self.alike + self.recency + self.views

    @property
    def order(self) -> tuple[int, int, str]:
        return (-self.score, -self.words.at, self.id)


def read(reads: Reads, id: str, site: Site, limit: int = 10) -> list[Related] | None:
    """Never the article itself, never one that is not public. None: the article is unknown or not public."""
    (found,) = reads.get("article", [id])
    if found is None:
        return None
    edition = articles.decoder.decode(found).edition
    return of(reads, id, edition.content, edition.published_at, site, limit)


def of(
    reads: Reads, id: str, content: Content, published_at: datetime | None, site: Site, limit: int = 10
) -> list[Related]:
    """`content`: also one that readers do not have, or have otherwise."""
    at = microseconds(published_at) if published_at else 0
    subject = Subject(id, content, at, words.of(content, at))
    why = {chosen: Why(by="editors") for chosen in chosen_ids(reads, subject, limit)}
    for candidate in best(reads, subject, limit, frozenset(why)):
        why.setdefault(candidate.id, reasons(candidate, subject))
    if len(why) < limit:
        for newest in newest_of_section(reads, subject, limit):
            why.setdefault(newest, Why(by="section"))
    shown = cards.read(reads, list(why)[:limit], site)
    return [Related(card, why[card.id]) for card in shown]


def chosen_ids(reads: Reads, subject: Subject, limit: int) -> list[str]:
    """Those that are public."""
    ids = [id for id in dict.fromkeys(subject.content.related) if id != subject.id]
    return [id for id, found in zip(ids, reads.get("card", ids), strict=True) if found][:limit]


def newest_of_section(reads: Reads, subject: Subject, limit: int) -> list[str]:
    """As many as may be needed, whatever was found before."""
    keys = reads.page([[f"section:{subject.content.section}"]], None, 2 * limit + 1)
    return [id for id in map(id_of, keys) if id != subject.id]


def best(reads: Reads, subject: Subject, limit: int, chosen: frozenset[str]) -> list[Candidate]:
    """The most alike, of each story one."""
    if limit <= len(chosen):
        return []
    found = candidates(reads, subject, chosen)
    apart(found, subject)
    some = sorted(found, key=lambda candidate: candidate.order)[: 2 * (limit + SPARE)]
    different = of_each_story_one(some, subject, limit + SPARE)
    for candidate, viewed in zip(different, reads.totals([one.id for one in different]), strict=True):
        candidate.viewed = viewed
        candidate.views = thousandths(VIEWS * candidate.alike / UNIT * min(viewed.bit_length() / VIEWS_FULL_BITS, 1))
    return sorted(different, key=lambda candidate: candidate.order)[:limit]


def apart(found: Sequence[Candidate], subject: Subject) -> None:
    """Nearness in time, to the newest of them for what was not published."""
    at = subject.at or max((candidate.words.at for candidate in found), default=0)
    for candidate in found:
        days = abs(candidate.words.at - at) // DAY_MICROSECONDS
        candidate.recency = thousandths(RECENCY * candidate.alike / UNIT * RECENT_DAYS / (RECENT_DAYS + days))


def of_each_story_one(found: Sequence[Candidate], subject: Subject, most: int) -> list[Candidate]:
    """Of several versions the newest, in the best one's place; none of the story that is asked about."""
    own = all_stems(subject.words)
    kept: list[tuple[frozenset[str], Candidate]] = []
    for candidate in found:
        its = all_stems(candidate.words)
        if is_same(own, its):
            continue
        near = ((n, other) for n, (other, one) in enumerate(kept) if candidate.alike >= SAME_ALIKE * one.alike)
        same = next((n for n, other in near if is_same(other, its)), None)
        if len(kept) >= most and same is None:
            break
        if same is None:
            kept.append((its, candidate))
        elif candidate.words.at > kept[same][1].words.at:
            kept[same] = (its, candidate)
    return [candidate for _, candidate in kept]


def candidates(reads: Reads, subject: Subject, without: frozenset[str]) -> list[Candidate]:
    """What stands in the rarest lists of the subject's words and tags."""
    # Further down stand words that are rare at the beginning of articles, and in no way telling.
    stems = list(islice(dict.fromkeys(likeness.words_of(subject.words)), TERMS_MOST))
    sampled, *sizes = reads.size([SAMPLED, *map(list_of, stems)])
    having = dict(zip(stems, sizes, strict=True))
    groups = {group[0].removeprefix("tag:"): group for group in tags.lists_of(reads, *subject.content.tags)}
    tagged = dict(zip(groups, grouped_sizes(reads, groups.values()), strict=True))
    articles = max(SAMPLE * sampled, 2 * max((*sizes, *tagged.values()), default=0))
    rare = {stem: rarity(articles, size) for stem, size in having.items()}
    terms = sorted(likeness.single(subject.content, subject.words, rare), key=lambda term: (-term.weight, term.stem))
    of_tags = {slug: TAG * rarity(articles, size) for slug, size in tagged.items()}
    weightiest = sorted(of_tags, key=lambda slug: (-of_tags[slug], slug))[:TAGS_MOST]
    by_words = [Trait([list_of(term.stem)], having[term.stem], term.weight) for term in terms if having[term.stem]]
    by_tags = [Trait(groups[slug], tagged[slug], of_tags[slug]) for slug in weightiest if tagged[slug]]
    traits = [*by_words[:LISTS_MOST], *by_tags]
    ids = [id for id in promising(reads, subject, traits) if id != subject.id and id not in without][:CLOSELY_MOST]
    into, all_terms = tags.aliases(reads), [*terms, *likeness.paired(subject.words, terms, rare)]
    # An edition of any of these touches the lists by which it was found.
    documents = unnoted(reads).get("article", ids)
    return [
        candidate(id, words.remembered.of(document), all_terms, of_tags, into)
        for id, document in zip(ids, documents, strict=True)
        if document
    ]


def grouped_sizes(reads: Reads, groups: Iterable[Sequence[str]]) -> list[int]:
    groups = list(groups)
    sizes = iter(reads.size([name for group in groups for name in group]))
    return [sum(next(sizes) for _ in group) for group in groups]


def promising(reads: Reads, subject: Subject, traits: Iterable[Trait]) -> list[str]:
    """Ids of those with the weightiest traits first: of each, the newest that are not much newer than the subject."""
    weights: dict[str, float] = defaultdict(float)
    for trait in traits:
        until = None
        if trait.size > OF_LIST_MOST and subject.at:
            until = key(EPOCH + timedelta(microseconds=subject.at) + LATER, "")
        for found in reads.page([trait.lists], until, OF_LIST_MOST):
            weights[found] += trait.weight
    return [id_of(found) for found in sorted(weights, key=lambda found: (-round(weights[found] * UNIT), found))]


def candidate(id: str, found: Words, terms: list[Term], of_tags: dict[str, float], into: dict[str, str]) -> Candidate:
    its = dict.fromkeys(tags.canonical(slug, into) for slug in found.tags)
    both = [SharedTag(slug, thousandths(of_tags[slug])) for slug in its if slug in of_tags]
    words = shared(terms, found)
    alike = sum(thousandths(one.weight) for one in words) + sum(tag.weight for tag in both)
    return Candidate(id, found, words, both, alike)


def reasons(candidate: Candidate, subject: Subject) -> Why:
    in_common = sorted(candidate.shared, key=lambda one: (-one.weight, one.term.stem))
    told = [(one.term.name, SharedWord(one.term.written, thousandths(one.weight))) for one in in_common]
    return Why(
        by="likeness",
        score=candidate.score,
        tags=tuple(candidate.tags),
        words=tuple(word for name, word in told if not name),
        names=tuple(word for name, word in told if name),
        days_apart=abs(candidate.words.at - subject.at) // DAY_MICROSECONDS if subject.at else None,
        recency=candidate.recency,
        viewed=candidate.viewed,
        views=candidate.views,
    )


def thousandths(weight: float) -> int:
    return round(weight * UNIT)
