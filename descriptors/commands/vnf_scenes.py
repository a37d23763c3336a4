# SPDX-License-Identifier: Apache-2.0
"""The scene of a VNF: a frame per flavour with VDUs and internal links."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator, Mapping, Sequence

from descriptors import model, resources, sizing
from descriptors.commands import phrases
from descriptors.commands.scenes import Bar, Box, End, Frame, Key, Scene

WIDTH = 40  # characters of a line in a box


def of_vnf(
    vnfd: model.Vnfd, level: str | None = None, scale: Mapping[str, int] | None = None
) -> Scene:
    """VNFs by themselves, one per flavour, the default one first.

    Their external CPs lead nowhere yet."""
    scene = Scene()
    ordered = sorted(vnfd.flavours.values(), key=lambda df: df.id != vnfd.default_flavour)
    for df in reversed(ordered):  # dot draws the last on top
        is_marked = len(vnfd.flavours) > 1 and df.id == vnfd.default_flavour
        title = about(df, level, " (default)" if is_marked else "")
        frame = Frame(f"{vnfd.product_name} {vnfd.software_version}", [title])
        ends = add(scene, (df.id,), df, frame, resources.instances(df, level, scale))
        names = {
            cp: requirement for requirement, cp in df.requirements.items() if requirement != cp
        }
        for cp, end in ends.items():
            key = (df.id, "external", cp)
            scene.bars[key] = Bar(names.get(cp, ""), kind="open")
            scene.wires.append((*end, key))
    return scene


def about(df: model.VnfDf, level: str | None, mark: str = "") -> str:
    """`flavour small (default), level one`."""
    chosen = level or df.default_level
    return f"flavour {df.id}{mark}" + (f", level {chosen}" if chosen else "")


def add(
    scene: Scene, key: Key, df: model.VnfDf, frame: Frame, counts: Mapping[str, int]
) -> dict[str, End]:
    """A frame with VDUs and internal links; the ends of its external CPs."""
    scene.frames[key] = frame
    for link in df.virtual_links.values():
        scene.bars[*key, "link", link.id] = Bar(link.id, link.cidr or "", "inner", key)
    ends: dict[str, End] = {}
    for vdu in df.vdus.values():
        ends |= _add_vdu(scene, key, df, vdu, counts.get(vdu.id, 0))
    for ext in df.ext_cpds.values():
        ends[ext.id] = ends[ext.cpd] if ext.cpd in ends else _add_cp(scene, key, df, ext)
    return {ext: ends[ext] for ext in df.ext_cpds if ext in ends}


def rules_of(df: model.VnfDf | model.NsDf, member: str, targets: Sequence[str]) -> list[str]:
    """Whom a VDU or constituent is to be with or apart from, and what may pass it.

    `anti-affinity at nfvi_node: store`, `ingress ipv4 tcp 80`."""
    return [*_affinity(df, member), *security(df, targets)]


def security(df: model.VnfDf | model.NsDf, targets: Iterable[str]) -> Iterator[str]:
    """`web: ingress ipv4 tcp 80`: the security group rules of these."""
    guarded = set(targets)
    for rule in df.security_groups:
        if guarded & set(rule.targets):
            yield from wrapped([f"{rule.id}: {phrases.traffic(rule)}"])


def wrapped(words: list[str]) -> list[str]:
    """The words, with commas between them, in lines.

    What stands between two commas stays together where it can."""
    line = ", ".join(word.replace(" ", "\xa0") if len(word) < WIDTH else word for word in words)
    return [part.replace("\xa0", " ") for part in textwrap.wrap(line, WIDTH)]


def _add_vdu(scene: Scene, key: Key, df: model.VnfDf, vdu: model.Vdu, count: int) -> dict[str, End]:
    """A box with the CPs of the VDU, wired to the internal links."""
    box = (*key, "vdu", vdu.id)
    cpds = {cp: df.cpds[cp] for cp in vdu.cpds}
    scene.boxes[box] = Box(
        "vnf",
        f"{vdu.id}  ×{count}",
        _lines(df, vdu),
        _aspects(df, vdu.id),
        list(cpds),
        key,
        {cp: cpd.vnic_type for cp, cpd in cpds.items() if cpd.vnic_type != "normal"},
    )
    for cp, cpd in cpds.items():
        if cpd.virtual_link in df.virtual_links:
            scene.wires.append((box, cp, (*key, "link", str(cpd.virtual_link))))
    return {cp: (box, cp) for cp in cpds}


def _add_cp(scene: Scene, key: Key, df: model.VnfDf, ext: model.ExtCpd) -> End:
    """A box of its own for an external CP that no VDU has, wired to its internal link."""
    end = ((*key, "cp", ext.id), "")
    lines = _served(df, ext.id) if ext.cpd else []
    scene.boxes[end[0]] = Box("cp", ext.id, lines, frame=key)
    if ext.cpd is None and ext.virtual_link in df.virtual_links:
        scene.wires.append((*end, (*key, "link", str(ext.virtual_link))))
    return end


def _served(df: model.VnfDf, cp: str) -> list[str]:
    """What an external CP stands for that no VDU has: a VIP, or a virtual CP."""
    vip, service = df.vip_cpds.get(cp), df.virtual_cpds.get(cp)
    if vip:
        return [f"{vip.function} of {', '.join(vip.targets)}"]
    return [f"of {', '.join(service.targets)}"] if service else []


def _lines(df: model.VnfDf, vdu: model.Vdu) -> list[str]:
    need, image = sizing.vnfc(df, vdu.id), resources.image(df, vdu.id)
    sizes = {
        f"{need.vcpus} vCPU": phrases.says_compute(vdu),
        phrases.size_of(need.memory): need.memory,
        f"{phrases.size_of(need.storage)} storage": need.storage,
    }
    lines = [", ".join(size for size, is_known in sizes.items() if is_known)]
    lines += [f"image {image.name} {image.version}"] if image else []
    wishes = phrases.wishes(vdu)
    wishes += [f"{need.vfs} VF{'s' * (need.vfs > 1)}"] if need.vfs else []
    rules = rules_of(df, vdu.id, [vdu.id, *vdu.cpds])
    return [*filter(None, lines), *wrapped(wishes), *rules]


def _affinity(df: model.VnfDf | model.NsDf, member: str) -> Iterator[str]:
    for (kind, scope), others in resources.affinity(df, member).items():
        names = ", ".join("its own" if other == member else other for other in sorted(others))
        yield from wrapped([f"{kind} at {scope}: {names}"])


def _aspects(df: model.VnfDf, vdu: str) -> list[str]:
    """How many of a VDU there are at most and least by each aspect: `servers 1…4`."""
    initial = df.initial.get(vdu, 0)
    lines = []
    for name, aspect in df.aspects.items():
        growth = resources.growth(aspect, aspect.max_scale_level)
        if vdu in growth:
            lines.append(f"{aspect.name or name} {initial}…{initial + growth[vdu]}")
    return lines
