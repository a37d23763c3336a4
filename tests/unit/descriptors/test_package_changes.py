# SPDX-License-Identifier: Apache-2.0
"""What a VNF package change of the newer VNFD carries on under another name."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest
from differences import ANEW, DF, GONE, LIVE, NEW, NOTE, VNFD, effects_of, one

from descriptors import comparing, effects, model


def package_change(source: str, destination: str, **mapped: str) -> model.PackageChange:
    selector = {
        "source_descriptor_id": "id",
        "destination_descriptor_id": "id-2",
        "source_flavour_id": source,
    }
    return model.PackageChange(
        "upgrade",
        "up",
        destination,
        [selector],
        [
            {"component_type": "vdu", "source_id": old, "destination_id": new}
            for old, new in mapped.items()
        ],
    )


def renamed(df: model.VnfDf, old: str, new: str, **fields: Any) -> model.VnfDf:
    vdus = {
        new if name == old else name: dataclasses.replace(vdu, id=new, **fields)
        if name == old
        else vdu
        for name, vdu in df.vdus.items()
    }
    cpds = {
        name: dataclasses.replace(cpd, vdu=new) if cpd.vdu == old else cpd
        for name, cpd in df.cpds.items()
    }
    return dataclasses.replace(
        df,
        vdus=vdus,
        cpds=cpds,
        aspects=one(df.aspects, "more", deltas=[{new: 1}]),
        initial={new: 1},
    )


@pytest.mark.parametrize(
    ("mapped", "effect"),
    [
        ({"a": "z"}, {"vdus z": NOTE, "package_changes upgrade": NOTE}),
        (
            {},
            {
                "vdus a": GONE,
                "vdus z": NEW,
                "cpds in": ANEW,
                "cpds x": ANEW,
                "ext_cpds in": ANEW,
                "aspects more": LIVE,
                "package_changes upgrade": NOTE,
                "initial a": NOTE,
                "initial z": NOTE,
            },
        ),
        ({"a": "z", "b": "z"}, {"vdus a": GONE, "vdus z": NEW}),
    ],
)
def test_a_vdu_that_a_package_change_maps_to_another_name_goes_on(
    mapped: dict[str, str], effect: dict[str, str]
) -> None:
    df = dataclasses.replace(
        renamed(DF, "a", "z"), package_changes=[package_change("default", "default", **mapped)]
    )
    difference = effects_of(
        comparing.compare(VNFD, dataclasses.replace(VNFD, id="id-2", flavours={"default": df}))
    )
    assert difference.items() >= effect.items()
    assert difference == effect or len(mapped) == 2


def test_a_package_change_between_other_versions_maps_nothing() -> None:
    change = package_change("default", "default", a="z")
    others = [
        dataclasses.replace(change, selectors=[{**change.selectors[0], name: "other"}])
        for name in change.selectors[0]
    ]
    df = dataclasses.replace(renamed(DF, "a", "z"), package_changes=others)
    difference = effects_of(
        comparing.compare(VNFD, dataclasses.replace(VNFD, id="id-2", flavours={"default": df}))
    )
    assert (difference["vdus a"], difference["vdus z"]) == (GONE, NEW)


def test_a_vdu_with_another_name_and_more_memory_is_made_anew_by_its_new_name() -> None:
    df = dataclasses.replace(
        renamed(DF, "a", "z", memory=128),
        package_changes=[package_change("default", "default", a="z")],
    )
    difference = comparing.compare(
        VNFD, dataclasses.replace(VNFD, id="id-2", flavours={"default": df})
    )
    assert difference.recreated == {"default": ["z"]}
    (vdu,) = (change for change in difference.changes if change.section == "vdus")
    assert vdu.fields == {"id": ["a", "z"], "memory": [64, 128]}


def test_a_package_change_leads_instances_of_a_flavour_that_is_gone_to_another() -> None:
    df = dataclasses.replace(
        DF,
        id="big",
        vdus=one(DF.vdus, "a", vcpus=9),
        package_changes=[package_change("default", "big")],
    )
    difference = comparing.compare(VNFD, dataclasses.replace(VNFD, id="id-2", flavours={"big": df}))
    assert difference.blocked == []
    assert effects_of(difference) == {
        "flavours default": effects.CHANGE_FLAVOUR,
        "vdus a": ANEW,
        "package_changes upgrade": NOTE,
    }
    assert effects_of(difference, "big") == {"flavours big": NOTE}
