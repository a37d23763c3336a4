# SPDX-License-Identifier: Apache-2.0
"""The external connection points of a VNF as a request connects them (SOL003 4.4.1.12). Pure."""

from __future__ import annotations

import ipaddress
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from descriptors import model
from mano.composition import Composition, Part
from mano.problems import Problem
from mano.sol.documents import Body

MAC = re.compile(r"[0-9a-f]{2}(:[0-9a-f]{2}){5}")
# What of ExtVirtualLinkData, VnfExtCpConfig and their ipAddresses is not carried out
UNUSED = frozenset(
    {"extLinkPorts", "linkPortId", "netAttDefResourceId", "numDynamicAddresses", "addressRange"}
)


@dataclass(frozen=True)
class Config:
    """How one instance of an external CP is connected; addresses without prefix length."""

    ext_cp: str
    ext_vl: str
    network: str  # the link's resource at the VIM
    addresses: tuple[str, ...] = ()
    mac: str = ""


def configs(df: model.VnfDf, request: Body) -> dict[str, list[Config]]:
    """By the VDU's CP: how each of its instances is connected, by index.

    Problem 422 for an external CP that the flavour has not."""
    connected: dict[str, list[Config]] = defaultdict(list)
    for link in request.get("extVirtualLinks", []):
        for ext_cp in link.get("extCps", []):
            cpd = _cpd(df, ext_cp["cpdId"])
            connected[cpd.cpd or cpd.id] += _configs(cpd.id, link, ext_cp)
    return dict(connected)


class Connections:
    """Which connection each port of an external CP gets: the one it had, else one that is free.

    Where all are given, more ports come to the link of the last, without an address."""

    def __init__(self, df: model.VnfDf, ext_links: list[Body], former: Composition):
        self.free = configs(df, {"extVirtualLinks": ext_links})
        self.last = {cp: connected[-1] for cp, connected in self.free.items()}
        self.of_port: dict[str, Config] = {}
        for part in former.of_kind("port"):
            if "extCp" in part.hard:
                self._keep(part)

    def of(self, port: str, cp: str) -> Config | None:
        """That of a port; None for a CP that nobody has connected."""
        if cp not in self.last:
            return None
        if port not in self.of_port:
            free = self.free[cp]
            self.of_port[port] = (
                free.pop(0) if free else replace(self.last[cp], addresses=(), mac="")
            )
        return self.of_port[port]

    def _keep(self, part: Part) -> None:
        addresses = tuple(address.partition("/")[0] for address in part.hard["addresses"])
        for config in self.free.get(part.hard["cp"], []):
            if (config.ext_vl, config.addresses) == (part.hard["extLink"], addresses):
                self.free[part.hard["cp"]].remove(config)
                self.of_port[part.id] = config
                return


def check(df: model.VnfDf, vnfcs: Mapping[str, int], request: Body) -> None:
    """Problem 422 for a connection that cannot be made with so many VNFCs of each VDU."""
    _check_carried_out(request.get("extVirtualLinks", []))
    for cp, connected in configs(df, request).items():
        for config in connected:
            _check_addresses(config)
        number = vnfcs.get(df.cpds[cp].vdu, 0) if cp in df.cpds else 0
        if number > len(connected) and connected[-1].addresses:
            raise Problem(
                422,
                f"External CP {connected[-1].ext_cp} is there {number} times; extVirtualLinks "
                f"gives addresses to {len(connected)}. Give each a cpConfig.",
            )


def _check_carried_out(links: list[Body]) -> None:
    """Problem 422 where they say what is not carried out: nothing is read and dropped."""
    if unused := sorted(UNUSED.intersection(_names(links))):
        raise Problem(
            422,
            f"extVirtualLinks says what is not carried out: {', '.join(unused)}. Give "
            "fixedAddresses, or nothing.",
        )


def _names(item: object) -> Iterator[str]:
    """The names of all attributes in it that say something."""
    if isinstance(item, dict):
        for name, value in item.items():
            if value not in (None, [], {}):
                yield name
            yield from _names(value)
    elif isinstance(item, list):
        for part in item:
            yield from _names(part)


def _check_addresses(config: Config) -> None:
    for address in config.addresses:
        try:
            ipaddress.ip_address(address)
        except ValueError as error:
            raise Problem(422, f"External CP {config.ext_cp}: {error}.") from error
    if config.mac and not MAC.fullmatch(config.mac):
        raise Problem(422, f"External CP {config.ext_cp}: {config.mac!r} is no MAC address.")


def _cpd(df: model.VnfDf, id: str) -> model.ExtCpd:
    if id not in df.ext_cpds:
        raise Problem(
            422,
            f"extVirtualLinks names the external CP {id!r}; flavour {df.id} has "
            f"{', '.join(sorted(df.ext_cpds)) or 'none'}.",
        )
    return df.ext_cpds[id]


def _configs(cpd: str, link: Body, ext_cp: Body) -> Iterator[Config]:
    configs = ext_cp.get("cpConfig", {})
    for id in sorted(configs):
        addresses, mac = _protocol_data(configs[id])
        yield Config(cpd, link["id"], link["resourceId"], addresses, mac)
    if not configs:
        yield Config(cpd, link["id"], link["resourceId"])


def _protocol_data(config: Body) -> tuple[tuple[str, ...], str]:
    """The addresses and the MAC address that a VnfExtCpConfig sets."""
    addresses: list[str] = []
    mac = ""
    for protocol in config.get("cpProtocolData", []):
        ethernet = protocol.get("ipOverEthernet", {})
        mac = ethernet.get("macAddress", mac).lower().replace("-", ":")
        for entry in ethernet.get("ipAddresses", []):
            addresses += entry.get("fixedAddresses", [])
    return tuple(addresses), mac
