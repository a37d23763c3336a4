# SPDX-License-Identifier: Apache-2.0
"""The smaller values of the descriptors, in the words of IFA011 and IFA014. They are part of `model`."""
from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class SecurityGroupRule:
    """SecurityGroupRule (IFA011 7.1.6.9, IFA014 6.2.5); `targets` are CP, external CP, SAP or VDU ids."""
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
    """MonitoringParameter (IFA011 7.1.11.3, IFA014 6.2.7): `of` is the node it is measured at, `period` in seconds."""
    id: str
    name: str
    metric: str
    of: str = ""
    period: float | None = None


@dataclass(frozen=True)
class VnfIndicator:
    """VnfIndicator (IFA011 7.1.11.2); `triggers` as written: which event calls which action under which condition."""
    id: str
    source: str = "vnf"
    targets: list[str] = field(default_factory=list)
    triggers: dict[str, Any] = field(default_factory=dict)


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

    `actions` are ids of LcmCoordinations, `referenced_actions` names of actions that this VNFD does not specify.
    """
    id: str
    qualifier: str = "up"
    destination_flavour: str = ""
    selectors: list[dict[str, Any]] = field(default_factory=list)
    mappings: list[dict[str, Any]] = field(default_factory=list)
    actions: list[str] = field(default_factory=list)
    referenced_actions: list[str] = field(default_factory=list)
    description: str = ""


@dataclass(frozen=True)
class OsContainer:
    """OsContainerDesc (IFA011 7.1.6.13): CPU in thousandths of a core, memory in MiB, None where it has no limit."""
    id: str
    name: str
    cpu: int = 0
    cpu_limit: int | None = None
    memory: int = 0
    memory_limit: int | None = None
    properties: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Mciop:
    """Mciop (IFA011 7.1.8.19): a Helm chart or the like, and the VDUs it makes. `path` is None where it is external."""
    id: str
    vdus: list[str] = field(default_factory=list)
    path: str | None = None
    artifacts: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class NsLevel:
    """NsLevel (IFA014 6.3.9): how many of each profile, and the bit rates {link: {"root", "leaf"}}."""
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
