"""Content codings: which one a client wants, and a body in it."""

import gzip
from functools import lru_cache

import brotli
import zstandard

IDENTITY = "identity"
# Of those that a client likes as much, the smallest first.
OFFERED = ("br", "zstd", "gzip")
# Below it, headers are most of an answer.
WORTH_IT_BYTES = 600
# No client says more; what is remembered of thousands of them must not hold memory.
READ_CHARACTERS_MOST = 1_000
# What is kept is coded once and sent often; what is large is coded while somebody waits.
THOROUGHLY_BYTES_MOST = 256 * 1024
QUALITY = {"br": (5, 3), "zstd": (9, 3), "gzip": (6, 3)}


def wanted(accept_encoding: str) -> str:
    """The coding that suits an `Accept-Encoding` best. One that cannot be read accepts nothing but the bare body."""
    return remembered(accept_encoding) if len(accept_encoding) <= READ_CHARACTERS_MOST else IDENTITY


@lru_cache(maxsize=1_000)
def remembered(accept_encoding: str) -> str:
    weights: dict[str, float] = {}
    for part in accept_encoding.lower().split(","):
        name, _, quality = part.partition(";")
        try:
            weights[name.strip()] = float(quality.replace(" ", "").removeprefix("q=") or 1)
        except ValueError:
            return IDENTITY
    otherwise = weights.get("*", 0.0)
    best = max(OFFERED, key=lambda coding: weights.get(coding, otherwise))
    weight = weights.get(best, otherwise)
    return best if weight > 0 and weight >= weights.get(IDENTITY, 0) else IDENTITY


def coded(body: bytes, coding: str) -> bytes:
    """`coding`: one of `OFFERED`."""
    quality = QUALITY[coding][len(body) > THOROUGHLY_BYTES_MOST]
    match coding:
        case "br":
            return bytes(brotli.compress(body, quality=quality))
        case "zstd":
            return zstandard.compress(body, quality)
        case _:
            # Without the time: the same body has the same bytes in every process.
            return gzip.compress(body, quality, mtime=0)
