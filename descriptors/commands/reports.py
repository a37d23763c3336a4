# SPDX-License-Identifier: Apache-2.0
"""Findings as text, JSON or SARIF, with what was read and what was left out."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterable, Sequence

from descriptors import rules
from descriptors.commands import sarif
from descriptors.package import Finding

FORMATS = ("text", "json", "sarif")


class Report(list[Finding]):
    """The findings.

    `packages` were read; `off` findings were switched off, `elsewhere` are in files not asked
    for."""

    def __init__(self, findings: Iterable[Finding] = ()) -> None:
        super().__init__(findings)
        self.packages, self.off, self.elsewhere = 0, 0, 0
        self.notes: list[str] = []

    @property
    def errors(self) -> int:
        """How many of the findings are errors."""
        return sum(finding.severity == "error" for finding in self)

    def summary(self) -> dict[str, int]:
        """The numbers; those that are usually 0 only where they are not."""
        numbers = {
            "packages": self.packages,
            "errors": self.errors,
            "warnings": len(self) - self.errors,
        }
        rare = {"off": self.off, "elsewhere": self.elsewhere}
        return numbers | {name: number for name, number in rare.items() if number}


def render(findings: Sequence[Finding], format_: str = "text") -> str:
    """The findings, or a report, as text, json or sarif, each ending in a newline."""
    report = findings if isinstance(findings, Report) else Report(findings)
    if format_ == "sarif":
        return sarif.render(report, report.notes)
    if format_ == "json":
        document = {
            "findings": list(map(_document, report)),
            "notes": report.notes,
            "summary": report.summary(),
        }
        return json.dumps(document, indent=2, ensure_ascii=False) + "\n"
    return "".join(f"{line}\n" for line in [*report, *report.notes, _summary(report)])


def exit_code(findings: Iterable[Finding]) -> int:
    """1 where one is an error, else 0; 2 is for wrong use."""
    return int(any(finding.severity == "error" for finding in findings))


def many(number: int, word: str) -> str:
    """1 error, 2 errors."""
    return f"{number} {word}" if number == 1 else f"{number} {word}s"


def _document(finding: Finding) -> dict[str, object]:
    """The finding as JSON: null where it has no place, hint or clause."""
    rule = rules.RULES.get(finding.rule)
    values = {**dataclasses.asdict(finding), "clause": rule.clause if rule else ""}
    return {name: value or None for name, value in values.items()}


def _summary(report: Report) -> str:
    packages = f"{many(report.packages, 'package')}: " if report.packages else ""
    errors = many(report.errors, "error")
    warnings = many(len(report) - report.errors, "warning")
    off = f", {many(report.off, 'finding')} switched off" if report.off else ""
    elsewhere = f"; {many(report.elsewhere, 'finding')} in other files" if report.elsewhere else ""
    return f"{packages}{errors}, {warnings}{off}{elsewhere}"
