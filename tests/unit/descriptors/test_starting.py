# SPDX-License-Identifier: Apache-2.0
"""`init` makes packages that are right from the first minute, and the same commands are `mano
package`."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner, Result

import descriptors
from descriptors import building, model, sizing
from descriptors.commands import cli, phrases, skeletons, targets
from mano.cli import group as mano

SAMPLES = Path(descriptors.__file__).parent


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(cli.group, [str(argument) for argument in arguments])


@pytest.mark.parametrize("kind", ["vnf", "ns", "pnf"])
def test_a_new_package_of_each_kind_lints_clean_and_builds(kind: str, tmp_path: Path) -> None:
    result = run("init", kind, tmp_path / "my-thing", "--provider", "Me & Co.")
    assert result.exit_code == 0, result.output
    assert run("lint", tmp_path / "my-thing").output == "1 package: 0 errors, 0 warnings\n"
    package = descriptors.read(building.build(tmp_path / "my-thing", tmp_path))
    assert (package.findings, package.kind) == ([], kind)


def test_a_new_service_links_its_vnfs_one_after_the_other(tmp_path: Path) -> None:
    vnfs = [
        part
        for name in ("firewall", "loadbalancer", "web", "web")
        for part in ("--vnf", SAMPLES / "vnf" / name)
    ]
    assert run("init", "ns", tmp_path / "chain", *vnfs).exit_code == 0
    package = building.read(tmp_path / "chain")
    assert package.findings == [] and isinstance(package.descriptor, model.Nsd)
    df = package.descriptor.flavours["default"]
    assert {name: profile.links for name, profile in df.vnf_profiles.items()} == {
        "firewall": {"outside": "link-1", "inside": "link-2", "mgmt": "mgmt"},
        "loadbalancer": {"front": "link-2", "back": "link-3", "mgmt": "mgmt"},
        "web": {"http": "link-3", "mgmt": "mgmt"},
        "web-2": {"http": "link-3", "mgmt": "mgmt"},
    }
    assert df.sapds["clients"].virtual_link == "link-1" and df.virtual_links["mgmt"].management
    [nfp] = df.vnffgds["forwarding"].nfps.values()
    assert [[(ref.profile, ref.cp) for ref in position.cps] for position in nfp.positions] == [
        [(None, "clients")],
        [("firewall", "outside"), ("firewall", "inside")],
        [("loadbalancer", "front"), ("loadbalancer", "back")],
        [("web", "http")],
    ]


def test_a_vnf_that_is_not_on_the_path_of_a_new_service_is_named(tmp_path: Path) -> None:
    vnfs = [
        part for name in ("web", "web", "gateway") for part in ("--vnf", SAMPLES / "vnf" / name)
    ]
    output = run("init", "ns", tmp_path / "chain", *vnfs).output
    assert (
        "web-2 is not on the path: it ends at web, which has one CP" in output
        and "gateway is not on the path" in output
    )
    assert (
        "not on the path"
        not in run(
            "init",
            "ns",
            tmp_path / "good",
            "--vnf",
            SAMPLES / "vnf/gateway",
            "--vnf",
            SAMPLES / "vnf/web",
        ).output
    )


@pytest.mark.parametrize("kind", ["vnf", "ns", "pnf"])
def test_a_new_package_says_when_it_was_released_and_leaves_room_for_traffic(
    kind: str, tmp_path: Path
) -> None:
    skeletons.start(kind, tmp_path / "new")
    package = building.read(tmp_path / "new")
    assert re.fullmatch(r"20\d\d-\d\d-\d\dT00:00:00Z", package.released)
    for df in (
        package.descriptor.flavours.values() if isinstance(package.descriptor, model.Nsd) else ()
    ):
        profiles = [link.properties["vl_profile"] for link in df.virtual_links.values()]
        assert all(
            it["min_bitrate_requirements"]["root"] < it["max_bitrate_requirements"]["root"]
            for it in profiles
        )


def how_to_say() -> dict[str, list[dict[str, Any]]]:
    """The table of docs/packages.md: YAML by the place that it belongs to."""
    examples: dict[str, list[dict[str, Any]]] = {}
    for row in re.findall(
        r"^\| (?!to say).*\|$", (SAMPLES.parent / "docs/packages.md").read_text(), re.M
    ):
        cells = [cell.strip() for cell in row.strip("|").split(" | ")]
        if len(cells) == 4 and "`" in cells[2]:
            examples.setdefault(cells[1].replace("`", ""), []).extend(
                yaml.safe_load(code) for code in re.findall(r"`([^`]+)`", cells[2])
            )
    return examples


def merged(target: dict[str, Any], parts: list[dict[str, Any]]) -> None:
    for part in parts:
        for name, value in part.items():
            if isinstance(value, dict) and isinstance(target.get(name), dict):
                merged(target[name], [value])
            else:
                target[name] = value


def test_all_that_the_page_says_how_to_say_makes_a_good_package(tmp_path: Path) -> None:
    skeletons.start("vnf", tmp_path / "hello")
    file, places = tmp_path / "hello/Definitions/hello.yaml", how_to_say()
    document = yaml.safe_load(file.read_text())
    template = document["topology_template"]
    nodes = template["node_templates"]
    policies = {name: policy for item in template["policies"] for name, policy in item.items()}
    merged(nodes, places.pop("node_templates"))
    merged(nodes["service"]["properties"], places.pop("the CP's properties"))
    merged(
        nodes["hello"]["capabilities"]["virtual_compute"]["properties"],
        places.pop("virtual_compute"),
    )
    nodes["hello"]["requirements"] = places.pop("the VDU's requirements")
    merged(policies["scaling_aspects"]["properties"]["aspects"], places.pop("ScalingAspects"))
    merged(policies["deltas"]["properties"], places.pop("VduScalingAspectDeltas"))
    merged(policies["numbers"]["properties"]["levels"], [{"large": {"number_of_instances": 4}}])
    nodes["hello"]["properties"]["vdu_profile"]["max_number_of_instances"] = 4
    template["policies"] = [{name: policy} for name, policy in policies.items()] + places.pop(
        "policies"
    )
    merged(document, places.pop("the top"))
    assert list(places) == ["a file of its own, imported by the first"]
    file.write_text(yaml.safe_dump(document, sort_keys=False))
    package = building.read(tmp_path / "hello")
    assert package.findings == [] and isinstance(package.descriptor, model.Vnfd)
    df = package.descriptor.flavours["default"]
    assert phrases.wishes(df.vdus["hello"]) == [
        "static CPU pinning",
        "NUMA",
        "huge pages",
        "logical node",
    ]
    assert sizing.total(df, "large") == sizing.Need(
        4 * 4 + 1, 16, 4 * 2048 + 64, 4 * 10240, 4, {2: 4 * 512}
    )
    assert df.affinity and df.security_groups and set(df.virtual_links) == {"inner"}


def test_two_new_packages_have_ids_of_their_own(tmp_path: Path) -> None:
    ids = []
    for name in ("one", "two"):
        run("init", "vnf", tmp_path / name)
        ids.append(json.loads(run("show", tmp_path / name, "--json").output)["descriptor"]["id"])
    assert ids[0] != ids[1]


def test_what_is_there_already_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "mine").write_text("x")
    result = run("init", "vnf", tmp_path)
    assert result.exit_code == 2 and "not empty" in result.output
    assert [item.name for item in tmp_path.iterdir()] == ["mine"]


@pytest.mark.parametrize(
    "arguments, words",
    [
        (["vnf", "123"], "begin it with a letter"),
        (["vnf", "x", "--vnf", str(SAMPLES / "vnf/web")], "only a network service"),
        (["ns", "x", "--vnf", str(SAMPLES / "ns/secure-web")], "VNF packages only"),
    ],
)
def test_what_cannot_be_made_is_said(
    arguments: list[str], words: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    result = run("init", *arguments)
    assert result.exit_code == 2 and words in result.output and list(tmp_path.iterdir()) == []


def test_build_makes_the_package_one_stands_in(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run("init", "vnf", tmp_path / "mine")
    monkeypatch.chdir(tmp_path / "mine")
    result = run("build", "-o", tmp_path / "out")
    assert (result.exit_code, [item.name for item in (tmp_path / "out").iterdir()]) == (
        0,
        ["mine.csar"],
    ), result.output


@pytest.mark.parametrize("folders", [[], ["empty"]])
def test_build_of_no_package_is_wrong_use_and_writes_nothing(
    folders: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "compose.yaml").write_text("services: {}")
    monkeypatch.chdir(tmp_path)
    result = run("build", *folders, "-o", "out")
    assert result.exit_code == 2 and "no package here" in result.output and "init" in result.output
    assert not (tmp_path / "out").exists()


def test_the_samples_are_built_where_they_are_asked_for(tmp_path: Path) -> None:
    result = run("build", "--samples", "-o", tmp_path)
    assert result.exit_code == 0 and sorted(item.stem for item in tmp_path.iterdir()) == sorted(
        item.name for item in targets.samples()
    )


@pytest.mark.parametrize("name", ["there.csar", "there", "new/web.csar"])
def test_out_may_be_the_file_that_is_to_be(name: str, tmp_path: Path) -> None:
    (tmp_path / "there").write_text("x")
    (tmp_path / "there.csar").write_text("x")
    result = run("build", SAMPLES / "vnf/web", "-o", tmp_path / name)
    assert result.exit_code == 0 and descriptors.read(tmp_path / name).kind == "vnf", result.output


def test_two_packages_do_not_go_into_one_file(tmp_path: Path) -> None:
    result = run("build", SAMPLES / "vnf/web", SAMPLES / "vnf/firewall", "-o", tmp_path / "x.csar")
    assert result.exit_code == 2 and "name a directory" in result.output


@pytest.mark.parametrize("arguments", [["build"], ["show"], ["lint"]])
def test_a_file_that_may_not_be_read_is_named(
    arguments: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run("init", "vnf", tmp_path / "mine")
    barred = tmp_path / "mine/ChangeLog.txt"
    allowed = os.access
    monkeypatch.setattr(
        "os.access",
        lambda path, *rest, **more: Path(path) != barred and allowed(path, *rest, **more),
    )
    result = run(*arguments, tmp_path / "mine")
    assert (
        isinstance(result.exception, SystemExit)
        and "Errno" not in result.output
        and "ChangeLog.txt" in result.output
    )


def test_mano_package_is_the_same_group_of_commands() -> None:
    names = ["init", "build", "lint", "show", "diff", "sign", "verify"]
    usage = CliRunner().invoke(mano.root, ["package", "--help"])
    assert usage.exit_code == 0 and all(name in usage.output for name in names)
    result = CliRunner().invoke(mano.root, ["package", "lint", str(SAMPLES / "vnf/web")])
    assert (result.exit_code, result.output) == (0, "1 package: 0 errors, 0 warnings\n")


def test_the_toolchain_runs_as_a_module_and_needs_nothing_else_of_ours(tmp_path: Path) -> None:
    (tmp_path / "descriptors").symlink_to(SAMPLES)
    environment = {**os.environ, "PYTHONPATH": str(tmp_path)}
    result = subprocess.run(
        [
            sys.executable,
            "-m",
            "descriptors",
            "build",
            str(SAMPLES / "vnf/web"),
            "--out",
            str(tmp_path),
        ],
        capture_output=True,
        text=True,
        env=environment,
        cwd=tmp_path,
    )
    assert (result.returncode, result.stderr) == (0, "") and (tmp_path / "web.csar").is_file()
