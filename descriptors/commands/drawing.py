# SPDX-License-Identifier: Apache-2.0
"""A scene as a graph for graphviz.

Left to right, a long chain top to bottom: SAPs, virtual links (bars), VNFs (frames around their
VDUs; each CP is a cell on the side of its link). A forwarding path is coloured and numbered along
the links it takes; ↕ says between which numbers a VDU or VNF scales. Management has no wires: its
CPs are grey and name their link."""

from __future__ import annotations

import itertools
from html import escape

import graphviz

from descriptors.commands import boxes
from descriptors.commands.boxes import INK
from descriptors.commands.cells import PATHS, QUIET, Cell
from descriptors.commands.scenes import Bar, Box, End, Frame, Key, Scene

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
_NODE = {"fontname": FONT, "fontsize": "11", "fontcolor": INK}
_EDGE = {"fontname": FONT, "fontsize": "10", "dir": "none", "color": QUIET}
_FRAME = {"style": "filled,rounded", "fillcolor": "#f7f9fd", "color": "#5b7db1"}
_CP = {
    "shape": "box",
    "style": "filled",
    "fillcolor": "white",
    "color": "#5b7db1",
    "height": "0.25",
}
_SAP = {"style": "filled", "color": "#e67700", "fillcolor": "#ffe8b3"}
_OPEN = {"shape": "circle", "width": "0.1", "color": QUIET, "fixedsize": "true"}
_OPEN_NAMED = {
    "shape": "box",
    "style": "rounded,dashed",
    "color": QUIET,
    "height": "0.3",
    "margin": "0.1,0.03",
}
_INNER = {"shape": "ellipse", "style": "filled", "margin": "0.05,0.02"}
_OUTER = {"shape": "box", "style": "filled,rounded", "margin": "0.12,0.04"}
BAR = {"ns": "#2b8a5f", "inner": "#4f9483"}
LONG = 10  # steps from end to end from which on a picture goes down, not right: over five VNFs
# What depends on the direction, right or down.
COMPASS = {False: {"in": "w", "out": "e"}, True: {"in": "n", "out": "s"}}
_SAP_SHAPE = {
    False: {"shape": "cds", "margin": "0.15,0.1"},
    True: {"shape": "invhouse", "margin": "0.02,0.02"},
}
# a path comes from above
_FRAME_MARGIN = {False: {"margin": "12"}, True: {"labeljust": "l", "margin": "40"}}


def graph(scene: Scene) -> graphviz.Digraph:
    """The picture, yet to be laid out."""
    return _Drawing(scene).graph


class _Drawing:
    """Nodes and cells get ids of our own, so that no name needs quoting."""

    def __init__(self, scene: Scene) -> None:
        self.scene, self.distances = scene, scene.distances()
        self.down = max(self.distances.values(), default=0) > LONG
        self.ids: dict[object, str] = {}
        self.cells = {
            (key, cp): self._cell(key, cp) for key, box in scene.boxes.items() for cp in box.cps
        }
        self.graph = graphviz.Digraph(graph_attr=self._layout(), node_attr=_NODE, edge_attr=_EDGE)
        self._fill(self.graph, None)
        for key, frame in scene.frames.items():
            self._frame(key, frame)
        wires = self._paths()
        self._wires(wires)

    def _layout(self) -> dict[str, str]:
        layout = {**LAYOUT, "rankdir": "TB" if self.down else "LR"}
        if self.scene.title:
            legend = boxes.legend(self.scene.legend, self.scene.notes)
            layout["label"] = f"<<b>{escape(self.scene.title)}</b><br/>{legend}>"
        return layout

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
        sides = {self._is_before(end, bar) for bar in bars}
        if len(sides) == 2:
            return "both"
        for _, _, tail, head in self.scene.hops:
            if end in (tail, head):
                return "out" if end == tail else "in"
        return "in" if sides == {True} else "out"

    def _is_before(self, end: End, bar: Key) -> bool:
        """The link is nearer to where traffic comes in than the box."""
        return self.distances.get(bar, 0) < self.distances.get(end[0], 0)

    def _anchor(self, end: End, bar: Key | None = None, path: int | None = None) -> str:
        """The point of a box where a wire, or a path, to a link ends."""
        cell = self.cells.get(end)
        if cell is None:
            return self._id(end[0])
        side, port = cell.side, cell.port_of(path)
        if side == "both":
            side, port = "in" if bar and self._is_before(end, bar) else "out", cell.port
        return f"{self._id(end[0])}:{port}:{COMPASS[self.down][side]}"

    def _frame(self, key: Key, frame: Frame) -> None:
        with self.graph.subgraph(name=f"cluster_{self._id(key)}") as cluster:
            label = f"<{boxes.frame(frame)}>"
            cluster.attr(label=label, **_FRAME, **_FRAME_MARGIN[self.down])
            self._fill(cluster, key)

    def _fill(self, graph: graphviz.Digraph, frame: Key | None) -> None:
        """Draws what is in the frame, or in none."""
        for key, bar in self.scene.bars.items():
            if bar.frame == frame:
                _bar(graph, self._id(key), bar)
        for key, box in self.scene.boxes.items():
            if box.frame == frame:
                self._box(graph, key, box)

    def _box(self, graph: graphviz.Digraph, key: Key, box: Box) -> None:
        node = self._id(key)
        if box.kind == "sap":
            graph.node(node, f"<{boxes.sap(box)}>", **_SAP, **_SAP_SHAPE[self.down])
        elif box.kind == "cp":
            graph.node(node, "\n".join([box.title, *box.lines]), **_CP)
        else:
            cells = [self.cells[key, cp] for cp in box.cps]
            graph.node(node, f"<{boxes.table(box, cells, self.down)}>", shape="plain")

    def _paths(self) -> set[tuple[Key, str, Key | None]]:
        """Draws every hop of the paths; gives the wires that they cover."""
        wires: set[tuple[Key, str, Key | None]] = set()
        for path, number, tail, head in self.scene.hops:
            link = self._common_link(tail, head)
            stops = [self._anchor(tail, link, path), self._anchor(head, link, path)]
            if link:
                stops.insert(1, self._id(link))
            self._hop(path, number, stops)
            wires |= {(*tail, link), (*head, link)}
        return wires

    def _common_link(self, tail: End, head: End) -> Key | None:
        beyond = self.scene.bars_of(head)
        return next((bar for bar in self.scene.bars_of(tail) if bar in beyond), None)

    def _hop(self, path: int, number: int, stops: list[str]) -> None:
        """A coloured line; its last part is an arrow with the number."""
        colour = PATHS[path % len(PATHS)]
        line = {"arrowsize": "0.6", "penwidth": "2.4", "color": colour, "fontcolor": colour}
        arrow = {"dir": "forward", "label": f"<<b>&#160;{number}&#160;</b>>"}
        for first, second in itertools.pairwise(stops):
            self.graph.edge(first, second, **line, **(arrow if second == stops[-1] else {}))

    def _wires(self, wires: set[tuple[Key, str, Key | None]]) -> None:
        for box, cp, bar in self.scene.wires:
            if (box, cp, bar) in wires:
                continue
            ends = self._id(bar), self._anchor((box, cp), bar)
            first, second = ends if self._is_before((box, cp), bar) else reversed(ends)
            self.graph.edge(first, second)


def _bar(graph: graphviz.Digraph, node: str, bar: Bar) -> None:
    if bar.kind == "open":
        graph.node(node, bar.title, **(_OPEN_NAMED if bar.title else _OPEN))
        return
    colour = BAR[bar.kind]
    colours = {"color": colour, "fillcolor": colour, "fontcolor": "white", "height": "0.3"}
    shape = _INNER if bar.kind == "inner" else _OUTER
    graph.node(node, f"<{boxes.bar(bar)}>", **colours, **shape)
