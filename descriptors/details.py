# SPDX-License-Identifier: Apache-2.0
"""The smaller values that descriptors share, in the words of IFA011 and IFA014. They are part of
`model`."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class AddressData:
    """AddressData (IFA011 7.1.3.3) of one layer protocol of a CP.

    `assigned`: a management entity gives the address, else `subtype` says who does: dynamic,
    vnf_pkg or external."""

    type: str = "ip_address"  # or mac_address
    layer_protocol: str = ""
    assigned: bool | None = None
    subtype: str | None = None
    ip_version: str | None = None
    number: int | None = None  # how many addresses at least
    fixed: list[str] = field(default_factory=list)
    floating: bool = False


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


@dataclass(frozen=True)
class MonitoringParameter:
    """MonitoringParameter (IFA011 7.1.11.3, IFA014 6.2.7): `of` is the node it is measured at,
    `period` in seconds."""

    id: str
    name: str
    metric: str
    of: str = ""
    period: float | None = None


@dataclass(frozen=True)
class VnfIndicator:
    """VnfIndicator (IFA011 7.1.11.2); `triggers` as written: which event calls which action under
    which condition."""

    id: str
    source: str = "vnf"
    targets: list[str] = field(default_factory=list)
    triggers: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class VnfInterface:
    """VnfInterfaceDetails (IFA011 7.1): `name` is vnf_indicator, …; to be reached at the CPs
    `targets`."""

    id: str
    name: str
    targets: list[str] = field(default_factory=list)
    details: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class LcmCoordination:
    """VnfLcmOperationCoordination (IFA011 7.1.16): `operations` are those that name it."""

    id: str
    action: str
    endpoint_type: str | None = None
    stage: str | None = None
    operations: list[str] = field(default_factory=list)
    inputs: dict[str, Any] = field(default_factory=dict)
    outputs: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class PackageChange:
    """VnfPackageChangeInfo (IFA011 7.1.15.2). `selectors` and `mappings` hold SOL001's names.

    `actions` are ids of LcmCoordinations, `referenced_actions` names of actions that this VNFD does
    not specify."""

    id: str
    qualifier: str = "up"
    destination_flavour: str = ""
    selectors: list[dict[str, Any]] = field(default_factory=list)
    mappings: list[dict[str, Any]] = field(default_factory=list)
    actions: list[str] = field(default_factory=list)
    referenced_actions: list[str] = field(default_factory=list)
    description: str = ""


@dataclass(frozen=True)
class Mciop:
    """Mciop (IFA011 7.1.8.19): a Helm chart or the like, and the VDUs it makes. `path` is None
    where it is external."""

    id: str
    vdus: list[str] = field(default_factory=list)
    path: str | None = None
    artifacts: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class NsLevel:
    """NsLevel (IFA014 6.3.9): how many of each profile, and the bit rates {link: {"root",
    "leaf"}}."""

    id: str
    description: str = ""
    vnfs: dict[str, int] = field(default_factory=dict)
    nss: dict[str, int] = field(default_factory=dict)
    bitrates: dict[str, dict[str, Any]] = field(default_factory=dict)


@dataclass(frozen=True)
class NsScalingAspect:
    """NsScalingAspect (IFA014 6.3.10): `levels` in order of the scale level, from 0 on."""

    id: str
    name: str = ""
    description: str = ""
    levels: list[NsLevel] = field(default_factory=list)
