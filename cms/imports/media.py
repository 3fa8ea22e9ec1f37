"""Addresses in other systems' pages: which may be kept, and what they show."""

import re
from urllib.parse import parse_qs, quote, urljoin, urlsplit

from domain.body import URL_MOST

ALLOWED = re.compile(r"(https?://[^\s\\]+|/(?![/\\])[^\s\\]*)", re.IGNORECASE)
SCHEME = re.compile(r"([a-zA-Z][a-zA-Z0-9+.-]*):")
YOUTUBE = {"youtube.com", "youtube-nocookie.com", "youtu.be"}
VIDEO_HOSTS = YOUTUBE | set("vimeo.com dailymotion.com dai.ly twitch.tv rutube.ru ted.com wistia.net".split())
EMBED_HOSTS = set(
    "twitter.com x.com facebook.com instagram.com tiktok.com soundcloud.com spotify.com reddit.com flickr.com"
    " datawrapper.de datawrapper.dwcdn.net flourish.studio infogram.com google.com maps.google.com scribd.com"
    " slideshare.net issuu.com documentcloud.org apple.com bsky.app t.me telegram.org pinterest.com giphy.com"
    " openstreetmap.org arcgis.com mixcloud.com bandcamp.com audioboom.com simplecast.com megaphone.fm".split()
)
VIDEO_FILES = (".mp4", ".m4v", ".webm", ".ogv", ".mov", ".m3u8")


def kept(address: str, base: str = "") -> str:
    """As a block may have it: http(s), or a path of this site; empty, if it is something else."""
    address = "".join(address.split("\n")).strip().replace("\t", "")
    if not address:
        return ""
    try:
        scheme = SCHEME.match(address)
        if scheme is None or scheme[1].lower() in ("http", "https"):
            address = urljoin(base, address)
        address = "".join(char if char.isprintable() and not char.isspace() else quote(char) for char in address)
        urlsplit(address)
    except ValueError:
        return ""
    address = address.replace("\\", "%5C")
    if not ALLOWED.fullmatch(address) or len(address) > URL_MOST:
        return ""
    return address[:4].lower() + address[4:] if address[:4].lower() == "http" else address


def host(address: str) -> str:
    try:
        return (urlsplit(address).hostname or "").lower().removeprefix("www.")
    except ValueError:
        return ""


def kind(address: str) -> str:
    """`video` or `embed`, if it is known to show one; else empty."""
    name = host(address)
    if any(name == known or name.endswith(f".{known}") for known in VIDEO_HOSTS):
        return "video"
    if any(name == known or name.endswith(f".{known}") for known in EMBED_HOSTS):
        return "embed"
    path = urlsplit(address).path.lower()
    return "video" if path.endswith(VIDEO_FILES) else ""


def watched(address: str) -> str:
    """The page of a film, for the address of its player."""
    parts = urlsplit(address)
    name = host(address)
    match parts.path.strip("/").split("/"):
        case ["embed" | "v" | "shorts", id] if name in YOUTUBE and id != "videoseries":
            return f"https://www.youtube.com/watch?v={id}"
        case ["video", id] if name == "player.vimeo.com":
            return f"https://vimeo.com/{id}"
        case ["embed", "video", id] if name.endswith("dailymotion.com"):
            return f"https://www.dailymotion.com/video/{id}"
        case ["plugins", _] if name == "facebook.com" and "href" in (asked := parse_qs(parts.query)):
            return kept(asked["href"][0]) or address
        case _:
            return address
