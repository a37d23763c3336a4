# SPDX-License-Identifier: Apache-2.0
"""`show --graph`: a picture of a VNF or network service, laid out by graphviz.

Left to right: SAPs, virtual links (bars), VNFs (frames around their VDUs; each CP is a cell on the side of its link).
A forwarding path is coloured and numbered along the links it takes; orange says between which numbers a VDU scales.
"""
from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from pathlib import Path

import graphviz

from descriptors import model
from descriptors.commands import scenes
from descriptors.commands.scenes import Bar, Box, End, Key, Scene
from descriptors.package import Package

FORMATS = (".svg", ".png", ".pdf", ".dot")
FONT = "Helvetica,Arial,DejaVu Sans,sans-serif"
INK, QUIET, ORANGE = "#1f2933", "#8a94a0", "#b45309"
PATHS = ("#d9480f", "#6741d9", "#0b7285", "#c2255c", "#5c940d", "#a61e4d")
CELL = {"vnf": ("#eef3fb", "#5b7db1", "#2f5d9b"), "pnf": ("#f1f3f5", "#868e96", "#5f6b76"),
        "ns": ("#f3f0ff", "#7950f2", "#6741d9")}        # of cells, of lines, of the head
LAYOUT = {"rankdir": "LR", "fontname": FONT, "fontsize": "13", "fontcolor": INK, "nodesep": "0.3", "ranksep": "0.45",
          "pad": "0.25", "labelloc": "t", "newrank": "true"}
BAR = {"ns": "#2b8a5f", "inner": "#4f9483", "management": "#868e96"}


def draw(package: Package, file: Path, others: Sequence[model.Vnfd] = (), level: str | None = None,
         scale: Mapping[str, int] | None = None) -> None:
    """Writes the picture. ValueError for an unknown format, level or aspect, RuntimeError where graphviz is missing."""
    if file.suffix not in FORMATS:
        raise ValueError(f"{file.name}: a picture is one of {', '.join(FORMATS)}")
    picture = graph(scene(package, others, level, scale))
    if file.suffix == ".dot":
        file.write_text(picture.source)
        return
    try:
        file.write_bytes(picture.pipe(format=file.suffix[1:]))
    except graphviz.ExecutableNotFound as error:
        raise RuntimeError("drawing needs the program `dot`: apt-get install graphviz; "
                           "a .dot file can be written without") from error
    except graphviz.CalledProcessError as error:
        said = (error.stderr or b"").decode("utf-8", "replace")[:500]
        raise RuntimeError(f"dot could not draw it: {said}") from error


def scene(package: Package, others: Sequence[model.Vnfd] = (), level: str | None = None,
          scale: Mapping[str, int] | None = None) -> Scene:
    """What is to be seen: all flavours of a VNF, the default one of an NS. `others`: VNFs to draw the inside of."""
    item = package.descriptor
    if isinstance(item, model.Vnfd):
        return scenes.of_vnf(item, level, scale)
    if isinstance(item, model.Nsd):
        return scenes.of_ns(item, item.flavours[item.default_flavour], {vnfd.id: vnfd for vnfd in others}, level)
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
        self.ids: dict[object, str] = {}
        legend = "".join(f'<font point-size="10" color="{PATHS[number % len(PATHS)]}">&#8594; {escape(text)}</font>'
                         f'<br align="left"/>' for number, text in enumerate(scene.legend))
        self.graph = graphviz.Digraph(
            graph_attr={**LAYOUT, **({"label": f"<<b>{escape(scene.title)}</b><br/>{legend}>"} if scene.title else {})},
            node_attr={"fontname": FONT, "fontsize": "11", "fontcolor": INK},
            edge_attr={"fontname": FONT, "fontsize": "10", "dir": "none", "color": QUIET})
        self._frame(self.graph, None)
        for key, (title, about) in scene.frames.items():
            with self.graph.subgraph(name=f"cluster_{self._id(key)}") as frame:
                small = f'<br/><font point-size="9">{escape(about)}</font>'
                frame.attr(label=f"<<b>{escape(title)}</b>{small}>", style="filled,rounded", fillcolor="#f7f9fd",
                           color="#5b7db1", margin="12")
                self._frame(frame, key)
        self._edges()

    def _id(self, key: object) -> str:
        return self.ids.setdefault(key, f"n{len(self.ids)}")

    def _frame(self, graph: graphviz.Digraph, frame: Key | None) -> None:
        for key, bar in self.scene.bars.items():
            if bar.frame == frame:
                _bar(graph, self._id(key), bar)
        for key, box in self.scene.boxes.items():
            if box.frame == frame:
                self._box(graph, key, box)

    def _box(self, graph: graphviz.Digraph, key: Key, box: Box) -> None:
        if box.kind == "sap":
            graph.node(self._id(key), f'<<font point-size="9">SAP</font><br/><b>{escape(box.title)}</b>>', shape="cds",
                       style="filled", color="#e67700", fillcolor="#ffe8b3", margin="0.15,0.08")
        elif box.kind == "cp":
            graph.node(self._id(key), box.title, shape="box", style="filled", fillcolor="white", color="#5b7db1",
                       height="0.25")
        else:
            sides = {side: [cp for cp in box.cps if self._side((key, cp)) == side] for side in "wes"}
            cells = {side: [(self._id((key, cp)), cp) for cp in cps] for side, cps in sides.items()}
            graph.node(self._id(key), f"<{_table(box, cells)}>", shape="plain")

    def _side(self, end: End) -> str:
        """w, e or s: where the links of a CP lie."""
        bars = self.scene.bar_of(end)
        if bars and all(self.scene.bars[bar].kind == "management" for bar in bars):
            return "s"
        for _, _, tail, head in self.scene.hops:
            if end in (tail, head):
                return "e" if end == tail else "w"
        here = self.distance.get(end[0], 0)
        nearest = min((self.distance.get(bar, here) for bar in bars), default=here)
        return "w" if nearest < here else "e"

    def _anchor(self, end: End) -> str:
        key, cp = end
        cell = f":{self._id(end)}:{self._side(end)}" if cp in self.scene.boxes[key].cps else ""
        return self._id(key) + cell

    def _edges(self) -> None:
        taken = set()
        for path, number, tail, head in self.scene.hops:
            shared = [bar for bar in self.scene.bar_of(tail) if bar in self.scene.bar_of(head)]
            stops = [self._anchor(tail), *(self._id(bar) for bar in shared[:1]), self._anchor(head)]
            taken |= {(*end, bar) for end in (tail, head) for bar in shared[:1]}
            for index, (first, second) in enumerate(zip(stops, stops[1:], strict=False)):
                label = f"<<b>{number}</b>>" if index == len(stops) - 2 else ""
                colour = PATHS[path % len(PATHS)]
                self.graph.edge(first, second, label, dir="forward", arrowsize="0.8", penwidth="2.4", color=colour,
                                fontcolor=colour)
        for box, cp, bar in self.scene.wires:
            if (box, cp, bar) not in taken:
                self._wire((box, cp), bar)

    def _wire(self, end: End, bar: Key) -> None:
        near, far = self._id(bar), self._anchor(end)
        if self.scene.bars[bar].kind == "management":
            middle = self._middle(bar) == end[0]
            with self.graph.subgraph(graph_attr={"rank": "same"} if middle else {}) as graph:
                # From the box, not its cell: dot puts an arrowhead on a line from a cell to its own rank.
                graph.edge(self._id(end[0]) if middle else far, near, style="dashed", constraint=str(middle).lower())
        elif self.distance.get(bar, 0) < self.distance.get(end[0], 0):
            self.graph.edge(near, far)
        else:
            self.graph.edge(far, near)

    def _middle(self, bar: Key) -> Key:
        """The box that a management link lies under, out of the way of the traffic."""
        boxes = {box for box, _, other in self.scene.wires if other == bar}
        return sorted(boxes, key=lambda box: (self.distance.get(box, 0), box))[len(boxes) // 2]


def _bar(graph: graphviz.Digraph, node: str, bar: Bar) -> None:
    about = f'<br/><font point-size="9">{escape(bar.about)}</font>' if bar.about else ""
    if bar.kind == "open":
        graph.node(node, bar.title, shape="box", style="rounded,dashed", color=QUIET, height="0.3", margin="0.1,0.03")
        return
    shape = {"shape": "ellipse", "style": "filled", "margin": "0.05,0.02"} if bar.kind == "inner" else {
        "shape": "box", "style": "filled,rounded", "margin": "0.12,0.04"}
    graph.node(node, f"<<b>{escape(bar.title)}</b>{about}>", color=BAR[bar.kind], fillcolor=BAR[bar.kind],
               fontcolor="white", height="0.3", **shape)


def _table(box: Box, cells: dict[str, list[tuple[str, str]]]) -> str:
    """Head, what is known, and the CPs at three sides."""
    fill, line, head = CELL[box.kind]

    def column(side: str) -> str:
        rows = "".join(f"<tr>{_cell(*cell, fill)}</tr>" for cell in cells[side])
        return f'<td border="0">{cellular}{rows}</table></td>' if rows else ""
    cellular = '<table border="0" cellborder="1" cellspacing="0" cellpadding="4">'
    lines = [f'<font point-size="9">{escape(text)}</font>' for text in box.lines]
    lines += [f'<font point-size="9" color="{ORANGE}"><b>&#8597; {escape(text)}</b></font>' for text in box.aspects]
    body = "<br/>".join(lines)
    bottom = "".join(_cell(*cell, fill) for cell in cells["s"])
    inner = f"{cellular}<tr>{bottom}</tr></table>"
    return (f'<table border="1" color="{line}" bgcolor="white" cellborder="0" cellspacing="0" cellpadding="4">'
            f'<tr><td colspan="3" bgcolor="{head}"><font color="white"><b>{escape(box.title)}</b></font></td></tr>'
            f'<tr>{column("w")}<td>{body or " "}</td>{column("e")}</tr>'
            + (f'<tr><td colspan="3">{inner}</td></tr>' if bottom else "") + "</table>")


def _cell(port: str, name: str, fill: str) -> str:
    return f'<td port="{port}" bgcolor="{fill}"><font point-size="10">{escape(name)}</font></td>'
