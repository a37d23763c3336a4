# SPDX-License-Identifier: Apache-2.0
"""The list that findings are collected in, so that one run reports all of them."""
from __future__ import annotations

from typing import Any

from descriptors.package import Finding


class Findings(list[Finding]):
    """A list of findings; the same finding is kept once."""

    def error(self, rule: str, file: str, message: str, hint: str = "", at: tuple[int, int] = (0, 0)) -> None:
        self._add(Finding(rule, "error", file, at[0], at[1], message, hint))

    def warning(self, rule: str, file: str, message: str, hint: str = "", at: tuple[int, int] = (0, 0)) -> None:
        self._add(Finding(rule, "warning", file, at[0], at[1], message, hint))

    def _add(self, finding: Finding) -> None:
        if finding not in self:
            self.append(finding)


class Stop(Exception):
    """Reading cannot go on; why is among the findings."""


def words(error: Any) -> str:
    """What an exception says, on one line."""
    return " ".join(str(error).split()) or type(error).__name__
