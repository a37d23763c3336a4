# SPDX-License-Identifier: Apache-2.0
"""`show --graph`: every name is drawn, in every format, and what cannot be drawn is said."""

from __future__ import annotations

from pathlib import Path

import pytest
from shown_packages import (
    FOLDERS,
    INNER_OUT,
    SAMPLES,
    VNFD,
    chain,
    names,
    needs_dot,
    read,
    run,
    words,
)

from descriptors import model
from descriptors.commands import (
    pictures,
)
from descriptors.package import Package


def test_a_picture_that_cannot_be_written_is_said_in_words(tmp_path: Path) -> None:
    result = run("show", SAMPLES / "vnf/web", "--graph", tmp_path / "nowhere/x.dot")
    assert (
        result.exit_code == 1
        and result.output == f"Error: {tmp_path}/nowhere/x.dot: no such file or directory\n"
    )


@needs_dot
@pytest.mark.parametrize("folder", FOLDERS)
def test_the_picture_of_a_sample_has_every_name(folder: str, tmp_path: Path) -> None:
    result = run("show", SAMPLES / folder, "--graph", tmp_path / "x.svg")
    assert result.exit_code == 0, result.output
    words_drawn = words((tmp_path / "x.svg").read_text())
    assert names(read(folder)) <= {word.partition("  ×")[0] for word in words_drawn}
    item = read(folder).descriptor
    for df in item.flavours.values() if isinstance(item, model.Vnfd) else ():
        assert all(any(word.startswith(f"{vdu} ") for word in words_drawn) for vdu in df.vdus)
        assert all(
            any(aspect.name in word and "…" in word for word in words_drawn)
            for aspect in df.aspects.values()
            if any(aspect.deltas)
        )


@needs_dot
def test_the_picture_of_a_service_can_show_the_inside_of_its_vnfs(tmp_path: Path) -> None:
    others = [
        part
        for name in ("web", "firewall", "loadbalancer")
        for part in ("--with", str(SAMPLES / "vnf" / name))
    ]
    assert (
        run("show", SAMPLES / "ns/secure-web", "--graph", tmp_path / "x.svg", *others).exit_code
        == 0
    )
    words_drawn = words((tmp_path / "x.svg").read_text())
    assert {
        "web  ×2",
        "lb  ×1",
        "↕ servers 1…4",
        "→ http: ipv4, tcp, destinationPort 80",
    } <= words_drawn


@needs_dot
@pytest.mark.parametrize(
    "suffix, begin", [(".png", b"\x89PNG"), (".pdf", b"%PDF"), (".dot", b"digraph")]
)
def test_the_suffix_chooses_the_format(suffix: str, begin: bytes, tmp_path: Path) -> None:
    pictures.draw(read("vnf/web"), tmp_path / f"x{suffix}")
    assert (tmp_path / f"x{suffix}").read_bytes().startswith(begin)


@needs_dot
def test_odd_names_and_several_flavours_are_drawn(tmp_path: Path) -> None:
    pictures.draw(Package("vnf", VNFD), tmp_path / "x.svg")
    words_drawn = words((tmp_path / "x.svg").read_text())
    assert {
        "<Big> 1",
        "flavour big (default), level two",
        "flavour small",
        "fast  ×2",
        "fast  ×1",
        "a",
        "b",
        "inner",
        "exposed",
    } <= words_drawn
    assert any("1 VF" in word for word in words_drawn) and any(
        "static CPU pinning" in word for word in words_drawn
    )


def test_a_missing_dot_is_said_and_another_format_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    result = run("show", SAMPLES / "vnf/web", "--graph", tmp_path / "x.svg")
    assert result.exit_code == 1 and "apt-get install graphviz" in result.output
    assert run("show", SAMPLES / "vnf/web", "--graph", tmp_path / "x.dot").exit_code == 0
    assert "one of .svg" in run("show", SAMPLES / "vnf/web", "--graph", tmp_path / "x.txt").output


@needs_dot
@pytest.mark.parametrize("vnfds", [[], [INNER_OUT]])
def test_management_has_no_wires_but_grey_cells_that_name_its_link(
    vnfds: list[model.Vnfd], tmp_path: Path
) -> None:
    package = Package("ns", chain(2))
    assert all(
        "control" not in key for _, _, bar in pictures.scene(package, vnfds).wires for key in bar
    )
    pictures.draw(package, tmp_path / "x.svg", vnfds)
    words_drawn = words((tmp_path / "x.svg").read_text())
    assert "■ management: control 10.9.0.0/24" in words_drawn and any(
        "control 10.9.0.0/24" in word for word in words_drawn if "·" in word
    )


@needs_dot
def test_a_picture_tells_numbers_aspects_rules_and_virtual_functions(tmp_path: Path) -> None:
    pictures.draw(Package("ns", chain(2)), tmp_path / "x.svg")
    pictures.draw(Package("vnf", INNER_OUT), tmp_path / "y.svg")
    words_drawn = words((tmp_path / "x.svg").read_text())
    assert {
        "vnf-0  ×1",
        "vnf-1",
        "↕ more 1…3",
        "anti-affinity at nfvi_node: vnf-1",
        "web-only: ingress ipv4 tcp 80",
    } <= words_drawn
    assert any(word.endswith("direct") for word in words((tmp_path / "y.svg").read_text()))
