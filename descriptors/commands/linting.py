# SPDX-License-Identifier: Apache-2.0
"""`lint`: every finding of packages, folders and YAML files, as text, JSON or SARIF.

Onboarding applies the same rules by the same code. Reading happens in a child process with limits, as there.
"""
from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterable, Sequence
from pathlib import Path

from descriptors import rules
from descriptors.archive import csar
from descriptors.commands import given, sarif
from descriptors.hints import closest
from descriptors.package import Finding
from descriptors.pool import Pool

FORMATS = ("text", "json", "sarif")


def lint(paths: Iterable[str | Path], only: Sequence[str] = (), off: Sequence[str] = (), pool: Pool | None = None
         ) -> list[Finding]:
    """The findings of all packages, by path and line; `file` begins with the path that was asked for.

    `only` and `off` name rules or groups of rules (`csar`: all that begin with `csar-`). A folder without a package in it
    stands for the packages below it. `pool`: who reads, else a child for this call. Raises ValueError on a rule that does not exist.
    """
    for name in [*only, *off]:
        _known(name)
    reader = pool or Pool()
    try:
        found = [_placed(path, finding) for asked in paths for path in given.packages(Path(asked))
                 for finding in given.read(reader, path).findings]
    finally:
        if pool is None:
            reader.close()
    return sorted((finding for finding in found if _chosen(finding, only, off)),
                  key=lambda item: (item.file, item.line, item.column, item.rule))


def render(findings: Sequence[Finding], format: str = "text") -> str:
    """The findings as text, json or sarif, each ending in a newline."""
    errors = sum(finding.severity == "error" for finding in findings)
    summary = {"errors": errors, "warnings": len(findings) - errors}
    if format == "sarif":
        return sarif.render(findings)
    if format == "json":
        listed = [{**dataclasses.asdict(finding), "clause": _clause(finding)} for finding in findings]
        return json.dumps({"findings": listed, "summary": summary}, indent=2, ensure_ascii=False) + "\n"
    return "".join(f"{finding}\n" for finding in findings) + f"{_many(errors, 'error')}, {_many(summary['warnings'], 'warning')}\n"


def exit_code(findings: Iterable[Finding]) -> int:
    """1 where one is an error, else 0; 2 is for wrong use."""
    return int(any(finding.severity == "error" for finding in findings))


def switches(words: Iterable[str]) -> tuple[list[str], list[str]]:
    """`only` and `off` of `-W` options: `csar-unlisted` and `no-csar-unlisted`."""
    words = list(words)
    return [word for word in words if not word.startswith("no-")], [word[3:] for word in words if word.startswith("no-")]


def _known(name: str) -> None:
    if not any(_matches(rule, name) for rule in rules.RULES):
        raise ValueError(f"there is no rule {name!r}: {closest(name, rules.RULES)}")


def _matches(rule: str, name: str) -> bool:
    return rule == name or rule.startswith(name + "-")


def _chosen(finding: Finding, only: Sequence[str], off: Sequence[str]) -> bool:
    wanted = not only or any(_matches(finding.rule, name) for name in only)
    return wanted and not any(_matches(finding.rule, name) for name in off)


def _placed(path: Path, finding: Finding) -> Finding:
    """The finding with a file name that says which package it is in; inside of a zip: `web.csar!/Definitions/web.yaml`."""
    if finding.file in ("", path.name, path.resolve().name):
        return dataclasses.replace(finding, file=str(path))
    return dataclasses.replace(finding, file=f"{path}{'/' if path.is_dir() else csar.INSIDE}{finding.file}")


def _clause(finding: Finding) -> str:
    rule = rules.RULES.get(finding.rule)
    return rule.clause if rule else ""


def _many(number: int, word: str) -> str:
    return f"{number} {word}" if number == 1 else f"{number} {word}s"
