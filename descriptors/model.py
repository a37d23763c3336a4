# SPDX-License-Identifier: Apache-2.0
"""The descriptors as typed values, in the words of IFA011 (VNFD) and IFA014 (NSD).

Nothing here knows TOSCA. Sizes are MiB, rates bit/s. Every class becomes plain JSON with `to_dict` and back with
`vnfd` or `nsd`, so that services can store a descriptor as a document.
"""
from __future__ import annotations

import dataclasses
import types
import typing
from dataclasses import dataclass, field
from typing import Any

from descriptors.details import (
    LcmCoordination,
    Mciop,
    MonitoringParameter,
    NsLevel,
    NsScalingAspect,
    OsContainer,
    PackageChange,
    SecurityGroupRule,
    VnfIndicator,
)


@dataclass(frozen=True)
class SwImage:
    """SwImageDesc (IFA011 7.1.6.5). `path` is the artifact's path inside the package, None where it is external."""
    id: str
    name: str
    version: str
    checksum: dict[str, str] = field(default_factory=dict)      # {"algorithm": "sha-256", "hash": "…"}
    container_format: str | None = None
    disk_format: str | None = None
    min_disk: int = 0
    min_ram: int = 0
    size: int = 0
    path: str | None = None
    virtualisation_environments: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Cpd:
    """A VduCpd (IFA011 7.1.6.4): `virtual_link` is the internal VLD it is attached to, or None."""
    id: str
    vdu: str
    virtual_link: str | None = None
    order: int = 0
    layer_protocols: list[str] = field(default_factory=list)
    role: str | None = None
    bitrate: int | None = None
    vnic_type: str = "normal"
    requirements: list[dict[str, Any]] = field(default_factory=list)   # VirtualNetworkInterfaceRequirements


@dataclass(frozen=True)
class ExtCpd:
    """A VnfExtCpd (IFA011 7.1.3.2): exposes a VduCpd (`cpd`) or an internal VL (`virtual_link`)."""
    id: str
    cpd: str | None = None
    virtual_link: str | None = None
    layer_protocols: list[str] = field(default_factory=list)
    role: str | None = None


@dataclass(frozen=True)
class Vld:
    """VnfVirtualLinkDesc (IFA011 7.1.4.2) or NsVirtualLinkDesc (IFA014 6.5.2)."""
    id: str
    description: str = ""
    layer_protocols: list[str] = field(default_factory=list)
    flow_pattern: str | None = None
    cidr: str | None = None
    ip_version: str | None = None
    gateway: str | None = None
    mtu: int | None = None
    management: bool = False          # its metadata say so, or it is called mgmt or management
    properties: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Storage:
    """VirtualStorageDesc (IFA011 7.1.9.4)."""
    id: str
    type: str = "block"
    size: int = 0                     # MiB
    properties: dict[str, Any] = field(default_factory=dict)
    image: SwImage | None = None      # a volume to boot from


@dataclass(frozen=True)
class Vdu:
    """Vdu and its VirtualComputeDesc (IFA011 7.1.6.2, 7.1.9.2)."""
    id: str
    name: str
    description: str = ""
    vcpus: int = 1
    memory: int = 0                   # MiB
    local_storage: list[int] = field(default_factory=list)       # MiB
    image: SwImage | None = None
    storages: list[str] = field(default_factory=list)
    cpds: list[str] = field(default_factory=list)                # in the order of `order`
    minimum: int = 1                  # vdu_profile
    maximum: int = 1
    boot_data: Any = None
    requirements: dict[str, Any] = field(
        default_factory=dict
    )  # EPA: pinning, numa, hugepages, logical_node, accelerators
    containers: list[str] = field(default_factory=list)          # OsContainers of a deployable unit


@dataclass(frozen=True)
class ScalingAspect:
    """ScalingAspect (IFA011 7.1.10.2): `deltas[i]` is {vdu id: number} of step i+1; the last repeats.

    What it adds at a level is added to `VnfDf.initial` and to what other aspects of the same VDU add.
    """

    id: str
    name: str = ""
    max_scale_level: int = 0
    deltas: list[dict[str, int]] = field(default_factory=list)


@dataclass(frozen=True)
class InstantiationLevel:
    """InstantiationLevel (IFA011 7.1.8.7): VNFCs per VDU, and the level of each scaling aspect."""
    id: str
    description: str = ""
    vdus: dict[str, int] = field(default_factory=dict)
    scale: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class AffinityRule:
    """LocalAffinityOrAntiAffinityRule or an AffinityOrAntiAffinityGroup."""
    id: str
    kind: str                         # "affinity" | "anti-affinity"
    scope: str                        # nfvi_node, zone, zone_group, nfvi_pop, network_link_and_node
    members: list[str] = field(default_factory=list)             # VDU ids (VNFD) or VNF profile ids (NSD)


@dataclass(frozen=True)
class VnfDf:
    """VnfDf (IFA011 7.1.8.2)."""
    id: str
    description: str = ""
    vdus: dict[str, Vdu] = field(default_factory=dict)
    cpds: dict[str, Cpd] = field(default_factory=dict)
    ext_cpds: dict[str, ExtCpd] = field(default_factory=dict)
    virtual_links: dict[str, Vld] = field(default_factory=dict)
    storages: dict[str, Storage] = field(default_factory=dict)
    aspects: dict[str, ScalingAspect] = field(default_factory=dict)
    levels: dict[str, InstantiationLevel] = field(default_factory=dict)
    default_level: str | None = None
    initial: dict[str, int] = field(default_factory=dict)        # every VDU: its number with all aspects at level 0
    affinity: list[AffinityRule] = field(default_factory=list)
    operations: dict[str, Any] = field(default_factory=dict)  # interface Vnflcm: operation -> script artifact, inputs
    policies: list[dict[str, Any]] = field(default_factory=list)  # policies kept as read
    requirements: dict[str, str] = field(
        default_factory=dict
    )  # requirement of the VNF node (as an NSD names it) -> ext. CP
    parameters: dict[str, dict[str, Any]] = field(default_factory=dict)  # LCM operation -> additionalParams: {type, …}
    configuration: dict[str, Any] = field(default_factory=dict)  # lcm_operations_configuration, SOL001's names
    placement_groups: dict[str, list[str]] = field(default_factory=dict)
    security_groups: list[SecurityGroupRule] = field(default_factory=list)
    monitoring: list[MonitoringParameter] = field(default_factory=list)
    indicators: list[VnfIndicator] = field(default_factory=list)
    coordinations: list[LcmCoordination] = field(default_factory=list)
    referenced_coordinations: dict[str, list[str]] = field(default_factory=dict)  # LCM operation -> actions from elsewhere
    package_changes: list[PackageChange] = field(default_factory=list)
    containers: dict[str, OsContainer] = field(default_factory=dict)
    mciops: dict[str, Mciop] = field(default_factory=dict)


@dataclass(frozen=True)
class Vnfd:
    """VNFD (IFA011 7.1.2)."""
    id: str
    provider: str
    product_name: str
    software_version: str
    version: str
    name: str = ""
    description: str = ""
    vnfm_info: list[str] = field(default_factory=list)
    localization_languages: list[str] = field(default_factory=list)
    default_flavour: str = ""
    flavours: dict[str, VnfDf] = field(default_factory=dict)
    configurable_properties: dict[str, Any] = field(default_factory=dict)
    modifiable_attributes: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class VnfProfile:
    """VnfProfile (IFA014 6.3.3); id is the node template's name. `links`: external CP id -> NS virtual link id."""
    id: str
    vnfd_id: str
    flavour: str
    level: str | None = None
    minimum: int = 1
    maximum: int = 1
    links: dict[str, str] = field(default_factory=dict)
    properties: dict[str, Any] = field(default_factory=dict)     # configurable_properties and the like given in the NSD


@dataclass(frozen=True)
class PnfProfile:
    id: str
    pnfd_id: str
    links: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class NsProfile:
    id: str
    nsd_id: str
    flavour: str = ""
    links: dict[str, str] = field(default_factory=dict)
    level: str | None = None
    minimum: int = 1
    maximum: int = 1


@dataclass(frozen=True)
class Sapd:
    """Sapd (IFA014 6.2.3): `virtual_link` is the NS VL it gives access to."""
    id: str
    virtual_link: str | None = None
    layer_protocols: list[str] = field(default_factory=list)
    role: str | None = None


@dataclass(frozen=True)
class CpRef:
    """A position's element: a SAP (`profile` None, `cp` the SAP's id) or an external CP of a VNF, PNF or NS profile."""

    cp: str
    profile: str | None = None


@dataclass(frozen=True)
class Nfpd:
    """NFP descriptor (IFA014 6.4.3). `positions` in order, each one or more CPs (ingress and egress of one VNF are
    two entries of one position); `match` are the classifier's rules as {"protocol", "destinationPort": [a, b], …}."""
    id: str
    positions: list[list[CpRef]] = field(default_factory=list)
    match: list[dict[str, Any]] = field(default_factory=list)


@dataclass(frozen=True)
class Vnffgd:
    """VNFFG descriptor (IFA014 6.4.2)."""
    id: str
    nfps: dict[str, Nfpd] = field(default_factory=dict)
    members: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class NsDf:
    """NsDf (IFA014 6.3.2)."""
    id: str
    vnf_profiles: dict[str, VnfProfile] = field(default_factory=dict)
    pnf_profiles: dict[str, PnfProfile] = field(default_factory=dict)
    ns_profiles: dict[str, NsProfile] = field(default_factory=dict)
    virtual_links: dict[str, Vld] = field(default_factory=dict)
    sapds: dict[str, Sapd] = field(default_factory=dict)
    vnffgds: dict[str, Vnffgd] = field(default_factory=dict)
    affinity: list[AffinityRule] = field(default_factory=list)
    policies: list[dict[str, Any]] = field(default_factory=list)
    levels: dict[str, NsLevel] = field(default_factory=dict)
    default_level: str | None = None
    aspects: dict[str, NsScalingAspect] = field(default_factory=dict)
    placement_groups: dict[str, list[str]] = field(default_factory=dict)
    security_groups: list[SecurityGroupRule] = field(default_factory=list)
    monitoring: list[MonitoringParameter] = field(default_factory=list)
    autoscale: list[dict[str, Any]] = field(default_factory=list)        # NsAutoScale: {"name", "triggers"}
    operations: dict[str, Any] = field(default_factory=dict)             # interface Nslcm, as VnfDf.operations


@dataclass(frozen=True)
class Nsd:
    """NSD (IFA014 6.2.2)."""
    id: str
    designer: str
    version: str
    name: str
    invariant_id: str = ""
    default_flavour: str = ""
    flavours: dict[str, NsDf] = field(default_factory=dict)


def to_dict(value: Any) -> dict[str, Any]:
    """The value as plain JSON."""
    return dataclasses.asdict(value)


def vnfd(document: dict[str, Any]) -> Vnfd:
    """The Vnfd that `to_dict` made `document` of."""
    return typing.cast(Vnfd, _load(Vnfd, document))


def nsd(document: dict[str, Any]) -> Nsd:
    """The Nsd that `to_dict` made `document` of."""
    return typing.cast(Nsd, _load(Nsd, document))


def sw_image(document: dict[str, Any]) -> SwImage:
    """The SwImage that `to_dict` made `document` of."""
    return typing.cast(SwImage, _load(SwImage, document))


def _load(kind: Any, value: Any) -> Any:
    origin, args = typing.get_origin(kind), typing.get_args(kind)
    if dataclasses.is_dataclass(kind) and isinstance(value, dict):
        hints = _hints(kind)
        return kind(**{name: _load(hints[name], item) for name, item in value.items() if name in hints})  # type: ignore[operator]
    if origin in (typing.Union, types.UnionType):
        return None if value is None else _load(args[0], value)
    if origin is list and isinstance(value, list):
        return [_load(args[0], item) for item in value]
    if origin is dict and isinstance(value, dict):
        return {name: _load(args[1], item) for name, item in value.items()}
    return value


_HINTS: dict[Any, dict[str, Any]] = {}


def _hints(kind: Any) -> dict[str, Any]:
    if kind not in _HINTS:
        _HINTS[kind] = typing.get_type_hints(kind)
    return _HINTS[kind]
