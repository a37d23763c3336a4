# SPDX-License-Identifier: Apache-2.0
"""The VNFD as typed values, in the words of IFA011. `properties` are those that SOL001 has and no
field here."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from descriptors.model.containers import Mciop
from descriptors.model.cps import AddressData
from descriptors.model.lcm import LcmCoordination, PackageChange
from descriptors.model.links import Vld
from descriptors.model.monitoring import MonitoringParameter, VnfIndicator, VnfInterface
from descriptors.model.rules import AffinityRule, SecurityGroupRule


@dataclass(frozen=True)
class SwImage:
    """SwImageDesc (IFA011 7.1.6.5). `path` is the artifact's path inside the package, None where it
    is external.

    `id` is the node's name, `<flavour>/<node>` where flavours give nodes of one name different
    images."""

    id: str
    name: str
    version: str
    checksum: dict[str, str] = field(default_factory=dict)  # {"algorithm": "sha-256", "hash": "…"}
    container_format: str | None = None
    disk_format: str | None = None
    min_disk: int = 0
    min_ram: int = 0
    size: int = 0
    path: str | None = None
    virtualisation_environments: list[str] = field(default_factory=list)
    provider: str = ""
    operating_system: str = ""


@dataclass(frozen=True)
class Cpd:
    """A VduCpd (IFA011 7.1.6.4) or VduSubCpd: `virtual_link` is the internal VLD it is attached to,
    or None."""

    id: str
    vdu: str
    virtual_link: str | None = None
    order: int = 0
    layer_protocols: list[str] = field(default_factory=list)
    role: str | None = None
    bitrate: int | None = None
    vnic_type: str = "normal"
    requirements: list[dict[str, Any]] = field(
        default_factory=list
    )  # VirtualNetworkInterfaceRequirements
    addresses: list[AddressData] = field(default_factory=list)
    trunk_mode: bool = False
    trunk: str | None = (
        None  # a VduSubCpd: the CP whose subport it is, and how its traffic is told apart there
    )
    segmentation_type: str | None = None
    segmentation_id: int | None = None
    properties: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class VipCpd:
    """VipCpd (IFA011 7.1.6): an address that the CPs `targets` share, for `function`
    high_availability or load_balance."""

    id: str
    targets: list[str] = field(default_factory=list)
    function: str = ""
    dedicated: bool = True  # none of the addresses of its targets
    virtual_link: str | None = None
    layer_protocols: list[str] = field(default_factory=list)
    role: str | None = None
    addresses: list[AddressData] = field(default_factory=list)
    properties: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class VirtualCpd:
    """VirtualCpd (IFA011 7.1.6): a service before the VNFCs of the VDUs `targets`; `services` by
    SOL001's names."""

    id: str
    targets: list[str] = field(default_factory=list)
    services: list[dict[str, Any]] = field(default_factory=list)  # AdditionalServiceData
    pool_configurable: bool = False  # address_pool_name_configurable
    virtual_link: str | None = None
    layer_protocols: list[str] = field(default_factory=list)
    role: str | None = None
    addresses: list[AddressData] = field(default_factory=list)
    properties: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class ExtCpd:
    """A VnfExtCpd (IFA011 7.1.3.2): exposes a VduCpd, VipCpd or VirtualCpd (`cpd`) or an internal
    VL (`virtual_link`).

    Also a PnfExtCpd (IFA014 6.6), which has neither.
    """

    id: str
    cpd: str | None = None
    virtual_link: str | None = None
    layer_protocols: list[str] = field(default_factory=list)
    role: str | None = None
    requirements: list[dict[str, Any]] = field(
        default_factory=list
    )  # VirtualNetworkInterfaceRequirements
    addresses: list[AddressData] = field(default_factory=list)
    trunk_mode: bool = False
    properties: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Storage:
    """VirtualStorageDesc (IFA011 7.1.9.4)."""

    id: str
    type: str = "block"
    size: int = 0  # MiB
    properties: dict[str, Any] = field(default_factory=dict)
    image: SwImage | None = None  # a volume to boot from
    per_vnfc: bool = True  # else there is one, which all VNFCs share


@dataclass(frozen=True)
class OsContainer:
    """OsContainerDesc (IFA011 7.1.6.13): CPU in thousandths of a core, memory and storage in MiB,
    None where it has no limit."""

    id: str
    name: str
    cpu: int = 0
    cpu_limit: int | None = None
    memory: int = 0
    memory_limit: int | None = None
    properties: dict[str, Any] = field(default_factory=dict)
    image: SwImage | None = None
    storage: int = 0  # ephemeral
    storage_limit: int | None = None
    requirements: dict[str, Any] = field(
        default_factory=dict
    )  # huge pages, CPU pinning, extended resources


@dataclass(frozen=True)
class Vdu:
    """Vdu and its VirtualComputeDesc (IFA011 7.1.6.2, 7.1.9.2); as well a deployable unit of
    OsContainers."""

    id: str
    name: str
    description: str = ""
    vcpus: int = 1
    memory: int = 0  # MiB
    local_storage: list[int] = field(default_factory=list)  # MiB
    image: SwImage | None = None
    storages: list[str] = field(default_factory=list)
    cpds: list[str] = field(default_factory=list)  # in the order of `order`
    minimum: int = 1  # vdu_profile
    maximum: int = 1
    boot_data: Any = None
    requirements: dict[str, Any] = field(
        default_factory=dict
    )  # EPA: pinning, numa, hugepages, logical_node, accelerators
    containers: list[str] = field(default_factory=list)  # OsContainers of a deployable unit
    boot_order: bool = False  # `storages` are in the order in which to boot from them
    maintenance: dict[str, Any] = field(
        default_factory=dict
    )  # NfviMaintenanceInfo of the vdu_profile
    mcio: dict[str, Any] = field(
        default_factory=dict
    )  # {"name", "type"} of what realises a deployable unit
    mcio_constraints: list[str] = field(
        default_factory=list
    )  # names of parameters (mcio_constraint_params)
    properties: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class ScalingAspect:
    """ScalingAspect (IFA011 7.1.10.2): `deltas[i]` is {vdu id: number} of step i+1; the last
    repeats.

    What it adds at a level is added to `VnfDf.initial` and to what other aspects of the same VDU
    add. `vips` and `bitrates` say the same of VipCpds and internal VLs, step by step."""

    id: str
    name: str = ""
    max_scale_level: int = 0
    deltas: list[dict[str, int]] = field(default_factory=list)
    vips: list[dict[str, int]] = field(default_factory=list)
    bitrates: list[dict[str, dict[str, int]]] = field(
        default_factory=list
    )  # {link: {"root", "leaf"}} in bit/s
    description: str = ""


@dataclass(frozen=True)
class InstantiationLevel:
    """InstantiationLevel (IFA011 7.1.8.7): VNFCs per VDU, VIPs per VipCpd, bit rates per VL; the
    level of each aspect."""

    id: str
    description: str = ""
    vdus: dict[str, int] = field(default_factory=dict)
    scale: dict[str, int] = field(default_factory=dict)
    vips: dict[str, int] = field(default_factory=dict)
    bitrates: dict[str, dict[str, int]] = field(default_factory=dict)


@dataclass(frozen=True)
class VnfDf:
    """VnfDf (IFA011 7.1.8.2)."""

    id: str
    description: str = ""
    vdus: dict[str, Vdu] = field(default_factory=dict)
    cpds: dict[str, Cpd] = field(default_factory=dict)
    vip_cpds: dict[str, VipCpd] = field(default_factory=dict)
    virtual_cpds: dict[str, VirtualCpd] = field(default_factory=dict)
    ext_cpds: dict[str, ExtCpd] = field(default_factory=dict)
    virtual_links: dict[str, Vld] = field(default_factory=dict)
    storages: dict[str, Storage] = field(default_factory=dict)
    aspects: dict[str, ScalingAspect] = field(default_factory=dict)
    levels: dict[str, InstantiationLevel] = field(default_factory=dict)
    default_level: str | None = None
    initial: dict[str, int] = field(
        default_factory=dict
    )  # every VDU: its number with all aspects at level 0
    initial_vips: dict[str, int] = field(
        default_factory=dict
    )  # likewise of VipCpds, and of internal VLs:
    initial_bitrates: dict[str, dict[str, int]] = field(default_factory=dict)
    affinity: list[AffinityRule] = field(default_factory=list)
    operations: dict[str, Any] = field(
        default_factory=dict
    )  # interface Vnflcm: operation -> script artifact, inputs
    policies: list[dict[str, Any]] = field(default_factory=list)  # what they say and no field here
    requirements: dict[str, str] = field(
        default_factory=dict
    )  # requirement of the VNF node (as an NSD names it) -> ext. CP
    parameters: dict[str, dict[str, Any]] = field(
        default_factory=dict
    )  # LCM operation -> additionalParams: {type, …}
    configuration: dict[str, Any] = field(
        default_factory=dict
    )  # lcm_operations_configuration, SOL001's names
    placement_groups: dict[str, list[str]] = field(default_factory=dict)
    placement_descriptions: dict[str, str] = field(default_factory=dict)
    security_groups: list[SecurityGroupRule] = field(default_factory=list)
    monitoring: list[MonitoringParameter] = field(default_factory=list)
    indicators: list[VnfIndicator] = field(default_factory=list)
    interfaces: list[VnfInterface] = field(default_factory=list)
    coordinations: list[LcmCoordination] = field(default_factory=list)
    referenced_coordinations: dict[str, list[str]] = field(
        default_factory=dict
    )  # LCM operation -> actions from elsewhere
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
    ext_invariant_id: str = ""
    default_localization_language: str = ""
    properties: dict[str, Any] = field(default_factory=dict)
