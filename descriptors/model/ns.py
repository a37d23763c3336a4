# SPDX-License-Identifier: Apache-2.0
"""The NSD as typed values, in the words of IFA014."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from descriptors.model.cps import AddressData
from descriptors.model.links import Vld
from descriptors.model.monitoring import MonitoringParameter
from descriptors.model.ns_levels import NsLevel, NsScalingAspect
from descriptors.model.rules import AffinityRule, SecurityGroupRule


@dataclass(frozen=True)
class VnfProfile:
    """VnfProfile (IFA014 6.3.3); id is the node template's name. `links`: external CP id -> NS
    virtual link id."""

    id: str
    vnfd_id: str
    flavour: str
    level: str | None = None
    minimum: int = 1
    maximum: int = 1
    links: dict[str, str] = field(default_factory=dict)
    properties: dict[str, Any] = field(
        default_factory=dict
    )  # configurable_properties and the like given in the NSD
    target_scale_levels: dict[str, int] = field(
        default_factory=dict
    )  # aspect -> scale level to instantiate
    service_availability_level: int | None = None
    ext_invariant_id: str = ""  # another VNFD that has it too may take its place
    version_dependencies: list[dict[str, Any]] = field(default_factory=list)


@dataclass(frozen=True)
class PnfProfile:
    """PnfProfile (IFA014 6.3.6)."""

    id: str
    pnfd_id: str
    links: dict[str, str] = field(default_factory=dict)
    ext_invariant_id: str = ""
    version_dependencies: list[dict[str, Any]] = field(default_factory=list)
    properties: dict[str, Any] = field(default_factory=dict)  # what the NSD says of the PNF besides


@dataclass(frozen=True)
class NsProfile:
    """NsProfile (IFA014 6.3.11)."""

    id: str
    nsd_id: str
    flavour: str = ""
    links: dict[str, str] = field(default_factory=dict)
    level: str | None = None
    minimum: int = 1
    maximum: int = 1
    target_scale_levels: dict[str, int] = field(default_factory=dict)
    ext_invariant_id: str = ""
    version_dependencies: list[dict[str, Any]] = field(default_factory=list)
    properties: dict[str, Any] = field(
        default_factory=dict
    )  # what the NSD says of the nested NS besides


@dataclass(frozen=True)
class Sapd:
    """Sapd (IFA014 6.2.3): `virtual_link` is the NS VL it gives access to."""

    id: str
    virtual_link: str | None = None
    layer_protocols: list[str] = field(default_factory=list)
    role: str | None = None
    addresses: list[AddressData] = field(default_factory=list)
    trunk_mode: bool = False
    properties: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class CpRef:
    """A CP of a position: a SAP (`profile` None, `cp` the SAP's id) or an external CP of a VNF, PNF
    or NS profile."""

    cp: str
    profile: str | None = None


@dataclass(frozen=True)
class NfpPosition:
    """NfpPositionDesc (IFA014 6.4): traffic passes one of its `elements` or, by `behaviour`,
    several.

    An element is a CP, or ingress and egress of one VNF. `behaviour` is all, lb (load balancing) or
    ff (first found)."""

    elements: list[list[CpRef]] = field(default_factory=list)
    behaviour: str | None = None
    parameters: dict[str, Any] = field(
        default_factory=dict
    )  # forwarding_behaviour_input_parameters

    @property
    def cps(self) -> list[CpRef]:
        """Those of all its elements."""
        return [cp for element in self.elements for cp in element]


@dataclass(frozen=True)
class Nfpd:
    """NFP descriptor (IFA014 6.4.3). `positions` in order; `match` are the classifier's rules as
    {"protocol", "destinationPort": [a, b], …}, by the names of SOL005's NfpRule."""

    id: str
    positions: list[NfpPosition] = field(default_factory=list)
    match: list[dict[str, Any]] = field(default_factory=list)


@dataclass(frozen=True)
class Vnffgd:
    """VNFFG descriptor (IFA014 6.4.2)."""

    id: str
    nfps: dict[str, Nfpd] = field(default_factory=dict)
    members: list[str] = field(default_factory=list)
    description: str = ""


@dataclass(frozen=True)
class DataFlowInfo:
    """DataFlowInfo (IFA014 6.5): the flow at a CP or SAP that the mirroring job of an NS VL
    copies."""

    id: str
    job: str
    direction: str = "both"  # in, out, both
    targets: list[CpRef] = field(default_factory=list)


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
    placement_descriptions: dict[str, str] = field(default_factory=dict)
    security_groups: list[SecurityGroupRule] = field(default_factory=list)
    monitoring: list[MonitoringParameter] = field(default_factory=list)
    autoscale: list[dict[str, Any]] = field(
        default_factory=list
    )  # NsAutoScale: {"name", "triggers"}
    operations: dict[str, Any] = field(default_factory=dict)  # interface Nslcm, as VnfDf.operations
    requirements: dict[str, str] = field(default_factory=dict)  # what a composite NS links -> SAP
    nfps: dict[str, Nfpd] = field(default_factory=dict)  # those of no VNFFG
    mirrored: list[DataFlowInfo] = field(default_factory=list)


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
    ext_invariant_id: str = ""
    service_availability_level: int | None = None
    priority: int | None = None
    properties: dict[str, Any] = field(
        default_factory=dict
    )  # those of SOL001 that have no field here
