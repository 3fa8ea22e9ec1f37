"""Any content and any event that may lie in the store, for properties that hold for all of them."""

from datetime import UTC
from typing import get_args

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from domain.admins import AdminAppointed, AdminRelieved
from domain.article import (
    ArticleApprovalTakenBack,
    ArticleApproved,
    ArticleCorrected,
    ArticleDiscarded,
    ArticleDrafted,
    ArticleEmbargoed,
    ArticleEmbargoLifted,
    ArticlePublished,
    ArticleReopened,
    ArticleRestored,
    ArticleReturned,
    ArticleRevised,
    ArticleScheduled,
    ArticleStepFailed,
    ArticleStepTaken,
    ArticleSubmitted,
    ArticleUndone,
    ArticleUnpublished,
    ArticleUnscheduled,
    ArticleUpdated,
    ArticleViewsCarriedOver,
    ArticleWithdrawn,
    Step,
    StepAct,
)
from domain.body import Block, Divider, Embed, Heading, Image, List, Paragraph, Quote, Video
from domain.content import Content, Correction, Edition, Revision, difference
from domain.front import BreakingDeclared, BreakingEnded, Fill, FrontArranged, Package
from domain.page import PagePublished, PageTakenDown
from domain.recorded import AnyEvent
from domain.role import Role
from domain.rules import Event
from domain.section import (
    MenuRearranged,
    SectionAdded,
    SectionClosed,
    SectionFourEyesSet,
    SectionMoved,
    SectionRenamed,
    SectionReopened,
)
from domain.slug import SlugClaimed
from domain.source import SourceAdded, SourceChanged
from domain.staff import StaffDetailsChanged, StaffHired, StaffLeft, StaffMovedToSections, StaffRoleGiven
from domain.tag import TagAdded, TagMerged, TagParted, TagRenamed, ThesaurusChanged
from domain.task import NoteResolved, NoteWritten, PreviewClosed, PreviewOpened, TaskAssigned, TaskDue
from domain.views import ViewsCounted
from domain.writer import WriterAdded, WriterChanged

# How long an example takes says nothing on a machine that others share.
UNHURRIED = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])

EVENT_TYPES: frozenset[type[Event]] = frozenset(get_args(AnyEvent))

words = st.text(max_size=20)
some_words = st.text(min_size=1, max_size=20)
ids = st.text("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_", min_size=1, max_size=22)
slugs = st.from_regex(r"[a-z0-9]{1,8}(-[a-z0-9]{1,8}){0,2}", fullmatch=True)
urls = slugs.map(lambda slug: f"https://media.example/{slug}") | slugs.map(lambda slug: f"/media/{slug}")
moments = st.datetimes(timezones=st.just(UTC))
counts = st.integers(0, 2**53)
roles = st.sampled_from(Role)


def lists(elements: st.SearchStrategy[str]) -> st.SearchStrategy[tuple[str, ...]]:
    return st.lists(elements, unique=True, max_size=3).map(tuple)


blocks: st.SearchStrategy[Block] = st.one_of(
    st.builds(Paragraph, id=ids, text=some_words),
    st.builds(Quote, id=ids, text=some_words, cite=words),
    st.builds(Heading, id=ids, text=some_words, level=st.integers(2, 4)),
    st.builds(List, id=ids, items=st.lists(some_words, min_size=1, max_size=3).map(tuple), ordered=st.booleans()),
    st.builds(Image, id=ids, url=urls, alt=words, caption=words, credit=words),
    st.builds(Video, id=ids, url=urls, caption=words),
    st.builds(Embed, id=ids, url=urls, caption=words),
    st.builds(Divider, id=ids),
)
bodies = st.lists(blocks, unique_by=lambda block: block.id, max_size=4).map(tuple)
contents = st.builds(
    Content,
    headline=some_words,
    section=slugs,
    standfirst=words,
    tags=lists(slugs),
    writers=lists(slugs),
    source=words,
    slug=st.just("") | slugs,
    related=lists(ids),
    body=bodies,
)
corrections = st.lists(st.builds(Correction, moments, words), max_size=2).map(tuple)
editions = st.builds(
    Edition, slug=slugs, published_at=moments, updated_at=moments, content=contents, corrections=corrections
)
revisions: st.SearchStrategy[Revision] = st.builds(difference, contents, contents)
steps = st.builds(Step, ids, st.sampled_from(StepAct), moments)
packages = st.lists(st.builds(Package, some_words, lists(ids)), max_size=2).map(tuple)
views = st.dictionaries(counts, st.dictionaries(ids, counts, max_size=3), max_size=3)
by_agent = st.dictionaries(words, views, max_size=2)
by_edition = st.dictionaries(ids, st.dictionaries(counts, counts, max_size=2), max_size=2)

EVENTS: dict[type[Event], st.SearchStrategy[Event]] = {
    ArticleDrafted: st.builds(ArticleDrafted, contents, words, words),
    ArticleRevised: st.builds(ArticleRevised, revisions, words, words),
    ArticleSubmitted: st.builds(ArticleSubmitted),
    ArticleReturned: st.builds(ArticleReturned, words),
    ArticleApproved: st.builds(ArticleApproved),
    ArticleApprovalTakenBack: st.builds(ArticleApprovalTakenBack),
    ArticleDiscarded: st.builds(ArticleDiscarded),
    ArticleReopened: st.builds(ArticleReopened),
    ArticleScheduled: st.builds(ArticleScheduled, steps),
    ArticleUnscheduled: st.builds(ArticleUnscheduled, ids),
    ArticleStepTaken: st.builds(ArticleStepTaken, ids),
    ArticleStepFailed: st.builds(ArticleStepFailed, ids, words),
    ArticleEmbargoed: st.builds(ArticleEmbargoed, moments),
    ArticleEmbargoLifted: st.builds(ArticleEmbargoLifted),
    ArticlePublished: st.builds(ArticlePublished, editions),
    ArticleUpdated: st.builds(ArticleUpdated, editions),
    ArticleCorrected: st.builds(ArticleCorrected, editions),
    ArticleUnpublished: st.builds(ArticleUnpublished),
    ArticleWithdrawn: st.builds(ArticleWithdrawn, words, words, st.just("") | slugs),
    ArticleRestored: st.builds(ArticleRestored, editions),
    ArticleUndone: st.builds(ArticleUndone, counts, counts),
    ArticleViewsCarriedOver: st.builds(ArticleViewsCarriedOver, counts),
    TaskAssigned: st.builds(TaskAssigned, words),
    TaskDue: st.builds(TaskDue, st.none() | moments),
    NoteWritten: st.builds(NoteWritten, ids, words, words, words),
    NoteResolved: st.builds(NoteResolved, ids),
    PreviewOpened: st.builds(PreviewOpened, ids, moments),
    PreviewClosed: st.builds(PreviewClosed, ids),
    SectionAdded: st.builds(SectionAdded, words, counts, st.none() | slugs),
    SectionRenamed: st.builds(SectionRenamed, words),
    SectionMoved: st.builds(SectionMoved, counts, st.none() | slugs),
    SectionClosed: st.builds(SectionClosed),
    SectionReopened: st.builds(SectionReopened),
    SectionFourEyesSet: st.builds(SectionFourEyesSet, st.booleans()),
    FrontArranged: st.builds(FrontArranged, lists(ids), packages, st.sampled_from(Fill)),
    BreakingDeclared: st.builds(BreakingDeclared, ids, moments),
    BreakingEnded: st.builds(BreakingEnded, ids),
    MenuRearranged: st.builds(MenuRearranged, slugs, st.none() | slugs),
    TagAdded: st.builds(TagAdded, words),
    TagRenamed: st.builds(TagRenamed, words),
    TagMerged: st.builds(TagMerged, slugs),
    TagParted: st.builds(TagParted),
    ThesaurusChanged: st.builds(ThesaurusChanged, slugs),
    WriterAdded: st.builds(WriterAdded, words, words, st.booleans()),
    WriterChanged: st.builds(WriterChanged, words, words, st.booleans()),
    SourceAdded: st.builds(SourceAdded, words, words),
    SourceChanged: st.builds(SourceChanged, words, words),
    PagePublished: st.builds(PagePublished, words, bodies, counts),
    PageTakenDown: st.builds(PageTakenDown),
    SlugClaimed: st.builds(SlugClaimed, ids),
    ViewsCounted: st.builds(ViewsCounted, views, by_agent, by_agent, by_edition, words),
    StaffHired: st.builds(StaffHired, roles, words, lists(slugs)),
    StaffRoleGiven: st.builds(StaffRoleGiven, roles),
    StaffMovedToSections: st.builds(StaffMovedToSections, lists(slugs)),
    StaffDetailsChanged: st.builds(StaffDetailsChanged, words),
    StaffLeft: st.builds(StaffLeft),
    AdminAppointed: st.builds(AdminAppointed, ids),
    AdminRelieved: st.builds(AdminRelieved, ids),
}
