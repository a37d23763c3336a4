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

import descriptors
from descriptors import building, comparing, effects, model, package
from descriptors.commands import cli, difference_text, targets

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


@pytest.mark.parametrize("folder", FOLDERS)
def test_a_package_does_not_differ_from_itself(folder: str) -> None:
    assert comparing.packages(read(folder), read(folder)).changes == []


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
            {
                "vdus a": ANEW,
                "vdus b": ANEW,
                "cpds x": ANEW,
                "cpds y": ANEW,
                "vip_cpds vip": ANEW,
                "virtual_links inner": ANEW,
            },
            ["a", "b"],
        ),
        (
            {
                "virtual_links": one(
                    DF.virtual_links, "inner", subnets=[model.L3ProtocolData("fd00::/64")]
                )
            },
            {
                "vdus a": ANEW,
                "vdus b": ANEW,
                "cpds x": ANEW,
                "cpds y": ANEW,
                "vip_cpds vip": ANEW,
                "virtual_links inner": ANEW,
            },
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


@pytest.mark.parametrize(
    ("fields", "effect"),
    [
        (
            {
                "vnf_profiles": lambda items: one(
                    items, "web", links={"http": "dmz", "mgmt": "mgmt"}
                )
            },
            {"vnf_profiles web": LIVE, PATH: LIVE},
        ),
        (
            {"vnf_profiles": lambda items: one(items, "web", vnfd_id="other")},
            {"vnf_profiles web": effects.UPGRADE, PATH: LIVE},
        ),
        (
            {"vnf_profiles": lambda items: one(items, "web", flavour="big")},
            {"vnf_profiles web": effects.CHANGE_FLAVOUR, PATH: LIVE},
        ),
        (
            {"vnf_profiles": lambda items: one(items, "web", vnfd_id="other", flavour="big")},
            {"vnf_profiles web": effects.UPGRADE, PATH: LIVE},
        ),
        (
            {"vnf_profiles": lambda items: one(items, "web", minimum=3, maximum=3)},
            {"vnf_profiles web": LIVE},
        ),
        ({"vnf_profiles": lambda items: one(items, "web", maximum=9)}, {"vnf_profiles web": NOTE}),
        (
            {"vnf_profiles": lambda items: one(items, "web", level="large")},
            {"vnf_profiles web": NOTE},
        ),
        (
            {"vnf_profiles": lambda items: one(items, "web", properties={"port": 81})},
            {"vnf_profiles web": LIVE},
        ),
        (
            {"ns_profiles": lambda _: {"inner": model.NsProfile("inner", "id")}},
            {"ns_profiles inner": NEW},
        ),
        (
            {"pnf_profiles": lambda _: {"box": model.PnfProfile("box", "id")}},
            {"pnf_profiles box": NEW},
        ),
        (
            {"sapds": lambda items: one(items, "client", virtual_link="dmz")},
            {"sapds client": ANEW, PATH: LIVE},
        ),
        (
            {"virtual_links": lambda items: one(items, "clients", cidr="10.99.0.0/24")},
            {
                "vnf_profiles firewall": LIVE,
                "virtual_links clients": ANEW,
                "sapds client": ANEW,
                PATH: LIVE,
            },
        ),
        (
            {"virtual_links": lambda items: one(items, "mgmt", mtu=9000)},
            {
                "vnf_profiles firewall": LIVE,
                "vnf_profiles loadbalancer": LIVE,
                "vnf_profiles web": LIVE,
                "virtual_links mgmt": ANEW,
            },
        ),
        (
            {
                "vnffgds": lambda items: one(
                    items, "web-traffic", nfps=one(items["web-traffic"].nfps, "http", match=[])
                )
            },
            {PATH: LIVE},
        ),
        (
            {
                "vnffgds": lambda items: one(
                    items,
                    "web-traffic",
                    nfps=one(
                        items["web-traffic"].nfps,
                        "http",
                        positions=items["web-traffic"].nfps["http"].positions[::-1],
                    ),
                )
            },
            {PATH: LIVE},
        ),
        (
            {
                "vnffgds": lambda items: one(
                    items,
                    "web-traffic",
                    nfps={**items["web-traffic"].nfps, "dns": model.Nfpd("dns")},
                )
            },
            {"nfps web-traffic/dns": NEW},
        ),
        ({"vnffgds": lambda items: one(items, "web-traffic", nfps={})}, {PATH: GONE}),
        ({"vnffgds": lambda items: {}}, {"vnffgds web-traffic": GONE, PATH: GONE}),
        ({"nfps": lambda items: {"dns": model.Nfpd("dns")}}, {"nfps dns": NEW}),
        (
            {
                "affinity": lambda items: [
                    model.AffinityRule("apart", "anti-affinity", "zone", ["web"])
                ]
            },
            {"affinity apart": NOTE},
        ),
        ({"autoscale": lambda items: [{"name": "auto", "triggers": {}}]}, {"autoscale auto": NOTE}),
    ],
    ids=lambda value: (
        str(value)[:40] if isinstance(value, dict) and "lambda" not in str(value) else None
    ),
)
def test_a_change_says_what_it_means_for_network_services(
    fields: dict[str, Any], effect: dict[str, str]
) -> None:
    difference = secure_web(**fields)
    assert effects_of(difference) == effect
    assert "no VNFC" not in difference_text.render(difference)


def test_what_the_properties_of_a_link_only_repeat_is_not_told_twice_but_is_in_the_document() -> (
    None
):
    both = (
        dataclasses.replace(
            DF.virtual_links["inner"], description=text, properties={"description": text}
        )
        for text in ("a", "b")
    )
    before, after = (
        dataclasses.replace(
            VNFD, flavours={"default": dataclasses.replace(DF, virtual_links={"inner": link})}
        )
        for link in both
    )
    (change,) = comparing.compare(before, after).changes
    assert (change.effect, set(change.details), set(change.fields)) == (
        NOTE,
        {"description"},
        {"description", "properties.description"},
    )
    assert (
        effects_of(
            changed(
                virtual_links=one(
                    DF.virtual_links, "inner", description="b", properties={"qos": {"latency": 1}}
                )
            )
        )["virtual_links inner"]
        == ANEW
    )
    assert effects_of(
        secure_web(vnf_profiles=lambda items: one(items, "web", maximum=9, properties={"port": 1}))
    ) == {"vnf_profiles web": LIVE}


def test_operations_ask_a_difference_for_names() -> None:
    difference = secure_web(
        vnf_profiles=lambda profiles: one(profiles, "web", vnfd_id="other"), vnffgds=lambda _: {}
    )
    assert difference.names("default", "vnf_profiles", effects.UPGRADE) == ["web"]
    assert difference.names("default", "nfps", effects.CREATE, effects.DELETE) == [
        "web-traffic/http"
    ]
    assert "flavour default: the VNFs of web change their package\n" in difference_text.render(
        difference
    )


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


def test_a_vnfd_and_an_nsd_cannot_be_compared() -> None:
    with pytest.raises(ValueError, match="cannot be compared"):
        comparing.packages(read("vnf/web"), read("ns/secure-web"))


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


def test_files_that_come_and_go_are_told() -> None:
    one_file, other = (
        package.Package("vnf", VNFD, files=[package.File(path, 1, "x")]) for path in ("a", "b")
    )
    assert [
        (change.name, change.change) for change in comparing.packages(one_file, other).changes
    ] == [("a", "removed"), ("b", "added")]


def test_what_nobody_runs_touches_nothing_that_runs() -> None:
    assert "nothing that runs is touched" in difference_text.render(
        changed(vdus=one(DF.vdus, "a", maximum=9))
    )


def test_the_text_tells_ways_reasons_and_where_long_texts_part() -> None:
    text = difference_text.render(
        changed(
            storages=one(DF.storages, "disk", size=200),
            vdus=one(DF.vdus, "a", boot_data="x" * 300 + "!"),
        )
    )
    assert "  ~ VDU b: made anew, because of storage disk\n" in text
    assert "flavour default: the VNFCs of a, b are made anew\n" in text
    both = [dataclasses.replace(VNFD, description="x" * 300 + end) for end in ("one", "two")]
    assert f"description: …{'x' * 20}one → …{'x' * 20}two\n" in difference_text.render(
        comparing.compare(*both)
    )
    way = difference_text.render(
        secure_web(
            vnffgds=lambda items: one(
                items,
                "web-traffic",
                nfps=one(
                    items["web-traffic"].nfps,
                    "http",
                    positions=items["web-traffic"].nfps["http"].positions[:2],
                ),
            )
        )
    )
    assert " → client → firewall.outside, firewall.inside\n" in way


def test_equal_packages_are_said_to_be_equal() -> None:
    assert "no difference" in difference_text.render(
        comparing.packages(read("vnf/web"), read("vnf/web"))
    )
