"""Who asks, as far as the user agent says: a person's browser or app, a known bot, or nobody knows.

The lists of crawlers are two from PyPI. The rules beside them are general; each gives its reason.
What is measured with them, and what to do when the lists are renewed: docs/views.md.
"""

import re
from collections import defaultdict
from collections.abc import Iterable
from enum import StrEnum
from functools import cache, lru_cache
from importlib.metadata import version
from importlib.resources import files
from typing import Literal

from crawlerdetect.providers.crawlers import data as CRAWLER_DETECT  # type: ignore[import-untyped]
from msgspec import Struct
from msgspec.json import decode

# The number goes up with every change of a rule below: figures under different rules are not compared unawares.
RULES = ", ".join(["1", *(f"{package} {version(package)}" for package in ("crawler-user-agents", "crawlerdetect"))])

READ_CHARACTERS = 512
NAME_CHARACTERS = 40
KEPT_AGENTS = 4_096


class Kind(StrEnum):
    READER = "reader"
    BOT = "bot"
    UNSURE = "unsure"


class Agent(Struct, frozen=True):
    """`name`: of a bot, or of what leaves us unsure ("none" without any); "" for readers, who are not told apart."""

    kind: Kind
    name: str = ""


READER = Agent(Kind.READER)
NAMELESS = Agent(Kind.UNSURE, "none")


def words(pattern: str) -> re.Pattern[str]:
    return re.compile("".join(pattern.split()), re.IGNORECASE)


# Libraries and programs of the command line: a newsroom's own site may count by them, and the content network asks by
# one name for everybody; testclient is Litestar's. Only the beginning counts, for there a program names itself.
LIBRARIES = r"""(?:[\w.]*python[\w.-]*|aiohttp|httpx|urllib3?|requests|pycurl|(?:lib)?curl|wget2?|libwww[\w-]*
    |lwp[\w:-]*|[\w-]*perl|ruby|faraday|rest-?client|typhoeus|httparty|http\.rb|mechanize|guzzle(?:http)?|php[\w-]*
    |symfony[\s]?httpclient|zend_http_client|go-http-client|go-resty|fasthttp|okhttp|java|jdk[\w-]*
    |apache-(?:http[\w-]*|cxf)|http_?url_?connection|google-http-java-client|jersey|jakarta[\w-]*|jetty|ahc
    |async-?http-?client|customasynchttpclient|reactornetty|vert\.x[\w-]*|armeria|axios|node(?:-fetch|\.js)?|undici|got
    |ky|superagent|request(?:-promise)?|needle|bun|deno|dart|dio|alamofire|httpie|postmanruntime|insomnia|winhttp[\w.]*
    |\.net|restsharp|powershell|reqwest|hyper|ureq|isahc|hackney|mint|finch|req|akka-http|pekko-http|sttp|http4s[\w-]*
    |libsoup|cpprestsdk|cpr|poco|unirest[\w-]*|anyevent[\w-]*|pcore-http|http-?client|http_get|fetch
    |amazon\scloudfront|testclient|mozilla/[\d.]+\s*$)(?![\w-])"""
LIBRARY = words(LIBRARIES)

# A program that says what it is built on, and nothing else: a site of one's own, perhaps.
BUILT_ON = words(r"[\s(;,]" + LIBRARIES)

# A maker of phones, whose name every list of bots stumbles over.
PHONE_BOT = words("cubot")

# A library that adds such a word says itself that no person reads.
SELF_NAMED = words(r"bots?(?![a-z])|crawl|spider")

# What machines that read are called by those who make them. MozacFetch is Firefox for Android.
WORDS = words(r"""bots?(?![a-z])|(?-i:Bot(?=[A-Z]))|robot|crawl|spider|slurp|scrap(?:e|y|ing)|harvest|archiver
    |indexer|(?<!mozac)fetch|preview|favicon|(?<![a-z])scanner|monitoring|uptime|observ|synthetic|headless|lighthouse
    |page\s?speed|link.?check|checker|tester|validator|verif(?:y|ic)|inspect|audit|analy[sz]er|devtools|cypress
    |playwright|(?-i:RSS\b)|\brss|\bfeed(?!back)|puppeteer|selenium|webdriver|phantomjs|-google\b|\bgoogle-""")

# Browsers inside of apps and desktop programs: people read there, whatever a list says of the app's previews.
IN_APP = re.compile(
    r"\b(?:FB_?(?:AN|AV|IAB)|MetaIAB|Instagram|Barcelona|Twitter for|TwitterAndroid|LinkedInApp|Pinterest(?: for|/)|"
    r"Snapchat|musical_ly|BytedanceWebview|TikTok|Line/|MicroMessenger|Viber|KAKAOTALK|GSA/|SogouMobileBrowser|Electron/|Fluid/|Teams/|"
    r"Microsoft O(?:ffice|utlook))"
)

# Where to complain is said by who runs a bot; a browser has nobody to complain to.
ADDRESS = words(r"https?://(?:www\.)?([\w.-]*)|\bwww\.([\w.-]+)|[\w.+-]{1,64}@([\w-]+\.[a-z]{2,})")

# Browsers stopped saying "compatible" with Internet Explorer and Konqueror, and those name their system beside it.
COMPATIBLE = words(r"compatible[;,]\s*+(?!MSIE|Konqueror)([^()]*+)")

# Browsers write no such characters, no header's name, and nothing with a comma before "Mozilla": a script's mistake,
# or an attack.
ODD = words(r"""[<>"'\\`]|^user-agent|^[^(]{0,60}?[,|:]\s?Mozilla/""")

SYSTEM = words(r"""Windows|\bWin(?:9|NT|CE|1[01])|Macintosh|Mac[\s_]?OS|Mac_|PPC|Linux|X11|Android|iPhone|iPad|iPod|iOS
    |CrOS|BSD|SunOS|Solaris|CYGWIN|Haiku|BeOS|OS/2|Amiga|MorphOS|AROS|Syllable|Inferno|Symb|Series\s?\d0|Nokia
    |BlackBerry|BB10|PlayBook|webOS|Web0S|hpwOS|Tizen|Bada|KAIOS|PlayStation|Nintendo|Xbox|TV|Roku|Darwin|CFNetwork
    |Dalvik|J2ME|MIDP|UCWEB|Fuchsia|Harmony|Kindle|Silk|RISC|QNX|IRIX|HP-UX|AIX|OSF1|VMS|Maemo|MeeGo|Sailfish|Ubuntu
    |DoCoMo|KDDI|SoftBank|Vodafone|SAMSUNG|SonyEricsson|LG|MOT-|SEC-|SHARP|HTC|ZTE|Huawei|Alcatel|DOS|mobile|tablet
    |phone|ms-?office""")
BROWSER = words(r"\b(?:Firefox|Chrome|Safari|Version|MSIE|Trident|Opera|OPR|Edge?|Konqueror)[/\s]")

# Apps, players and old browsers without "Mozilla": they name what is held in hands, or what draws pages, or say app.
HELD = words(r"""Android|iPhone|iPad|iPod|iOS\b|CFNetwork|Dalvik|Windows|\bWin1[01]|Macintosh|Mac\sOS|MIDP|Symb|TV|Roku
    |PlayStation|Nintendo|BlackBerry|X11|WebKit|Gecko|Presto|KHTML|NetFront|browser|MAUI|Obigo|Teleca
    |\b(?:Firefox|Chrome|Safari|Opera)/\d|(?-i:App/)\d|UPnP|player|VLC|Winamp|iTunes|Kodi|CoreMedia
    |stagefright|Samsung|HTC|Huawei|Nokia|SonyEricsson|\b(?:LG|MOT|SEC|SIE)-|Alcatel|ZTE|Lenovo|Micromax|Sagem|Panasonic
    |Philips|SHARP|Pantech|Kyocera|BenQ|Palm|Toshiba|Xiaomi|DoCoMo|KDDI|J-PHONE|Vodafone|SoftBank|Tizen|webOS|Kindle
    |PlayBook|KAIOS|BREW""")
NAMED_BROWSER = words(r"""(?:Lynx|E?Links|w3m|NetSurf|Dillo|NCSA|Mosaic|Opera|IBrowse|Amiga|Voyager|retawq|Emacs|UCWEB
    |HotJava|Outlook|MozacFetch|(?:com|org|net)\.[a-z])""")

PRODUCT = re.compile(r"[\w.+-]+", re.ASCII)
VERSION = re.compile(r"[-_ ]?v?\d+(?:\.\d+)+.*$")


def agent_of(user_agent: str) -> Agent:
    return _told(user_agent[:READ_CHARACTERS])


@lru_cache(KEPT_AGENTS)
def _told(agent: str) -> Agent:
    agent = PHONE_BOT.sub("", agent)
    if not agent.strip():
        return NAMELESS
    if library := LIBRARY.match(agent):
        named = SELF_NAMED.search(agent, library.end())
        return _bot(_product(agent, named.start())) if named else Agent(Kind.UNSURE, _named(library[0]))
    if name := _listed(agent) or _called(agent) or _strange(agent):
        return _bot(name)
    return _faceless(agent) or READER


def _listed(agent: str) -> str | None:
    if IN_APP.search(agent):
        return None
    # Some proxies write every header in small letters.
    found = listed(re.IGNORECASE if agent.islower() else re.NOFLAG).search(agent)
    # Without "Mozilla" the second list takes mail programs and text browsers for crawlers.
    if not found and agent[:7].lower() == "mozilla":
        found = listed_too().search(agent)
    return _product(agent, found.start()) if found else None


def _called(agent: str) -> str | None:
    word = WORDS.search(agent)
    return _product(agent, word.start()) if word else None


def _strange(agent: str) -> str | None:
    """What gives away an agent that nobody has named."""
    if IN_APP.search(agent):
        return None
    if address := ADDRESS.search(agent):
        return _introduced(agent) or next(filter(None, address.groups()), "unnamed")
    compatible = COMPATIBLE.search(agent)
    if compatible and not SYSTEM.search(compatible[1]):
        return _introduced(agent) or "unnamed"
    if ODD.search(agent):
        return "odd"
    if agent[:7].lower() == "mozilla":
        return None if SYSTEM.search(agent) or BROWSER.search(agent) else _introduced(agent) or "Mozilla"
    return None


def _faceless(agent: str) -> Agent | None:
    """A program that names neither what people hold nor what draws pages: it shows them to nobody."""
    if agent[:7].lower() == "mozilla" or IN_APP.search(agent) or HELD.search(agent) or NAMED_BROWSER.match(agent):
        return None
    name = _introduced(agent) or "odd"
    return Agent(Kind.UNSURE, _named(name)) if BUILT_ON.search(agent) else _bot(name)


def _introduced(agent: str) -> str | None:
    """By "compatible; NAME", else by the first product, unless that is what every browser says."""
    compatible = COMPATIBLE.search(agent)
    product = PRODUCT.match(agent, compatible.start(1)) if compatible else PRODUCT.search(agent)
    return None if product is None or product[0].lower() in ("mozilla", "http", "https") else product[0]


def _product(agent: str, at: int) -> str:
    """The whole word at a place: "AdsBot-Google" where "Google" was found."""
    found = next((product for product in PRODUCT.finditer(agent) if product.end() > at), None)
    return found[0] if found else "unnamed"


def _bot(name: str) -> Agent:
    return Agent(Kind.BOT, _named(name))


def _named(name: str) -> str:
    """Without its version, so that it stays the same, and never long."""
    plain = " ".join(PRODUCT.findall(name))
    return (VERSION.sub("", plain) or plain)[:NAME_CHARACTERS].strip(" .-+_") or "unnamed"


# Builds of Android, on many people's phones: where it was seen once is not who it is.
NOT_CRAWLERS = frozenset({r"AP3A\.240617\.008"})


class Crawler(Struct):
    """One entry of crawler-user-agents; `pattern` is a regular expression."""

    pattern: str
    tags: list[str]


@cache
def listed(letters: Literal[re.RegexFlag.NOFLAG, re.RegexFlag.IGNORECASE]) -> re.Pattern[str]:
    """All patterns in one, where words begin; made when the first agent comes."""
    raw = files("crawleruseragents").joinpath("crawler-user-agents.json").read_bytes()
    entries = decode(raw, type=list[Crawler])
    known = [entry.pattern for entry in entries if "http-library" not in entry.tags]
    return re.compile(grouped(pattern for pattern in known if pattern not in NOT_CRAWLERS), letters)


@cache
def listed_too() -> re.Pattern[str]:
    """Whole words: this list means them in any letters, and finds "Cabot" in "Caboto" otherwise."""
    return re.compile(grouped(CRAWLER_DETECT) + "(?![a-z])", re.IGNORECASE)


def grouped(patterns: Iterable[str]) -> str:
    """By first letter: a search then tries the few that can begin at a place, instead of 1,500."""
    by_letter = defaultdict[str, list[str]](list)
    others = list[str]()
    for pattern in patterns:
        plain = pattern[:2].isalpha() and "|" not in pattern
        (by_letter[pattern[0]] if plain else others).append(pattern[1:] if plain else pattern)
    groups = [f"{letter}(?:{'|'.join(rests)})" for letter, rests in sorted(by_letter.items())]
    return f"(?<![A-Za-z])(?:{'|'.join([*groups, *others])})"
