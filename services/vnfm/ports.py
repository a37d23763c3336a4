# SPDX-License-Identifier: Apache-2.0
"""The ports of a VNF's VNFCs: resources of their own, allocated before the VNFCs. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import cast

from descriptors import model
from mano.sol.documents import Body
from mano.vim.documents import ComputeSpec, PortSpec
from vnfm import external, resources
from vnfm.computes import Spec


def names(df: model.VnfDf, request: Body, prefix: str, vnfcs: Iterable[str]) -> Iterator[str]:
    """The names of the ports that these VNFCs are going to have."""
    configs, links = external.configs(df, request), resources.internal_links(df)
    for vnfc in vnfcs:
        vdu, _ = resources.vnfc(vnfc)
        for cp in df.vdus[vdu].cpds:
            if configs.get(cp) or df.cpds[cp].virtual_link in links:
                yield f"{prefix}/{vnfc}/{cp}"


def specs(computes: Mapping[str, Spec], prefix: str) -> dict[str, PortSpec]:
    """What the VIM is asked for, by the port's name; each says on which VNFC it is to be."""
    ports: dict[str, PortSpec] = {}
    for vnfc, spec in computes.items():
        for port in spec["ports"]:
            ports[port["name"]] = PortSpec(
                owner=spec["owner"],
                compute=f"{prefix}/{vnfc}",
                cp=port["cp"],
                network=port["network"],
                addresses=port["addresses"],
                routes=port["routes"],
            )
            if "mac" in port:
                ports[port["name"]]["mac"] = port["mac"]
    return ports


def compute_spec(spec: Spec, user_data: Body) -> ComputeSpec:
    """What the VIM is asked for: the ports by their names."""
    ports = [port["name"] for port in spec["ports"]]
    return cast(ComputeSpec, {**spec, "ports": ports, "userData": user_data})
