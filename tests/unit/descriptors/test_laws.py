# SPDX-License-Identifier: Apache-2.0
"""What holds for every descriptor: scaling there and back, levels in order, building and reading,
reading side by side."""

from __future__ import annotations

import dataclasses
import random
import threading
from pathlib import Path
from typing import Any

import pytest
import yaml
from broken_packages import BROKEN, FULL, INITIAL
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from small_packages import NSD, VNFD, Make, real_packages, write_csar

import descriptors
from descriptors import building, model, pool, resources
from descriptors.commands import targets
from tests.bench import cost

QUICK = settings(deadline=None)  # a loaded machine is no mistake
SLOW = settings(
    max_examples=20,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
names = st.from_regex(r"[a-z][a-z0-9]{0,6}", fullmatch=True)


@st.composite
def scalable(draw: st.DrawFn) -> model.VnfDf:
    """A flavour with levels and aspects; aspects share VDUs, VDUs may have no aspect, levels may
    have no scale."""
    vdus = draw(st.lists(names, min_size=1, max_size=4, unique=True))
    some = st.dictionaries(st.sampled_from(vdus), st.integers(0, 4), max_size=3)
    aspects = {
        f"a{number}": model.ScalingAspect(
            f"a{number}", "", draw(st.integers(0, 6)), draw(st.lists(some, max_size=3))
        )
        for number in range(draw(st.integers(1, 3)))
    }
    initial = {vdu: draw(st.integers(0, 3)) for vdu in vdus}
    scales = draw(
        st.lists(
            st.fixed_dictionaries(
                {},
                optional={
                    name: st.integers(0, aspect.max_scale_level) for name, aspect in aspects.items()
                },
            ),
            max_size=3,
        )
    )
    levels = {
        f"l{number}": model.InstantiationLevel(
            f"l{number}", "", counted(initial, aspects, scale), scale
        )
        for number, scale in enumerate(scales)
    }
    return model.VnfDf(
        "d",
        vdus={vdu: model.Vdu(vdu, vdu) for vdu in vdus},
        aspects=aspects,
        levels=levels,
        default_level=next(iter(levels), None),
        initial=initial,
    )


def counted(
    initial: dict[str, int], aspects: dict[str, model.ScalingAspect], scale: dict[str, int]
) -> dict[str, int]:
    """The number of VNFCs, counted step by step, as SOL001 6.10.5 says it: what the arithmetic is
    measured against."""
    numbers = dict(initial)
    for name, level in scale.items():
        deltas = aspects[name].deltas
        for step in range(level):
            for vdu, more in (deltas[min(step, len(deltas) - 1)] if deltas else {}).items():
                numbers[vdu] += more
    return numbers


def statuses(df: model.VnfDf) -> st.SearchStrategy[dict[str, int]]:
    return st.fixed_dictionaries(
        {name: st.integers(0, aspect.max_scale_level) for name, aspect in df.aspects.items()}
    )


@QUICK
@given(scalable(), st.data())
def test_vnfcs_are_the_initial_number_and_every_step_of_every_aspect(
    df: model.VnfDf, data: st.DataObject
) -> None:
    scale = data.draw(statuses(df))
    level = data.draw(st.sampled_from([None, *df.levels]))
    assert resources.instances(df, level, scale) == counted(df.initial, df.aspects, scale)
    assert resources.instances(df, level, dict(reversed(scale.items()))) == counted(
        df.initial, df.aspects, scale
    )
    assert resources.instances(df, level) == counted(
        df.initial, df.aspects, resources.scale_status(df, level)
    )


@QUICK
@given(scalable(), st.data())
def test_vips_and_bit_rates_grow_as_vnfcs_do(df: model.VnfDf, data: st.DataObject) -> None:
    def rated(numbers: dict[str, int]) -> dict[str, dict[str, int]]:
        return {name: {"root": number} for name, number in numbers.items()}

    same = dataclasses.replace(
        df,
        vip_cpds={name: model.VipCpd(name) for name in df.vdus},
        initial_vips=df.initial,
        initial_bitrates=rated(df.initial),
        levels={
            name: dataclasses.replace(level, vips=level.vdus, bitrates=rated(level.vdus))
            for name, level in df.levels.items()
        },
        aspects={
            name: dataclasses.replace(
                aspect, vips=aspect.deltas, bitrates=[rated(step) for step in aspect.deltas]
            )
            for name, aspect in df.aspects.items()
        },
    )
    level, scale = data.draw(st.sampled_from([None, *df.levels])), data.draw(statuses(df))
    numbers = resources.instances(df, level, scale)
    assert resources.vips(same, level, scale) == numbers
    assert resources.bitrates(same, level, scale) == rated(numbers)


@QUICK
@given(scalable(), st.data())
def test_scaling_out_and_in_again_changes_nothing(df: model.VnfDf, data: st.DataObject) -> None:
    before, aspect = data.draw(statuses(df)), data.draw(st.sampled_from(sorted(df.aspects)))
    target = data.draw(st.integers(before[aspect], df.aspects[aspect].max_scale_level))
    out, back = (
        resources.delta(df, aspect, before[aspect], target),
        resources.delta(df, aspect, target, before[aspect]),
    )
    numbers = resources.instances(df, scale=before)
    after = {vdu: number + out.get(vdu, 0) for vdu, number in numbers.items()}
    assert after == resources.instances(df, scale={**before, aspect: target})
    assert {vdu: number + back.get(vdu, 0) for vdu, number in after.items()} == numbers


@QUICK
@given(scalable(), st.data())
def test_a_higher_level_never_has_fewer_vnfcs(df: model.VnfDf, data: st.DataObject) -> None:
    low = data.draw(statuses(df))
    high = {
        name: data.draw(st.integers(low[name], aspect.max_scale_level))
        for name, aspect in df.aspects.items()
    }
    few, many = resources.instances(df, scale=low), resources.instances(df, scale=high)
    assert all(many[vdu] >= number for vdu, number in few.items())


@QUICK
@given(scalable(), st.integers(1, 9))
def test_a_level_that_is_not_there_is_refused(df: model.VnfDf, more: int) -> None:
    with pytest.raises(ValueError, match="scales from 0 to"):
        resources.instances(df, scale={"a0": df.aspects["a0"].max_scale_level + more})


def test_a_level_without_end_takes_no_time() -> None:
    """Found by the fuzzer: max_scale_level may be any number."""
    aspect = model.ScalingAspect("a", "", 10**30, [{"v": 2}, {"v": 3}])
    df = model.VnfDf("d", vdus={"v": model.Vdu("v", "v")}, aspects={"a": aspect}, initial={"v": 1})
    assert resources.instances(df, scale={"a": 10**30}) == {"v": 1 + 2 + 3 * (10**30 - 1)}
    assert [resources.growth(aspect, level)["v"] for level in range(4)] == [0, 2, 5, 8]


@st.composite
def described(draw: st.DrawFn) -> tuple[str, dict[str, tuple[int, int, int]]]:
    """A VNFD with VDUs of any size and one aspect, as text, and what the model must say of them.

    That is {vdu: (CPUs, MiB, VNFCs at level 2)}."""
    document = yaml.safe_load(VNFD)
    templates = document["topology_template"]["node_templates"]
    new = names.filter(lambda name: name not in templates)
    sizes, policies = {}, []
    step = draw(st.integers(1, 3))
    for name in draw(st.lists(new, min_size=1, max_size=4, unique=True)):
        cpus, memory = draw(st.integers(1, 64)), draw(st.integers(1, 10**6))
        initial = draw(st.integers(0, 3))
        templates[name] = vdu_of(templates["vdu"], name, cpus, memory)
        sizes[name] = (cpus, memory, initial + 2 * step)
        begin = vnfcs(initial)
        policies.append(policy(f"{name}-initial", "VduInitialDelta", [name], initial_delta=begin))
    aspect = {"name": "more", "description": "d", "max_scale_level": 2, "step_deltas": ["step"]}
    deltas = {"step": vnfcs(step)}
    policies += [
        policy("aspects", "ScalingAspects", [], aspects={"more": aspect}),
        policy("deltas", "VduScalingAspectDeltas", sorted(sizes), aspect="more", deltas=deltas),
    ]
    document["topology_template"]["policies"] = policies
    return yaml.safe_dump(document, sort_keys=False), sizes


def vdu_of(template: dict[str, Any], name: str, cpus: int, memory: int) -> dict[str, Any]:
    vdu: dict[str, Any] = yaml.safe_load(yaml.safe_dump(template))
    vdu["properties"]["name"] = name
    vdu["properties"]["vdu_profile"]["max_number_of_instances"] = 100
    vdu["capabilities"]["virtual_compute"]["properties"] = {
        "virtual_cpu": {"num_virtual_cpu": cpus},
        "virtual_memory": {"virtual_mem_size": f"{memory} MiB"},
    }
    return vdu


def vnfcs(number: int) -> dict[str, int]:
    return {"number_of_instances": number}


def policy(name: str, kind: str, targets: list[str], **properties: object) -> dict[str, Any]:
    body = {"type": f"tosca.policies.nfv.{kind}", "properties": properties}
    return {name: {**body, "targets": targets} if targets else body}


@SLOW
@given(described())
def test_what_was_built_is_what_is_read(
    tmp_path_factory: pytest.TempPathFactory, vnf: tuple[str, dict[str, tuple[int, int, int]]]
) -> None:
    folder = tmp_path_factory.mktemp("thing")
    (folder / "Definitions").mkdir()
    (folder / "Definitions" / "thing.yaml").write_text(vnf[0])
    draft, package = (
        building.read(folder),
        descriptors.read(building.build(folder, folder / "thing.csar")),
    )
    assert package.findings == []
    assert package.descriptor == draft.descriptor
    assert isinstance(package.descriptor, model.Vnfd)
    df = package.descriptor.flavours["simple"]
    numbers = resources.instances(df, scale={"more": 2})
    assert {
        name: (df.vdus[name].vcpus, df.vdus[name].memory, numbers[name]) for name in vnf[1]
    } == vnf[1]


@pytest.mark.parametrize("folder", targets.samples(), ids=lambda folder: folder.name)
def test_a_sample_is_without_findings_and_survives_every_way(tmp_path: Path, folder: Path) -> None:
    draft, package = building.read(folder), descriptors.read(building.build(folder, tmp_path))
    assert [str(finding) for finding in [*draft.findings, *package.findings]] == []
    assert package.descriptor == draft.descriptor
    assert descriptors.package.load(package.to_dict()) == package


def many(folder: Path) -> list[Path]:
    """64 packages, good and bad."""
    good = [
        write_csar(folder / f"good-{number}.csar", {"top.yaml": text})
        for number, text in enumerate((VNFD, FULL, NSD))
    ]
    good += [building.build(sample, folder) for sample in targets.samples()]
    bad = [
        broken.write(_fresh(folder, name))
        for name, broken in BROKEN.items()
        if name not in ("parser-timeout", "parser-crash")
    ]
    packages = [*good, *real_packages(), *good, *bad][:64]
    random.Random(1).shuffle(packages)
    return packages


def _fresh(folder: Path, name: str) -> Path:
    (folder / name).mkdir()
    return folder / name


def test_64_side_by_side_are_judged_as_one_by_one_and_within_128_mb(tmp_path: Path) -> None:
    paths = many(tmp_path)
    alone = [descriptors.read(path) for path in paths]
    together: dict[int, descriptors.Package] = {}
    children = pool.Pool(workers=2)
    threads = [
        threading.Thread(
            target=lambda number=number: together.__setitem__(number, children.read(paths[number]))
        )
        for number in range(len(paths))
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(paths) == 64 and sum(package.ok for package in alone) >= 20
    assert [together[number] for number in range(64)] == alone
    assert children.pids()
    for pid in children.pids():
        assert cost.peak(pid) < 128 * 2**20
    children.close()


def test_the_order_of_a_path_and_who_is_apart_are_told(tmp_path: Path) -> None:
    package = building.read(Path(descriptors.__file__).parent / "ns" / "branch")
    assert isinstance(package.descriptor, model.Nsd)
    graph = package.descriptor.flavours["default"].vnffgds["traffic"]
    hops = {
        name: [
            f"{one.profile or one.cp}.{one.cp}>{other.profile}.{other.cp}"
            for one, other in resources.hops(path)
        ]
        for name, path in graph.nfps.items()
    }
    assert hops == {
        "http": [
            "people.people>router.lan",
            "router.wan>firewall.outside",
            "firewall.inside>web.client",
        ],
        "other": ["people.people>router.lan", "router.wan>firewall.outside"],
    }
    vnfd = building.read(Path(descriptors.__file__).parent / "vnf" / "streaming").descriptor
    assert isinstance(vnfd, model.Vnfd)
    assert resources.affinity(vnfd.flavours["small"], "store") == {
        ("anti-affinity", "nfvi_node"): {"transcoder"}
    }
    gateway = building.read(Path(descriptors.__file__).parent / "vnf" / "gateway").descriptor
    assert isinstance(gateway, model.Vnfd)
    assert resources.affinity(gateway.flavours[gateway.default_flavour], "forwarder") == {
        ("anti-affinity", "nfvi_node"): {"forwarder"}
    }


def test_two_aspects_of_a_vdu_add_up_and_without_an_initial_number_it_begins_at_its_minimum(
    make: Make,
) -> None:
    more = (
        FULL.replace(
            "step_deltas: [ one ] } } }",
            "step_deltas: [ one ] }, other: { name: o, description: d, max_scale_level: 3, "
            "step_deltas: [ two ] } } }",
        )
        .replace(
            "    - levels:\n",
            """\
    - others:
        type: tosca.policies.nfv.VduScalingAspectDeltas
        properties: { aspect: other, deltas: { two: { number_of_instances: 2 } } }
        targets: [ vdu ]
    - levels:
""",
            1,
        )
        .replace("max_number_of_instances: 3", "max_number_of_instances: 9")
    )
    assert descriptors.read(make(vnfd=more)).findings == []
    package = descriptors.read(make(vnfd=more.replace(INITIAL, "")))
    assert {finding.rule for finding in package.findings} == {"vnfd-no-initial-delta"}
    assert isinstance(package.descriptor, model.Vnfd)
    df = package.descriptor.flavours["simple"]
    assert df.vdus["vdu"].minimum == 1
    assert (
        resources.instances(df, scale={"size": 2, "other": 0})
        == resources.instances(df, scale={"other": 0, "size": 2})
        == {"vdu": 3}
    )
    assert resources.instances(df, scale={"size": 1, "other": 3}) == {"vdu": 1 + 1 + 6}
    assert resources.instances(df) == resources.instances(df, scale={"size": 0}) == {"vdu": 1}


def test_a_level_names_how_many_of_each_profile_an_ns_has_and_else_it_is_the_minimum() -> None:
    df = model.NsDf(
        "d",
        vnf_profiles={
            "a": model.VnfProfile("a", "1", "f", minimum=2),
            "b": model.VnfProfile("b", "2", "f"),
        },
        ns_profiles={"n": model.NsProfile("n", "3")},
        levels={"big": model.NsLevel("big", vnfs={"a": 5}, nss={"n": 2})},
    )
    assert resources.profiles(df) == {"a": 2, "b": 1, "n": 1}
    assert resources.profiles(df, "big") == {"a": 5, "b": 1, "n": 2}
    with pytest.raises(ValueError, match="no NS level 'huge'"):
        resources.profiles(df, "huge")
