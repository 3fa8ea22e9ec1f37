"""What every editorial act needs: the command's way to the newsroom, the version that it was made on, its answer."""

import asyncio
import hashlib
import hmac
import re
from collections.abc import Sequence
from datetime import datetime, tzinfo
from http import HTTPStatus
from typing import Annotated, Any

from litestar import Request
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.params import HeaderParameter, PathParameter, QueryParameter
from msgspec import Meta, Struct, structs

from cms import moments
from cms.asks import Key
from cms.audit import Entry, entry
from cms.batch import answered_before
from cms.newsroom import Newsroom
from cms.reading import Reading
from cms.recorders import Statement
from cms.web.access import ID
from cms.web.clashes import Clashed, Sides
from cms.web.problems import Failed
from domain.article import ARTICLE, Article, FailedStep, Status, Step
from domain.content import Content, Edition
from domain.drafting import ReviseArticle
from domain.merging import Clash
from domain.permission import AskedBy
from domain.rules import Command, Outdated
from domain.slug import SLUG_LENGTH_MOST
from domain.tag import NamedTag
from domain.task import TASK, Task

OWN_WRITE_SECONDS = 2.0
EVENTS_SHOWN_MOST = 100
NO_TASK = TASK.initial

ArticleId = Annotated[str, PathParameter(pattern=ID)]
SlugInPath = Annotated[
    str, PathParameter(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$(?!\n)", max_length=SLUG_LENGTH_MOST, description="A slug.")
]
IfMatch = Annotated[
    str | None,
    HeaderParameter(name="If-Match", description='The version it was made on, as `"7"`; 412 if it changed since.'),
]
Base = Annotated[
    int | None,
    QueryParameter(
        ge=1, le=2**62, description="The version it was made on; merged with what changed since, 409 if they touch."
    ),
]
MOMENT_CHARACTERS = 40
MOMENT_SAID = "A date and a time; without an offset, on the clocks of the newsroom's zone."
Moment = Annotated[str, Meta(max_length=MOMENT_CHARACTERS, description=MOMENT_SAID)]
IdempotencyKey = Annotated[
    str | None,
    HeaderParameter(name="Idempotency-Key", min_length=1, max_length=255, description="Safe to ask again for a day."),
]


class Accepted(Struct, frozen=True):
    """`position`: where in the history the change lies; reads with `min_position` wait for it."""

    id: str
    version: int
    position: int


class WorkingCopy(Content, frozen=True, kw_only=True, omit_defaults=False):
    """What the desk sees. `revised`: the version that last changed the working copy; `tags` are slugs.

    `steps` are ahead, the earliest first; `failed_steps` were, and could not be taken. Before the end of its `embargo`
    nobody publishes it. `returned`: what its writer was asked to do when it was given back; null if it was not, or was
    submitted again. `assignee` and `due_at` stand beside the article: they are null where it is shown as it was once.
    """

    id: str
    version: int
    revised: int
    status: Status
    edition: Edition | None
    unpublished_changes: bool
    author: str
    external_id: str
    steps: tuple[Step, ...]
    failed_steps: tuple[FailedStep, ...]
    embargo: datetime | None
    returned: str | None
    assignee: str | None = None
    due_at: datetime | None = None


def working_copy(article_id: str, article: Article, zone: tzinfo, task: Task = NO_TASK) -> WorkingCopy:
    """Moments are shown with the offset that the newsroom's clocks have now, whatever zone they were said in."""
    status = article.shown_status
    assert status is not None
    assert article.content is not None
    return WorkingCopy(
        **structs.asdict(article.content),
        id=article_id,
        version=article.version,
        revised=article.revised,
        status=status,
        edition=article.edition,
        unpublished_changes=article.unpublished_changes,
        author=article.author,
        external_id=article.external_id,
        steps=tuple(structs.replace(step, due_at=step.due_at.astimezone(zone)) for step in article.steps),
        failed_steps=tuple(structs.replace(step, due_at=step.due_at.astimezone(zone)) for step in article.failed),
        embargo=article.embargo and article.embargo.astimezone(zone),
        assignee=task.assignee or None,
        due_at=task.due_at and task.due_at.astimezone(zone),
        returned=article.returned,
    )


class Precondition(Struct, frozen=True):
    """The version that a change was made on: `strict`, or the `base` of a merge."""

    strict: int | None = None
    base: int | None = None

    @property
    def made_on(self) -> int | None:
        return self.base if self.strict is None else self.strict

    def required(self) -> "Precondition":
        if self.made_on is None:
            raise Failed(HTTPStatus.PRECONDITION_REQUIRED, "Say which version this was made on: If-Match, or ?base=.")
        return self

    def named(self) -> "Precondition":
        """For what is never merged."""
        if self.strict is None:
            raise Failed(HTTPStatus.PRECONDITION_REQUIRED, "Say in If-Match which version this was made on.")
        return self


def precondition(if_match: IfMatch = None, base: Base = None) -> Precondition:
    if if_match is None:
        return Precondition(base=base)
    if base is not None:
        raise Failed(HTTPStatus.BAD_REQUEST, "If-Match and ?base= exclude each other.")
    version = re.fullmatch(r'"?([0-9]{1,18})"?', if_match)
    if version is None:
        raise Failed(HTTPStatus.BAD_REQUEST, 'If-Match names a version of the article, as `"7"`.')
    return Precondition(strict=int(version[1]))


class Desk:
    """Hands one request's command to the newsroom, and waits until readers of this process would see what it did."""

    def __init__(self, request: Request[Any, Any, State], newsroom: Newsroom, key: Key | None) -> None:
        self.request = request
        self.newsroom = newsroom
        self.key = key
        self.reading: Reading = request.app.state.reading

    async def execute(
        self, command: Command, precondition: Precondition | None = None, beside: Sequence[Statement] = ()
    ) -> Accepted:
        """409 instead of 412, if the version that it was made on is the base of a merge that cannot be made."""
        staff_id = self.request.user.id
        asked = AskedBy(staff_id=staff_id, command=command)
        try:
            receipt = await asyncio.wrap_future(self.newsroom.submit(asked, staff_id, self.key, beside))
        except Outdated as outdated:
            if precondition is not None and precondition.base is not None:
                raise Failed(HTTPStatus.CONFLICT, str(outdated)) from None
            raise
        if self.reading.embedded:
            await self.reading.reached(receipt.position, OWN_WRITE_SECONDS)
        return Accepted(receipt.id, receipt.version, receipt.position)

    async def revise(
        self,
        article_id: str,
        precondition: Precondition,
        patch: dict[str, Any],
        tags: tuple[NamedTag, ...] = (),
        related: tuple[str, ...] = (),
    ) -> Accepted:
        """Strictly, or merged with what changed since the base."""
        made_on, version = precondition.strict, precondition.base
        base = None if version is None else await self.content(article_id, version)
        command = ReviseArticle(
            article_id=article_id, made_on=made_on, base=base, patch=patch, tags=tags, related=related
        )
        try:
            return await self.execute(command)
        except Clash as clash:
            assert base is not None
            assert version is not None
            since = await asyncio.to_thread(self.since, article_id, version)
            sides = Sides(base, await self.content(article_id), structs.replace(base, **patch), since)
            raise Clashed(clash, sides) from None

    def since(self, article_id: str, version: int) -> list[Entry]:
        """The events after a version."""
        stream = ARTICLE.stream(article_id)
        position = self.newsroom.history.position_of(stream, version)
        return [entry(one) for one in self.newsroom.history.stream_after(stream, position, EVENTS_SHOWN_MOST)]

    async def content(self, article_id: str, version: int | None = None) -> Content:
        """The working copy as it stands, or stood at a version."""
        article = await asyncio.to_thread(self.newsroom.article, article_id, version)
        assert article.content is not None
        return article.content

    async def recorded(self, stream: str, accepted: Accepted) -> Any:
        """The event that the act recorded there last, now or when it was asked for the first time."""
        history, position = self.newsroom.history, accepted.position
        (found,) = await asyncio.to_thread(history.stream_after, stream, position - 1, until=position)
        return found.event

    def answered(self) -> Accepted | None:
        """As the first time, if this very request was accepted before."""
        history = self.newsroom.history
        receipt = None if self.key is None else answered_before(history, self.request.user.id, self.key)
        if receipt is None:
            return None
        return Accepted(receipt.id, receipt.version, history.position_of(receipt.stream, receipt.version))

    def now(self) -> datetime:
        return self.newsroom.clock()

    def moment(self, text: str, path: str) -> datetime:
        """What a field says, with the offset of the newsroom's clocks."""
        return moments.moment(text, self.request.app.state.site.zone, path)


async def desk(
    request: Request[Any, Any, State], newsroom: NamedDependency[Newsroom], idempotency_key: IdempotencyKey = None
) -> Desk:
    if idempotency_key is None:
        return Desk(request, newsroom, None)
    # With the secret: nobody finds out by guessing what was asked for, as the words of a confidential note.
    asked = hmac.new(request.app.state.secret.encode(), digestmod=hashlib.sha256)
    asked.update(f"{request.method} {request.url.path}?{request.url.query}\n".encode())
    asked.update(request.headers.get("if-match", "").encode() + b"\n")
    asked.update(await request.body())
    return Desk(request, newsroom, Key(idempotency_key, asked.hexdigest()))
