"""Where a request comes from, as limits count it: behind proxies that are trusted, whoever asked the first of them."""

from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Any

from litestar.connection import ASGIConnection

from cms.entrance import Client
from cms.settings import TrustedProxies

# Whoever has one IPv6 address mostly has all that begin so.
OWN_NETWORK_BITS = 64
# What stands left of so many proxies is not looked at, however long somebody made it.
HOPS_MOST = 32

Address = IPv4Address | IPv6Address


def client_of(connection: ASGIConnection[Any, Any, Any, Any]) -> Client:
    peer = connection.client.host if connection.client else ""
    forwarded = ",".join(connection.headers.getall("x-forwarded-for", []))
    agent = connection.headers.get("user-agent", "")
    return Client(address_of(peer, forwarded, connection.app.state.trusted_proxies), agent)


def address_of(peer: str, forwarded: str, trusted: TrustedProxies) -> str:
    """Every proxy adds whom it was asked by at the right; what stands left of the last trusted one, anybody can say."""
    address = read(peer)
    if address is None:
        return peer
    hops = forwarded.rsplit(",", HOPS_MOST)
    while hops and any(address in network for network in trusted):
        hop = read(hops.pop().strip())
        if hop is None:
            break
        address = hop
    return network_of(address)


def read(text: str) -> Address | None:
    try:
        address = ip_address(text.partition("%")[0])
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address


def network_of(address: Address) -> str:
    if isinstance(address, IPv4Address):
        return str(address)
    return str(ip_network((address, OWN_NETWORK_BITS), strict=False))
