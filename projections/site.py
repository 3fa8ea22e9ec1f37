"""The group `site`: the read models whose documents meet in one answer, and so share one position."""

from domain.recorded import Recorded
from projections import (
    articles,
    cards,
    corrections,
    front,
    latest,
    pages,
    popular,
    sections,
    sitemap,
    sources,
    tags,
    words,
    writers,
)
from projections.store import Write

NAME = "site"
# Of these events no reader sees anything; most of a history is made of them. They need not even be decoded.
PASSED_OVER = frozenset(
    "ArticleDrafted ArticleRevised ArticleSubmitted ArticleReturned ArticleApproved ArticleDiscarded ArticleReopened"
    " ArticleApprovalTakenBack ArticleUndone"
    " ArticleScheduled ArticleUnscheduled ArticleStepTaken ArticleStepFailed ArticleEmbargoed ArticleEmbargoLifted"
    " TaskAssigned TaskDue NoteWritten NoteResolved PreviewOpened PreviewClosed"
    " StaffHired StaffRoleGiven StaffMovedToSections StaffDetailsChanged StaffLeft"
    " AdminAppointed AdminRelieved"
    " SlugClaimed MenuRearranged ThesaurusChanged SectionFourEyesSet".split()
)
READ_MODELS = (
    sections,
    writers,
    tags,
    sources,
    pages,
    cards,
    articles,
    latest,
    words,
    popular,
    front,
    corrections,
    sitemap,
)


def project(recorded: Recorded) -> list[Write]:
    return [write for model in READ_MODELS for write in model.project(recorded)]
