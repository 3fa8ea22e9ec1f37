"""Sums of hours and days are exact, of whatever buckets they are put together."""

from contextlib import closing
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cms import figures
from cms.chart import STEPS, TICKS_MOST, labels, ticks
from cms.figures import BUCKETS_AT_ONCE, Figures, Point, Subject, Totals
from cms.moments import offset
from cms.periods import By, asked
from domain.views import BUCKET_SECONDS
from projections.sqlite_store import SQLiteStore
from projections.store import Add, Place, Write, cover, key

NOW = int(datetime(2024, 11, 3, 13, 7, tzinfo=UTC).timestamp())
MONTH = 31 * 86_400 // BUCKET_SECONDS
ZONES = "UTC Asia/Baku Asia/Kathmandu America/St_Johns Pacific/Kiritimati Pacific/Honolulu Australia/Lord_Howe".split()
SUBJECTS = (
    Subject("An article", [], ids=figures.companions("a1")),
    Subject("A section", [], lists=["section:nation", "section:sport"]),
)


def written(counted: dict[tuple[str, int], int]) -> list[Write]:
    places = [Place(id, key(datetime(2024, 1, 1, tzinfo=UTC), id), (where,)) for id, where in WHERE.items()]
    return [*places, *(Add(id, bucket, count) for (id, bucket), count in counted.items())]


WHERE = {"a1": "section:nation", "a2": "section:sport", "a3": "section:else"}
IDS = [prefix + id for id in WHERE for prefix in ("", "unsure:", "bot:")]


@settings(max_examples=40, deadline=None)
@given(
    counted=st.dictionaries(
        st.tuples(st.sampled_from(IDS), st.integers(NOW // BUCKET_SECONDS - MONTH, NOW // BUCKET_SECONDS)),
        st.integers(1, 99),
        max_size=60,
    ),
    zone=st.sampled_from(ZONES),
    by=st.sampled_from(By),
    days=st.integers(1, 30),
)
def test_each_period_has_what_was_counted_in_it(
    counted: dict[tuple[str, int], int], zone: str, by: By, days: int
) -> None:
    since = (datetime.fromtimestamp(NOW, UTC) - timedelta(days=days)).isoformat()
    periods = asked(by, since, None, NOW, ZoneInfo(zone))
    with closing(SQLiteStore(":memory:")) as store:
        store.apply(written(counted), 0, 1)
        for subject, ids in zip(SUBJECTS, (("a1",), ("a1", "a2")), strict=True):
            assert figures.views(store, subject, by, periods) == [
                [
                    sum(
                        count
                        for (id, bucket), count in counted.items()
                        if id in {prefix + one for one in ids} and start <= bucket * BUCKET_SECONDS < end
                    )
                    for prefix in ("", "unsure:", "bot:")
                ]
                for start, end in periods
            ]


def test_a_question_holds_no_more_buckets_than_others_can_wait_for() -> None:
    groups = [cover(start * 360, start * 360 + 360) for start in range(744)]
    questions = list(figures.at_once(groups))
    assert [group for question in questions for group in question] == groups
    assert all(sum(map(len, question)) <= BUCKETS_AT_ONCE for question in questions)
    assert len(questions) == -(-744 * 4 // BUCKETS_AT_ONCE)


def hourly(zone: str, since: str, hours: int) -> Figures:
    """Of so many hours, in which nobody looked at anything."""
    periods = asked(By.HOUR, since, None, NOW, ZoneInfo(zone))[:hours]
    moments = [offset(datetime.fromtimestamp(start, UTC), ZoneInfo(zone)) for start, _ in periods]
    return Figures(
        name="The whole site",
        by=By.HOUR,
        since=moments[0],
        until=moments[-1] + timedelta(hours=1),
        as_of=moments[-1],
        totals=Totals(views=0, daily_readers=0, bots=0, unsure=0),
        items=[Point(at=at, views=0, readers=0, bots=0, unsure=0) for at in moments],
    )


@pytest.mark.parametrize(
    ("zone", "since", "hours", "days"),
    [
        ("Asia/Baku", "2024-10-20T15:00", 48, "21 Oct, 22 Oct"),
        ("Asia/Baku", "2024-10-20", 72, "20 Oct, 21 Oct, 22 Oct"),
        # Clocks are put back on the 27th.
        ("Europe/Berlin", "2024-10-25T12:00", 24 * 4, "26 Oct, 27 Oct, 28 Oct, 29 Oct"),
        ("UTC", "2024-10-03T14:00", 744, "4 Oct, 8 Oct, 12 Oct, 16 Oct, 20 Oct, 24 Oct, 28 Oct, 1 Nov"),
    ],
)
def test_days_are_named_where_they_begin(zone: str, since: str, hours: int, days: str) -> None:
    figures = hourly(zone, since, hours)
    named = labels(figures)
    assert ", ".join(named.values()) == days
    assert {figures.items[place].at.hour for place in named} == {0}


def test_of_a_day_hours_are_named() -> None:
    assert list(labels(hourly("UTC", "2024-10-20T15:00", 24)).values()) == "15:00 19:00 23:00 03:00 07:00 11:00".split()


@pytest.mark.parametrize("highest", [0, 1, 2, 5, 6, 7, 99, 100, 101, 123_456, 10**12])
def test_the_scale_of_a_chart_is_in_few_round_steps(highest: int) -> None:
    found = ticks(highest)
    assert (found[0], len(found) <= TICKS_MOST + 1) == (0, True)
    assert found[-1] >= highest > found[-2] or highest == 0
    assert found[1] - found[0] in STEPS
