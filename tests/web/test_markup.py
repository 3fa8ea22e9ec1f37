"""What an editor types is text; of Markdown, strong, emphasis and links are all that readers get."""

from html import escape
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cms.markup import html, line, plain, words
from domain.body import Block, Divider, Embed, Heading, Image, List, Paragraph, Quote, Video
from tests.web.house import House

TAGS = set("p h2 h3 h4 ul ol li blockquote cite figure figcaption small img hr strong em a".split())
ATTRIBUTES = {"href", "rel", "title", "src", "alt", "loading"}


class Found(HTMLParser):
    """The tags and attributes that a browser would see."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Plain.", "<p>Plain.</p>"),
        ("It was **very** *wet*.", "<p>It was <strong>very</strong> <em>wet</em>.</p>"),
        ("[Here](https://post.example/a)", '<p><a href="https://post.example/a" rel="noopener">Here</a></p>'),
        ("[Here](/nation/rain)", '<p><a href="/nation/rain" rel="noopener">Here</a></p>'),
        ("1 < 2 & 3", "<p>1 &lt; 2 &amp; 3</p>"),
        ("AT&amp;T", "<p>AT&amp;T</p>"),
        (r"\*not wet\*", "<p>*not wet*</p>"),
        ("# No heading", "<p># No heading</p>"),
        ("- no list", "<p>- no list</p>"),
        ("`no code`", "<p>`no code`</p>"),
        ("https://post.example", "<p>https://post.example</p>"),
    ],
)
def test_a_paragraph_has_strong_emphasis_and_links(text: str, shown: str) -> None:
    assert html([Paragraph(text=text)]) == shown


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "<b>bold</b>",
        "<!-- hidden -->",
        "![picture](https://x.example/x.png)",
        "[here](javascript:alert(1))",
        "[here](JaVaScRiPt:alert(1))",
        "[here](&#106;avascript:alert(1))",
        "[here](java\nscript:alert(1))",
        "[here](data:text/html,<script>alert(1)</script>)",
        "[here](vbscript:x)",
        "<javascript:alert(1)>",
        '[here](https://x.example "onclick=alert(1)")',
        '[here](https://x.example"onclick="alert)',
    ],
)
def test_what_could_do_harm_stays_text_or_goes(text: str) -> None:
    found = Found(html([Paragraph(text=text)]))
    assert set(found.tags) <= {"p", "a"}
    assert {name for name, _ in found.attributes} <= {"href", "rel", "title"}
    assert all((value or "").startswith("https://x.example") for name, value in found.attributes if name == "href")


@pytest.mark.parametrize(
    ("block", "shown"),
    [
        (Heading(text="A *head*", level=3), "<h3>A *head*</h3>"),
        (Quote(text="*So.*", cite="A. <b>"), "<blockquote><p><em>So.</em></p><cite>A. &lt;b&gt;</cite></blockquote>"),
        (Quote(text="So."), "<blockquote><p>So.</p></blockquote>"),
        (List(items=("one", "**two**")), "<ul><li>one</li><li><strong>two</strong></li></ul>"),
        (List(items=("one",), ordered=True), "<ol><li>one</li></ol>"),
        (
            Image(url="/a.svg", alt='A "b"', caption="C", credit="D"),
            '<figure><img src="/a.svg" alt="A &quot;b&quot;" loading="lazy">'
            "<figcaption>C <small>D</small></figcaption></figure>",
        ),
        (Image(url="/a.svg"), '<figure><img src="/a.svg" alt="" loading="lazy"></figure>'),
        (
            Video(url="https://v.example/1", caption="See"),
            '<figure><a href="https://v.example/1" rel="noopener">See</a></figure>',
        ),
        (
            Embed(url="https://v.example/1"),
            '<figure><a href="https://v.example/1" rel="noopener">https://v.example/1</a></figure>',
        ),
        (Divider(), "<hr>"),
    ],
)
def test_every_kind_of_block_is_shown(block: Block, shown: str) -> None:
    assert html([block]) == shown


def test_blocks_stand_in_their_order() -> None:
    assert html([Divider(), Paragraph(text="One."), Divider()]) == "<hr>\n<p>One.</p>\n<hr>"


texts = st.text(min_size=1, max_size=60) | st.text("<>[]()*_&;#:\"'\\/ \nabjsx=javascript", min_size=1, max_size=60)
any_block = st.one_of(
    st.builds(Paragraph, text=texts),
    st.builds(Quote, text=texts, cite=texts),
    st.builds(Heading, text=texts),
    st.builds(List, items=st.lists(texts, min_size=1, max_size=3).map(tuple)),
    st.builds(Image, url=st.just("/a.svg"), alt=texts, caption=texts, credit=texts),
    st.builds(Embed, url=st.just("https://v.example/1"), caption=texts),
)


@settings(deadline=None, max_examples=300)
@given(st.lists(any_block, max_size=4))
def test_whatever_is_typed_only_what_is_allowed_comes_out(body: list[Block]) -> None:
    found = Found(html(body))
    assert set(found.tags) <= TAGS
    assert {name for name, _ in found.attributes} <= ATTRIBUTES
    for name, value in found.attributes:
        if name == "href":
            scheme = (value or "").partition(":")[0].strip().lower() if ":" in (value or "") else ""
            assert scheme not in ("javascript", "data", "vbscript"), value


def test_readers_get_the_text_as_typed_and_the_html_made_safe(house: House) -> None:
    text = "<script>alert(1)</script> and [this](javascript:x), **but** this."
    id = house.published(body=[{"kind": "paragraph", "text": text}])
    answer = house.read(f"/v1/articles/{id}")
    assert answer["body"][0]["text"] == text
    assert "<script" not in answer["html"]
    assert "<strong>but</strong>" in answer["html"]
    assert Found(answer["html"]).tags == ["p", "strong"]


@pytest.mark.parametrize("mark", ["[", "![", "[a](", "a*", "**a"])
def test_more_marks_than_anybody_writes_mean_nothing(mark: str) -> None:
    """To read them all would take longer than a reader waits."""
    text = mark * 5_000
    assert line(text) == escape(text)


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("It *rained* a [lot](https://news.example).", "It rained a lot."),
        ("1 < 2 & 3 > 2, &amp; \\* <b>not bold</b>", "1 < 2 & 3 > 2, & * <b>not bold</b>"),
        ("*" * 600, "*" * 600),
        ("Two\nlines", "Two\nlines"),
    ],
)
def test_words_are_read_without_their_marks(typed: str, read: str) -> None:
    assert plain(typed) == read


def test_the_words_of_a_body_leave_out_what_stands_below_pictures() -> None:
    body = (
        Paragraph(text="It *rained*."),
        Image(url="/rain.jpg", caption="Rain."),
        Divider(),
        Quote(text="At last.", cite="Ann"),
        List(items=("One", "**two**")),
        Heading(text="After"),
    )
    assert words(body) == "It rained.\n\nAt last.\nAnn\n\nOne\ntwo\n\nAfter"
