"""Ids of 22 characters: 128 bits in the alphabet of addresses."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from uuid import UUID, uuid4, uuid5

IMPORTED = UUID("6f9b1c1e-5d0a-4c7e-9a59-2f4f0c1e7d11")


def short(id: UUID) -> str:
    return urlsafe_b64encode(id.bytes).decode().rstrip("=")


def new_id() -> str:
    return short(uuid4())


def urn(id: str) -> str:
    """The same id as others know it (RFC 9562)."""
    return UUID(bytes=urlsafe_b64decode(f"{id}==")).urn


def new_block_id() -> str:
    """Unique within its article only, so that it may be short."""
    return new_id()[:8]


def article_id(external_id: str) -> str:
    return short(uuid5(IMPORTED, external_id))


def block_id(external_id: str, order: int) -> str:
    return short(uuid5(IMPORTED, f"{external_id}\n{order}"))[:8]
