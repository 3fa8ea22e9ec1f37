"""Addresses as machines elsewhere want them: whole, and URIs as RFC 3986 has them."""

import re
from urllib.parse import quote, urljoin, urlsplit, urlunsplit

STRAY_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")
MARKS = "!$&'()*+,;=:%"


def whole(address: str, base_url: str) -> str | None:
    """What an editor typed, or a path of this site, as a URI. None: it names no place."""
    joined = address if address.startswith(("http://", "https://")) else urljoin(f"{base_url}/", address)
    try:
        parts = urlsplit(STRAY_PERCENT.sub("%25", joined))
        named = parts.hostname and (parts.port is None or parts.port >= 0) and parts.netloc.count("@") <= 1
    except ValueError:
        return None
    if not named:
        return None
    # Only around the digits of an address may there be brackets, and those were looked at.
    host = quote(parts.netloc, safe=MARKS + ("@[]" if "[" in parts.netloc else "@"))
    rest = (quote(part, safe=f"{MARKS}/?@~") for part in (parts.path, parts.query, parts.fragment))
    return urlunsplit((parts.scheme, host, *rest))
