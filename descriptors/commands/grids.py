# SPDX-License-Identifier: Apache-2.0
"""A table that keeps readable where the terminal is narrow.

No word is broken, and what is long goes below."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rich import box
from rich.console import Console, ConsoleOptions, RenderResult
from rich.markup import escape
from rich.measure import Measurement
from rich.table import Table
from rich.text import Text

from descriptors import sizing
from descriptors.commands import phrases

NEED = ("vCPU", "Pinned", "Memory", "Storage", "VFs", "Pages")
_RIGHT = ("Number", *NEED[:-1])
_NOTHING = ("", "-")
_UNBOUNDED = 10_000  # characters


@dataclass
class Grid:
    """Columns in which no row says anything are left out.

    The last column goes below where the table is too wide."""

    title: str
    columns: Sequence[str]
    rows: Sequence[Sequence[str]]

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        columns = [index for index in range(len(self.columns)) if self._says(index)]
        table, last = self._table(columns), len(self.columns) - 1
        yield Text(self.title, "bold")
        width = Measurement.get(console, options.update(max_width=_UNBOUNDED), table).maximum
        if width <= options.max_width or last not in columns:
            yield table
            return
        yield self._table(columns[:-1])
        for row in self.rows:
            if row[last] not in _NOTHING:
                about = ", ".join(row[last].splitlines())
                yield f"   {escape(row[0])}, {self.columns[last].lower()}: {escape(about)}"

    def _says(self, index: int) -> bool:
        return any(row[index] not in _NOTHING for row in self.rows)

    def _table(self, columns: Sequence[int]) -> Table:
        table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
        for index in columns:
            name = self.columns[index]
            if name in _RIGHT:
                table.add_column(name, overflow="ellipsis", no_wrap=True, justify="right")
            else:
                table.add_column(name, overflow="ellipsis")
        for row in self.rows:
            table.add_row(*(escape(row[index]) for index in columns))
        return table


def cells(need: sizing.Need, says_compute: bool = True) -> list[str]:
    """The cells of NEED; `says_compute`: it is said how many vCPUs there are to be."""
    pages = "\n".join(
        f"{number}× {phrases.size_of(size)}" for size, number in sorted(need.pages.items())
    )
    return [
        str(need.vcpus) if says_compute else "-",
        str(need.dedicated or "-"),
        phrases.size_of(need.memory),
        phrases.size_of(need.storage),
        str(need.vfs or "-"),
        pages or "-",
    ]
