# SPDX-License-Identifier: Apache-2.0
"""The nft rules of a forwarding path: per hop a named counter, and the next VNF's MAC as
destination.

A frame that enters a bridge from a `from` port and matches goes to a `to` port, whatever the
sender's routes or ARP said; one already addressed to a `to` port is left as it is, so that a load
balancer's own choice holds."""

import ipaddress
from typing import Any

from dataplane_agent import names


def match(fields: dict[str, Any]) -> str:
    """One NfpRule (IFA014 6.4.5) as an nft expression; ValueError for what cannot be matched."""
    words = []
    for name, value in fields.items():
        if name not in FIELDS:
            raise ValueError(f"match by {name} is not known; known: {', '.join(FIELDS)}")
        if value not in (None, "", []):
            words.append(FIELDS[name](value))
    if any("th " in w for w in words) and str(fields.get("protocol", "")).lower() not in (
        "tcp",
        "udp",
        "sctp",
    ):
        raise ValueError("a match by port needs protocol tcp, udp or sctp")
    return " ".join(sorted(words, key=lambda w: w.startswith("th ")))


def comments(path: dict[str, Any], ports: dict[str, dict[str, str]]) -> tuple[str, ...]:
    """The comments that the path's rules bear: a digest of all of them, and each one's place."""
    lines = _lines("", path, ports)
    digest = names.digest("\n".join(lines))
    return tuple(f"{digest}.{n}" for n in range(len(lines)))


def script(
    table: str, path: dict[str, Any], ports: dict[str, dict[str, str]], jump: bool, counters: int
) -> list[str]:
    """The transaction that makes a path's chain be as desired; named counters outlive it. `ports`:
    id -> {"link", "mac"}; `jump`: the chain is not called yet; `counters`: how many it has now."""
    chain, marks = names.path(path["id"]), comments(path, ports)
    lines = [
        f"add table bridge {table}",
        f"add chain bridge {table} prerouting {{ type filter hook prerouting priority -300 ; policy accept ; }}",
        f"add chain bridge {table} {chain}",
        f"flush chain bridge {table} {chain}",
    ]
    lines += [f"add counter bridge {table} {chain}h{n}" for n in range(counters, len(path["hops"]))]
    lines += [
        f'add rule bridge {table} {chain} {line} comment "{mark}"'
        for line, mark in zip(_lines(chain, path, ports), marks, strict=True)
    ]
    lines += [
        f"delete counter bridge {table} {chain}h{n}" for n in range(len(path["hops"]), counters)
    ]
    return lines + ([f"add rule bridge {table} prerouting jump {chain}"] if jump else [])


def removal(table: str, chain: str, jumps: tuple[int, ...], counters: int) -> list[str]:
    """The transaction that removes a path's chain and leaves the others as they are."""
    return [
        *(f"delete rule bridge {table} prerouting handle {handle}" for handle in jumps),
        f"flush chain bridge {table} {chain}",
        f"delete chain bridge {table} {chain}",
        *(f"delete counter bridge {table} {chain}h{n}" for n in range(counters)),
    ]


def _lines(chain: str, path: dict[str, Any], ports: dict[str, dict[str, str]]) -> list[str]:
    lines = []
    for number, hop in enumerate(path["hops"]):
        links = ", ".join(f'"{ports[p]["link"]}"' for p in hop["from"])
        macs = [ports[p]["mac"] for p in hop["to"]]
        for fields in path.get("match") or [{}]:
            lines.append(
                f"iifname {{ {links} }} meta pkttype {{ host, other }} {match(fields)} "
                f"counter name {chain}h{number} ether daddr != {{ {', '.join(macs)} }} "
                f"ether daddr set {_choice(macs)}"
            )
    return lines


def _choice(macs: list[str]) -> str:
    """One of several next VNFCs by the client's address, so that a flow stays together."""
    if len(macs) == 1:
        return macs[0]
    return f"jhash ip saddr mod {len(macs)} map {{ {', '.join(f'{n} : {mac}' for n, mac in enumerate(macs))} }}"


def _protocol(value: Any) -> str:
    word = str(value).lower()
    if not word.isalnum():
        raise ValueError(f"protocol {value!r} is not a protocol's name or number")
    return f"meta l4proto {word}"


def _ether(value: Any) -> str:
    kinds = {"ipv4": "ip", "ip": "ip", "ipv6": "ip6", "ip6": "ip6"}
    if str(value).lower() not in kinds:
        raise ValueError(f"etherType {value!r} is not IPV4 or IPV6")
    return f"meta protocol {kinds[str(value).lower()]}"


def _ports(side: str) -> Any:
    def expression(value: Any) -> str:
        first, last = (value, value) if isinstance(value, int) else (int(value[0]), int(value[-1]))
        if not 0 <= first <= last <= 65535:
            raise ValueError(f"port range {value} is not from 0 to 65535")
        return f"th {side} {first}" if first == last else f"th {side} {first}-{last}"

    return expression


def _cidr(side: str) -> Any:
    def expression(value: Any) -> str:
        network = ipaddress.ip_network(value, strict=False)
        return f"{'ip' if network.version == 4 else 'ip6'} {side} {network}"

    return expression


FIELDS = {
    "protocol": _protocol,
    "etherType": _ether,
    "sourcePort": _ports("sport"),
    "destinationPort": _ports("dport"),
    "sourcePortRange": _ports("sport"),
    "destinationPortRange": _ports("dport"),
    "source": _cidr("saddr"),
    "destination": _cidr("daddr"),
    "sourceCidr": _cidr("saddr"),
    "destinationCidr": _cidr("daddr"),
    "sourceIpAddressPrefix": _cidr("saddr"),
    "destinationIpAddressPrefix": _cidr("daddr"),
}
