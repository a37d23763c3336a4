# SPDX-License-Identifier: Apache-2.0
"""Boxes, bars and frames of a picture as graphviz's HTML-like labels, for pictures that go right or
down."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from descriptors.commands.scenes import Bar, Box, Frame

INK, QUIET, ASPECT = "#1f2933", "#8a94a0", "#1c7ed6"
PATHS = ("#d9480f", "#6741d9", "#0b7285", "#c2255c", "#5c940d", "#a61e4d")
CELL = {
    "vnf": ("#eef3fb", "#5b7db1", "#2f5d9b"),
    "pnf": ("#f1f3f5", "#868e96", "#5f6b76"),
    "ns": ("#f3f0ff", "#7950f2", "#6741d9"),
}  # of cells, of lines, of the head
GREY = "#e9ecef"
_OUTER = '<table border="1" color="{line}" bgcolor="white" cellborder="0" cellspacing="0" cellpadding="4">'
_CELLS = '<table border="0" cellborder="1" cellspacing="0" cellpadding="4">'


@dataclass(frozen=True)
class Cell:
    """A CP: `port` is its id, `side` where it lies: in, out, both (wires on two sides) or quiet
    (management, no wires)."""

    port: str
    name: str
    side: str
    mark: str = ""
    paths: tuple[int, ...] = ()

    def port_of(self, path: int | None) -> str:
        """Where a path meets the cell: of several, each has a port of its own."""
        return f"{self.port}p{path}" if len(self.paths) > 1 and path in self.paths else self.port


def table(box: Box, cells: Sequence[Cell], down: bool) -> str:
    """Head, what is known, and the CPs: where traffic comes in before, where it goes on after."""
    fill, line, head = CELL[box.kind]
    by = {
        side: [cell for cell in cells if cell.side == side]
        for side in ("in", "out", "both", "quiet")
    }
    title = f'<td bgcolor="{head}" colspan="{{}}"><font color="white"><b>{escape(box.title)}</b></font></td>'
    body, quiet = _body(box), _rows(by["quiet"], GREY)
    outer = _OUTER.format(line=line)
    if not down:
        middle = (
            _column(by["in"], fill, True)
            + f"<td>{body or ' '}</td>"
            + _column(by["out"], fill, False)
        )
        rows = [
            title.format(3),
            middle,
            *(f'<td colspan="3">{part}</td>' for part in (_rows(by["both"], fill), quiet) if part),
        ]
        return outer + "".join(f"<tr>{row}</tr>" for row in rows) + "</table>"
    parts = [
        _row(by["in"], fill, True),
        title.format(1),
        f"<td>{body or ' '}</td>",
        f"<td>{quiet}</td>" if quiet else "",
        _row(by["out"], fill, False),
    ]
    rows = [part for part in parts if part]
    beside = "".join(
        f'<td border="1" rowspan="{len(rows)}" port="{cell.port}" bgcolor="{fill}">{_label(cell)}</td>'
        for cell in by["both"]
    )
    rows[0] += beside
    return outer + "".join(f"<tr>{row}</tr>" for row in rows) + "</table>"


def bar(item: Bar) -> str:
    """A virtual link."""
    return f"<b>{escape(item.title)}</b>" + _small([item.about] if item.about else [])


def frame(item: Frame) -> str:
    """What stands over the VDUs of a VNF."""
    return (
        f"<b>{escape(item.title)}</b>"
        + _small(item.lines)
        + "".join(f"<br/>{_aspect(text)}" for text in item.aspects)
    )


def sap(box: Box) -> str:
    """A service access point, and who may come in."""
    return f'<font point-size="9">SAP</font><br/><b>{escape(box.title)}</b>' + _small(
        [*box.lines, *box.managed.values()]
    )


def legend(paths: Sequence[str], notes: Sequence[str]) -> str:
    """A coloured line for each path, and grey ones."""
    lines = [
        (PATHS[number % len(PATHS)], f"&#8594; {escape(text)}") for number, text in enumerate(paths)
    ]
    lines += [(QUIET, f"&#9632; {escape(note)}") for note in notes]
    return "".join(
        f'<font point-size="10" color="{colour}">{text}</font><br align="left"/>'
        for colour, text in lines
    )


def _small(lines: Sequence[str]) -> str:
    return "".join(f'<br/><font point-size="9">{escape(line)}</font>' for line in lines)


def _aspect(text: str) -> str:
    return f'<font point-size="9" color="{ASPECT}"><b>&#8597; {escape(text)}</b></font>'


def _body(box: Box) -> str:
    return "<br/>".join(
        [
            *(f'<font point-size="9">{escape(text)}</font>' for text in box.lines),
            *map(_aspect, box.aspects),
        ]
    )


def _label(cell: Cell) -> str:
    mark = (
        f'<font point-size="9" color="{QUIET}"> &#183; {escape(cell.mark)}</font>'
        if cell.mark
        else ""
    )
    return f'<font point-size="10">{escape(cell.name)}</font>{mark}'


def _rows(cells: Sequence[Cell], fill: str) -> str:
    """Cells as wide as the box, one below the other."""
    rows = "".join(
        f'<tr><td port="{cell.port}" bgcolor="{fill}">{_label(cell)}</td></tr>' for cell in cells
    )
    return f"{_CELLS}{rows}</table>" if rows else ""


def _column(cells: Sequence[Cell], fill: str, first: bool) -> str:
    """Cells at the left or right; where several paths meet one, each has its own bit of the
    border."""
    rows, wide = [], any(len(cell.paths) > 1 for cell in cells)
    for cell in cells:
        ports = (
            [_port(cell, path, 'width="5" height="12"') for path in cell.paths]
            if len(cell.paths) > 1
            else []
        )
        span = f' rowspan="{len(ports)}"' if ports else ' colspan="2"' if wide else ""
        label = f'<td port="{cell.port}" bgcolor="{fill}"{span}>{_label(cell)}</td>'
        top = (ports[0] + label if first else label + ports[0]) if ports else label
        rows += [top, *ports[1:]]
    return f"<td>{_CELLS}{''.join(f'<tr>{row}</tr>' for row in rows)}</table></td>" if rows else ""


def _row(cells: Sequence[Cell], fill: str, first: bool) -> str:
    """The same at the top or bottom."""
    if not cells:
        return ""
    wide = any(len(cell.paths) > 1 for cell in cells)
    labels, ports = "", ""
    for cell in cells:
        several = len(cell.paths) > 1
        span = f' colspan="{len(cell.paths)}"' if several else ' rowspan="2"' if wide else ""
        label = f'<td port="{cell.port}" bgcolor="{fill}"{span}>{_label(cell)}</td>'
        ports += (
            "".join(_port(cell, path, 'width="16" height="5"') for path in cell.paths)
            if several
            else ""
        )
        labels += label
    rows = [ports, labels] if first else [labels, ports]
    return f"<td>{_CELLS}{''.join(f'<tr>{row}</tr>' for row in rows if row)}</table></td>"


def _port(cell: Cell, path: int, size: str) -> str:
    return f'<td port="{cell.port_of(path)}" bgcolor="{PATHS[path % len(PATHS)]}" {size} cellpadding="0"></td>'
