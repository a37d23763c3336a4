# SPDX-License-Identifier: Apache-2.0
"""What a picture of a descriptor shows, before any layout: boxes with CPs, links, frames and the hops of paths.

A box is a VDU, or a constituent whose inside is not known; a bar is a virtual link; a wire joins a box's CP and a bar.
"""
from __future__ import annotations

import textwrap
from collections.abc import Mapping
from dataclasses import dataclass, field

from descriptors import model, resources, sizing
from descriptors.commands import showing

Key = tuple[str, ...]
End = tuple[Key, str]                   # a box and one of its CPs


@dataclass
class Box:
    kind: str                           # vnf (also a VDU), pnf, ns, sap, cp (an external CP of an internal link)
    title: str
    lines: list[str] = field(default_factory=list)
    aspects: list[str] = field(default_factory=list)
    cps: list[str] = field(default_factory=list)
    frame: Key | None = None


@dataclass
class Bar:
    title: str
    about: str = ""
    kind: str = "ns"                    # ns, inner, management, open (an external CP that is not linked yet)
    frame: Key | None = None


@dataclass
class Scene:
    """`hops`: (number of the path, number of the hop, from, to). `legend`: a line per path."""
    title: str = ""
    legend: list[str] = field(default_factory=list)
    frames: dict[Key, tuple[str, str]] = field(default_factory=dict)
    boxes: dict[Key, Box] = field(default_factory=dict)
    bars: dict[Key, Bar] = field(default_factory=dict)
    wires: list[tuple[Key, str, Key]] = field(default_factory=list)
    hops: list[tuple[int, int, End, End]] = field(default_factory=list)

    def bar_of(self, end: End) -> list[Key]:
        """The links that a CP is wired to."""
        return [bar for box, cp, bar in self.wires if (box, cp) == end]

    def distances(self) -> dict[Key, int]:
        """Steps from where traffic comes in (the begin of paths, a SAP, open ends): what is drawn left of what."""
        start = list(dict.fromkeys(tail[0] for _, number, tail, _ in self.hops if number == 1))
        start = start or [key for key, box in self.boxes.items() if box.kind == "sap"][:1]
        start = start or [key for key, bar in self.bars.items() if bar.kind == "open"] or list(self.boxes)[:1]
        found, border = dict.fromkeys(start, 0), list(start)
        while border:
            here = border.pop(0)
            near = [bar if box == here else box for box, _, bar in self.wires
                    if here in (box, bar) and self.bars[bar].kind != "management"]
            for key in near:
                if key not in found:
                    found[key] = found[here] + 1
                    border.append(key)
        return found


def of_vnf(vnfd: model.Vnfd, level: str | None = None, scale: Mapping[str, int] | None = None) -> Scene:
    """VNFs by themselves, one per flavour; their external CPs lead nowhere yet."""
    scene = Scene()
    for df in vnfd.flavours.values():
        ends = _vnf(scene, (df.id,), df, level, scale, f"{vnfd.product_name} {vnfd.software_version}")
        names = {cp: requirement for requirement, cp in df.requirements.items()}
        for cp in df.ext_cpds:
            key = (df.id, "external", cp)
            scene.bars[key] = Bar(names.get(cp, cp), kind="open")
            scene.wires.append((*ends[cp], key))
    return scene


def of_ns(nsd: model.Nsd, df: model.NsDf, vnfds: Mapping[str, model.Vnfd], level: str | None = None) -> Scene:
    """A network service; VNFs whose VNFD is known (by its id) with their inside."""
    scene = Scene(f"{nsd.name} {nsd.version}" + (f", flavour {df.id}" if len(nsd.flavours) > 1 else ""))
    for name, link in df.virtual_links.items():
        scene.bars["link", name] = Bar(name, link.cidr or "", "management" if link.management else "ns")
    ends: dict[tuple[str | None, str], End] = {}
    for sap in df.sapds.values():
        scene.boxes["sap", sap.id] = Box("sap", sap.id)
        ends[None, sap.id] = (("sap", sap.id), "")
        _wire(scene, ends[None, sap.id], sap.virtual_link)
    for vnf in df.vnf_profiles.values():
        vnfd = vnfds.get(vnf.vnfd_id)
        inside = vnfd.flavours.get(vnf.flavour) if vnfd else None
        about = f"VNF, flavour {vnf.flavour}" + (f", level {vnf.level}" if vnf.level else "")
        if inside:
            found = _vnf(scene, (vnf.id,), inside, vnf.level, None, vnf.id)
            found |= {name: found[cp] for name, cp in inside.requirements.items() if cp in found}
        else:
            found = _closed(scene, vnf.id, "vnf", about, vnf.links)
        ends |= {(vnf.id, cp): end for cp, end in found.items()}
        for cp, link_id in vnf.links.items():
            if cp in found:
                _wire(scene, found[cp], link_id)
    for kind, word, name, links in [*(("pnf", "PNF", pnf.id, pnf.links) for pnf in df.pnf_profiles.values()),
                                    *(("ns", "nested NS", ns.id, ns.links) for ns in df.ns_profiles.values())]:
        for cp, end in _closed(scene, name, kind, word, links).items():
            ends[name, cp] = end
            _wire(scene, end, links[cp])
    _paths(scene, df, ends)
    return scene


def _closed(scene: Scene, name: str, kind: str, about: str, links: dict[str, str]) -> dict[str, End]:
    """A constituent whose inside is not known."""
    scene.boxes[(name,)] = Box(kind, name, [about], cps=list(links))
    return {cp: ((name,), cp) for cp in links}


def _wire(scene: Scene, end: End, link: str | None) -> None:
    if link is not None and ("link", link) in scene.bars:
        scene.wires.append((*end, ("link", link)))


def _vnf(scene: Scene, key: Key, df: model.VnfDf, level: str | None, scale: Mapping[str, int] | None, title: str) -> dict[str, End]:
    """A frame with VDUs and internal links; the ends of its external CPs."""
    numbers, chosen = resources.instances(df, level, scale), level or df.default_level
    scene.frames[key] = (title, f"flavour {df.id}" + (f", level {chosen}" if chosen else ""))
    for link in df.virtual_links.values():
        scene.bars[*key, "link", link.id] = Bar(link.id, link.cidr or "", "inner", key)
    ends: dict[str, End] = {}
    for vdu in df.vdus.values():
        box = (*key, "vdu", vdu.id)
        scene.boxes[box] = Box("vnf", f"{vdu.id}  ×{numbers.get(vdu.id, 0)}", _lines(df, vdu), _aspects(df, vdu.id),
                               list(vdu.cpds), key)
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


def _served(df: model.VnfDf, cp: str) -> list[str]:
    """What an external CP stands for that no VDU has: a VIP, or a virtual CP."""
    vip, service = df.vip_cpds.get(cp), df.virtual_cpds.get(cp)
    if vip:
        return [f"{vip.function} of {', '.join(vip.targets)}"]
    return [f"of {', '.join(service.targets)}"] if service else []


def _lines(df: model.VnfDf, vdu: model.Vdu) -> list[str]:
    need, image = sizing.vnfc(df, vdu.id), resources.image(df, vdu.id)
    sizes = [f"{need.vcpus} vCPU", *([showing.size_of(need.memory)] if need.memory else [])]
    sizes += [f"{showing.size_of(need.storage)} storage"] if need.storage else []
    beyond = showing.asked(vdu) + ([f"{need.vfs} VF{'s' * (need.vfs > 1)}"] if need.vfs else [])
    lines = [", ".join(sizes), f"image {image.name} {image.version}" if image else ""]
    return [line for line in lines if line] + textwrap.wrap(", ".join(beyond), 36)


def _aspects(df: model.VnfDf, vdu: str) -> list[str]:
    """How many of a VDU there are at the lowest and the highest level of each aspect: `servers 1…4`."""
    initial = df.initial.get(vdu, 0)
    return [f"{aspect.name or name} {initial}…{initial + most[vdu]}" for name, aspect in df.aspects.items()
            if vdu in (most := resources.growth(aspect, aspect.max_scale_level))]


def _paths(scene: Scene, df: model.NsDf, ends: dict[tuple[str | None, str], End]) -> None:
    nfps = [nfp for graph in df.vnffgds.values() for nfp in graph.nfps.values()]
    for path, nfp in enumerate(nfps):
        scene.legend.append(f"{nfp.id}: {'; '.join(map(showing.rule, nfp.match)) or 'all traffic'}")
        for number, stage in enumerate(resources.stages(nfp), 1):
            for out, into in stage:
                tail, head = ends.get((out.profile, out.cp)), ends.get((into.profile, into.cp))
                if tail and head:
                    scene.hops.append((path, number, tail, head))
