# SPDX-License-Identifier: Apache-2.0
"""Which addresses are called because a client named them."""

from __future__ import annotations

import socket
from dataclasses import replace

import pytest

from mano import destinations
from mano.destinations import Destinations

NOWHERE_NEAR = Destinations(own_ports=frozenset((9890,)))
AT_HOME = replace(NOWHERE_NEAR, loopback=True)
LOOPBACK = ("127.0.0.1", "127.8.9.10", "::1", "::ffff:127.0.0.1", "64:ff9b::127.0.0.1")
NEVER = (
    *("0.0.0.0", "::", "169.254.169.254", "fe80::1", "::ffff:169.254.169.254", "2002:a9fe:a9fe::1"),
    *("224.0.0.1", "ff02::1", "255.255.255.255", "240.0.0.1", "fd00:ec2::254", "168.63.129.16"),
)


@pytest.mark.parametrize("address", ["192.0.2.7", "10.1.2.3", "2001:db8::1", "::ffff:10.1.2.3"])
def test_a_machine_elsewhere_is_called(address: str) -> None:
    assert NOWHERE_NEAR.allow("oss.example.com", address, 80)


@pytest.mark.parametrize("address", LOOPBACK)
def test_this_machine_is_called_only_where_that_is_said(address: str) -> None:
    assert not NOWHERE_NEAR.allow("oss.example.com", address, 80)
    assert AT_HOME.allow("oss.example.com", address, 80)
    assert not AT_HOME.allow("oss.example.com", address, 9890)  # our own API


@pytest.mark.parametrize("address", NEVER)
def test_what_is_nobody_or_tells_secrets_is_not_called(address: str) -> None:
    assert not AT_HOME.allow("oss.example.com", address, 80)


def test_an_address_of_this_machine_counts_as_loopback() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))
        except OSError:
            pytest.skip("this machine has no address but loopback's")
        own = probe.getsockname()[0]
    assert not NOWHERE_NEAR.allow("oss.example.com", own, 80)
    assert AT_HOME.allow("oss.example.com", own, 80)
    assert not AT_HOME.allow("oss.example.com", own, 9890)


def test_an_operator_allows_networks_and_hosts_but_never_our_own_ports() -> None:
    allowed = destinations.parse("127.0.0.0/8, ::1,OSS.example.com")
    some = replace(NOWHERE_NEAR, allowed=allowed)
    assert some.allow("x", "127.0.0.1", 80) and some.allow("x", "::1", 80)
    assert some.allow("oss.example.COM.", "169.254.0.7", 80)
    assert not some.allow("other.example.com", "169.254.0.7", 80)
    assert not some.allow("oss.example.com", "127.0.0.1", 9890)


@pytest.mark.parametrize("text", ["127.0.0.1/8", "10.0.0.0/33", "http://x", "a b", "300.1.1.1"])
def test_what_is_neither_a_network_nor_a_host_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="neither a network nor the name of a host"):
        destinations.parse(text)
