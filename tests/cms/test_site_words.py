"""How the site speaks, and how it shows pictures and films."""

from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from cms.settings import BadSetting, from_environment
from cms.site.language import Language, offset
from cms.site.pictures import Pictures, host, is_film, player
from cms.site.theme import OWN

DAY = date(2026, 12, 1)


@pytest.mark.parametrize(
    ("code", "day", "number", "first", "direction"),
    [
        ("en", "1 December 2026", "5,279", "Mon", "ltr"),
        ("en-US", "December 1, 2026", "5,279", "Sun", "ltr"),
        ("az", "1 dekabr 2026", "5.279", "B.E.", "ltr"),
        ("ar", "1 ديسمبر 2026", "5,279", "الاثنين", "rtl"),
        ("xx", "1 December 2026", "5,279", "Mon", "ltr"),
    ],
)
def test_a_language_has_its_own_dates_numbers_weeks_and_direction(
    code: str, day: str, number: str, first: str, direction: str
) -> None:
    language = Language(code, [])
    assert language.day(DAY) == day
    assert language.day(datetime(2026, 12, 1, 23, 59, tzinfo=UTC)) == day
    assert language.number(5279) == number
    assert language.weekdays()[0][0] == first
    assert language.direction == direction


def test_words_have_the_plurals_of_their_language() -> None:
    language = Language("az", [OWN])
    assert language.words.gettext("Latest") == "Ən son"
    assert language.words.ngettext("%(said)s view", "%(said)s views", 2) == "%(said)s baxış"
    assert language.words.gettext("What no catalogue has") == "What no catalogue has"


def test_an_offset_is_that_of_the_moment() -> None:
    assert offset(datetime(2026, 12, 1, tzinfo=UTC)) == "UTC+00:00"
    assert offset(datetime(2026, 12, 1, tzinfo=timezone(-timedelta(hours=3, minutes=30)))) == "UTC-03:30"


@pytest.mark.parametrize(
    ("url", "frame"),
    [
        (
            "https://www.youtube.com/watch?v=dQw4w9WgXcQ",
            "https://www.youtube-nocookie.com/embed/dQw4w9WgXcQ?autoplay=1",
        ),
        (
            "https://www.youtube.com/watch?t=3&v=dQw4w9WgXcQ",
            "https://www.youtube-nocookie.com/embed/dQw4w9WgXcQ?autoplay=1",
        ),
        ("https://youtu.be/dQw4w9WgXcQ?si=x", "https://www.youtube-nocookie.com/embed/dQw4w9WgXcQ?autoplay=1"),
        ("https://vimeo.com/76979871", "https://player.vimeo.com/video/76979871?autoplay=1&dnt=1"),
        ("https://youtube.com.evil.example/watch?v=dQw4w9WgXcQ", ""),
        ("https://evil.example/https://youtu.be/dQw4w9WgXcQ", ""),
        ("https://youtu.be/dQw4w9WgXcQxxx", ""),
        ("/static/film.mp4", ""),
    ],
)
def test_a_frame_plays_films_of_two_sites_and_no_others(url: str, frame: str) -> None:
    assert player(url) == frame


def test_a_film_is_a_file_that_browsers_play() -> None:
    assert is_film("/static/film.MP4?x=1")
    assert not is_film("https://example.org/film")


def test_readers_are_told_whom_a_link_leads_to() -> None:
    assert host("https://www.example.org:8080/a") == "example.org"
    assert host("https://user@example.org/a") == "example.org"
    assert host("/here") == ""


def test_pictures_have_sizes_where_a_service_makes_them() -> None:
    pictures = Pictures("https://img.example/{width}/{url}", "https://post.example")
    assert pictures.sized("/a.jpg", 320) == "https://img.example/320/https://post.example/a.jpg"
    assert pictures.sizes("/a.jpg").startswith("https://img.example/320/https://post.example/a.jpg 320w, ")
    assert pictures.sizes("/drawn.svg?x=1") == ""
    assert Pictures("", "https://post.example").sizes("/a.jpg") == ""


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("ACCENT", "red", "ACCENT must be a colour"),
        ("ACCENT", "#ffcc00", "dark enough"),
        ("LINKS", "Telegram", "'Telegram' is none"),
        ("LINKS", "Bad=javascript:alert(1)", "LINKS holds links"),
        ("PICTURES", "https://img.example/{url}", "PICTURES must hold"),
        ("THEME", "/nowhere/at/all", "THEME must name a folder"),
    ],
)
def test_a_setting_of_the_site_that_nothing_can_be_made_of_is_named(name: str, value: str, said: str) -> None:
    with pytest.raises(BadSetting, match=said):
        from_environment({f"CHRONICLE_{name}": value})
