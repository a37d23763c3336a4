# SPDX-License-Identifier: Apache-2.0
"""What a changed VNFD means for the instances of a VNF."""

from __future__ import annotations

import dataclasses
import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from differences import ANEW, DF, GONE, LIVE, NEW, NOTE, SAMPLES, VNFD, changed, effects_of, one

from descriptors import comparing, effects, model, package
from descriptors.commands import cli, difference_text

# What a change of the internal link does to all that lies on it
ON_LINK_ANEW = {
    "vdus a": ANEW,
    "vdus b": ANEW,
    "cpds x": ANEW,
    "cpds y": ANEW,
    "vip_cpds vip": ANEW,
    "virtual_links inner": ANEW,
}


@pytest.mark.parametrize(
    ("fields", "effect", "recreated"),
    [
        ({"vdus": one(DF.vdus, "a", memory=128)}, {"vdus a": ANEW}, ["a"]),
        ({"vdus": one(DF.vdus, "a", boot_data={"user": "me"})}, {"vdus a": ANEW}, ["a"]),
        ({"vdus": one(DF.vdus, "a", description="other", name="other")}, {"vdus a": NOTE}, []),
        ({"vdus": one(DF.vdus, "a", maximum=9)}, {"vdus a": NOTE}, []),
        ({"vdus": one(DF.vdus, "a", minimum=0)}, {"vdus a": NOTE}, []),
        ({"vdus": one(DF.vdus, "a", minimum=2, maximum=2)}, {"vdus a": LIVE}, []),
        ({"vdus": {**DF.vdus, "c": model.Vdu("c", "c")}}, {"vdus c": NEW}, []),
        ({"vdus": {"a": DF.vdus["a"]}}, {"vdus b": GONE, "vdus pod": GONE}, []),
        (
            {"storages": one(DF.storages, "disk", size=200)},
            {"vdus b": ANEW, "storages disk": ANEW},
            ["b"],
        ),
        (
            {"storages": one(DF.storages, "disk", image=model.SwImage("disk", "i", "2"))},
            {"vdus b": ANEW, "storages disk": ANEW},
            ["b"],
        ),
        (
            {"virtual_links": one(DF.virtual_links, "inner", cidr="10.1.0.0/24")},
            ON_LINK_ANEW,
            ["a", "b"],
        ),
        (
            {
                "virtual_links": one(
                    DF.virtual_links, "inner", subnets=[model.L3ProtocolData("fd00::/64")]
                )
            },
            ON_LINK_ANEW,
            ["a", "b"],
        ),
        (
            {
                "virtual_links": one(
                    DF.virtual_links,
                    "inner",
                    properties={"vl_profile": {"max_bitrate_requirements": {"root": 1}}},
                )
            },
            {"virtual_links inner": LIVE},
            [],
        ),
        (
            {"cpds": one(DF.cpds, "in", vnic_type="direct")},
            {"vdus a": ANEW, "cpds in": ANEW, "ext_cpds in": ANEW},
            ["a"],
        ),
        (
            {"cpds": one(DF.cpds, "y", order=3)},
            {"vdus b": ANEW, "cpds y": ANEW, "vip_cpds vip": LIVE},
            ["b"],
        ),
        ({"cpds": one(DF.cpds, "in", role="leaf", bitrate=5)}, {"cpds in": LIVE}, []),
        (
            {
                "cpds": {**DF.cpds, "z": model.Cpd("z", "b")},
                "vdus": one(DF.vdus, "b", cpds=["y", "z"]),
            },
            {"vdus b": ANEW, "cpds z": NEW},
            ["b"],
        ),
        (
            {
                "cpds": {"in": DF.cpds["in"], "y": DF.cpds["y"]},
                "vdus": one(DF.vdus, "a", cpds=["in"]),
            },
            {"vdus a": ANEW, "cpds x": GONE},
            ["a"],
        ),
        (
            {"ext_cpds": one(DF.ext_cpds, "in", cpd=None, virtual_link="inner")},
            {"ext_cpds in": ANEW},
            [],
        ),
        (
            {"containers": one(DF.containers, "box", memory=128)},
            {"vdus pod": ANEW, "containers box": ANEW},
            ["pod"],
        ),
        (
            {"containers": one(DF.containers, "box", cpu_limit=500)},
            {"vdus pod": ANEW, "containers box": ANEW},
            ["pod"],
        ),
        (
            {"containers": one(DF.containers, "box", image=model.SwImage("box", "i", "2"))},
            {"vdus pod": ANEW, "containers box": ANEW},
            ["pod"],
        ),
        (
            {
                "containers": one(
                    DF.containers, "box", properties={"extended_resource_requests": []}
                )
            },
            {"vdus pod": ANEW, "containers box": ANEW},
            ["pod"],
        ),
        ({"containers": one(DF.containers, "box", name="other")}, {"containers box": NOTE}, []),
        (
            {"mciops": one(DF.mciops, "chart", path="Artifacts/2.tgz")},
            {"vdus pod": ANEW, "mciops chart": ANEW},
            ["pod"],
        ),
        (
            {"aspects": one(DF.aspects, "more", max_scale_level=5, description="d")},
            {"aspects more": NOTE},
            [],
        ),
        ({"aspects": one(DF.aspects, "more", max_scale_level=1)}, {"aspects more": LIVE}, []),
        ({"aspects": one(DF.aspects, "more", deltas=[{"a": 2}])}, {"aspects more": LIVE}, []),
        ({"aspects": {}}, {"aspects more": LIVE}, []),
        ({"initial": {"a": 2}}, {"initial a": LIVE}, []),
        (
            {
                "levels": {"big": model.InstantiationLevel("big", "", {"a": 3})},
                "default_level": "big",
            },
            {"flavours default": NOTE, "levels big": NOTE},
            [],
        ),
        (
            {"security_groups": [model.SecurityGroupRule("web", targets=["in"])]},
            {"security_groups web": NEW},
            [],
        ),
        (
            {
                "policies": [
                    {"name": "x", "type": "acme.BillingDeltas", "properties": {}, "targets": []}
                ]
            },
            {"policies x": NOTE},
            [],
        ),
        ({"operations": {"heal": {"implementation": "heal.sh"}}}, {"operations heal": NOTE}, []),
    ],
    ids=lambda value: str(value)[:40],
)
def test_a_change_says_what_it_means_for_instances(
    fields: dict[str, Any], effect: dict[str, str], recreated: list[str]
) -> None:
    difference = changed(**fields)
    assert effects_of(difference) == effect
    assert difference.recreated == ({"default": recreated} if recreated else {})


def test_instances_of_a_flavour_that_is_gone_cannot_go_there_and_the_flavours_are_summed_up() -> (
    None
):
    difference = comparing.compare(VNFD, dataclasses.replace(VNFD, flavours={"big": DF}))
    added, removed = (
        {change.name: change for change in difference.changes}[name] for name in ("big", "default")
    )
    assert (added.change, added.effect, added.fields["vdus"]) == (
        "added",
        NOTE,
        [[], ["a", "b", "pod"]],
    )
    assert (removed.change, removed.effect, removed.fields["storages"]) == (
        "removed",
        effects.BLOCKED,
        [["disk"], []],
    )
    assert difference.blocked == ["default"]
    text = difference_text.render(difference)
    assert (
        "- flavour default: its instances cannot go to this version\n" in text
        and "VDU: a, b, pod\n" in text
    )


def test_new_software_of_a_vdu_makes_its_vnfcs_anew_and_the_command_says_so(tmp_path: Path) -> None:
    shutil.copytree(SAMPLES / "vnf/web", tmp_path / "web")
    with (tmp_path / "web/software/web/run").open("a") as run:
        run.write("# changed\n")
    arguments = ["diff", str(SAMPLES / "vnf/web"), str(tmp_path / "web")]
    text, document = (
        CliRunner().invoke(cli.group, arguments),
        CliRunner().invoke(cli.group, [*arguments, "--format", "json"]),
    )
    assert (text.exit_code, document.exit_code) == (0, 0)
    assert "~ VDU web: made anew" in text.output and "~ file Files/images/web.tar.gz" in text.output
    assert "the VNFCs of web are made anew" in text.output
    assert json.loads(document.output)["recreated"] == {"default": ["web"]}


@pytest.mark.parametrize(
    ("section", "path"),
    [
        ("vdus", "Files/a.img"),
        ("storages", "Files/b.img"),
        ("containers", "Files/c.img"),
        ("mciops", "Artifacts/chart.tgz"),
        ("mciops", "Artifacts/values.yaml"),
    ],
)
def test_other_bytes_of_an_image_or_chart_make_the_vnfcs_anew_and_the_file_says_so_too(
    section: str, path: str
) -> None:
    df = dataclasses.replace(
        DF,
        vdus=one(DF.vdus, "a", image=model.SwImage("a", "a", "1", path="Files/a.img")),
        storages=one(
            DF.storages, "disk", image=model.SwImage("disk", "b", "1", path="Files/b.img")
        ),
        containers=one(
            DF.containers, "box", image=model.SwImage("box", "c", "1", path="Files/c.img")
        ),
        mciops=one(
            DF.mciops,
            "chart",
            path="Artifacts/chart.tgz",
            artifacts={"values": {"file": "../Artifacts/values.yaml"}, "none": None},
        ),
    )
    before, after = (
        package.Package(
            "vnf",
            dataclasses.replace(VNFD, flavours={"default": df}),
            files=[package.File(path, 1, digest), package.File("Files/read.me", 1, digest)],
        )
        for digest in "xy"
    )
    difference = comparing.packages(before, after)
    assert effects_of(difference, "") == {f"files {path}": ANEW, "files Files/read.me": NOTE}
    assert difference.recreated == {"default": [{"vdus": "a", "storages": "b"}.get(section, "pod")]}
    assert (section, "follows") in {
        (change.section, change.change) for change in difference.changes
    }
