"""Stories of who asks; the lists change from release to release, what these say must hold under all of them."""

import re
from pathlib import Path
from time import perf_counter

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.yaml import decode

from cms.agents import NAME_CHARACTERS, RULES, Agent, Kind, agent_of

LABELLED = Path(__file__).parents[3] / "shared" / "corpus" / "bots"
IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko)"
PIXEL = "Mozilla/5.0 (Linux; Android 15; Pixel 9 Build/AP3A.240617.008; wv) AppleWebKit/537.36 (KHTML, like Gecko)"
CHROME = "Chrome/142.0.0.0 Mobile Safari/537.36"


def bot(name: str) -> Agent:
    return Agent(Kind.BOT, name)


def unsure(name: str) -> Agent:
    return Agent(Kind.UNSURE, name)


@pytest.mark.parametrize(
    ("user_agent", "name"),
    [
        ("Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)", "Googlebot"),
        (f"{PIXEL} {CHROME} (compatible; Googlebot/2.1; +http://www.google.com/bot.html)", "Googlebot"),
        ("Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)", "bingbot"),
        (
            "Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; GPTBot/1.2; +https://openai.com/gptbot)",
            "GPTBot",
        ),
        (
            "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) HeadlessChrome/142.0.0.0",
            "HeadlessChrome",
        ),
        ("Mozilla/5.0+(compatible; UptimeRobot/2.0; http://www.uptimerobot.com/)", "UptimeRobot"),
        ("Pinterest/0.2 (+http://www.pinterest.com/)", "Pinterest"),
        ("Browsershots", "Browsershots"),
    ],
)
def test_a_crawler_is_a_bot_and_called_by_its_name(user_agent: str, name: str) -> None:
    assert agent_of(user_agent) == bot(name)


@pytest.mark.parametrize(
    ("user_agent", "name"),
    [
        ("facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)", "facebookexternalhit"),
        ("Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)", "Slackbot-LinkExpanding"),
        ("WhatsApp/2.23.20.0 A", "WhatsApp"),
        ("Mozilla/5.0 (compatible; Discordbot/2.0; +https://discordapp.com)", "Discordbot"),
    ],
)
def test_who_fetches_a_preview_of_a_link_is_a_bot(user_agent: str, name: str) -> None:
    assert agent_of(user_agent) == bot(name)


@pytest.mark.parametrize(
    ("user_agent", "name"),
    [
        ("Feedly/1.0 (+http://www.feedly.com/fetcher.html; 12 subscribers; like FeedFetcher-Google)", "Feedly"),
        ("NewsBlur Feed Fetcher - 1 subscriber - https://www.newsblur.com/site/1/", "NewsBlur"),
    ],
)
def test_a_feed_reader_fetches_for_people_who_then_open_the_article_themselves(user_agent: str, name: str) -> None:
    assert agent_of(user_agent) == bot(name)


@pytest.mark.parametrize(
    ("user_agent", "name"),
    [
        ("Mozilla/5.0 (compatible; Trance/1.0; trance.bot@example.org)", "Trance"),
        ("Quill Link Preview/1.0 (http://www.example.org/preview)", "Quill"),
        ("example.org Bot 1.0", "example.org"),
        (f"{PIXEL} {CHROME} (+https://www.example.org/bot.html)", "example.org"),
        ("help@example.org", "example.org"),
    ],
)
def test_a_bot_is_called_neither_by_a_word_for_bots_nor_by_whom_to_write_to(user_agent: str, name: str) -> None:
    assert agent_of(user_agent) == bot(name)


@pytest.mark.parametrize(
    "user_agent",
    [
        f"{IPHONE} Version/18.1 Mobile/15E148 Safari/604.1",
        f"Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) {CHROME}",
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:144.0) Gecko/20100101 Firefox/144.0",
        "Mozilla/5.0 (Linux; Android 8.0.0; CUBOT_P20) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/70.0",
        "Opera/9.80 (J2ME/MIDP; Opera Mini/7.1/191; U; en) Presto/2.12.423 Version/12.16",
        "Lynx/2.9.0 libwww-FM/2.14 SSL-MM/1.4.1 OpenSSL/3.0",
        f"{IPHONE} Version/17.4.1 Mobile/15E148 Safari/604.1 (Ecosia ios@9.2.3.1367)",
        "Mozilla/4.0 (jig browser9; F10B)",
        'Mozilla/5.0 (Linux; Android 9; 10" tab) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/87 Safari/537.36"',
    ],
)
def test_a_browser_is_a_reader_without_a_name(user_agent: str) -> None:
    assert agent_of(user_agent) == Agent(Kind.READER, "")


@pytest.mark.parametrize(
    "phone", ["C Bot Tab 70", "Spider 8", "OCTOPUS-CORE T8", "HTC Butterfly Build/JDQ39", "Fetch 2"]
)
def test_a_phone_is_no_bot_whatever_it_is_called(phone: str) -> None:
    browser = f"Mozilla/5.0 (Linux; Android 13; {phone}) AppleWebKit/537.36 (KHTML, like Gecko) {CHROME}"
    assert agent_of(browser).kind is Kind.READER
    assert agent_of(f"{browser} (compatible; ExampleBot/1.0)") == bot("ExampleBot")


@pytest.mark.parametrize(
    "user_agent",
    [
        f"{IPHONE} Mobile/22B83 [FBAN/FBIOS;FBAV/490.0.0.35.105;FBDV/iPhone15,2;FBLC/en_GB]",
        f"{PIXEL} Version/4.0 {CHROME} MetaIAB Facebook",
        f"{PIXEL} Version/4.0 {CHROME} Instagram 406.0.0.58.159 Android (35/15; 480dpi; 1080x2400; OPPO)",
        f"{IPHONE} Mobile/15E148 Viber/23.1",
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Slack/4.41 Chrome/130.0 Electron/33.0",
    ],
)
def test_a_browser_inside_of_an_app_is_a_reader(user_agent: str) -> None:
    assert agent_of(user_agent).kind is Kind.READER


@pytest.mark.parametrize(
    "user_agent",
    [
        "Chronicle/3.2 (iPhone; iOS 18.1)",
        "ChronicleApp/2.1",
        "News/9 CFNetwork/1494",
        "Chronicle Radio/2",
        "Plays/1 (TV)",
    ],
)
def test_an_app_that_names_its_device_or_what_one_hears_or_says_that_it_is_an_app_is_a_reader(user_agent: str) -> None:
    assert agent_of(user_agent).kind is Kind.READER


LIBRARIES = [
    "python-httpx/0.28.1", "python-requests/2.32.5", "Python-urllib/3.13", "Python/3.12 aiohttp/3.13.2", "curl/8.5.0",
    "Wget/1.21.4", "Go-http-client/2.0", "okhttp/4.12.0", "axios/1.7.9", "Java/17.0.1", "PHP/8.4", "undici",
    "Apache-HttpClient/4.5.14 (Java/17.0.1)", "node-fetch/1.0 (+https://github.com/bitinn/node-fetch)", "testclient",
    "Amazon CloudFront", "Dart/3.5 (dart:io)", "Mozilla/5.0",
]  # fmt: skip


@pytest.mark.parametrize("user_agent", LIBRARIES)
def test_a_library_leaves_it_open_whether_a_person_reads(user_agent: str) -> None:
    assert agent_of(user_agent) == unsure(user_agent.partition("/")[0])


@given(library=st.sampled_from(LIBRARIES), version=st.from_regex(r"[0-9]{1,3}(\.[0-9]{1,3}){0,3}", fullmatch=True))
def test_no_version_of_a_library_is_a_bot(library: str, version: str) -> None:
    assert agent_of(re.sub(r"(?<=/)[\d.]+", version, library)).kind is Kind.UNSURE


def test_a_site_of_one_s_own_that_says_what_it_is_built_on_leaves_it_open() -> None:
    assert agent_of("chronicle-site/1.4 python-httpx/0.28.1") == unsure("chronicle-site")


def test_a_library_that_calls_itself_a_bot_is_one() -> None:
    assert agent_of("python-requests/2.32 ExampleBot/1.0") == bot("ExampleBot")


@pytest.mark.parametrize("user_agent", ["6881", "tq", "{{.custom_user_agent}}", "reader-<AccountID>"])
def test_an_agent_that_names_nothing_leaves_it_open(user_agent: str) -> None:
    assert agent_of(user_agent) == unsure("odd")


@pytest.mark.parametrize(
    "user_agent",
    "%USER_AGENT% $http_user_agent [USER_AGENT] __UA__ USER_AGENT user-agent undefined null None - %s %(user_agent)s"
    " {{user_agent}} ${UA} <user-agent> unknown".split(),
)
def test_a_placeholder_that_nobody_filled_in_leaves_it_open(user_agent: str) -> None:
    assert agent_of(user_agent) == unsure("odd")


@pytest.mark.parametrize("user_agent", ["", " ", "\t\n"])
def test_without_an_agent_nobody_knows(user_agent: str) -> None:
    assert agent_of(user_agent) == unsure("none")


@pytest.mark.parametrize(
    ("user_agent", "name"),
    [
        ("Mozilla/5.0 (compatible; Trance/1.0)", "Trance"),
        ("ServiceOfNobody/2.0 (ops@example.org)", "ServiceOfNobody"),
        ("ServiceOfNobody 2.0", "ServiceOfNobody"),
        ("User-Agent: Mozilla/5.0 (Windows NT 10.0) Firefox/144.0", "odd"),
    ],
)
def test_who_is_on_no_list_gives_itself_away(user_agent: str, name: str) -> None:
    assert agent_of(user_agent) == bot(name)


@given(st.text(max_size=2_000) | st.text(alphabet="Mozilla/5.0 (compatible; bot@)+-\x00\r\n\ud800", max_size=2_000))
def test_anything_may_come_and_names_stay_short_and_plain(user_agent: str) -> None:
    agent = agent_of(user_agent)
    assert re.fullmatch(r"[A-Za-z0-9 ._+-]*", agent.name)
    assert len(agent.name) <= NAME_CHARACTERS
    assert bool(agent.name) == (agent.kind is not Kind.READER)


def test_what_stands_beyond_the_bound_is_not_read() -> None:
    browser = f"{IPHONE} Version/18.1 Mobile/15E148 Safari/604.1".ljust(512)
    assert agent_of(f"{browser}Googlebot").kind is Kind.READER


@pytest.mark.parametrize(
    "piece", ["a/ ", "(", " ", "a", "-", "1.", "a.-", "a@", "v1", "x_", "compatible; ", ",Mozilla", "Spider ", "S s"]
)
def test_no_agent_takes_long(piece: str) -> None:
    agent_of(CHROME)
    started = perf_counter()
    agent_of(("mozilla " + piece * 512)[:511] + "@")
    # Measured at two thousandths of a second; a search that runs away takes minutes.
    assert perf_counter() - started < 1


def test_the_rules_have_a_short_name_that_names_the_lists() -> None:
    assert re.fullmatch(r"\d+, crawler-user-agents [\d.]+, crawlerdetect [\d.]+", RULES)
    assert len(RULES) < 80


def labelled(name: str) -> list[Kind]:
    agents = decode((LABELLED / name).read_bytes(), type=dict[str, list[str | int]])
    return [agent_of(str(agent)).kind for several in agents.values() for agent in several]


@pytest.mark.skipif(not LABELLED.exists(), reason="the labelled user agents are not beside the repository")
def test_of_labelled_agents_nine_in_ten_crawlers_are_found_and_at_most_one_browser_in_fifty_is_mistaken() -> None:
    crawlers, browsers = labelled("crawlers.yml"), labelled("browsers.yml")
    assert crawlers.count(Kind.BOT) >= 0.9 * len(crawlers)
    assert browsers.count(Kind.BOT) <= 0.02 * len(browsers)
