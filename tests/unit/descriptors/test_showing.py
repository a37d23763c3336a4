# SPDX-License-Identifier: Apache-2.0
"""`show`: tables, trees and totals of the samples, through the command line."""

from __future__ import annotations

import dataclasses
import io
import json
import re
from pathlib import Path

import pytest
from broken_packages import BROKEN
from click.testing import CliRunner
from rich.console import Console
from shown_packages import FOLDERS, HUNGRY, SAMPLES, VNFD, names, read, run

from descriptors import model, sizing
from descriptors.commands import (
    cli,
    tables,
    trees,
)
from descriptors.package import Package


@pytest.mark.parametrize("folder", FOLDERS)
def test_every_sample_is_shown_as_table_tree_and_json(folder: str) -> None:
    table, tree, document = (
        run("show", SAMPLES / folder),
        run("show", SAMPLES / folder, "--tree"),
        run("show", SAMPLES / folder, "--json"),
    )
    assert (table.exit_code, tree.exit_code, document.exit_code) == (0, 0, 0), (
        table.output + tree.output
    )
    assert json.loads(document.output)["kind"] == read(folder).kind
    assert "Findings" in table.output
    assert all(name in tree.output for name in names(read(folder)))


def test_totals_count_pinned_cpus_storage_functions_and_pages() -> None:
    one = sizing.total(HUNGRY, "one")
    assert one == sizing.Need(vcpus=4, dedicated=4, memory=2048, storage=110, vfs=1, pages={2: 512})
    assert sizing.total(HUNGRY) == sizing.total(HUNGRY, "two") == one + one == one * 2
    assert one * 0 == sizing.Need()


def test_the_level_asked_for_is_the_one_shown() -> None:
    output = run("show", SAMPLES / "vnf/web", "--level", "full").output
    assert re.search(r"full +4× web +4 +256 MiB", output) and "pair" not in output


@pytest.mark.parametrize(
    "more",
    [["--flavour", "x"], ["--level", "x"], ["--scale", "a=1"], ["--with", SAMPLES / "vnf/web"]],
)
def test_what_a_pnf_does_not_have_is_not_asked_for(more: list[str | Path], tmp_path: Path) -> None:
    run("init", "pnf", tmp_path / "box")
    assert [
        run("show", tmp_path / "box", *way).exit_code
        for way in ([], ["--tree"], ["--json"], ["--graph", tmp_path / "x.dot"])
    ] == [0] * 4
    assert run("show", tmp_path / "box", *more).exit_code == 2
    assert run("diff", tmp_path / "box", tmp_path / "box").exit_code == 2


@pytest.mark.parametrize(
    ("option", "more"),
    [
        ("--flavour", []),
        ("--flavour", ["--tree"]),
        ("--flavour", ["--json"]),
        ("--flavour", ["--graph", "x.svg"]),
        ("--level", []),
        ("--level", ["--graph", "x.svg"]),
    ],
)
def test_a_flavour_or_level_that_is_not_there_is_said_with_those_that_are(
    option: str, more: list[str]
) -> None:
    result = run("show", SAMPLES / "vnf/web", option, "huge", *more)
    assert result.exit_code == 2 and "huge" in result.output and "only " in result.output


def test_the_scale_asked_for_is_the_one_whose_resources_are_shown() -> None:
    output = run(
        "show",
        SAMPLES / "vnf/streaming",
        "--flavour",
        "small",
        "--scale",
        "viewers=2",
        "--scale",
        "archive=1",
    ).output
    assert (
        re.search(r"begin \(default\), scaled +3× front +6 ", output)
        and "archive 1 of 1" in output
        and "flavour large" not in output
    )


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["vnf/web", "--tree", "--json"], "do not go together"),
        (["vnf/web", "--level", "full", "--tree"], "do not go together"),
        (["vnf/web", "--with", SAMPLES / "vnf/web"], "for a network service"),
        (["ns/branch", "--scale", "a=1"], "--scale is for a VNF"),
        (["vnf/web", "--scale", "servers"], "ASPECT=LEVEL"),
        (["vnf/web", "--scale", "no=1"], "no scaling aspect 'no'"),
        (["vnf/web", "--scale", "servers=9"], "from 0 to 3"),
        (["ns/branch", "--with", SAMPLES / "ns/secure-web"], "not a VNF package"),
        (["vnf/web", "--graph", "x.gif"], "a picture is one of .svg"),
    ],
)
def test_options_that_say_nothing_together_are_wrong_use(
    arguments: list[str | Path], words: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    result = run("show", SAMPLES / arguments[0], *arguments[1:])
    assert result.exit_code == 2 and words in result.output and not list(tmp_path.iterdir())


def test_a_service_shows_its_levels_aspects_rules_and_how_many_there_are_of_each() -> None:
    output, tree = (
        " ".join(run("show", SAMPLES / "ns/branch", *more).output.split())
        for more in ([], ["--tree"])
    )
    for words in (
        "normal (default) 1× firewall One firewall",
        "security 1 2× firewall",
        "firewall VNF default default 1 of 1…2",
        "from-the-office: ingress ipv4 tcp 80, of people",
    ):
        assert words in output
    for words in (
        "firewall: 1…2 of flavour default;",
        "safe: 2× firewall",
        "NS scaling aspects │ │ └── security │ │ ├── 0: 1× firewall",
        "from-the-office: ingress ipv4 tcp 80, of people",
    ):
        assert words in tree


def test_the_resources_of_a_service_are_those_of_its_vnfs_at_a_level() -> None:
    others = [part for name in ("web", "firewall") for part in ("--with", SAMPLES / "vnf" / name)]
    output = run(
        "show", SAMPLES / "ns/branch", "--level", "safe", "--with", SAMPLES / "vnf/firewall"
    ).output
    assert re.search(r"firewall +2 +2 +128 MiB", output) and re.search(
        r"the whole \(without web\) +2 +128 MiB", output
    )
    output = run(
        "show", SAMPLES / "ns/secure-web", *others, "--with", SAMPLES / "vnf/gateway"
    ).output
    assert re.search(r"web +1 +2 +128 MiB", output) and re.search(
        r"the whole \(without loadbalancer\) +3 +192 MiB", output
    )
    assert "vnf/gateway changes nothing: no VNF of the service has the VNFD" in output


def test_the_tree_of_a_vnf_shows_steps_and_security_groups() -> None:
    df = dataclasses.replace(
        HUNGRY,
        aspects={
            "size": model.ScalingAspect(
                "size", max_scale_level=3, deltas=[{"fast": 1}, {"fast": 2}]
            )
        },
        security_groups=[model.SecurityGroupRule("in", port_min=80, port_max=81, targets=["a"])],
    )
    console = Console(width=100, file=io.StringIO())
    console.print(trees.tree(Package("vnf", dataclasses.replace(VNFD, flavours={"big": df}))))
    output = console.file.getvalue()  # type: ignore[attr-defined]
    assert all(
        words in output
        for words in ("step 1: 1× fast", "steps 2…3: 2× fast", "in: ingress ipv4 tcp 80…81, of a")
    )


def test_in_80_columns_no_word_is_broken_and_no_line_is_longer() -> None:
    result = CliRunner(env={"COLUMNS": "80"}).invoke(
        cli.group, ["show", str(SAMPLES / "vnf/gateway")]
    )
    assert all(len(line) <= 80 for line in result.output.splitlines())
    assert (
        "forwarder, asks for: static CPU pinning, NUMA, huge pages, logical node, dpdk"
        in result.output
    )
    assert "Storage" not in result.output and "512× 2 MiB" in result.output


def test_a_vdu_without_compute_has_no_size() -> None:
    bare = model.VnfDf("df", vdus={"v": model.Vdu("v", "v")})
    console = Console(width=100, file=io.StringIO())
    for show in (tables.summary, trees.tree):
        console.print(show(Package("vnf", dataclasses.replace(VNFD, flavours={"df": bare}))))
    assert "vCPU" not in console.file.getvalue()  # type: ignore[attr-defined]


def test_a_terminal_without_utf8_gets_simpler_signs() -> None:
    result = CliRunner(charset="ascii").invoke(
        cli.group, ["show", str(SAMPLES / "vnf/web"), "--tree"]
    )
    assert result.exit_code == 0 and "1...4 VNFCs" in result.output


def test_the_version_is_told() -> None:
    assert re.fullmatch(r"mano-package .+\n", run("--version").output)


def test_a_path_is_told_in_words() -> None:
    assert (
        "client → firewall (outside, inside) → loadbalancer (front, back) → web (http)"
        in " ".join(run("show", SAMPLES / "ns/secure-web").output.split())
    )


@pytest.mark.parametrize(
    "arguments", [["show"], ["diff", SAMPLES / "vnf/web"], ["init", "ns", "x", "--vnf"]]
)
def test_a_package_that_hangs_its_reader_ends_as_a_finding(
    arguments: list[str | Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MANO_PACKAGE_TIMEOUT", "2")
    monkeypatch.chdir(tmp_path)
    result = run(*arguments, BROKEN["parser-timeout"].write(tmp_path))
    assert (
        result.exit_code == 1
        and "parser-timeout" in result.output
        and "MANO_PACKAGE_TIMEOUT" in result.output
    )


def test_different_kinds_are_not_compared(tmp_path: Path) -> None:
    result = run("diff", SAMPLES / "vnf/web", SAMPLES / "ns/branch")
    assert (
        result.exit_code == 2
        and "web is a VNF package" in result.output
        and "branch is a network service" in result.output
    )


def test_a_package_that_cannot_be_read_is_no_stack_trace(tmp_path: Path) -> None:
    (tmp_path / "x.csar").write_bytes(b"PK no zip")
    result = run("show", tmp_path / "x.csar")
    assert (
        result.exit_code == 1
        and "csar-not-a-zip" in result.output
        and isinstance(result.exception, SystemExit)
    )
