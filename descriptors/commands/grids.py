# SPDX-License-Identifier: Apache-2.0
"""A table that keeps readable where the terminal is narrow: no word is broken, and what is long
goes below."""

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
from descriptors.commands import showing

NEED = ("vCPU", "Pinned", "Memory", "Storage", "VFs", "Pages")
_RIGHT = ("Number", *NEED[:-1])
_NOTHING = ("", "-")


@dataclass
class Grid:
    """Columns in which no row says anything are left out. The last column goes below where the
    table is too wide."""

    title: str
    columns: Sequence[str]
    rows: Sequence[Sequence[str]]

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        used = [
            index
            for index in range(len(self.columns))
            if any(row[index] not in _NOTHING for row in self.rows)
        ]
        whole, last = self._table(used), len(self.columns) - 1
        yield Text(self.title, "bold")
        wide = (
            Measurement.get(console, options.update(max_width=10_000), whole).maximum
            > options.max_width
        )
        if not (wide and last in used):
            yield whole
            return
        yield self._table(used[:-1])
        for row in self.rows:
            if row[last] not in _NOTHING:
                about = ", ".join(row[last].splitlines())
                yield f"   {escape(row[0])}, {self.columns[last].lower()}: {escape(about)}"

    def _table(self, used: Sequence[int]) -> Table:
        table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
        for index in used:
            name = self.columns[index]
            table.add_column(
                name,
                overflow="ellipsis",
                no_wrap=name in _RIGHT,
                justify="right" if name in _RIGHT else "left",
            )
        for row in self.rows:
            table.add_row(*(escape(row[index]) for index in used))
        return table


def needs(need: sizing.Need, known: bool = True) -> list[str]:
    """The cells of NEED; `known`: it is said how many vCPUs there are to be."""
    pages = "\n".join(
        f"{number}× {showing.size_of(size)}" for size, number in sorted(need.pages.items())
    )
    return [
        str(need.vcpus) if known else "-",
        str(need.dedicated or "-"),
        showing.size_of(need.memory),
        showing.size_of(need.storage),
        str(need.vfs or "-"),
        pages or "-",
    ]
