# SPDX-License-Identifier: Apache-2.0
"""Which part of a package is to be shown: a flavour, a level, scale levels of aspects."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Any

from descriptors import model
from descriptors.package import Package


def narrow(package: Package, flavour: str | None, level: str | None) -> Package:
    """The package with only this deployment flavour, and only flavours that have this level.

    ValueError where there is no such."""
    if flavour is None and level is None:
        return package
    descriptor = package.descriptor
    if not isinstance(descriptor, model.Vnfd | model.Nsd):
        raise ValueError(f"a PNF has no {'levels' if flavour is None else 'deployment flavours'}")
    flavours: dict[str, Any] = dict(descriptor.flavours)
    if flavour is not None:
        flavours = _with_name(flavours, flavour)
    if level is not None:
        flavours = _with_level(flavours, level, descriptor)
    default = descriptor.default_flavour
    default = default if default in flavours else next(iter(flavours))
    changes: dict[str, Any] = {"flavours": flavours, "default_flavour": default}
    part = dataclasses.replace(descriptor, **changes)
    return dataclasses.replace(package, descriptor=part)


def scale(package: Package, statuses: Sequence[str]) -> dict[str, int]:
    """{aspect: level} of `aspect=level` words.

    ValueError where they are none, or the package has no such aspect."""
    if statuses and not isinstance(package.descriptor, model.Vnfd):
        raise ValueError("--scale is for a VNF; a network service has --level")
    levels = {}
    for status in statuses:
        aspect, _, level = status.partition("=")
        if not (level.isascii() and level.isdigit()):
            raise ValueError(f"--scale {status}: write ASPECT=LEVEL, such as servers=2")
        levels[aspect] = int(level[:9])
    return levels


def _with_name(flavours: dict[str, Any], name: str) -> dict[str, Any]:
    if name not in flavours:
        raise ValueError(f"no deployment flavour {name!r}, only {', '.join(flavours)}")
    return {name: flavours[name]}


def _with_level(
    flavours: dict[str, Any], level: str, descriptor: model.Vnfd | model.Nsd
) -> dict[str, Any]:
    chosen = {name: df for name, df in flavours.items() if level in df.levels}
    if chosen:
        return chosen
    levels = dict.fromkeys(name for df in flavours.values() for name in df.levels)
    kind = "instantiation level" if isinstance(descriptor, model.Vnfd) else "NS level"
    names = f"only {', '.join(levels)}" if levels else "as none is declared"
    raise ValueError(f"no {kind} {level!r}, {names}")
