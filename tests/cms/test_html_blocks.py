"""HTML of other systems becomes blocks that say the same, and nothing that could harm."""

import time
from html import escape
from html.parser import HTMLParser

import msgspec
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from cms.forms import BadField
from cms.imports import media
from cms.imports.building import PartedBy
from cms.imports.html import blocks, words
from cms.imports.inline import Run, markdown, plain, tidied
from cms.imports.shortcodes import expanded
from cms.markup import html, line
from domain.body import Block, Body, Divider, Embed, Heading, Image, List, Paragraph, Quote, Video

BASE = "https://ilvar.example/a/"
P = Paragraph


@pytest.mark.parametrize(
    ("source", "made"),
    [
        ("<p>One <strong>big</strong> <em>fog</em>.</p>", [P(text="One **big** *fog*.")]),
        ("<p>2 * 3 * 4, snake_case and [sic]</p>", [P(text="2 * 3 * 4, snake_case and [sic]")]),
        ("<p>*not so* and **not**</p>", [P(text=r"\*not so\* and \*\*not\*\*")]),
        ("<p>AT&amp;T, &amp;copy; and &copy;</p>", [P(text=r"AT\&T, \&copy; and ©")]),
        ("<p><b>Fog:</b>thick</p>", [P(text="Fog:thick")]),
        ("<p><a href='/x?a=1'>so</a></p>", [P(text="[so](https://ilvar.example/x?a=1)")]),
        ("<p><a href='b(c)'><b>so</b></a></p>", [P(text="[**so**](https://ilvar.example/a/b%28c%29)")]),
        ("<p><a href='javascript:x'>so</a></p>", [P(text="so")]),
        ("<p>a<br>b<br><br>c</p>", [P(text="a\nb"), P(text="c")]),
        ("<p>&nbsp;</p><p></p>", []),
        ("<h1>Fog</h1><h6>Thin <i>fog</i></h6>", [Heading(text="Fog"), Heading(text="Thin fog", level=4)]),
        ("<ol><li>a<ul><li>b</ul><li><p>c</p><p>d</p></ol>", [List(items=("a", "b", "c\nd"), ordered=True)]),
        ("<ul><li>a <img src=/i.png alt=i></ul>", [List(items=("a",)), Image(url=f"{BASE[:-3]}/i.png", alt="i")]),
        ("<table><tr><th>a<th>b<tr><td><p>1</p><td>2</table>", [List(items=("a | b", "1 | 2"))]),
        ("<blockquote><p>a</p><footer>Ann</footer></blockquote>", [Quote(text="a", cite="Ann")]),
        ("<figure><img src=/i><figcaption>c</figcaption></figure>", [Image(url=f"{BASE[:-3]}/i", caption="c")]),
        ("<figure><img src=/i><figcaption>c <small>Ann</small></figcaption></figure>",
         [Image(url=f"{BASE[:-3]}/i", caption="c", credit="Ann")]),
        ("<figure><a href='https://a.example/b'>Film</a></figure>", [Embed(url="https://a.example/b", caption="Film")]),
        ("<img src='data:image/png;base64,x'><img src=/dot width=1 height=1>", []),
        ("<iframe src='//www.youtube.com/embed/abc?x=1'></iframe>", [Video(url="https://www.youtube.com/watch?v=abc")]),
        ("<figure><div>\nhttps://x.com/a/status/1\n</div></figure>", [Embed(url="https://x.com/a/status/1")]),
        ("<video controls><source src=/a.mp4></video>", [Video(url="https://ilvar.example/a.mp4")]),
        ("<blockquote class=twitter-tweet>x<a href='https://x.com/1'>y</a></blockquote>", [Embed(url="https://x.com/1")]),
        ("a<hr>b<!-- c --><style>d</style><script>e</script>", [P(text="a"), Divider(), P(text="b")]),
    ],
)  # fmt: skip
def test_what_becomes_of_html(source: str, made: list[Block]) -> None:
    assert list(blocks(source, BASE)) == made


@pytest.mark.parametrize(
    ("address", "becomes"),
    [
        (" /b c.jpg\n", "https://ilvar.example/b%20c.jpg"),
        ("HTTPS://i.example/x", "https://i.example/x"),
        ("https://иль.example/ф", "https://иль.example/ф"),
        ("", ""),
        ("http://[", ""),
        ("ftp://i.example/x", ""),
        ("java\nscript:x", ""),
        ("https://i.example/" + "x" * 2_000, ""),
    ],
)
def test_an_address_is_kept_if_a_block_may_have_it(address: str, becomes: str) -> None:
    assert media.kept(address, BASE) == becomes


def test_blank_lines_part_paragraphs_where_a_system_means_it_so() -> None:
    made = blocks("One\nline\n\n<b>Two</b>\r\n\r\n<ul>\n<li>a</li>\n</ul>", parted_by="blank lines")
    assert list(made) == [P(text="One\nline"), P(text="**Two**"), List(items=("a",))]


def test_what_is_dropped_is_told() -> None:
    told: list[str] = []
    blocks("<script>x</script><form>y</form><iframe src='https://a.example/b'></iframe><p>z</p>", BASE, told.append)
    assert told == ["script", "form", "iframe of a.example"]


def test_a_title_is_one_line_of_words() -> None:
    assert words("<b>W</b>eirs\n &amp; <ul><li>mills</li></ul>") == "Weirs & mills"


def test_a_text_beyond_measure_is_cut_at_spaces() -> None:
    made = blocks(f"<p>{'word ' * 10_000}</p>")
    assert len(made) > 2
    assert " ".join(block.text for block in made if isinstance(block, Paragraph)).split() == ["word"] * 10_000


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("He [sic] said [1]", "He [sic] said [1]"),
        ("[[gallery]]", "[gallery]"),
        ("[box colour=red]a[/box]b", "ab"),
        ("[poll]", ""),
        ("[youtube https://youtu.be/a]", "\n\nhttps://youtu.be/a\n\n"),
        ('[caption width="1"]x[/caption]', "<figure>x</figure>"),
        ('[video mp4="/a.mp4"][/video]', '<video src="/a.mp4"></video>'),
    ],
)
def test_shortcodes_become_what_they_show(text: str, meant: str) -> None:
    assert expanded(text, lambda ids: "", lambda what: None) == meant


@pytest.mark.parametrize("text", ["[" + 50_000 * "a", "[caption " + 50_000 * "a" + "]"])
def test_a_shortcode_without_an_end_takes_no_longer_than_words_do(text: str) -> None:
    started = time.process_time()
    expanded(text, lambda ids: "", lambda what: None)
    assert time.process_time() - started < 0.5


LETTERS = st.text("ab *_[]()\\&;<>!#x\u00a0\n.:", max_size=12)
RUNS = st.lists(
    st.builds(Run, LETTERS, st.booleans(), st.booleans(), st.sampled_from(["", "/x", "/y_(z)*"])), max_size=5
)


@given(RUNS)
@settings(max_examples=300)
@example([Run("a:", strong=True), Run("b")])
@example([Run("[" * 600)])
def test_text_reads_as_it_was_whatever_marks_are_in_it(runs: list[Run]) -> None:
    runs = tidied(runs)

    class Shown(HTMLParser):
        text = ""

        def handle_data(self, data: str) -> None:
            self.text += data

    shown = Shown()
    shown.feed(line(markdown(runs)))
    shown.close()
    assert shown.text == plain(runs)


TAGS = st.sampled_from(
    "p b i a ul li ol table tr td blockquote cite figure figcaption img iframe script h1 br hr pre svg form div".split()
)
ADDRESSES = st.sampled_from(
    ["javascript:alert(1)", "/a", "//b.example", "data:text/html,x", "https://youtu.be/a", "\\\\c"]
)
PIECES = st.one_of(
    st.builds("<{0} href='{1}' src='{1}' onclick='x()'>".format, TAGS, ADDRESSES),
    st.builds("</{}>".format, TAGS),
    st.text(max_size=8),
    st.text(max_size=8).map(escape),
    st.sampled_from(["<!--", "-->", "<![CDATA[", "\n\n", "&#0;", "<p", "'\">"]),
)


@given(st.lists(PIECES, max_size=25).map("".join), st.sampled_from(["tags", "blank lines"]))
@settings(max_examples=300, deadline=None)
def test_any_html_becomes_valid_blocks_that_harm_nobody(source: str, parted_by: PartedBy) -> None:
    try:
        made = blocks(source, BASE, parted_by=parted_by)
    except BadField:
        return
    assert msgspec.convert(msgspec.to_builtins(made), Body) == made
    shown = html(made).lower()
    for harm in ("<script", 'href="javascript', 'src="javascript', "<iframe", "<form", " onclick="):
        assert harm not in shown
