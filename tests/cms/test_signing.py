"""One secret signs for all processes on a history: the one that is set, or one that was made once."""

import pytest

from cms import newsroom as rooms
from cms import signing
from cms.newsroom import Newsroom
from cms.settings import SECRET_CHARACTERS_LEAST, BadSetting, from_environment
from tests.cms.database import rows
from tests.cms.desk import together

GIVEN = "s" * SECRET_CHARACTERS_LEAST


def test_processes_that_start_at_once_come_to_one_secret(newsroom: Newsroom, other_newsroom: Newsroom) -> None:
    one, other = together(lambda: signing.secret(newsroom, ""), lambda: signing.secret(other_newsroom, ""))
    assert one == other
    assert len(one) >= SECRET_CHARACTERS_LEAST


def test_the_secret_outlives_a_restart(newsroom: Newsroom, events_url: str) -> None:
    first = signing.secret(newsroom, "")
    with rooms.opened(events_url) as again:
        assert signing.secret(again, "") == first


def test_a_secret_that_is_set_is_not_kept_with_the_data(newsroom: Newsroom, events_url: str) -> None:
    assert signing.secret(newsroom, GIVEN) == GIVEN
    assert rows(events_url, "select * from secret") == []


def test_a_short_secret_is_a_bad_setting_that_is_not_repeated() -> None:
    assert from_environment({"CHRONICLE_SECRET": GIVEN}).secret == GIVEN
    with pytest.raises(BadSetting, match="CHRONICLE_SECRET needs 32 characters") as bad:
        from_environment({"CHRONICLE_SECRET": "open sesame"})
    assert "sesame" not in str(bad.value)
