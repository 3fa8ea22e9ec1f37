"""What editors and files may send: bounded, and turned into what the domain speaks of."""

import re
from collections.abc import Callable, Iterable
from typing import Annotated, Any

import msgspec
from msgspec import UNSET, Meta, Struct, UnsetType, structs
from slugify import slugify

from cms.ids import new_block_id
from domain.body import Block, Body
from domain.content import TAGS_MOST, Content, Headline, Related, Source, Standfirst
from domain.content import Writers as WriterSlugs
from domain.page import PublishPage
from domain.section import MenuPosition
from domain.slug import ChosenSlug, Slug
from domain.tag import NamedTag, TagName

CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
SLUG_LENGTH = 80
NAMING = {"headline", "title", "name"}
BodyText = Annotated[str, Meta(max_length=1_000_000, description="Plain paragraphs, parted by blank lines.")]
TagNames = Annotated[tuple[TagName, ...], Meta(max_length=TAGS_MOST)]


class BadField(Exception):
    """A field that is well formed and still cannot be meant. `path` leads to it."""

    def __init__(self, path: str, message: str) -> None:
        super().__init__(message)
        self.path = path


class ArticleForm(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A new article. `tags` are names as readers see them; `writers` and `section` are slugs."""

    headline: Headline
    section: Slug
    standfirst: Standfirst = ""
    tags: TagNames = ()
    writers: WriterSlugs = ()
    source: Source = ""
    slug: ChosenSlug = ""
    related: Related = ()
    body: Body | BodyText = ()


class PageForm(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A fixed page, whole. `position`: its place among the pages."""

    title: Headline
    body: Body | BodyText = ()
    position: MenuPosition = 0


class ArticlePatch(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The fields that change. `body` is the whole list: blocks keep their `id`, one without is new."""

    headline: Headline | UnsetType = UNSET
    section: Slug | UnsetType = UNSET
    standfirst: Standfirst | UnsetType = UNSET
    tags: TagNames | UnsetType = UNSET
    writers: WriterSlugs | UnsetType = UNSET
    source: Source | UnsetType = UNSET
    slug: ChosenSlug | UnsetType = UNSET
    related: Related | UnsetType = UNSET
    body: Body | BodyText | UnsetType = UNSET


def content(form: ArticleForm, block_id: Callable[[int], str] = lambda order: new_block_id()) -> Content:
    """`block_id`: the id for the block at a place in the body that has none."""
    return Content(**fields(form, block_id))


def patch(form: ArticlePatch, article_id: str) -> dict[str, Any]:
    """No article goes with itself."""
    given = fields(form, lambda order: new_block_id())
    if "related" in given:
        given["related"] = tuple(id for id in given["related"] if id != article_id)
    return given


def page(slug: str, form: PageForm, made_on: int = 0) -> PublishPage:
    given = plain(form)
    given["body"] = identified(blocks(form.body), lambda order: new_block_id())
    return PublishPage(slug=slug, made_on=made_on, **given)


def fields(form: ArticleForm | ArticlePatch, block_id: Callable[[int], str]) -> dict[str, Any]:
    given = plain(form)
    if "tags" in given:
        given["tags"] = tuple(tag.slug for tag in named_tags(given["tags"]))
    for name in {"writers", "related"} & given.keys():
        given[name] = tuple(dict.fromkeys(given[name]))
    if "body" in given:
        given["body"] = identified(blocks(given["body"]), block_id)
    return given


def plain(form: Struct) -> dict[str, Any]:
    """The fields that are there: their lines can be read, and what names something names it."""
    given = {name: value for name, value in structs.asdict(form).items() if value is not UNSET}
    for name, value in given.items():
        if isinstance(value, str):
            require_no_control(name, value)
    for name in NAMING & given.keys():
        given[name] = " ".join(given[name].split())
        if not can_be_seen(given[name]):
            raise BadField(name, f"A {name} needs a letter.")
    return given


def require_no_control(path: str, text: str) -> None:
    if CONTROL.search(text):
        raise BadField(path, "There is a control character in it.")


def can_be_seen(text: str) -> bool:
    return any(char.isprintable() and not char.isspace() for char in text)


def named_tags(names: Iterable[str] | UnsetType) -> tuple[NamedTag, ...]:
    """Each once, in their order."""
    tags: dict[str, NamedTag] = {}
    for order, name in enumerate(() if isinstance(names, UnsetType) else names):
        slug = address(name)
        if not slug:
            raise BadField(f"tags[{order}]", "A tag needs a letter or a digit.")
        tags.setdefault(slug, NamedTag(slug, name.strip()))
    return tuple(tags.values())


def blocks(body: tuple[Block, ...] | str) -> tuple[Block, ...]:
    if not isinstance(body, str):
        return body
    paragraphs = [part.strip() for part in re.split(r"\n[ \t]*\n", body) if part.strip()]
    try:
        return msgspec.convert([{"kind": "paragraph", "text": text} for text in paragraphs], Body)
    except msgspec.ValidationError as error:
        raise BadField("body", str(error)) from None


def identified(body: tuple[Block, ...], block_id: Callable[[int], str]) -> tuple[Block, ...]:
    return tuple(block if block.id else structs.replace(block, id=block_id(order)) for order, block in enumerate(body))


def address(text: str) -> str:
    """The slug of a headline or a name; empty, if no letter or digit of it can be written in one."""
    # The library's table makes a sign of this letter, which opens many an Azerbaijani word.
    return slugify(text.replace("ə", "e").replace("Ə", "E"), max_length=SLUG_LENGTH, word_boundary=True)


def headline_slug(headline: str) -> str:
    return address(headline) or "article"
