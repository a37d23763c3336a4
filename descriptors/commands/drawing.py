# SPDX-License-Identifier: Apache-2.0
"""`show --graph`: a picture of a VNF or network service, laid out by graphviz.

Left to right, a long chain top to bottom: SAPs, virtual links (bars), VNFs (frames around their
VDUs; each CP is a cell on the side of its link). A forwarding path is coloured and numbered along
the links it takes; ↕ says between which numbers a VDU or VNF scales. Management has no wires: its
CPs are grey and name their link."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from html import escape
from pathlib import Path

import graphviz

from descriptors import model
from descriptors.commands import boxes, ns_scenes, vnf_scenes
from descriptors.commands.boxes import INK, PATHS, QUIET, Cell
from descriptors.commands.scenes import Bar, Box, End, Key, Scene
from descriptors.package import Package

FORMATS = (".svg", ".png", ".pdf", ".dot")
FONT = "Helvetica,Arial,DejaVu Sans,sans-serif"
LAYOUT = {
    "fontname": FONT,
    "fontsize": "13",
    "fontcolor": INK,
    "nodesep": "0.3",
    "ranksep": "0.45",
    "pad": "0.25",
    "labelloc": "t",
    "newrank": "true",
}
BAR = {"ns": "#2b8a5f", "inner": "#4f9483"}
LONG = 10  # steps from end to end from which on a picture goes down, not right: over five VNFs
COMPASS = {False: {"in": "w", "out": "e"}, True: {"in": "n", "out": "s"}}


def draw(
    package: Package,
    file: Path,
    others: Sequence[model.Vnfd] = (),
    level: str | None = None,
    scale: Mapping[str, int] | None = None,
) -> None:
    """Writes the picture. ValueError for an unknown format, level or aspect, RuntimeError where
    graphviz is missing."""
    if file.suffix not in FORMATS:
        raise ValueError(f"{file.name}: a picture is one of {', '.join(FORMATS)}")
    picture = graph(scene(package, others, level, scale))
    if file.suffix == ".png":
        picture.graph_attr["dpi"] = "144"
    if file.suffix == ".dot":
        file.write_text(picture.source)
        return
    try:
        file.write_bytes(picture.pipe(format=file.suffix[1:], quiet=True))
    except graphviz.ExecutableNotFound as error:
        raise RuntimeError(
            "drawing needs the program `dot`: apt-get install graphviz; "
            "a .dot file can be written without"
        ) from error
    except graphviz.CalledProcessError as error:
        said = (error.stderr or b"").decode("utf-8", "replace")[:500]
        raise RuntimeError(f"dot could not draw it: {said}") from error


def scene(
    package: Package,
    others: Sequence[model.Vnfd] = (),
    level: str | None = None,
    scale: Mapping[str, int] | None = None,
) -> Scene:
    """What is to be seen: all flavours of a VNF, the default one of an NS. `others`: VNFs to draw
    the inside of."""
    item = package.descriptor
    if isinstance(item, model.Vnfd):
        return vnf_scenes.of_vnf(item, level, scale)
    if isinstance(item, model.Nsd):
        return ns_scenes.of_ns(
            item, item.flavours[item.default_flavour], {vnfd.id: vnfd for vnfd in others}, level
        )
    if isinstance(item, model.Pnfd):
        return Scene(boxes={("pnf",): Box("pnf", item.name, ["PNF", item.provider])})
    return Scene()


def graph(scene: Scene) -> graphviz.Digraph:
    """The picture, yet to be laid out."""
    return _Drawing(scene).graph


class _Drawing:
    """Nodes and cells get ids of our own, so that no name needs quoting."""

    def __init__(self, scene: Scene) -> None:
        self.scene, self.distance = scene, scene.distances()
        self.down = max(self.distance.values(), default=0) > LONG
        self.ids: dict[object, str] = {}
        self.cells = {
            (key, cp): self._cell(key, cp) for key, box in scene.boxes.items() for cp in box.cps
        }
        label = f"<<b>{escape(scene.title)}</b><br/>{boxes.legend(scene.legend, scene.notes)}>"
        self.graph = graphviz.Digraph(
            graph_attr={
                **LAYOUT,
                "rankdir": "TB" if self.down else "LR",
                **({"label": label} if scene.title else {}),
            },
            node_attr={"fontname": FONT, "fontsize": "11", "fontcolor": INK},
            edge_attr={"fontname": FONT, "fontsize": "10", "dir": "none", "color": QUIET},
        )
        self._frame(self.graph, None)
        for key, frame in scene.frames.items():
            with self.graph.subgraph(name=f"cluster_{self._id(key)}") as cluster:
                beside = (
                    {"labeljust": "l", "margin": "40"} if self.down else {"margin": "12"}
                )  # of a path from above
                cluster.attr(
                    label=f"<{boxes.frame(frame)}>",
                    style="filled,rounded",
                    fillcolor="#f7f9fd",
                    color="#5b7db1",
                    **beside,
                )
                self._frame(cluster, key)
        self._edges()

    def _id(self, key: object) -> str:
        return self.ids.setdefault(key, f"n{len(self.ids)}")

    def _cell(self, key: Key, cp: str) -> Cell:
        box, end = self.scene.boxes[key], (key, cp)
        link = box.managed.get(cp, "")
        mark = link.removeprefix(f"{cp} ") if link != cp else ""
        marks = ", ".join(filter(None, [box.marks.get(cp, ""), mark]))
        return Cell(self._id(end), cp, self._side(end), marks, tuple(self.scene.paths_at(end)))

    def _side(self, end: End) -> str:
        """Where a CP lies in its box: on the side of its links."""
        bars = self.scene.bars_of(end)
        if end[1] in self.scene.boxes[end[0]].managed and not bars:
            return "quiet"
        sides = {self._before(end, bar) for bar in bars}
        if len(sides) == 2:
            return "both"
        for _, _, tail, head in self.scene.hops:
            if end in (tail, head):
                return "out" if end == tail else "in"
        return "in" if sides == {True} else "out"

    def _before(self, end: End, bar: Key) -> bool:
        """The link is nearer to where traffic comes in than the box."""
        return self.distance.get(bar, 0) < self.distance.get(end[0], 0)

    def _anchor(self, end: End, bar: Key | None = None, path: int | None = None) -> str:
        """The point of a box where a wire, or a path, to a link ends."""
        cell = self.cells.get(end)
        if cell is None:
            return self._id(end[0])
        side = (
            ("in" if bar and self._before(end, bar) else "out")
            if cell.side == "both"
            else cell.side
        )
        port = cell.port if cell.side == "both" else cell.port_of(path)
        return f"{self._id(end[0])}:{port}:{COMPASS[self.down][side]}"

    def _frame(self, graph: graphviz.Digraph, frame: Key | None) -> None:
        for key, bar in self.scene.bars.items():
            if bar.frame == frame:
                _bar(graph, self._id(key), bar)
        for key, box in self.scene.boxes.items():
            if box.frame == frame:
                self._box(graph, key, box)

    def _box(self, graph: graphviz.Digraph, key: Key, box: Box) -> None:
        if box.kind == "sap":
            shape = (
                {"shape": "invhouse", "margin": "0.02,0.02"}
                if self.down
                else {"shape": "cds", "margin": "0.15,0.1"}
            )
            graph.node(
                self._id(key),
                f"<{boxes.sap(box)}>",
                style="filled",
                color="#e67700",
                fillcolor="#ffe8b3",
                **shape,
            )
        elif box.kind == "cp":
            graph.node(
                self._id(key),
                "\n".join([box.title, *box.lines]),
                shape="box",
                style="filled",
                fillcolor="white",
                color="#5b7db1",
                height="0.25",
            )
        else:
            cells = [self.cells[key, cp] for cp in box.cps]
            graph.node(self._id(key), f"<{boxes.table(box, cells, self.down)}>", shape="plain")

    def _edges(self) -> None:
        taken = set()
        for path, number, tail, head in self.scene.hops:
            link = next(
                (bar for bar in self.scene.bars_of(tail) if bar in self.scene.bars_of(head)), None
            )
            stops = [
                self._anchor(tail, link, path),
                *([self._id(link)] if link else []),
                self._anchor(head, link, path),
            ]
            taken |= {(*end, link) for end in (tail, head)}
            colour = PATHS[path % len(PATHS)]
            for first, second in itertools.pairwise(stops):
                arrow = (
                    {"dir": "forward", "label": f"<<b>&#160;{number}&#160;</b>>"}
                    if second == stops[-1]
                    else {}
                )
                self.graph.edge(
                    first,
                    second,
                    arrowsize="0.6",
                    penwidth="2.4",
                    color=colour,
                    fontcolor=colour,
                    **arrow,
                )
        for box, cp, bar in self.scene.wires:
            if (box, cp, bar) not in taken:
                ends = [self._id(bar), self._anchor((box, cp), bar)]
                self.graph.edge(*(ends if self._before((box, cp), bar) else reversed(ends)))


def _bar(graph: graphviz.Digraph, node: str, bar: Bar) -> None:
    if bar.kind == "open" and not bar.title:
        graph.node(node, "", shape="circle", width="0.1", color=QUIET, fixedsize="true")
    elif bar.kind == "open":
        graph.node(
            node,
            bar.title,
            shape="box",
            style="rounded,dashed",
            color=QUIET,
            height="0.3",
            margin="0.1,0.03",
        )
    else:
        shape = (
            {"shape": "ellipse", "style": "filled", "margin": "0.05,0.02"}
            if bar.kind == "inner"
            else {"shape": "box", "style": "filled,rounded", "margin": "0.12,0.04"}
        )
        graph.node(
            node,
            f"<{boxes.bar(bar)}>",
            color=BAR[bar.kind],
            fillcolor=BAR[bar.kind],
            fontcolor="white",
            height="0.3",
            **shape,
        )
