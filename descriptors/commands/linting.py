# SPDX-License-Identifier: Apache-2.0
"""`lint`: every finding of packages, folders and YAML files, as text, JSON or SARIF.

Onboarding applies the same rules by the same code. Reading happens in a child process with limits,
as there."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from descriptors import constituents, model, rules
from descriptors.archive import csar, meta
from descriptors.commands import given, sarif
from descriptors.hints import closest
from descriptors.package import Finding, Package, Trust
from descriptors.pool import Pool

FORMATS = ("text", "json", "sarif")
# Never switched off, nor is an error of a package of which nothing could be read: it would pass
# unseen.
ALWAYS = ("csar-unreadable", "csar-corrupt", "parser-limit")


class Report(list[Finding]):
    """The findings. `packages` were read; `off` findings were switched off, `elsewhere` are in
    files not asked for."""

    def __init__(self, findings: Iterable[Finding] = ()) -> None:
        super().__init__(findings)
        self.packages, self.off, self.elsewhere = 0, 0, 0
        self.notes: list[str] = []

    def summary(self) -> dict[str, int]:
        """The numbers; those that are usually 0 only where they are not."""
        errors = sum(finding.severity == "error" for finding in self)
        rare = {
            name: number
            for name, number in (("off", self.off), ("elsewhere", self.elsewhere))
            if number
        }
        return {"packages": self.packages, "errors": errors, "warnings": len(self) - errors, **rare}


def lint(
    paths: Iterable[str | Path],
    only: Sequence[str] = (),
    off: Sequence[str] = (),
    pool: Pool | None = None,
    trust: Trust | None = None,
) -> Report:
    """The findings of all packages, by path and line; `file` begins with the path that was asked
    for.

    `only` and `off` name rules or groups of rules (`csar`: all that begin with `csar-`). A folder
    without a package in it stands for the packages below it, a YAML file in a package for what is
    found in that file. `pool`: who reads, else a child for this call that checks signatures by
    `trust`. Raises ValueError on a rule that does not exist, or no package."""
    for name in [*only, *off]:
        _known(name)
    asked = list(dict.fromkeys(target for path in paths for target in given.targets(Path(path))))
    reader = pool or Pool(trust=trust)
    try:
        read = {
            path: given.read(reader, path)
            for path in dict.fromkeys(target.package for target in asked)
        }
        asked = [_alone(target, read, reader) for target in asked]
    finally:
        if pool is None:
            reader.close()
    report, found = Report(), set[Finding]()
    report.packages = len({target.package for target in asked})
    _check_services(read)
    for target in asked:
        found |= set(_of(target, read[target.package], only, off, report))
    report += sorted(found, key=lambda item: (item.file, item.line, item.column, item.rule))
    return report


def render(findings: Sequence[Finding], format: str = "text") -> str:
    """The findings, or a report, as text, json or sarif, each ending in a newline."""
    report = findings if isinstance(findings, Report) else Report(findings)
    if format == "sarif":
        return sarif.render(report, report.notes)
    if format == "json":
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


def switches(words: Iterable[str]) -> tuple[list[str], list[str]]:
    """`only` and `off` of `-W` options: `csar-unlisted` and `no-csar-unlisted`."""
    words = list(words)
    return [word for word in words if not word.startswith("no-")], [
        word[3:] for word in words if word.startswith("no-")
    ]


def many(number: int, word: str) -> str:
    """1 error, 2 errors."""
    return f"{number} {word}" if number == 1 else f"{number} {word}s"


def _alone(target: given.Target, read: dict[Path, Package], reader: Pool) -> given.Target:
    """A file that its package does not read is read by itself."""
    if not target.file or target.file not in given.unread(
        target.package, read[target.package].entry
    ):
        return target
    read[target.alone] = given.read(reader, target.alone)
    return given.Target(target.alone)


def _check_services(read: dict[Path, Package]) -> None:
    """Adds to network services what does not fit the VNFs that are linted with them."""
    vnfds = {
        package.descriptor.id: package.descriptor
        for package in read.values()
        if isinstance(package.descriptor, model.Vnfd)
    }
    for package in read.values() if vnfds else ():
        if isinstance(package.descriptor, model.Nsd):
            package.findings += constituents.check(package.descriptor, vnfds, package.entry)


def _of(
    target: given.Target, package: Package, only: Sequence[str], off: Sequence[str], report: Report
) -> list[Finding]:
    """What is to be said of a target; what is not is counted."""
    loose = given.unread(target.package, package.entry) if _guessed(target) else []
    if loose:
        report.notes.append(
            f"{target.package}: read {package.entry}, not {', '.join(loose)}: "
            "a descriptor of a package is named as its folder, or by TOSCA.meta"
        )
    here = [
        finding
        for finding in package.findings
        if not target.file
        or package.kind is None
        or finding.file in (target.file, target.package.absolute().name, "")
    ]
    kept = [
        finding
        for finding in here
        if _chosen(finding, only, off) or _cannot_be_left_out(finding, package)
    ]
    report.elsewhere += len(package.findings) - len(here)
    report.off += len(here) - len(kept)
    return [_placed(target, finding) for finding in kept]


def _guessed(target: given.Target) -> bool:
    """Nothing but its name says which descriptor of a folder is read."""
    return (
        target.package.is_dir() and not target.file and not (target.package / meta.META).is_file()
    )


def _cannot_be_left_out(finding: Finding, package: Package) -> bool:
    return finding.rule in ALWAYS or (finding.severity == "error" and package.kind is None)


def _known(name: str) -> None:
    if not any(_matches(rule, name) for rule in rules.RULES):
        groups = dict.fromkeys(rule.partition("-")[0] for rule in rules.RULES)
        near = closest(name, [*rules.RULES, *groups])
        hint = (
            near
            if near.startswith("did")
            else f"groups: {', '.join(groups)}; see `mano-package rules`"
        )
        raise ValueError(f"there is no rule {name!r}: {hint}")


def _matches(rule: str, name: str) -> bool:
    return rule == name or rule.startswith(name + "-")


def _chosen(finding: Finding, only: Sequence[str], off: Sequence[str]) -> bool:
    wanted = not only or any(_matches(finding.rule, name) for name in only)
    return wanted and not any(_matches(finding.rule, name) for name in off)


def _placed(target: given.Target, finding: Finding) -> Finding:
    """The finding with a file name that says which package it is in; inside of a zip:
    `web.csar!/Definitions/web.yaml`."""
    path = target.package
    if target.file and finding.file == target.file:
        return dataclasses.replace(finding, file=str(target.alone))
    if finding.file in ("", path.name, path.resolve().name):
        return dataclasses.replace(finding, file=str(path))
    if path.is_dir():
        return dataclasses.replace(finding, file=str(path / finding.file))
    return dataclasses.replace(finding, file=f"{path}{csar.INSIDE}{finding.file}")


def _document(finding: Finding) -> dict[str, Any]:
    """The finding as JSON: null where it has no place, hint or clause."""
    rule = rules.RULES.get(finding.rule)
    found = {**dataclasses.asdict(finding), "clause": rule.clause if rule else ""}
    return {name: value or None for name, value in found.items()}


def _summary(report: Report) -> str:
    numbers = report.summary()
    read = f"{many(report.packages, 'package')}: " if report.packages else ""
    off = f", {many(report.off, 'finding')} switched off" if report.off else ""
    elsewhere = f"; {many(report.elsewhere, 'finding')} in other files" if report.elsewhere else ""
    return f"{read}{many(numbers['errors'], 'error')}, {many(numbers['warnings'], 'warning')}{off}{elsewhere}"
