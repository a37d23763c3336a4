# SPDX-License-Identifier: Apache-2.0
"""The nft rules of a forwarding path: per hop a named counter, and the next VNF's MAC as
destination.

A frame that enters a bridge from a `from` port and matches goes to a `to` port, whatever the
sender's routes or ARP said; one already addressed to a `to` port is left as it is, so that a load
balancer's own choice holds."""

import ipaddress
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from dataplane_agent import names
from dataplane_agent.port import Path

TRANSPORTS = ("tcp", "udp", "sctp")


@dataclass(frozen=True)
class End:
    """A port as a rule names it."""

    link: str  # the host's end
    mac: str


def table(tag: str) -> str:
    """The nft table (family bridge) that holds an agent's forwarding paths."""
    return f"m{tag}"


def chain_name(path: str) -> str:
    """The nft chain of a path, within the agent's table; its counters are `<chain>h<hop>`."""
    return f"p{names.digest(path)}"


def match(fields: dict[str, Any]) -> str:
    """One NfpRule (IFA014 6.4.5) as an nft expression; ValueError for what cannot be matched."""
    expressions = []
    for name, value in fields.items():
        if name not in FIELDS:
            raise ValueError(f"match by {name} is not known; known: {', '.join(FIELDS)}")
        if value not in (None, "", []):
            expressions.append(FIELDS[name](value))
    by_port = any("th " in expression for expression in expressions)
    if by_port and str(fields.get("protocol", "")).lower() not in TRANSPORTS:
        raise ValueError("a match by port needs protocol tcp, udp or sctp")
    return " ".join(sorted(expressions, key=lambda expression: expression.startswith("th ")))


def comments(path: Path, ends: dict[str, End]) -> tuple[str, ...]:
    """The comments that the path's rules bear: a digest of all of them, and each one's place."""
    lines = list(_lines("", path, ends))
    digest = names.digest("\n".join(lines))
    return tuple(f"{digest}.{number}" for number in range(len(lines)))


def script(table: str, path: Path, ends: dict[str, End], jump: bool, counters: int) -> list[str]:
    """The transaction that makes a path's chain be as desired; named counters outlive it.

    `ends` by ids of ports; `jump`: the chain is not called yet; `counters`: how many it has."""
    chain, hops = chain_name(path["id"]), len(path["hops"])
    hook = "{ type filter hook prerouting priority -300 ; policy accept ; }"
    lines = [
        f"add table bridge {table}",
        f"add chain bridge {table} prerouting {hook}",
        f"add chain bridge {table} {chain}",
        f"flush chain bridge {table} {chain}",
    ]
    lines += [f"add counter bridge {table} {chain}h{n}" for n in range(counters, hops)]
    for line, comment in zip(_lines(chain, path, ends), comments(path, ends), strict=True):
        lines.append(f'add rule bridge {table} {chain} {line} comment "{comment}"')
    lines += [f"delete counter bridge {table} {chain}h{n}" for n in range(hops, counters)]
    if jump:
        lines.append(f"add rule bridge {table} prerouting jump {chain}")
    return lines


def removal(table: str, chain: str, jumps: tuple[int, ...], counters: int) -> list[str]:
    """The transaction that removes a path's chain and leaves the others as they are."""
    return [
        *(f"delete rule bridge {table} prerouting handle {handle}" for handle in jumps),
        f"flush chain bridge {table} {chain}",
        f"delete chain bridge {table} {chain}",
        *(f"delete counter bridge {table} {chain}h{n}" for n in range(counters)),
    ]


def _lines(chain: str, path: Path, ends: dict[str, End]) -> Iterator[str]:
    for number, hop in enumerate(path["hops"]):
        links = ", ".join(f'"{ends[port].link}"' for port in hop["from"])
        macs = [ends[port].mac for port in hop["to"]]
        for fields in path.get("match") or [{}]:
            yield (
                f"iifname {{ {links} }} meta pkttype {{ host, other }} {match(fields)} "
                f"counter name {chain}h{number} ether daddr != {{ {', '.join(macs)} }} "
                f"ether daddr set {_choice(macs)}"
            )


def _choice(macs: list[str]) -> str:
    """One of several next VNFCs by the client's address, so that a flow stays together."""
    if len(macs) == 1:
        return macs[0]
    choices = ", ".join(f"{number} : {mac}" for number, mac in enumerate(macs))
    return f"jhash ip saddr mod {len(macs)} map {{ {choices} }}"


def _protocol(value: object) -> str:
    word = str(value).lower()
    if not word.isalnum():
        raise ValueError(f"protocol {value!r} is not a protocol's name or number")
    return f"meta l4proto {word}"


def _ether(value: object) -> str:
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
