"""Who asks, as far as the user agent says: a person's browser or app, a known bot, or nobody knows.

The rules beside the lists of crawlers are general; each gives its reason. What is measured with them: docs/views.md.
"""

import re
from enum import StrEnum
from functools import lru_cache

from msgspec import Struct

from cms.crawlers import LISTS, listed, listed_too

# The number goes up with every change of a rule below: figures under different rules are not compared unawares.
RULES = f"2, {LISTS}"

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
    |libsoup|lavf|resty|cpprestsdk|cpr|poco|unirest[\w-]*|anyevent[\w-]*|pcore-http|http-?client|http-tiny|http_get
    |fetch|hey|oha|k6|vegeta|autocannon|bombardier|h2load|amazon\scloudfront|testclient|mozilla/[\d.]+\s*$)(?![\w-])"""
LIBRARY = words(LIBRARIES)

# A program that says what it is built on, and nothing else: a site of one's own, perhaps.
BUILT_ON = words(r"[\s(;,]" + LIBRARIES)

# Phones are called "Cubot", "Spider", "Octopus", and their builds stand in lists of crawlers, as seen once with one.
MODEL = words(r"(?<=android\s)[\w.]+;(?:\s\w\w[-_]\w\w;)?[^;()]*")

# A library that adds such a word says itself that no person reads.
SELF_NAMED = words(r"bots?(?![a-z])|crawl|spider")

# What machines that read are called by those who make them. MozacFetch is Firefox for Android.
WORDS = words(r"""(?<!cu)bots?(?![a-z])|(?-i:Bot(?=[A-Z]))|robot|crawl|spider|slurp|scrap(?:e|y|ing)|harvest|archiver
    |indexer|(?<!mozac)fetch|preview|favicon|(?<![a-z])scanner|monitoring|uptime|observ|synthetic|headless|lighthouse
    |page\s?speed|link.?check|checker|tester|validator|verif(?:y|ic)|inspect|audit|analy[sz]er|devtools|cypress
    |playwright|(?-i:RSS\b)|\brss|\bfeed(?!back)|puppeteer|selenium|webdriver|phantomjs|wkhtmlto
    |shots?(?![a-z])|diagnos|extract|downloader|transcoder|\(via\s|swcd|-google\b|\bgoogle-""")

# Browsers inside of apps and desktop programs: people read there, whatever a list says of the app's previews.
IN_APP = re.compile(
    r"\b(?:FB_?(?:AN|AV|IAB)|MetaIAB|Instagram|Barcelona|Twitter for|TwitterAndroid|LinkedInApp|Snapchat|"
    r"Pinterest(?: for|/[Ai])|musical_ly|BytedanceWebview|TikTok|Line/|MicroMessenger|Viber|KAKAOTALK|GSA/|XBMC|Kodi|"
    r"Sogou(?:Search|MobileBrowser)|baiduboxapp|Electron/|Fluid/|Teams/|Microsoft O(?:ffice|utlook))"
)

# Where to complain is said by who runs a bot; a browser has nobody to complain to.
ADDRESS = words(r"""https?://(?:www\.)?([\w.-]*)[^\s;,()]*|\bwww\.([\w.-]+)[^\s;,()]*
    |(?<![\w.+-])[\w.+-]{1,64}+@([\w-]+\.[a-z]{2,}[\w.-]*)""")

# Browsers stopped saying "compatible" with Internet Explorer and Konqueror, and those name their system beside it.
COMPATIBLE = words(r"compatible[;,]\s*+(?!MSIE|Konqueror)([^()]*+)")

# Nobody's browser: a script that sends the name of the header too, or puts another name before a browser's.
ODD = words(r"^user-agent(?!\W*$)|^[^(]{0,60}?[,|:]\s?Mozilla/")

# What people hold in hands or look at, and who makes it.
DEVICE = words(r"""Android|iPhone|iPad|iPod|iOS\b|watchOS|CFNetwork|Dalvik|Windows|\bWin(?:1[01]|32|64)|Macintosh
    |Mac\sOS|X11|(?-i:Linux;)|TV|\bAFT|Roku|PlayStation|\bPS[345]|Nintendo|J2ME|MIDP|\bWAP\d|BREW|UCWEB|Symb|BlackBerry
    |PlayBook|Tizen|Bada|web[O0]S|KAIOS|Kindle|Palm|Samsung|HTC|Huawei|Nokia|SonyEricsson|\b(?:LG|MOT|SEC|SIE)-|Alcatel
    |ZTE|Lenovo|Micromax|Sagem|Panasonic|Philips|SHARP|Pantech|Kyocera|BenQ|Toshiba|Xiaomi|DoCoMo|KDDI|J-PHONE|Vodafone
    |SoftBank|FOMA|WILLCOM""")
SYSTEM = words(r"""\bWin(?:9|16|NT|CE)|Mac_|PPC|Linux|CrOS|BSD|SunOS|Solaris|CYGWIN|Haiku|BeOS|OS/2|Amiga
    |MorphOS|AROS|Syllable|Inferno|Series\s?\d0|BB10|Xbox|Darwin|Fuchsia|Harmony|Silk|RISC|QNX|IRIX|HP-UX|AIX|OSF1|VMS
    |Maemo|MeeGo|Sailfish|Ubuntu|DOS|mobile|tablet|phone|ms-?office""")

# Apps, players and old browsers without "Mozilla" name a device, what draws pages, or what is heard and seen, or say
# that they are an app.
HELD = words(r"""WebKit|Gecko|Presto|KHTML|NetFront|browser|MAUI|Obigo|Teleca|(?-i:App/)\d|UPnP|player
    |\b(?:Firefox|Chrome|Safari|Version|Trident|Opera|OPR|Edge?|Konqueror)/\d|MSIE\s|VLC|Winamp
    |iTunes|CoreMedia|stagefright|music|radio|podcast|audio|video|stream""")
NAMED_BROWSER = words(r"""^(?:Lynx|E?Links|w3m|NetSurf|Dillo|NCSA|Mosaic|Opera|IBrowse|Amiga|Voyager|retawq|Emacs|UCWEB
    |HotJava|Outlook|MozacFetch|(?:com|org|net)\.[a-z])""")

# Placeholders that nobody filled in, numbers, three letters: they tell nothing.
NOTHING = words(r"""[<>{}]|^\W*\w{0,3}\W*$|^[\d\W]+$
    |^[\W_]*(?:ua|(?:https?_)?user[-_\s]?agent(?:_string)?|undefined|null|none|nil|nan|object\sobject|unknown)[\W_]*(?:s\W*)?$""")

PRODUCT = re.compile(r"[\w.+-]+", re.ASCII)
LETTERS = re.compile(r"[A-Za-z]{2}")
# Nobody's own name, with or without a version.
COMMON = words(r"""(?:mozilla|compatible|applewebkit|khtml|like|gecko|chrome|safari|firefox|https?|user-?agent|the|your?
    |my|bots?|(?:web)?crawler|spider|robot|feeds?|rss|fetch(?:er)?|preview|checker|monitor(?:ing)?|scanner|reader|link
    |web|site|url|subscribers?|via|v?[\d.]++)(?:[/_-]?v?\d[\d.]*)?""")
VERSION = re.compile(r"[-_ ]?v?\d+(?:\.\d+)+.*$")


def agent_of(user_agent: str) -> Agent:
    return told(user_agent[:READ_CHARACTERS])


@lru_cache(KEPT_AGENTS)
def told(agent: str) -> Agent:
    agent = MODEL.sub("", agent)
    if not agent.strip():
        return NAMELESS
    if library := LIBRARY.match(agent):
        named = SELF_NAMED.search(agent)
        return bot(product_at(agent, named.start())) if named else Agent(Kind.UNSURE, plain_name(library[0]))
    if name := on_a_list(agent) or called(agent) or strange(agent):
        return bot(name)
    return faceless(agent) or READER


def like_a_browser(agent: str) -> bool:
    return agent[:7].lower() == "mozilla"


def on_a_list(agent: str) -> str | None:
    if IN_APP.search(agent):
        return None
    # Some proxies write every header in small letters.
    found = listed(re.IGNORECASE if agent.islower() else re.NOFLAG).search(agent)
    # Without "Mozilla" the second list takes mail programs and text browsers for crawlers.
    if not found and like_a_browser(agent):
        found = listed_too().search(agent)
    return product_at(agent, found.start()) if found else None


def called(agent: str) -> str | None:
    word = WORDS.search(agent)
    return product_at(agent, word.start()) if word else None


def strange(agent: str) -> str | None:
    """What gives away an agent that nobody has named."""
    if IN_APP.search(agent):
        return None
    if ADDRESS.search(agent):
        return introduced(agent) or host(agent) or "unnamed"
    compatible = COMPATIBLE.search(agent)
    if compatible and not on_a_system(compatible[1]):
        return introduced(agent) or "unnamed"
    if ODD.search(agent):
        return "odd"
    if like_a_browser(agent):
        return None if on_a_system(agent) or HELD.search(agent) else introduced(agent) or "Mozilla"
    return None


def faceless(agent: str) -> Agent | None:
    """A program that names neither what people hold nor what draws pages: it shows them to nobody."""
    if like_a_browser(agent) or any(by.search(agent) for by in (IN_APP, DEVICE, HELD, NAMED_BROWSER)):
        return None
    if NOTHING.search(agent):
        return Agent(Kind.UNSURE, "odd")
    name = introduced(agent) or "odd"
    return Agent(Kind.UNSURE, plain_name(name)) if BUILT_ON.search(agent) else bot(name)


def on_a_system(agent: str) -> bool:
    return any(by.search(agent) for by in (DEVICE, SYSTEM))


def introduced(agent: str) -> str | None:
    """By "compatible; NAME", else by the first product of one's own; what every browser says is nobody's name."""
    plain = ADDRESS.sub(blank, agent)
    compatible = COMPATIBLE.search(plain)
    if not compatible and like_a_browser(agent) and on_a_system(plain):
        return None
    products = PRODUCT.findall(plain, compatible.start(1) if compatible else 0)
    return next((product for product in products if LETTERS.search(product) and not COMMON.fullmatch(product)), None)


def product_at(agent: str, at: int) -> str:
    """The whole word at a place: "AdsBot-Google" where "Google" was found; no word of an address, nor just "Bot"."""
    plain = ADDRESS.sub(blank, agent)
    found = next((product[0] for product in PRODUCT.finditer(plain) if product.end() > at), None)
    elsewhere = found is None or plain[at] != agent[at] or COMMON.fullmatch(found)
    return (elsewhere and (introduced(agent) or host(agent))) or found or "unnamed"


def host(agent: str) -> str | None:
    address = ADDRESS.search(agent)
    return next(filter(None, address.groups()), None) if address else None


def blank(found: re.Match[str]) -> str:
    return " " * len(found[0])


def bot(name: str) -> Agent:
    return Agent(Kind.BOT, plain_name(name))


def plain_name(name: str) -> str:
    """Without its version, so that it stays the same, and never long."""
    plain = " ".join(PRODUCT.findall(name))
    return (VERSION.sub("", plain) or plain)[:NAME_CHARACTERS].strip(" .-+_") or "unnamed"
