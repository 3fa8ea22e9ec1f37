"""Figures as a small picture: SVG without scripts, fonts or anything else from elsewhere."""

import re
import sys
from collections.abc import Sequence
from datetime import datetime
from xml.etree import ElementTree

from pygal import Bar, Line, PluginImportFixer
from pygal.etree import etree

from cms.figures import Figures
from cms.periods import HOURS_SHOWN, By

WIDTH, HEIGHT = 640, 320
NAME_CHARACTERS = 50
# More bars than this are thinner than the eye parts them; then lines are drawn.
BARS_MOST = 62
LABELS_MOST, MIDNIGHTS_MOST = 6, 8
DAYS_OF_A_YEAR = 366
TICKS_MOST = 5
STEPS = [digit * 10**power for power in range(15) for digit in (1, 2, 5)]
MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()
# Whether lxml is there or not, which it would rather use.
etree.to_etree()
# For maps from other packages it puts a finder there, of a kind that Python no longer knows.
sys.meta_path[:] = [finder for finder in sys.meta_path if not isinstance(finder, PluginImportFixer)]

NOT_DRAWN = (ElementTree.Comment, "script", "style", "desc", "title")
NOT_OF_XML = re.compile("[^\\t\\n\\r\\x20-\\ud7ff\\ue000-\\ufffd\\U00010000-\\U0010ffff]")
# In the order of the series: views, readers.
STYLE = """
text { font: 12px system-ui, -apple-system, "Segoe UI", Roboto, "DejaVu Sans", sans-serif; fill: #444 }
.graph > .background { fill: #fff }
.plot > .background { fill: none }
.plot_title { font-size: 15px; font-weight: 600; fill: #111 }
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
    described(drawn, figures)
    return ElementTree.tostring(drawn, encoding="unicode")


def plotted(figures: Figures) -> ElementTree.Element:
    items = figures.items
    named = labels(figures)
    highest = max((max(item.views, item.readers or 0) for item in items), default=0)
    chart = (Bar if len(items) <= BARS_MOST else Line)(
        js=[],
        width=WIDTH,
        height=HEIGHT,
        margin=12,
        margin_bottom=20,
        title=headed(figures),
        x_title=when(figures),
        show_dots=False,
        legend_at_bottom=True,
        legend_at_bottom_columns=2,
        show_minor_x_labels=False,
        x_labels_major=list(named.values()),
        truncate_label=-1,
        value_formatter=lambda value: f"{value:,.0f}",
        no_data_text="",
    )
    # The others are only told apart, for the library knows labels by their words.
    chart.x_labels = [named.get(place, f"#{place}") for place in range(len(items))]
    chart.y_labels = ticks(highest)
    chart.add("Views", [item.views for item in items])
    if any(item.readers is not None for item in items):
        chart.add("Readers", [item.readers for item in items])
    drawn: ElementTree.Element = chart.render_tree()
    return drawn


def headed(figures: Figures) -> str:
    name = named(figures)
    return name if len(name) <= NAME_CHARACTERS else f"{name[: NAME_CHARACTERS - 1].rstrip()}…"


def named(figures: Figures) -> str:
    return NOT_OF_XML.sub("", figures.name)


def when(figures: Figures) -> str:
    if figures.by is By.DAY:
        return f"By the day, {dated(figures.since)} to {dated(figures.items[-1].at)}"
    return (
        f"By the hour, {dated(figures.since)}, {figures.since:%H:%M} to {dated(figures.until)}, {figures.until:%H:%M}"
    )


def dated(at: datetime) -> str:
    return f"{at.day} {MONTHS[at.month - 1]} {at.year}"


def labels(figures: Figures) -> dict[int, str]:
    """Those that are shown, by their places: of the hours of several days, midnights; else as far apart as they fit."""
    by, moments = figures.by, [item.at for item in figures.items]
    several = by is By.HOUR and len(moments) > HOURS_SHOWN
    places = midnights(moments) if several else list(range(len(moments)))
    every = max(1, -(-len(places) // (MIDNIGHTS_MOST if several else LABELS_MOST)))
    return {place: label(moments[place], by, len(moments)) for place in places[::every]}


def midnights(moments: Sequence[datetime]) -> list[int]:
    """Where days begin, be it an hour later."""
    begun = [place for place in range(1, len(moments)) if moments[place].date() != moments[place - 1].date()]
    return begun if moments[0].hour else [0, *begun]


def label(at: datetime, by: By, points: int) -> str:
    """Of a day's hours, those are told; of more, the day."""
    if by is By.DAY and points > DAYS_OF_A_YEAR:
        return dated(at)
    day = f"{at.day} {MONTHS[at.month - 1]}"
    return day if by is By.DAY or points > HOURS_SHOWN else f"{at:%H:%M}"


def ticks(highest: int) -> Sequence[int]:
    """Round numbers from 0 up to the highest or the next above it."""
    step = next(step for step in STEPS if step * TICKS_MOST >= highest)
    return range(0, step * max(1, -(-highest // step)) + 1, step)


def plain(drawn: ElementTree.Element) -> None:
    """Take out what would move, link, or say what the picture shows already."""
    for parent in list(drawn.iter()):
        for child in list(parent):
            if child.tag in NOT_DRAWN or "overlay" in child.get("class", ""):
                parent.remove(child)


def described(drawn: ElementTree.Element, figures: Figures) -> None:
    for name in ("id", "class"):
        drawn.attrib.pop(name, None)
    drawn.attrib |= {"role": "img", "aria-labelledby": "title desc"}
    totals = figures.totals
    different = "" if totals.daily_readers is None else f", {totals.daily_readers:,} readers a day added up"
    told = f"{when(figures)}: {totals.views:,} views{different}."
    for place, (tag, text) in enumerate((("title", named(figures)), ("desc", told), ("style", STYLE))):
        element = ElementTree.Element(tag, {} if tag == "style" else {"id": tag})
        element.text = text
        drawn.insert(place, element)
