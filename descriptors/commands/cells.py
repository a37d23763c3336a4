# SPDX-License-Identifier: Apache-2.0
"""CPs as cells of a box, by side.

Where several paths meet one, each has its own bit of the border."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

QUIET = "#8a94a0"
PATHS = ("#d9480f", "#6741d9", "#0b7285", "#c2255c", "#5c940d", "#a61e4d")
_TABLE = '<table border="0" cellborder="1" cellspacing="0" cellpadding="4">'


@dataclass(frozen=True)
class Cell:
    """A CP of a box.

    `port` is its id, `side` where it lies: in, out, both (wires on two sides) or quiet
    (management, no wires)."""

    port: str
    name: str
    side: str
    mark: str = ""
    paths: tuple[int, ...] = ()

    @property
    def several(self) -> bool:
        """Whether more than one path meets it."""
        return len(self.paths) > 1

    def port_of(self, path: int | None) -> str:
        """Where a path meets the cell: of several, each has a port of its own."""
        return f"{self.port}p{path}" if self.several and path in self.paths else self.port


def stack(cells: Sequence[Cell], fill: str) -> str:
    """Cells as wide as the box, one below the other."""
    return _table([_cell(cell, fill, "") for cell in cells])


def beside(cell: Cell, fill: str, height: int) -> str:
    """A cell as high as the box, of so many rows."""
    span = f'border="1" rowspan="{height}" '
    return f'<td {span}port="{cell.port}" bgcolor="{fill}">{_label(cell)}</td>'


def column(cells: Sequence[Cell], fill: str, outside_first: bool) -> str:
    """Cells at the left or right."""
    rows: list[str] = []
    is_wide = any(cell.several for cell in cells)
    for cell in cells:
        if not cell.several:
            rows.append(_cell(cell, fill, ' colspan="2"' if is_wide else ""))
            continue
        first, *others = [_port(cell, path, 'width="5" height="12"') for path in cell.paths]
        label = _cell(cell, fill, f' rowspan="{len(cell.paths)}"')
        rows += [first + label if outside_first else label + first, *others]
    return f"<td>{_table(rows)}</td>" if rows else ""


def row(cells: Sequence[Cell], fill: str, outside_first: bool) -> str:
    """Cells at the top or bottom."""
    if not cells:
        return ""
    is_high = any(cell.several for cell in cells)
    labels, ports = "", ""
    for cell in cells:
        if cell.several:
            labels += _cell(cell, fill, f' colspan="{len(cell.paths)}"')
            ports += "".join(_port(cell, path, 'width="16" height="5"') for path in cell.paths)
        else:
            labels += _cell(cell, fill, ' rowspan="2"' if is_high else "")
    rows = [ports, labels] if outside_first else [labels, ports]
    return f"<td>{_table([part for part in rows if part])}</td>"


def _table(rows: Sequence[str]) -> str:
    return f"{_TABLE}{''.join(f'<tr>{row}</tr>' for row in rows)}</table>" if rows else ""


def _cell(cell: Cell, fill: str, span: str) -> str:
    return f'<td port="{cell.port}" bgcolor="{fill}"{span}>{_label(cell)}</td>'


def _label(cell: Cell) -> str:
    name = f'<font point-size="10">{escape(cell.name)}</font>'
    if not cell.mark:
        return name
    mark = f'<font point-size="9" color="{QUIET}"> &#183; {escape(cell.mark)}</font>'
    return name + mark


def _port(cell: Cell, path: int, size: str) -> str:
    colour = PATHS[path % len(PATHS)]
    return f'<td port="{cell.port_of(path)}" bgcolor="{colour}" {size} cellpadding="0"></td>'
