"""Settings, from the environment."""

import os
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from msgspec import Struct

PREFIX = "CHRONICLE_"
LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*", re.ASCII)
SECRET_CHARACTERS_LEAST = 32
COLOUR = re.compile(r"#[0-9a-fA-F]{6}")
# Of white words on it, and of words in it on white: WCAG 2.2 asks for so much of both.
CONTRAST_LEAST = 4.5
LINKS_MOST = 20
ORIGIN = re.compile(r"([a-z][a-z0-9+.-]*)://([a-z0-9._-]+|\[[0-9a-f:.]+\])(:[0-9]{1,5})?", re.ASCII)
# Browsers leave these out.
USUAL_PORTS = {"http": ":80", "https": ":443"}
HEADER = re.compile(r"([A-Za-z0-9!#$%&'*+.^_`|~-]+): *([\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?) *", re.ASCII)
# These are Chronicle's to say, or the connection's.
HEADERS_NOT_OURS = {"host", "content-length", "content-type", "transfer-encoding", "connection", "surrogate-key"}

TrustedProxies = tuple[IPv4Network | IPv6Network, ...]


class BadSetting(Exception):
    """A setting that nothing can run with; the message names it."""


class PurgeHook(Struct, frozen=True):
    """Where a CDN is told what to drop. Both may hold secrets."""

    url: str
    headers: dict[str, str]

    def __repr__(self) -> str:
        return "PurgeHook"


class Link(Struct, frozen=True):
    """Of the site's foot: to an app, to a network."""

    name: str
    url: str


class Settings(Struct, frozen=True, kw_only=True):
    """One field for each variable `CHRONICLE_...`."""

    events: str = "sqlite:///data/events.db"
    reads: str = "sqlite:///data/reads.db"
    title: str = "Chronicle"
    base_url: str = "http://127.0.0.1:8000"
    timezone: str = "UTC"
    language: str = "en"
    secret: str = ""
    trusted_proxies: str = ""
    cors_origins: str = ""
    purge_url: str = ""
    purge_header: str = ""
    search: str = ""
    theme: str = ""
    accent: str = "#9b1c1f"
    links: str = ""
    pictures: str = ""

    def __repr__(self) -> str:
        """Some are secrets."""
        return "Settings"

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.timezone)

    @property
    def proxies(self) -> TrustedProxies:
        return tuple(ip_network(part.strip()) for part in self.trusted_proxies.split(",") if part.strip())

    @property
    def origins(self) -> frozenset[str]:
        """As browsers send them; `*` alone: any. Empty: none. ValueError: names what is no origin."""
        named = [part.strip().lower() for part in self.cors_origins.split(",") if part.strip()]
        if self.cors_origins.strip() and not named:
            raise ValueError(f"'{self.cors_origins}'")
        return frozenset(["*"] if named == ["*"] else map(origin, named))

    @property
    def purge_hook(self) -> PurgeHook | None:
        """ValueError: the header is none."""
        found = HEADER.fullmatch(self.purge_header)
        if self.purge_header and (found is None or found[1].lower() in HEADERS_NOT_OURS):
            raise ValueError
        headers = {found[1]: found[2]} if found else {}
        return PurgeHook(self.purge_url, headers) if self.purge_url else None

    @property
    def embedded(self) -> bool:
        """The read models lie in a file, which a serving process keeps up to date itself."""
        return self.reads.startswith("sqlite:")

    @property
    def outward(self) -> tuple[Link, ...]:
        """The links of the foot. ValueError: names what is none."""
        parts = [part.strip() for part in self.links.split(",") if part.strip()]
        if len(parts) > LINKS_MOST:
            raise ValueError(f"{LINKS_MOST} are the most")
        return tuple(map(link, parts))

    @property
    def search_path(self) -> Path:
        """The folder of search's index. Where none is named: beside the file of the read models."""
        if self.search:
            return Path(self.search)
        return Path(f"{sqlite_path(self.reads)}.search" if self.embedded else "data/search")


def from_environment(environment: Mapping[str, str] = os.environ) -> Settings:
    known = {f"{PREFIX}{name.upper()}": name for name in Settings.__struct_fields__}
    settings = Settings(
        **{name: environment[variable] for variable, name in known.items() if environment.get(variable)}
    )
    require_addresses(settings)
    require_words(settings)
    return settings


def require_addresses(settings: Settings) -> None:
    require_start("EVENTS", settings.events, "sqlite:///", "postgresql://", "postgres://")
    require_start("READS", settings.reads, "sqlite:///", "redis://", "rediss://")
    require_start("BASE_URL", settings.base_url, "http://", "https://")
    require_readable("EVENTS", settings.events)
    require_readable("READS", settings.reads)
    if settings.purge_url:
        require_start("PURGE_URL", settings.purge_url, "http://", "https://")
        require_readable("PURGE_URL", settings.purge_url)
    if settings.events == settings.reads:
        raise BadSetting(f"{PREFIX}EVENTS and {PREFIX}READS must not be the same file.")
    if settings.base_url.endswith("/"):
        raise BadSetting(f"{PREFIX}BASE_URL must not end with a slash.")


def require_words(settings: Settings) -> None:
    if not LANGUAGE.fullmatch(settings.language):
        raise BadSetting(f"{PREFIX}LANGUAGE must be a code such as en, az or en-GB.")
    if settings.secret and len(settings.secret) < SECRET_CHARACTERS_LEAST:
        raise BadSetting(f"{PREFIX}SECRET needs {SECRET_CHARACTERS_LEAST} characters at least.")
    if not COLOUR.fullmatch(settings.accent) or contrast_with_white(settings.accent) < CONTRAST_LEAST:
        raise BadSetting(f"{PREFIX}ACCENT must be a colour such as #9b1c1f, dark enough for white words on it.")
    if settings.theme and not Path(settings.theme).is_dir():
        raise BadSetting(f"{PREFIX}THEME must name a folder.")
    if settings.pictures:
        require_start("PICTURES", settings.pictures, "https://", "http://", "/")
        if "{width}" not in settings.pictures or not re.search("{(url|quoted)}", settings.pictures):
            raise BadSetting(f"{PREFIX}PICTURES must hold {{width}}, and {{url}} or {{quoted}}.")
    try:
        _ = settings.outward
    except ValueError as error:
        raise BadSetting(
            f"{PREFIX}LINKS holds links such as Telegram=https://t.me/news, parted by commas: {error}."
        ) from None
    with required("PURGE_HEADER must be one header, such as `Authorization: Bearer TOKEN`."):
        _ = settings.purge_hook
    with required("TRUSTED_PROXIES holds addresses or networks, parted by commas."):
        _ = settings.proxies
    with required(f"TIMEZONE: there is no zone '{settings.timezone}'."):
        _ = settings.zone
    try:
        _ = settings.origins
    except ValueError as error:
        raise BadSetting(
            f"{PREFIX}CORS_ORIGINS holds origins such as https://news.example, without a path, parted by commas, or *"
            f" alone; {error} is none."
        ) from None


@contextmanager
def required(otherwise: str) -> Iterator[None]:
    """What is read in the block can be read. What it says is not repeated: it may be a secret."""
    try:
        yield
    except (ValueError, ZoneInfoNotFoundError):
        raise BadSetting(f"{PREFIX}{otherwise}") from None


def origin(text: str) -> str:
    """ValueError: it is none."""
    found = ORIGIN.fullmatch(text)
    if found is None or int((found[3] or ":1")[1:]) not in range(1, 65536):
        raise ValueError(f"'{text}'")
    return text.removesuffix(found[3]) if found[3] and USUAL_PORTS.get(found[1]) == found[3] else text


def link(text: str) -> Link:
    """ValueError: it is none."""
    name, _, url = (part.strip() for part in text.partition("="))
    if not name or not url.startswith(("https://", "http://")):
        raise ValueError(f"'{text}' is none")
    return Link(name, url)


def contrast_with_white(colour: str) -> float:
    """By WCAG 2.2: 1 is none, 21 that of black."""
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    luminance = sum(c * share for c, share in zip(linear, (0.2126, 0.7152, 0.0722), strict=True))
    return 1.05 / (luminance + 0.05)


def require_start(name: str, value: str, *starts: str) -> None:
    if not value.startswith(starts):
        raise BadSetting(f"{PREFIX}{name} must begin with {' or '.join(starts)}.")


def require_readable(name: str, url: str) -> None:
    """The address can be read. What it says is not repeated: there may be a password in it."""
    if url.startswith("sqlite:"):
        if sqlite_path(url) in ("", ":memory:") or sqlite_path(url).endswith("/"):
            raise BadSetting(f"{PREFIX}{name} must name a file: sqlite:///data/{name.lower()}.db, for example.")
        return
    try:
        readable = urlsplit(url).hostname is None or urlsplit(url).port != 0
    except ValueError:
        readable = False
    if not readable:
        raise BadSetting(f"{PREFIX}{name} is not an address that can be read.")


def sqlite_path(url: str) -> str:
    """Three slashes: relative; four: absolute."""
    return url.removeprefix("sqlite:///")
