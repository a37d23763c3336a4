# SPDX-License-Identifier: Apache-2.0
"""The descriptors as typed values, in the words of IFA011 (VNFD) and IFA014 (NSD, PNFD).

Nothing here knows TOSCA. Sizes are MiB, rates bit/s. Every class becomes plain JSON with `to_dict`
and back with `vnfd`, `nsd` or `pnfd`, so that services can store a descriptor as a document."""

from __future__ import annotations

import dataclasses
import types
import typing
from typing import Any

from descriptors.model.containers import Mciop
from descriptors.model.cps import AddressData
from descriptors.model.lcm import LcmCoordination, PackageChange
from descriptors.model.links import L3ProtocolData, Vld
from descriptors.model.monitoring import MonitoringParameter, VnfIndicator, VnfInterface
from descriptors.model.ns import (
    CpRef,
    DataFlowInfo,
    Nfpd,
    NfpPosition,
    Nsd,
    NsDf,
    NsProfile,
    PnfProfile,
    Sapd,
    Vnffgd,
    VnfProfile,
)
from descriptors.model.ns_levels import NsLevel, NsScalingAspect
from descriptors.model.pnf import Pnfd
from descriptors.model.rules import AffinityRule, SecurityGroupRule
from descriptors.model.vnf import (
    Cpd,
    ExtCpd,
    InstantiationLevel,
    OsContainer,
    ScalingAspect,
    Storage,
    SwImage,
    Vdu,
    VipCpd,
    VirtualCpd,
    Vnfd,
    VnfDf,
)

__all__ = [
    "AddressData",
    "AffinityRule",
    "CpRef",
    "Cpd",
    "DataFlowInfo",
    "ExtCpd",
    "InstantiationLevel",
    "L3ProtocolData",
    "LcmCoordination",
    "Mciop",
    "MonitoringParameter",
    "NfpPosition",
    "Nfpd",
    "NsDf",
    "NsLevel",
    "NsProfile",
    "NsScalingAspect",
    "Nsd",
    "OsContainer",
    "PackageChange",
    "PnfProfile",
    "Pnfd",
    "Sapd",
    "ScalingAspect",
    "SecurityGroupRule",
    "Storage",
    "SwImage",
    "Vdu",
    "VipCpd",
    "VirtualCpd",
    "Vld",
    "VnfDf",
    "VnfIndicator",
    "VnfInterface",
    "VnfProfile",
    "Vnfd",
    "Vnffgd",
    "nsd",
    "pnfd",
    "sw_image",
    "to_dict",
    "vnfd",
]


def to_dict(value: Any) -> dict[str, Any]:
    """The value as plain JSON."""
    return dataclasses.asdict(value)


def vnfd(document: dict[str, Any]) -> Vnfd:
    """The Vnfd that `to_dict` made `document` of."""
    return typing.cast(Vnfd, _load(Vnfd, document))


def nsd(document: dict[str, Any]) -> Nsd:
    """The Nsd that `to_dict` made `document` of."""
    return typing.cast(Nsd, _load(Nsd, document))


def pnfd(document: dict[str, Any]) -> Pnfd:
    """The Pnfd that `to_dict` made `document` of."""
    return typing.cast(Pnfd, _load(Pnfd, document))


def sw_image(document: dict[str, Any]) -> SwImage:
    """The SwImage that `to_dict` made `document` of."""
    return typing.cast(SwImage, _load(SwImage, document))


def _load(kind: object, value: object) -> Any:
    origin, args = typing.get_origin(kind), typing.get_args(kind)
    if dataclasses.is_dataclass(kind) and isinstance(value, dict):
        hints = _hints(kind)
        return kind(
            **{name: _load(hints[name], item) for name, item in value.items() if name in hints}
        )  # type: ignore[operator]
    if origin in (typing.Union, types.UnionType):
        return None if value is None else _load(args[0], value)
    if origin is list and isinstance(value, list):
        return [_load(args[0], item) for item in value]
    if origin is dict and isinstance(value, dict):
        return {name: _load(args[1], item) for name, item in value.items()}
    return value


_HINTS: dict[Any, dict[str, Any]] = {}


def _hints(kind: object) -> dict[str, Any]:
    if kind not in _HINTS:
        _HINTS[kind] = typing.get_type_hints(kind)
    return _HINTS[kind]
