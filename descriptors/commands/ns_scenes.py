# SPDX-License-Identifier: Apache-2.0
"""The scene of a network service: SAPs, constituents, links between them, paths through them."""

from __future__ import annotations

from collections.abc import Mapping

from descriptors import model, resources
from descriptors.commands import ns_tables, phrases, vnf_scenes
from descriptors.commands.scenes import Bar, Box, End, Frame, Scene

Ends = dict[str, End]  # by the CP
Profile = model.VnfProfile | model.PnfProfile | model.NsProfile


def of_ns(
    nsd: model.Nsd, df: model.NsDf, vnfds: Mapping[str, model.Vnfd], level: str | None = None
) -> Scene:
    """A network service at an NS level; VNFs whose VNFD is known (by its id) with their inside."""
    scene = Scene(_title(nsd, df, level))
    for name, link in df.virtual_links.items():
        if link.management:
            scene.notes.append(f"management: {_addressed(link)}")
        else:
            scene.bars["link", name] = Bar(name, link.cidr or "")
    picture = _Picture(scene, df, resources.profiles(df, level))
    for sap in df.sapds.values():
        picture.add_sap(sap)
    for vnf in df.vnf_profiles.values():
        picture.add_vnf(vnf, ns_tables.inside(vnf, vnfds))
    for pnf in df.pnf_profiles.values():
        picture.add_closed("pnf", ["PNF"], pnf)
    for ns in df.ns_profiles.values():
        picture.add_closed("ns", ["nested NS"], ns)
    picture.add_paths()
    return scene


class _Picture:
    """A scene that grows; `ends` are the CPs by profile (None of SAPs) and name."""

    def __init__(self, scene: Scene, df: model.NsDf, counts: Mapping[str, int]) -> None:
        self.scene, self.df, self.counts = scene, df, counts
        self.ends: dict[tuple[str | None, str], End] = {}

    def add_sap(self, sap: model.Sapd) -> None:
        key = ("sap", sap.id)
        self.scene.boxes[key] = Box("sap", sap.id, list(vnf_scenes.security(self.df, [sap.id])))
        self.ends[None, sap.id] = (key, "")
        self._wire({"": sap.virtual_link or ""}, {"": (key, "")})

    def add_vnf(self, vnf: model.VnfProfile, inside: model.VnfDf | None) -> None:
        if inside is None:
            level = f", level {vnf.level}" if vnf.level else ""
            self.add_closed("vnf", [f"VNF, flavour {vnf.flavour}{level}"], vnf)
            return
        lines = [vnf_scenes.about(inside, vnf.level), *self._rules(vnf)]
        frame = Frame(self._title(vnf.id), lines, self._aspects(vnf.id))
        counts = resources.instances(inside, vnf.level)
        ends = vnf_scenes.add(self.scene, (vnf.id,), inside, frame, counts)
        ends |= {name: ends[cp] for name, cp in inside.requirements.items() if cp in ends}
        self._add_ends(vnf, ends)

    def add_closed(self, kind: str, lines: list[str], profile: Profile) -> None:
        """A constituent whose inside is not known."""
        key = (profile.id,)
        self.scene.boxes[key] = Box(
            kind,
            self._title(profile.id),
            [*lines, *self._rules(profile)],
            self._aspects(profile.id),
            list(profile.links),
        )
        self._add_ends(profile, {cp: (key, cp) for cp in profile.links})

    def add_paths(self) -> None:
        graphs = self.df.vnffgds.values()
        nfps = [nfp for graph in graphs for nfp in graph.nfps.values()]
        for path, nfp in enumerate(nfps):
            traffic = "; ".join(map(phrases.rule, nfp.match)) or "all traffic"
            self.scene.legend.append(f"{nfp.id}: {traffic}")
            for number, stage in enumerate(resources.stages(nfp), 1):
                for before, after in stage:
                    self._add_hop(path, number, before, after)

    def _add_hop(self, path: int, number: int, before: model.CpRef, after: model.CpRef) -> None:
        tail = self.ends.get((before.profile, before.cp))
        head = self.ends.get((after.profile, after.cp))
        if tail and head:
            self.scene.hops.append((path, number, tail, head))

    def _add_ends(self, profile: Profile, ends: Ends) -> None:
        self._wire(profile.links, ends)
        self.ends |= {(profile.id, cp): end for cp, end in ends.items()}

    def _wire(self, links: Mapping[str, str], ends: Ends) -> None:
        """Wires CPs to their links.

        One at a management link says so instead, or wires would be most of the picture."""
        for cp, name in links.items():
            link, end = self.df.virtual_links.get(name), ends.get(cp)
            if link is None or end is None:
                continue
            if link.management:
                self.scene.boxes[end[0]].managed[end[1]] = _addressed(link)
            else:
                self.scene.wires.append((*end, ("link", name)))

    def _title(self, name: str) -> str:
        """The constituent, with its number where there is or may be more than one."""
        count = self.counts.get(name, 1)
        return f"{name}  ×{count}" if count != 1 or self._aspects(name) else name

    def _aspects(self, name: str) -> list[str]:
        """`security 1…2`: how many there are over the levels of each NS scaling aspect."""
        lines = []
        for aspect in self.df.aspects.values():
            counts = [{**level.vnfs, **level.nss}.get(name) for level in aspect.levels]
            numbers = [count for count in counts if count is not None]
            if numbers:
                span = phrases.between(min(numbers), max(numbers))
                lines.append(f"{aspect.name or aspect.id} {span}")
        return lines

    def _rules(self, profile: Profile) -> list[str]:
        return vnf_scenes.rules_of(self.df, profile.id, [profile.id])


def _title(nsd: model.Nsd, df: model.NsDf, level: str | None) -> str:
    """`branch 1.0, flavour small, NS level two`."""
    words = [f"{nsd.name} {nsd.version}"]
    if len(nsd.flavours) > 1:
        words.append(f"flavour {df.id}")
    if chosen := level or df.default_level:
        words.append(f"NS level {chosen}")
    return ", ".join(words)


def _addressed(link: model.Vld) -> str:
    return " ".join(filter(None, [link.id, link.cidr]))
