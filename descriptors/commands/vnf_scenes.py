# SPDX-License-Identifier: Apache-2.0
"""The scene of a VNF: a frame per flavour with VDUs and internal links."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Mapping

from descriptors import model, resources, sizing
from descriptors.commands import showing
from descriptors.commands.scenes import Bar, Box, End, Frame, Key, Scene

WIDTH = 40  # characters of a line in a box


def of_vnf(
    vnfd: model.Vnfd, level: str | None = None, scale: Mapping[str, int] | None = None
) -> Scene:
    """VNFs by themselves, one per flavour, the default one first; their external CPs lead nowhere
    yet."""
    scene = Scene()
    ordered = sorted(vnfd.flavours.values(), key=lambda df: df.id != vnfd.default_flavour)
    for df in reversed(ordered):  # dot draws the last on top
        marked = " (default)" if len(vnfd.flavours) > 1 and df.id == vnfd.default_flavour else ""
        frame = Frame(f"{vnfd.product_name} {vnfd.software_version}", [about(df, level, marked)])
        ends = add(scene, (df.id,), df, frame, resources.instances(df, level, scale))
        names = {
            cp: requirement for requirement, cp in df.requirements.items() if requirement != cp
        }
        for cp, end in ends.items():
            key = (df.id, "external", cp)
            scene.bars[key] = Bar(names.get(cp, ""), kind="open")
            scene.wires.append((*end, key))
    return scene


def _served(df: model.VnfDf, cp: str) -> list[str]:
    """What an external CP stands for that no VDU has: a VIP, or a virtual CP."""
    vip, service = df.vip_cpds.get(cp), df.virtual_cpds.get(cp)
    if vip:
        return [f"{vip.function} of {', '.join(vip.targets)}"]
    return [f"of {', '.join(service.targets)}"] if service else []


def about(df: model.VnfDf, level: str | None, marked: str = "") -> str:
    """`flavour small (default), level one`."""
    chosen = level or df.default_level
    return f"flavour {df.id}{marked}" + (f", level {chosen}" if chosen else "")


def add(
    scene: Scene, key: Key, df: model.VnfDf, frame: Frame, numbers: Mapping[str, int]
) -> dict[str, End]:
    """A frame with VDUs and internal links; the ends of its external CPs."""
    scene.frames[key] = frame
    for link in df.virtual_links.values():
        scene.bars[*key, "link", link.id] = Bar(link.id, link.cidr or "", "inner", key)
    ends: dict[str, End] = {}
    for vdu in df.vdus.values():
        box = (*key, "vdu", vdu.id)
        scene.boxes[box] = Box(
            "vnf",
            f"{vdu.id}  ×{numbers.get(vdu.id, 0)}",
            _lines(df, vdu),
            _aspects(df, vdu.id),
            list(vdu.cpds),
            key,
            {cp: kind for cp in vdu.cpds if (kind := df.cpds[cp].vnic_type) != "normal"},
        )
        for cp in vdu.cpds:
            ends[cp] = (box, cp)
            if df.cpds[cp].virtual_link in df.virtual_links:
                scene.wires.append((box, cp, (*key, "link", str(df.cpds[cp].virtual_link))))
    for ext in df.ext_cpds.values():
        if ext.cpd is None:
            ends[ext.id] = ((*key, "cp", ext.id), "")
            scene.boxes[*key, "cp", ext.id] = Box("cp", ext.id, frame=key)
            if ext.virtual_link in df.virtual_links:
                scene.wires.append((*ends[ext.id], (*key, "link", str(ext.virtual_link))))
        elif ext.cpd in ends:
            ends[ext.id] = ends[ext.cpd]
        else:
            ends[ext.id] = ((*key, "cp", ext.id), "")
            scene.boxes[*key, "cp", ext.id] = Box("cp", ext.id, _served(df, ext.id), frame=key)
    return {ext: ends[ext] for ext in df.ext_cpds if ext in ends}


def apart(df: model.VnfDf | model.NsDf, member: str) -> list[str]:
    """`anti-affinity at nfvi_node: store`: whom a VDU or constituent is to be with, or apart
    from."""
    found = resources.affinity(df, member)
    return [
        line
        for (kind, scope), others in found.items()
        for line in wrapped(
            [
                f"{kind} at {scope}: "
                + ", ".join("its own" if other == member else other for other in sorted(others))
            ]
        )
    ]


def guarded(df: model.VnfDf | model.NsDf, targets: Iterable[str]) -> list[str]:
    """`web: ingress ipv4 tcp 80`: the security group rules of these."""
    wanted = set(targets)
    return [
        line
        for rule in df.security_groups
        if wanted & set(rule.targets)
        for line in wrapped([showing.security(rule).rpartition(", of ")[0]])
    ]


def wrapped(words: list[str]) -> list[str]:
    """The words, with commas between them, in lines; what stands between two commas stays together
    where it can."""
    whole = ", ".join(word.replace(" ", "\xa0") if len(word) < WIDTH else word for word in words)
    return [line.replace("\xa0", " ") for line in textwrap.wrap(whole, WIDTH)]


def _lines(df: model.VnfDf, vdu: model.Vdu) -> list[str]:
    need, image = sizing.vnfc(df, vdu.id), resources.image(df, vdu.id)
    sizes = [f"{need.vcpus} vCPU"] if showing.says_compute(vdu) else []
    sizes += [showing.size_of(need.memory)] if need.memory else []
    sizes += [f"{showing.size_of(need.storage)} storage"] if need.storage else []
    beyond = showing.asked(vdu) + ([f"{need.vfs} VF{'s' * (need.vfs > 1)}"] if need.vfs else [])
    lines = [", ".join(sizes), f"image {image.name} {image.version}" if image else ""]
    return (
        [line for line in lines if line]
        + wrapped(beyond)
        + apart(df, vdu.id)
        + guarded(df, [vdu.id, *vdu.cpds])
    )


def _aspects(df: model.VnfDf, vdu: str) -> list[str]:
    """How many of a VDU there are at the lowest and the highest level of each aspect: `servers
    1…4`."""
    initial = df.initial.get(vdu, 0)
    return [
        f"{aspect.name or name} {initial}…{initial + most[vdu]}"
        for name, aspect in df.aspects.items()
        if vdu in (most := resources.growth(aspect, aspect.max_scale_level))
    ]
