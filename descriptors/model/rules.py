# SPDX-License-Identifier: Apache-2.0
"""Who runs with whom, and what may pass: rules of VNFD, NSD and PNFD."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class AffinityRule:
    """LocalAffinityOrAntiAffinityRule (IFA011 7.1.8.11) or AffinityOrAntiAffinityGroup (7.1.8.12).

    A local rule is about the instances of its one member among themselves, any other about those of
    different members."""

    id: str
    kind: str  # "affinity" | "anti-affinity"
    scope: str  # nfvi_node, zone, zone_group, nfvi_pop, network_link_and_node
    members: list[str] = field(default_factory=list)  # VDU ids (VNFD) or VNF profile ids (NSD)
    local: bool = False


@dataclass(frozen=True)
class SecurityGroupRule:
    """SecurityGroupRule (IFA011 7.1.6.9, IFA014 6.2.5); `targets` are CP, external CP, SAP or VDU
    ids."""

    id: str
    direction: str = "ingress"
    ether_type: str = "ipv4"
    protocol: str = "tcp"
    port_min: int = 0
    port_max: int = 65535
    targets: list[str] = field(default_factory=list)
    description: str = ""
