# SPDX-License-Identifier: Apache-2.0
"""Virtual links of VNF and NS, with their subnets."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class L3ProtocolData:
    """L3ProtocolData (IFA011 7.1.8, IFA014 6.5), a subnet; a `pool` is {"start_ip_address",
    "end_ip_address"}."""

    cidr: str | None = None
    ip_version: str | None = None
    gateway: str | None = None
    dhcp: bool | None = None
    ipv6_address_mode: str | None = None
    pools: list[dict[str, str]] = field(default_factory=list)
    name: str = ""


@dataclass(frozen=True)
class Vld:
    """VnfVirtualLinkDesc (IFA011 7.1.4.2) or NsVirtualLinkDesc (IFA014 6.5.2); cidr and the like
    are the first subnet's."""

    id: str
    description: str = ""
    layer_protocols: list[str] = field(default_factory=list)
    flow_pattern: str | None = None
    cidr: str | None = None
    ip_version: str | None = None
    gateway: str | None = None
    mtu: int | None = None
    management: bool = False  # its metadata say so, or it is called mgmt or management
    properties: dict[str, Any] = field(default_factory=dict)
    subnets: list[L3ProtocolData] = field(default_factory=list)
