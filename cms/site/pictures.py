"""Pictures and films as pages show them: in several sizes, where a service makes these; played on a click alone."""

import re
from urllib.parse import quote

from cms.addresses import whole

WIDTHS = (320, 480, 640, 960, 1280, 1920)
GAP = re.compile(r"{(?:width|url|quoted)}")
# Drawn at any size.
DRAWN = (".svg", ".svgz")
FILMS = (".mp4", ".webm", ".ogv", ".m4v")
YOUTUBE = re.compile(
    r"https?://(?:(?:www\.|m\.)?youtube\.com/(?:watch\?(?:[^#]*&)?v=|embed/|shorts/|live/)|youtu\.be/)([\w-]{11})(?![\w-])",
    re.ASCII,
)
VIMEO = re.compile(r"https?://(?:www\.|player\.)?vimeo\.com/(?:video/)?(\d{5,12})(?!\d)", re.ASCII)
PLAYERS = ("https://www.youtube-nocookie.com", "https://player.vimeo.com")


class Pictures:
    """`pattern`: the setting; empty where no service makes sizes."""

    def __init__(self, pattern: str, base_url: str) -> None:
        self.pattern = pattern
        self.base_url = base_url

    def sized(self, url: str, width: int) -> str:
        """The address of the picture so many pixels wide."""
        if not self.pattern or path(url).endswith(DRAWN):
            return url
        found = whole(url, self.base_url) or url
        gaps = {"{width}": str(width), "{url}": found, "{quoted}": quote(found, safe="")}
        return GAP.sub(lambda gap: gaps[gap[0]], self.pattern)

    def sizes(self, url: str) -> str:
        """For `srcset`; empty: there is one size."""
        if self.sized(url, 1) == url:
            return ""
        return ", ".join(f"{self.sized(url, width).replace(' ', '%20')} {width}w" for width in WIDTHS)


def path(url: str) -> str:
    return url.partition("#")[0].partition("?")[0].lower()


def player(url: str) -> str:
    """Where a frame plays it, once a reader asks for that; empty: nowhere that we know."""
    if found := YOUTUBE.match(url):
        return f"{PLAYERS[0]}/embed/{found[1]}?autoplay=1"
    if found := VIMEO.match(url):
        return f"{PLAYERS[1]}/video/{found[1]}?autoplay=1&dnt=1"
    return ""


def is_film(url: str) -> bool:
    """A file that browsers play themselves."""
    return path(url).endswith(FILMS)


def host(url: str) -> str:
    """Whom a link leads to, as readers are told; empty: to this site."""
    found = re.match(r"https?://(?:[^/@]*@)?(?:www\.)?([^/:?#]+)", url)
    return found[1] if found else ""
