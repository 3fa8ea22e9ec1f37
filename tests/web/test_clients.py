"""Whom limits count: the peer, or whom the last trusted proxy was asked by."""

import pytest

from cms.settings import BadSetting, from_environment
from cms.web.clients import address_of

PROXIES = "10.0.0.0/8, 192.168.1.1,2001:db8:1::/48"
TRUSTED = from_environment({"CHRONICLE_TRUSTED_PROXIES": PROXIES}).proxies


@pytest.mark.parametrize(
    ("peer", "forwarded", "client"),
    [
        ("203.0.113.9", "", "203.0.113.9"),
        ("203.0.113.9", "198.51.100.1", "203.0.113.9"),
        ("10.1.2.3", "", "10.1.2.3"),
        ("10.1.2.3", "198.51.100.1", "198.51.100.1"),
        ("10.1.2.3", "198.51.100.1, 203.0.113.9", "203.0.113.9"),
        ("10.1.2.3", "198.51.100.1, 203.0.113.9, 192.168.1.1", "203.0.113.9"),
        ("10.1.2.3", "192.168.1.1, 10.9.9.9", "192.168.1.1"),
        ("10.1.2.3", "198.51.100.1, nonsense", "10.1.2.3"),
        ("2001:db8:1::1", "2001:db8:77:1:2:3:4:5", "2001:db8:77:1::/64"),
        ("2001:db8:77:1::9", "", "2001:db8:77:1::/64"),
        ("fe80::1%eth0", "", "fe80::/64"),
        ("::ffff:203.0.113.9", "", "203.0.113.9"),
        ("::ffff:10.1.2.3", "198.51.100.1", "198.51.100.1"),
        ("testclient", "198.51.100.1", "testclient"),
        ("", "198.51.100.1", ""),
    ],
)
def test_who_is_counted(peer: str, forwarded: str, client: str) -> None:
    assert address_of(peer, forwarded, TRUSTED) == client


def test_a_chain_without_end_is_followed_no_further_than_proxies_go() -> None:
    chain = ",".join(["198.51.100.1", *["10.9.9.9"] * 10_000])
    assert address_of("10.1.2.3", chain, TRUSTED) == "10.9.9.9"
    assert address_of("10.1.2.3", f"{',' * 400_000}203.0.113.9", TRUSTED) == "203.0.113.9"


def test_nobody_is_trusted_unless_it_is_said() -> None:
    trusted = from_environment({}).proxies
    assert trusted == ()
    assert address_of("127.0.0.1", "198.51.100.1", trusted) == "127.0.0.1"


@pytest.mark.parametrize("proxies", ["nonsense", "10.0.0.0/33", "10.0.0.1/8", "10.0.0.1;10.0.0.2"])
def test_what_names_no_proxies_is_a_bad_setting(proxies: str) -> None:
    with pytest.raises(BadSetting, match="CHRONICLE_TRUSTED_PROXIES holds addresses or networks"):
        from_environment({"CHRONICLE_TRUSTED_PROXIES": proxies})
