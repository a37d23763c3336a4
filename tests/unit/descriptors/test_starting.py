# SPDX-License-Identifier: Apache-2.0
"""`init` makes packages that are right from the first minute, and the same commands are `mano package`."""
from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

import descriptors
from descriptors import model
from descriptors.archive import building
from descriptors.commands import cli
from mano.cli import group as mano

SAMPLES = Path(descriptors.__file__).parent


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(cli.group, [str(argument) for argument in arguments])


@pytest.mark.parametrize("kind", ["vnf", "ns", "pnf"])
def test_a_new_package_of_each_kind_lints_clean_and_builds(kind: str, tmp_path: Path) -> None:
    done = run("init", kind, tmp_path / "my-thing", "--provider", "Me & Co.")
    assert done.exit_code == 0, done.output
    assert run("lint", tmp_path / "my-thing").output == "0 errors, 0 warnings\n"
    package = descriptors.read(building.build(tmp_path / "my-thing", tmp_path))
    assert (package.findings, package.kind) == ([], kind)


def test_a_new_service_links_its_vnfs_one_after_the_other(tmp_path: Path) -> None:
    vnfs = [part for name in ("firewall", "loadbalancer", "web", "web") for part in ("--vnf", SAMPLES / "vnf" / name)]
    assert run("init", "ns", tmp_path / "chain", *vnfs).exit_code == 0
    package = building.read(tmp_path / "chain")
    assert package.findings == [] and isinstance(package.descriptor, model.Nsd)
    df = package.descriptor.flavours["default"]
    assert {name: profile.links for name, profile in df.vnf_profiles.items()} == {
        "firewall": {"outside": "link-1", "inside": "link-2", "mgmt": "mgmt"},
        "loadbalancer": {"front": "link-2", "back": "link-3", "mgmt": "mgmt"},
        "web": {"http": "link-3", "mgmt": "mgmt"}, "web-2": {"http": "link-3", "mgmt": "mgmt"}}
    assert df.sapds["clients"].virtual_link == "link-1" and df.virtual_links["mgmt"].management
    [nfp] = df.vnffgds["forwarding"].nfps.values()
    assert [[(ref.profile, ref.cp) for ref in position.cps] for position in nfp.positions] == [
        [(None, "clients")], [("firewall", "outside"), ("firewall", "inside")],
        [("loadbalancer", "front"), ("loadbalancer", "back")], [("web", "http")]]


def test_two_new_packages_have_ids_of_their_own(tmp_path: Path) -> None:
    ids = []
    for name in ("one", "two"):
        run("init", "vnf", tmp_path / name)
        ids.append(json.loads(run("show", tmp_path / name, "--json").output)["descriptor"]["id"])
    assert ids[0] != ids[1]


def test_what_is_there_already_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "mine").write_text("x")
    done = run("init", "vnf", tmp_path)
    assert done.exit_code == 1 and "not empty" in done.output
    assert [item.name for item in tmp_path.iterdir()] == ["mine"]


@pytest.mark.parametrize("arguments, words", [
    (["vnf", "123"], "begin it with a letter"), (["vnf", "x", "--vnf", str(SAMPLES / "vnf/web")], "only a network service"),
    (["ns", "x", "--vnf", str(SAMPLES / "ns/secure-web")], "VNF packages only")])
def test_what_cannot_be_made_is_said(arguments: list[str], words: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    done = run("init", *arguments)
    assert done.exit_code in (1, 2) and words in done.output and list(tmp_path.iterdir()) == []


def test_mano_package_is_the_same_group_of_commands() -> None:
    names = ["init", "build", "lint", "show", "diff", "sign", "verify"]
    shown = CliRunner().invoke(mano.root, ["package", "--help"])
    assert shown.exit_code == 0 and all(name in shown.output for name in names)
    done = CliRunner().invoke(mano.root, ["package", "lint", str(SAMPLES / "vnf/web")])
    assert (done.exit_code, done.output) == (0, "0 errors, 0 warnings\n")


def test_the_toolchain_runs_as_a_module_and_needs_nothing_else_of_ours(tmp_path: Path) -> None:
    (tmp_path / "descriptors").symlink_to(SAMPLES)
    environment = {**os.environ, "PYTHONPATH": str(tmp_path)}
    done = subprocess.run([sys.executable, "-m", "descriptors", "build", str(SAMPLES / "vnf/web"), "--out", str(tmp_path)],
                          capture_output=True, text=True, env=environment, cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "") and (tmp_path / "web.csar").is_file()
