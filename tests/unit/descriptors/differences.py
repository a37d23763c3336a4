# SPDX-License-Identifier: Apache-2.0
"""Two versions of a descriptor, and what a change of some fields makes of their difference."""

from __future__ import annotations

import dataclasses
from functools import cache
from pathlib import Path
from typing import Any

import descriptors
from descriptors import building, comparing, effects, model
from descriptors.commands import targets

SAMPLES = Path(descriptors.__file__).parent


FOLDERS = [folder.relative_to(SAMPLES).as_posix() for folder in targets.samples()]


DF = model.VnfDf(
    "default",
    vdus={
        "a": model.Vdu("a", "a", memory=64, cpds=["in", "x"]),
        "b": model.Vdu("b", "b", memory=64, cpds=["y"], storages=["disk"]),
        "pod": model.Vdu("pod", "pod", containers=["box"]),
    },
    cpds={
        "in": model.Cpd("in", "a"),
        "x": model.Cpd("x", "a", "inner"),
        "y": model.Cpd("y", "b", "inner"),
    },
    ext_cpds={"in": model.ExtCpd("in", "in")},
    virtual_links={"inner": model.Vld("inner", cidr="10.0.0.0/24")},
    storages={"disk": model.Storage("disk", size=100)},
    vip_cpds={"vip": model.VipCpd("vip", ["y"], virtual_link="inner")},
    mciops={"chart": model.Mciop("chart", ["pod"])},
    containers={"box": model.OsContainer("box", "box", 500, memory=64)},
    initial={"a": 1},
    aspects={"more": model.ScalingAspect("more", "more", 2, [{"a": 1}])},
)


VNFD = model.Vnfd("id", "me", "thing", "1", "1", flavours={"default": DF})


@cache
def read(folder: str) -> descriptors.Package:
    return building.read(SAMPLES / folder)


def changed(**fields: Any) -> comparing.Difference:
    """From the VNFD above to one whose flavour has other fields."""
    return comparing.compare(
        VNFD, dataclasses.replace(VNFD, flavours={"default": dataclasses.replace(DF, **fields)})
    )


def one(items: dict[str, Any], name: str, /, **fields: Any) -> dict[str, Any]:
    return {**items, name: dataclasses.replace(items[name], **fields)}


ANEW, LIVE, NOTE, NEW, GONE = (
    effects.RECREATE,
    effects.IN_PLACE,
    effects.RECORD,
    effects.CREATE,
    effects.DELETE,
)


def effects_of(difference: comparing.Difference, flavour: str = "default") -> dict[str, str]:
    """{"section name": effect}"""
    return {
        f"{change.section} {change.name}": change.effect
        for change in difference.changes
        if change.flavour == flavour
    }


def secure_web(**fields: Any) -> comparing.Difference:
    """From the sample NSD to one whose flavour has other fields; a function gets what the sample
    has."""
    nsd = read("ns/secure-web").descriptor
    assert isinstance(nsd, model.Nsd)
    df = nsd.flavours["default"]
    changes = {name: value(getattr(df, name)) for name, value in fields.items()}
    return comparing.compare(
        nsd, dataclasses.replace(nsd, flavours={"default": dataclasses.replace(df, **changes)})
    )


PATH = "nfps web-traffic/http"
