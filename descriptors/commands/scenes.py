# SPDX-License-Identifier: Apache-2.0
"""What a picture of a descriptor shows, before any layout.

Boxes with CPs, links, frames and the hops of paths. A box is a VDU, or a constituent whose
inside is not known; a bar is a virtual link; a wire joins a box's CP and a bar."""

from __future__ import annotations

from dataclasses import dataclass, field

Key = tuple[str, ...]
End = tuple[Key, str]  # a box and one of its CPs


@dataclass
class Box:
    """A VDU, or what else has CPs.

    `marks`: what is said of a CP after its name; `managed`: CPs at a management link, which has
    no wires."""

    kind: str  # vnf (also a VDU), pnf, ns, sap, cp (an external CP of an internal link)
    title: str
    lines: list[str] = field(default_factory=list)
    aspects: list[str] = field(default_factory=list)
    cps: list[str] = field(default_factory=list)
    frame: Key | None = None
    marks: dict[str, str] = field(default_factory=dict)
    managed: dict[str, str] = field(default_factory=dict)


@dataclass
class Frame:
    """Around the VDUs of a VNF."""

    title: str
    lines: list[str] = field(default_factory=list)
    aspects: list[str] = field(default_factory=list)


@dataclass
class Bar:
    title: str
    about: str = ""
    kind: str = "ns"  # ns, inner, open (where an external CP leads, which is not linked yet)
    frame: Key | None = None


@dataclass
class Scene:
    """All that is to be drawn.

    `hops`: (number of the path, number of the hop, from, to). `legend`: a line per path;
    `notes`: further lines."""

    title: str = ""
    legend: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    frames: dict[Key, Frame] = field(default_factory=dict)
    boxes: dict[Key, Box] = field(default_factory=dict)
    bars: dict[Key, Bar] = field(default_factory=dict)
    wires: list[tuple[Key, str, Key]] = field(default_factory=list)
    hops: list[tuple[int, int, End, End]] = field(default_factory=list)

    def bars_of(self, end: End) -> list[Key]:
        """The links that a CP is wired to."""
        return [bar for box, cp, bar in self.wires if (box, cp) == end]

    def paths_at(self, end: End) -> list[int]:
        """The numbers of the paths that go through a CP."""
        return list(dict.fromkeys(path for path, _, tail, head in self.hops if end in (tail, head)))

    def distances(self) -> dict[Key, int]:
        """Steps from where traffic comes in: what is drawn before what."""
        distances = dict.fromkeys(self._sources(), 0)
        border = list(distances)
        while border:
            here = border.pop(0)
            for key in self._neighbours(here):
                if key not in distances:
                    distances[key] = distances[here] + 1
                    border.append(key)
        return distances

    def _sources(self) -> list[Key]:
        """The begin of paths, else a SAP, else open ends, else the first box."""
        return (
            list(dict.fromkeys(tail[0] for _, number, tail, _ in self.hops if number == 1))
            or [key for key, box in self.boxes.items() if box.kind == "sap"][:1]
            or [key for key, bar in self.bars.items() if bar.kind == "open"]
            or list(self.boxes)[:1]
        )

    def _neighbours(self, key: Key) -> list[Key]:
        wires = [(box, bar) for box, _, bar in self.wires if key in (box, bar)]
        return [bar if box == key else box for box, bar in wires]
