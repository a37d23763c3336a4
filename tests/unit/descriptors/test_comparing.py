# SPDX-License-Identifier: Apache-2.0
"""What instances meet when a descriptor changes."""
from __future__ import annotations

import dataclasses
import json
import shutil
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

import descriptors
from descriptors import comparing, model
from descriptors.archive import building
from descriptors.commands import cli, differences

SAMPLES = Path(descriptors.__file__).parent
FOLDERS = [folder.relative_to(SAMPLES).as_posix() for folder in cli.samples()]
DF = model.VnfDf(
    "default",
    vdus={"a": model.Vdu("a", "a", memory=64, cpds=["in", "x"]),
          "b": model.Vdu("b", "b", memory=64, cpds=["y"], storages=["disk"])},
    cpds={"in": model.Cpd("in", "a"), "x": model.Cpd("x", "a", "inner"), "y": model.Cpd("y", "b", "inner")},
    ext_cpds={"in": model.ExtCpd("in", "in")}, virtual_links={"inner": model.Vld("inner", cidr="10.0.0.0/24")},
    storages={"disk": model.Storage("disk", size=100)},
    aspects={"more": model.ScalingAspect("more", "more", 2, [{"a": 1}])})
VNFD = model.Vnfd("id", "me", "thing", "1", "1", flavours={"default": DF})


@cache
def read(folder: str) -> descriptors.Package:
    return building.read(SAMPLES / folder)


def changed(**fields: Any) -> comparing.Difference:
    """From the VNFD above to one whose flavour has other fields."""
    return comparing.compare(VNFD, dataclasses.replace(VNFD, flavours={"default": dataclasses.replace(DF, **fields)}))


def one(items: dict[str, Any], name: str, **fields: Any) -> dict[str, Any]:
    return {**items, name: dataclasses.replace(items[name], **fields)}


@pytest.mark.parametrize("folder", FOLDERS)
def test_a_package_does_not_differ_from_itself(folder: str) -> None:
    if read(folder).descriptor is not None:
        found = comparing.packages(read(folder), read(folder))
        assert (found.changes, found.recreated) == ([], {})


names = st.text("abc", min_size=1, max_size=2)
vdus = st.dictionaries(names, st.builds(lambda cpu, memory: model.Vdu("v", "v", vcpus=cpu, memory=memory),
                                        st.integers(1, 3), st.integers(0, 3)), max_size=3)
links = st.dictionaries(names, st.builds(lambda cidr: model.Vld("l", cidr=cidr), st.sampled_from([None, "10.0.0.0/8"])), max_size=3)
dfs = st.builds(lambda vdus, links, initial: model.VnfDf("d", vdus=vdus, virtual_links=links, initial=initial), vdus, links,
                st.dictionaries(names, st.integers(0, 3), max_size=3))
vnfds = st.builds(lambda dfs, version: model.Vnfd("id", "me", "p", "1", version, flavours=dfs),
                  st.dictionaries(names, dfs, max_size=2), st.sampled_from("12"))


@given(vnfds, vnfds)
@settings(max_examples=200, deadline=None)
def test_nothing_differs_from_itself_and_the_way_back_is_the_way_there_turned_round(a: model.Vnfd, b: model.Vnfd) -> None:
    assert comparing.compare(a, a).changes == []
    turned = {"added": "removed", "removed": "added", "changed": "changed"}
    there = {(item.flavour, item.section, item.name, turned[item.change]) for item in comparing.compare(a, b).changes}
    back = {(item.flavour, item.section, item.name, item.change) for item in comparing.compare(b, a).changes}
    assert there == back
    assert bool(there) == (dataclasses.replace(a, version="") != dataclasses.replace(b, version=""))


@pytest.mark.parametrize(("fields", "section", "effect", "recreated"), [
    ({"vdus": one(DF.vdus, "a", memory=128)}, "vdus", "recreate", ["a"]),
    ({"vdus": one(DF.vdus, "a", description="other")}, "vdus", "record", []),
    ({"vdus": one(DF.vdus, "a", maximum=9)}, "vdus", "record", []),
    ({"vdus": {**DF.vdus, "c": model.Vdu("c", "c")}}, "vdus", "create", []),
    ({"vdus": {"a": DF.vdus["a"]}}, "vdus", "delete", []),
    ({"storages": one(DF.storages, "disk", size=200)}, "storages", "recreate", ["b"]),
    ({"virtual_links": one(DF.virtual_links, "inner", cidr="10.1.0.0/24")}, "virtual_links", "recreate", ["a", "b"]),
    ({"cpds": one(DF.cpds, "in", vnic_type="direct")}, "cpds", "recreate", ["a"]),
    ({"cpds": one(DF.cpds, "in", role="leaf")}, "cpds", "in-place", []),
    ({"aspects": one(DF.aspects, "more", max_scale_level=5)}, "aspects", "record", []),
    ({"levels": {"big": model.InstantiationLevel("big", "", {"a": 3})}}, "levels", "record", []),
], ids=lambda value: str(value)[:40])
def test_a_change_says_what_it_means_for_instances(fields: dict[str, Any], section: str, effect: str, recreated: list[str]) -> None:
    found = changed(**fields)
    assert [(change.section, change.effect) for change in found.changes] == [(section, effect)]
    assert found.recreated == ({"default": recreated} if recreated else {})


def test_a_link_of_a_vnf_that_moves_changes_the_service_in_place() -> None:
    nsd = read("ns/secure-web").descriptor
    assert isinstance(nsd, model.Nsd)
    df = nsd.flavours["default"]
    profiles = one(df.vnf_profiles, "web", links={"http": "dmz", "mgmt": "mgmt"})
    after = dataclasses.replace(nsd, flavours={"default": dataclasses.replace(df, vnf_profiles=profiles)})
    change, = comparing.compare(nsd, after).changes
    assert (change.section, change.name, change.effect, list(change.fields)) == ("vnf_profiles", "web", "in-place", ["links"])


def test_a_vnfd_and_an_nsd_cannot_be_compared() -> None:
    with pytest.raises(ValueError, match="cannot be compared"):
        comparing.packages(read("vnf/web"), read("ns/secure-web"))


def test_new_software_of_a_vdu_makes_its_vnfcs_anew_and_the_command_says_so(tmp_path: Path) -> None:
    shutil.copytree(SAMPLES / "vnf/web", tmp_path / "web")
    with (tmp_path / "web/software/web/run").open("a") as run:
        run.write("# changed\n")
    arguments = ["diff", str(SAMPLES / "vnf/web"), str(tmp_path / "web")]
    text, document = CliRunner().invoke(cli.group, arguments), CliRunner().invoke(cli.group, [*arguments, "--format", "json"])
    assert (text.exit_code, document.exit_code) == (0, 0)
    assert "~ VDU web: made anew" in text.output and "~ file Files/images/web.tar.gz" in text.output
    assert "the VNFCs of web are made anew" in text.output
    assert json.loads(document.output)["recreated"] == {"default": ["web"]}


def test_equal_packages_are_said_to_be_equal() -> None:
    assert "no difference" in differences.render(comparing.packages(read("vnf/web"), read("vnf/web")))
