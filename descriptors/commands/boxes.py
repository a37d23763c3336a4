# SPDX-License-Identifier: Apache-2.0
"""Boxes, bars and frames of a picture as HTML-like labels of graphviz.

For pictures that go right or down."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape

from descriptors.commands import cells
from descriptors.commands.cells import PATHS, QUIET, Cell
from descriptors.commands.scenes import Bar, Box, Frame

INK, ASPECT = "#1f2933", "#1c7ed6"
# of cells, of lines, of the head
COLOURS = {
    "vnf": ("#eef3fb", "#5b7db1", "#2f5d9b"),
    "pnf": ("#f1f3f5", "#868e96", "#5f6b76"),
    "ns": ("#f3f0ff", "#7950f2", "#6741d9"),
}
GREY = "#e9ecef"
_TABLE = (
    '<table border="1" color="{line}" bgcolor="white" cellborder="0" cellspacing="0" '
    'cellpadding="4">'
)


def table(box: Box, ports: Sequence[Cell], down: bool) -> str:
    """Head, what is known, and the CPs: where traffic comes in before, where it goes on after."""
    _, line, _ = COLOURS[box.kind]
    rows = _rows_down(box, ports) if down else _rows_right(box, ports)
    return _TABLE.format(line=line) + "".join(f"<tr>{row}</tr>" for row in rows) + "</table>"


def bar(item: Bar) -> str:
    """A virtual link."""
    return f"<b>{escape(item.title)}</b>" + _small([item.about] if item.about else [])


def frame(item: Frame) -> str:
    """What stands over the VDUs of a VNF."""
    aspects = "".join(f"<br/>{_aspect(text)}" for text in item.aspects)
    return f"<b>{escape(item.title)}</b>{_small(item.lines)}{aspects}"


def sap(box: Box) -> str:
    """A service access point, and who may come in."""
    head = f'<font point-size="9">SAP</font><br/><b>{escape(box.title)}</b>'
    return head + _small([*box.lines, *box.managed.values()])


def legend(paths: Sequence[str], notes: Sequence[str]) -> str:
    """A coloured line for each path, and grey ones."""
    lines = [
        (PATHS[index % len(PATHS)], f"&#8594; {escape(text)}") for index, text in enumerate(paths)
    ]
    lines += [(QUIET, f"&#9632; {escape(note)}") for note in notes]
    return "".join(
        f'<font point-size="10" color="{colour}">{text}</font><br align="left"/>'
        for colour, text in lines
    )


def _rows_right(box: Box, ports: Sequence[Cell]) -> list[str]:
    """CPs at the left and right; those with wires on both sides, and quiet ones, below."""
    fill, _, _ = COLOURS[box.kind]
    into = cells.column(_at(ports, "in"), fill, outside_first=True)
    out = cells.column(_at(ports, "out"), fill, outside_first=False)
    below = [cells.stack(_at(ports, "both"), fill), cells.stack(_at(ports, "quiet"), GREY)]
    return [
        _head(box, 3),
        f"{into}<td>{_body(box)}</td>{out}",
        *(f'<td colspan="3">{part}</td>' for part in below if part),
    ]


def _rows_down(box: Box, ports: Sequence[Cell]) -> list[str]:
    """CPs at the top and bottom; those with wires on both sides beside."""
    fill, _, _ = COLOURS[box.kind]
    quiet = cells.stack(_at(ports, "quiet"), GREY)
    rows = [
        cells.row(_at(ports, "in"), fill, outside_first=True),
        _head(box, 1),
        f"<td>{_body(box)}</td>",
        f"<td>{quiet}</td>" if quiet else "",
        cells.row(_at(ports, "out"), fill, outside_first=False),
    ]
    rows = [row for row in rows if row]
    rows[0] += "".join(cells.beside(cell, fill, len(rows)) for cell in _at(ports, "both"))
    return rows


def _at(ports: Sequence[Cell], side: str) -> list[Cell]:
    return [cell for cell in ports if cell.side == side]


def _head(box: Box, span: int) -> str:
    _, _, colour = COLOURS[box.kind]
    title = f'<font color="white"><b>{escape(box.title)}</b></font>'
    return f'<td bgcolor="{colour}" colspan="{span}">{title}</td>'


def _body(box: Box) -> str:
    lines = [f'<font point-size="9">{escape(text)}</font>' for text in box.lines]
    return "<br/>".join([*lines, *map(_aspect, box.aspects)]) or " "


def _small(lines: Iterable[str]) -> str:
    return "".join(f'<br/><font point-size="9">{escape(line)}</font>' for line in lines)


def _aspect(text: str) -> str:
    return f'<font point-size="9" color="{ASPECT}"><b>&#8597; {escape(text)}</b></font>'
