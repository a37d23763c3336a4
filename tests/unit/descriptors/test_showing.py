# SPDX-License-Identifier: Apache-2.0
"""`show`: tables, trees, totals and pictures of the samples, through the command line."""

from __future__ import annotations

import dataclasses
import io
import json
import re
import shutil
from functools import cache
from html import unescape
from pathlib import Path

import pytest
from broken_packages import BROKEN
from click.testing import CliRunner, Result
from rich.console import Console

import descriptors
from descriptors import building, model, sizing
from descriptors.commands import (
    boxes,
    cells,
    cli,
    drawing,
    ns_scenes,
    phrases,
    pictures,
    scenes,
    tables,
    targets,
    trees,
    vnf_scenes,
)
from descriptors.package import Package

SAMPLES = Path(descriptors.__file__).parent
FOLDERS = [folder.relative_to(SAMPLES).as_posix() for folder in targets.samples()]
needs_dot = pytest.mark.skipif(
    shutil.which("dot") is None, reason="needs the program dot (graphviz)"
)
HUNGRY = model.VnfDf(
    "big",
    default_level="two",
    vdus={
        "fast": model.Vdu(
            "fast",
            "fast",
            vcpus=4,
            memory=2048,
            local_storage=[10],
            storages=["disk"],
            cpds=["a", "b"],
            maximum=2,
            requirements={
                "virtual_cpu_pinning": {"virtual_cpu_pinning_policy": "static"},
                "numa_enabled": True,
                "huge_pages_requirements": [{"hugepage_size": "2 MiB", "requested_size": "1 GiB"}],
            },
        )
    },
    cpds={"a": model.Cpd("a", "fast", vnic_type="direct"), "b": model.Cpd("b", "fast", "inner")},
    ext_cpds={
        "a": model.ExtCpd("a", "a"),
        "exposed": model.ExtCpd("exposed", virtual_link="inner"),
    },
    virtual_links={"inner": model.Vld("inner", cidr="10.0.0.0/24")},
    storages={"disk": model.Storage("disk", size=100)},
    levels={
        "one": model.InstantiationLevel("one", "", {"fast": 1}),
        "two": model.InstantiationLevel("two", "", {"fast": 2}),
    },
)
VNFD = model.Vnfd(
    "id",
    "me & co",
    "<Big>",
    "1",
    "1",
    flavours={
        "big": HUNGRY,
        "small": dataclasses.replace(HUNGRY, id="small", default_level=None, levels={}),
    },
    default_flavour="big",
)


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(cli.group, [str(argument) for argument in arguments])


@cache
def read(folder: str) -> Package:
    return building.read(SAMPLES / folder)


def words(svg: str) -> set[str]:
    """All texts of a picture."""
    return {
        unescape(text).replace("\xa0", " ")
        for text in re.findall(r"<text[^>]*>([^<]*)</text>", svg)
    }


def names(package: Package) -> set[str]:
    """What a picture of the package must show."""
    item = package.descriptor
    names: set[str] = set()
    if isinstance(item, model.Vnfd):
        for df in item.flavours.values():
            names |= {*df.cpds, *df.virtual_links, *df.ext_cpds}
    elif isinstance(item, model.Nsd):
        df = item.flavours[item.default_flavour]
        profiles = [*df.vnf_profiles.values(), *df.pnf_profiles.values(), *df.ns_profiles.values()]
        names = {
            *df.virtual_links,
            *df.sapds,
            *(profile.id for profile in profiles),
            *(cp for item in profiles for cp in item.links),
        }
    return names


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


def test_a_picture_that_cannot_be_written_is_said_in_words(tmp_path: Path) -> None:
    result = run("show", SAMPLES / "vnf/web", "--graph", tmp_path / "nowhere/x.dot")
    assert (
        result.exit_code == 1
        and result.output == f"Error: {tmp_path}/nowhere/x.dot: no such file or directory\n"
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


def test_a_path_takes_the_links_that_its_ends_share_in_order() -> None:
    scene = pictures.scene(read("ns/secure-web"))
    assert [(number, tail[0][0], head[0][0]) for _, number, tail, head in scene.hops] == [
        (1, "sap", "firewall"),
        (2, "firewall", "loadbalancer"),
        (3, "loadbalancer", "web"),
    ]
    assert all(
        set(scene.bars_of(tail)) & set(scene.bars_of(head)) for _, _, tail, head in scene.hops
    )
    distance = scene.distances()
    way: list[scenes.Key] = [
        ("sap", "client"),
        ("link", "clients"),
        ("firewall",),
        ("link", "dmz"),
        ("loadbalancer",),
        ("link", "servers"),
        ("web",),
    ]
    assert [distance[key] for key in way] == list(range(7))


def test_every_element_of_a_position_is_on_the_way_and_a_virtual_ip_is_shown() -> None:
    ends = [[model.CpRef("in", "a")], [model.CpRef("in", "b")]]
    nfp = model.Nfpd(
        "p", [model.NfpPosition([[model.CpRef("people")]]), model.NfpPosition(ends, "lb")]
    )
    df = model.NsDf(
        "d",
        virtual_links={"lan": model.Vld("lan")},
        sapds={"people": model.Sapd("people", "lan")},
        vnf_profiles={name: model.VnfProfile(name, "v", "f", links={"in": "lan"}) for name in "ab"},
        nfps={"q": dataclasses.replace(nfp, id="q")},
        vnffgds={"g": model.Vnffgd("g", {"p": nfp})},
    )
    nsd = model.Nsd("i", "me", "1", "n", default_flavour="d", flavours={"d": df})
    scene = ns_scenes.of_ns(nsd, df, {})
    assert [(number, head) for _, number, _, head in scene.hops] == [
        (1, (("a",), "in")),
        (1, (("b",), "in")),
    ]
    assert phrases.path(nfp) == "people → a (in) | b (in) [lb]"
    assert "NFP q of no VNFFG" in shown_tree(Package("ns", nsd))
    vip = dataclasses.replace(
        HUNGRY,
        vip_cpds={"v": model.VipCpd("v", ["a"], "load_balance")},
        ext_cpds={"v": model.ExtCpd("v", "v")},
    )
    vnfd = dataclasses.replace(VNFD, flavours={"big": vip})
    assert vnf_scenes.of_vnf(vnfd).boxes["big", "cp", "v"].lines == ["load_balance of a"]
    assert "v → external: load_balance of a" in shown_tree(Package("vnf", vnfd))


def test_a_pnf_is_shown_with_its_external_cps() -> None:
    package = Package(
        "pnf",
        model.Pnfd(
            "i",
            "me",
            "box",
            "1",
            "a box",
            ext_cpds={"port": model.ExtCpd("port")},
            requirements={"wan": "port"},
        ),
    )
    assert "port, requirement wan" in shown_tree(package) and "a box" in shown_tree(package)
    assert pictures.scene(package).boxes["pnf",].title == "box"


def shown_tree(package: Package) -> str:
    console = Console(width=200, record=True, file=io.StringIO())
    console.print(trees.tree(package))
    return console.export_text()


def chain(length: int, paths: int = 1) -> model.Nsd:
    """A service of VNFs one after the other: each with a CP that an internal link holds as well,
    and one at management."""
    links = {f"link-{number}": model.Vld(f"link-{number}") for number in range(length + 1)}
    profiles = {
        f"vnf-{number}": model.VnfProfile(
            f"vnf-{number}",
            "inner-out",
            "df",
            links={"both": f"link-{number}", "out": f"link-{number + 1}", "ops": "control"},
        )
        for number in range(length)
    }
    positions = [
        model.NfpPosition([cps])
        for cps in (
            [model.CpRef("sap")],
            *([model.CpRef("both", name), model.CpRef("out", name)] for name in profiles),
        )
    ]
    graph = model.Vnffgd(
        "graph",
        {f"path-{number}": model.Nfpd(f"path-{number}", positions) for number in range(paths)},
    )
    df = model.NsDf(
        "df",
        vnf_profiles=profiles,
        sapds={"sap": model.Sapd("sap", "link-0")},
        vnffgds={"graph": graph},
        virtual_links={
            **links,
            "control": model.Vld("control", cidr="10.9.0.0/24", management=True),
        },
        affinity=[model.AffinityRule("apart", "anti-affinity", "nfvi_node", ["vnf-0", "vnf-1"])],
        security_groups=[
            model.SecurityGroupRule("web-only", port_min=80, port_max=80, targets=["sap"])
        ],
        aspects={
            "more": model.NsScalingAspect(
                "more",
                levels=[
                    model.NsLevel("0", vnfs={"vnf-0": 1}),
                    model.NsLevel("1", vnfs={"vnf-0": 3}),
                ],
            )
        },
    )
    return model.Nsd("ns", "me", "1", "chain", flavours={"df": df}, default_flavour="df")


INNER_OUT = model.Vnfd(
    "inner-out",
    "me",
    "Inner",
    "1",
    "1",
    default_flavour="df",
    flavours={
        "df": model.VnfDf(
            "df",
            vdus={
                "a": model.Vdu("a", "a", cpds=["both", "ops"]),
                "b": model.Vdu("b", "b", cpds=["b-inner", "out"]),
            },
            cpds={
                "both": model.Cpd("both", "a", "inner", vnic_type="direct"),
                "ops": model.Cpd("ops", "a"),
                "b-inner": model.Cpd("b-inner", "b", "inner"),
                "out": model.Cpd("out", "b"),
            },
            ext_cpds={name: model.ExtCpd(name, name) for name in ("both", "ops", "out")},
            virtual_links={"inner": model.Vld("inner")},
        )
    },
)


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


def test_a_cp_that_is_external_and_internal_is_wired_on_both_sides() -> None:
    source = drawing.graph(pictures.scene(Package("vnf", INNER_OUT))).source
    [port] = re.findall(r'port="(n\d+)" bgcolor="#eef3fb"><font point-size="10">both<', source)
    assert re.search(rf":{port}:w\b", source) and re.search(rf":{port}:e\b", source)


def test_of_two_paths_through_a_cp_each_has_a_port_and_arrows_end_at_cps_only() -> None:
    source = drawing.graph(pictures.scene(Package("ns", chain(2, paths=2)))).source
    edges = re.findall(r"^\t(\S+) -> (\S+) \[(.*)\]$", source, re.M)
    paths = [(tail, head, about) for tail, head, about in edges if "penwidth" in about]
    assert all((":" in head) == ("dir=forward" in about) for _, head, about in paths)
    assert {re.sub(r".*(p\d):.*", r"\1", head) for _, head, about in paths if ":" in head} == {
        "p0",
        "p1",
    }


@pytest.mark.parametrize(("length", "direction"), [(3, "LR"), (8, "TB")])
def test_a_long_chain_goes_down(length: int, direction: str) -> None:
    for vnfds in ([], [INNER_OUT]):
        source = drawing.graph(pictures.scene(Package("ns", chain(length)), vnfds)).source
        assert f"rankdir={direction}" in source or (vnfds and "rankdir=TB" in source)


def test_the_default_flavour_is_on_top_and_open_ends_do_not_repeat_their_names() -> None:
    scene = pictures.scene(Package("vnf", VNFD))
    assert [frame.lines for frame in scene.frames.values()] == [
        ["flavour small"],
        ["flavour big (default), level two"],
    ]  # dot: last on top
    assert {bar.title for bar in scene.bars.values() if bar.kind == "open"} == {""}


def test_paths_and_aspects_have_colours_of_their_own() -> None:
    assert boxes.ASPECT not in cells.PATHS and len(set(cells.PATHS)) == len(cells.PATHS)
