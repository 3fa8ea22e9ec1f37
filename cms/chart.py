"""Figures as a small picture: SVG without scripts, fonts or anything else from elsewhere."""

from collections.abc import Sequence
from datetime import datetime
from xml.etree import ElementTree

from pygal import Bar, Line
from pygal.etree import etree

from cms.figures import Figures
from cms.periods import By

WIDTH, HEIGHT = 800, 340
NAME_CHARACTERS = 70
# More bars than this are thinner than the eye parts them; then lines are drawn.
BARS_MOST = 62
LABELS_MOST = 8
TICKS_MOST = 5
MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()
# Whether lxml is there or not, which it would rather use.
etree.to_etree()

NOT_DRAWN = ("script", "style", "desc", "title")
# In the order of the series: views, readers.
STYLE = """
text { font: 12px system-ui, -apple-system, "Segoe UI", Roboto, "DejaVu Sans", sans-serif; fill: #444 }
.graph > .background { fill: #fff }
.plot > .background { fill: none }
.plot_title { font-size: 16px; font-weight: 600; fill: #111 }
.title { text-anchor: middle }
.axis .line { stroke: #999; fill: none }
.axis .guide { stroke: #e4e4e4 }
.axis.x .guide { stroke: none }
.axis.x text { text-anchor: middle }
.axis.y text { text-anchor: end }
.color-0 rect, rect.color-0 { fill: #2b6cb0 }
.color-1 rect, rect.color-1 { fill: #ed8936 }
path { fill: none; stroke-width: 1.5 }
.color-0 path { stroke: #2b6cb0 }
.color-1 path { stroke: #ed8936 }
"""


def svg(figures: Figures) -> str:
    drawn = plotted(figures)
    plain(drawn)
    named(drawn, figures)
    return ElementTree.tostring(drawn, encoding="unicode")


def plotted(figures: Figures) -> ElementTree.Element:
    items = figures.items
    highest = max((max(item.views, item.readers or 0) for item in items), default=0)
    chart = (Bar if len(items) <= BARS_MOST else Line)(
        js=[],
        width=WIDTH,
        height=HEIGHT,
        margin=12,
        title=headed(figures),
        x_title=when(figures),
        show_dots=False,
        legend_at_bottom=True,
        legend_at_bottom_columns=2,
        show_minor_x_labels=False,
        x_labels_major_every=apart(len(items)),
        truncate_label=-1,
        value_formatter=lambda value: f"{value:,.0f}",
        no_data_text="",
    )
    chart.x_labels = labels(figures)
    chart.y_labels = ticks(highest)
    chart.add("Views", [item.views for item in items])
    if any(item.readers is not None for item in items):
        chart.add("Readers", [item.readers for item in items])
    drawn: ElementTree.Element = chart.render_tree()
    return drawn


def headed(figures: Figures) -> str:
    name = figures.name
    return name if len(name) <= NAME_CHARACTERS else f"{name[: NAME_CHARACTERS - 1].rstrip()}…"


def when(figures: Figures) -> str:
    return f"By the {figures.by}, {dated(figures.since)} to {dated(figures.until)}"


def dated(at: datetime) -> str:
    return f"{at.day} {MONTHS[at.month - 1]} {at.year}, {at:%H:%M}"


def labels(figures: Figures) -> list[str]:
    """Days bear their date, and so do hours that begin one."""
    several_days = len(figures.items) > BARS_MOST
    return [label(item.at, figures.by, several_days) for item in figures.items]


def label(at: datetime, by: By, several_days: bool) -> str:
    day = f"{at.day} {MONTHS[at.month - 1]}"
    if by is By.DAY:
        return day
    return f"{day}, {at:%H:%M}" if several_days else f"{at:%H:%M}"


def apart(points: int) -> int:
    """Every how many points there is a label."""
    return max(1, -(-points // LABELS_MOST))


def ticks(highest: int) -> Sequence[int]:
    """Round numbers from 0 to above the highest."""
    step, grows = 1, (2, 2.5, 2)
    turn = 0
    while step * TICKS_MOST < highest:
        step, turn = int(step * grows[turn % 3]), turn + 1
    return range(0, step * max(1, -(-highest // step)) + 1, step)


def plain(drawn: ElementTree.Element) -> None:
    """Take out what moves, links, or says what the picture shows already."""
    for parent in list(drawn.iter()):
        for child in list(parent):
            if not isinstance(child.tag, str) or child.tag in NOT_DRAWN:
                parent.remove(child)


def named(drawn: ElementTree.Element, figures: Figures) -> None:
    for name in ("id", "class"):
        drawn.attrib.pop(name, None)
    drawn.attrib |= {"role": "img", "aria-labelledby": "title desc"}
    totals = figures.totals
    different = "" if totals.daily_readers is None else f", {totals.daily_readers:,} readers a day added up"
    told = f"{when(figures)}: {totals.views:,} views{different}."
    for place, (tag, text) in enumerate((("title", figures.name), ("desc", told), ("style", STYLE))):
        element = ElementTree.Element(tag, {} if tag == "style" else {"id": tag})
        element.text = text
        drawn.insert(place, element)
