# SPDX-License-Identifier: Apache-2.0
"""The external connection points of a VNF as a request connects them (SOL003 4.4.1.12). Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from descriptors import model
from mano.problems import Problem
from mano.sol.documents import Body


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
    connected: dict[str, list[Config]] = {}
    for link in request.get("extVirtualLinks", []):
        for ext_cp in link.get("extCps", []):
            cpd = _cpd(df, ext_cp["cpdId"])
            connected[cpd.cpd or cpd.id] = list(_configs(cpd.id, link, ext_cp))
    return connected


def _cpd(df: model.VnfDf, id: str) -> model.ExtCpd:
    if id not in df.ext_cpds:
        raise Problem(
            422,
            f"extVirtualLinks names the external CP {id!r}; flavour {df.id} has "
            f"{', '.join(sorted(df.ext_cpds))}.",
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
        mac = ethernet.get("macAddress") or mac
        for entry in ethernet.get("ipAddresses", []):
            addresses += entry.get("fixedAddresses", [])
    return tuple(addresses), mac
