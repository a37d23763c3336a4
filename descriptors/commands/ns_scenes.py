# SPDX-License-Identifier: Apache-2.0
"""The scene of a network service: SAPs, constituents, the links between them and the paths through
them."""

from __future__ import annotations

from collections.abc import Mapping

from descriptors import model, resources
from descriptors.commands import ns_tables, showing, vnf_scenes
from descriptors.commands.scenes import Bar, Box, End, Frame, Scene

Ends = dict[str, End]


def of_ns(
    nsd: model.Nsd, df: model.NsDf, vnfds: Mapping[str, model.Vnfd], level: str | None = None
) -> Scene:
    """A network service at an NS level; VNFs whose VNFD is known (by its id) with their inside."""
    chosen = level or df.default_level
    about = [
        *([f"flavour {df.id}"] if len(nsd.flavours) > 1 else []),
        *([f"NS level {chosen}"] if chosen else []),
    ]
    scene = Scene(", ".join([f"{nsd.name} {nsd.version}", *about]))
    for name, link in df.virtual_links.items():
        if link.management:
            scene.notes.append(f"management: {_addressed(link)}")
        else:
            scene.bars["link", name] = Bar(name, link.cidr or "")
    ends: dict[tuple[str | None, str], End] = {}
    for sap in df.sapds.values():
        scene.boxes["sap", sap.id] = Box("sap", sap.id, vnf_scenes.guarded(df, [sap.id]))
        ends[None, sap.id] = (("sap", sap.id), "")
        _link(scene, df, {"": sap.virtual_link or ""}, {"": ends[None, sap.id]})
    numbers = resources.profiles(df, level)
    for vnf in df.vnf_profiles.values():
        found = _vnf(scene, df, vnf, numbers[vnf.id], ns_tables.inside(vnf, vnfds))
        _link(scene, df, vnf.links, found)
        ends |= {(vnf.id, cp): end for cp, end in found.items()}
    for kind, word, item in [
        *(("pnf", "PNF", pnf) for pnf in df.pnf_profiles.values()),
        *(("ns", "nested NS", ns) for ns in df.ns_profiles.values()),
    ]:
        assert isinstance(item, model.PnfProfile | model.NsProfile)
        found = _closed(scene, df, kind, _named(df, item.id, numbers.get(item.id, 1)), [word], item)
        _link(scene, df, item.links, found)
        ends |= {(item.id, cp): end for cp, end in found.items()}
    _paths(scene, df, ends)
    return scene


def _vnf(
    scene: Scene, df: model.NsDf, vnf: model.VnfProfile, number: int, inside: model.VnfDf | None
) -> Ends:
    title = _named(df, vnf.id, number)
    if inside is None:
        return _closed(
            scene,
            df,
            "vnf",
            title,
            [f"VNF, flavour {vnf.flavour}" + (f", level {vnf.level}" if vnf.level else "")],
            vnf,
        )
    frame = Frame(
        title, [vnf_scenes.about(inside, vnf.level), *_rules(df, vnf)], _aspects(df, vnf.id)
    )
    found = vnf_scenes.add(scene, (vnf.id,), inside, frame, resources.instances(inside, vnf.level))
    return found | {name: found[cp] for name, cp in inside.requirements.items() if cp in found}


def _closed(
    scene: Scene,
    df: model.NsDf,
    kind: str,
    title: str,
    lines: list[str],
    item: model.VnfProfile | model.PnfProfile | model.NsProfile,
) -> Ends:
    """A constituent whose inside is not known."""
    scene.boxes[(item.id,)] = Box(
        kind, title, [*lines, *_rules(df, item)], _aspects(df, item.id), list(item.links)
    )
    return {cp: ((item.id,), cp) for cp in item.links}


def _named(df: model.NsDf, name: str, number: int) -> str:
    """The constituent, with its number where there is or may be more than one."""
    return f"{name}  ×{number}" if number != 1 or _aspects(df, name) else name


def _aspects(df: model.NsDf, name: str) -> list[str]:
    """`security 1…2`: how many there are over the levels of each NS scaling aspect."""
    found = []
    for aspect in df.aspects.values():
        steps = [
            number
            for level in aspect.levels
            if (number := {**level.vnfs, **level.nss}.get(name)) is not None
        ]
        found += (
            [f"{aspect.name or aspect.id} {showing.between(min(steps), max(steps))}"]
            if steps
            else []
        )
    return found


def _rules(
    df: model.NsDf, item: model.VnfProfile | model.PnfProfile | model.NsProfile
) -> list[str]:
    return vnf_scenes.apart(df, item.id) + vnf_scenes.guarded(df, [item.id])


def _link(scene: Scene, df: model.NsDf, links: Mapping[str, str], ends: Ends) -> None:
    """Wires CPs to their links; one at a management link says so instead, or wires would be most of
    the picture."""
    for cp, name in links.items():
        link, end = df.virtual_links.get(name), ends.get(cp)
        if link is None or end is None:
            continue
        if link.management:
            scene.boxes[end[0]].managed[end[1]] = _addressed(link)
        else:
            scene.wires.append((*end, ("link", name)))


def _addressed(link: model.Vld) -> str:
    return " ".join(filter(None, [link.id, link.cidr]))


def _paths(scene: Scene, df: model.NsDf, ends: dict[tuple[str | None, str], End]) -> None:
    nfps = [nfp for graph in df.vnffgds.values() for nfp in graph.nfps.values()]
    for path, nfp in enumerate(nfps):
        scene.legend.append(f"{nfp.id}: {'; '.join(map(showing.rule, nfp.match)) or 'all traffic'}")
        for number, stage in enumerate(resources.stages(nfp), 1):
            for before, after in stage:
                tail, head = (
                    ends.get((before.profile, before.cp)),
                    ends.get((after.profile, after.cp)),
                )
                if tail and head:
                    scene.hops.append((path, number, tail, head))
