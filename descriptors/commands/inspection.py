# SPDX-License-Identifier: Apache-2.0
"""What `lint` does: every finding of packages, folders and YAML files, as a report.

Onboarding applies the same rules by the same code. Reading happens in a child process with limits,
as there."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from descriptors import constituents, model, rules
from descriptors.archive import csar, meta
from descriptors.commands import reader, targets
from descriptors.commands.reports import Report
from descriptors.commands.targets import Target
from descriptors.hints import closest
from descriptors.package import Finding, Package, Trust
from descriptors.pool import Pool

# Never switched off, nor is an error of a package of which nothing could be read: it would pass
# unseen.
ALWAYS = ("csar-unreadable", "csar-corrupt", "parser-limit")

Packages = dict[Path, Package]


@dataclass(frozen=True)
class Switches:
    """Rules, or groups of rules, to apply alone or to leave out.

    The group `csar` are all rules that begin with `csar-`."""

    only: Sequence[str]
    off: Sequence[str]

    def allow(self, finding: Finding) -> bool:
        """Whether the finding's rule is to be applied."""
        if self.only and not any(_names(name, finding.rule) for name in self.only):
            return False
        return not any(_names(name, finding.rule) for name in self.off)


def lint(
    paths: Iterable[str | Path],
    only: Sequence[str] = (),
    off: Sequence[str] = (),
    pool: Pool | None = None,
    trust: Trust | None = None,
    profile: str | None = None,
) -> Report:
    """The findings of all packages, by path and line.

    `file` of a finding begins with the path that was asked for. A folder without a package in it
    stands for the packages below it, a YAML file in a package for what is found in that file.
    `pool`: who reads, else a child for this call that checks signatures by `trust` and judges by
    `profile`. Raises ValueError on a rule that does not exist, or no package."""
    for name in [*only, *off]:
        _check_rule(name)
    chosen = _targets(paths)
    readers = pool or Pool(trust=trust, profile=profile)
    try:
        packages = {
            path: reader.read(readers, path)
            for path in dict.fromkeys(target.package for target in chosen)
        }
        chosen = [_alone(target, packages, readers) for target in chosen]
    finally:
        if pool is None:
            readers.close()
    _check_services(packages)
    return _report(chosen, packages, Switches(only, off))


def switches(words: Iterable[str]) -> tuple[list[str], list[str]]:
    """`only` and `off` of `-W` options: `csar-unlisted` and `no-csar-unlisted`."""
    words = list(words)
    only = [word for word in words if not word.startswith("no-")]
    return only, [word.removeprefix("no-") for word in words if word.startswith("no-")]


def _targets(paths: Iterable[str | Path]) -> list[Target]:
    every = (target for path in paths for target in targets.targets(Path(path)))
    return list(dict.fromkeys(every))


def _alone(target: Target, packages: Packages, readers: Pool) -> Target:
    """A file that its package does not read is read by itself."""
    entry = packages[target.package].entry
    if not target.file or target.file not in targets.unread(target.package, entry):
        return target
    packages[target.alone] = reader.read(readers, target.alone)
    return Target(target.alone)


def _check_services(packages: Packages) -> None:
    """Adds to network services what does not fit the VNFs that are linted with them."""
    descriptors = [(package, package.descriptor) for package in packages.values()]
    vnfds = {vnfd.id: vnfd for _, vnfd in descriptors if isinstance(vnfd, model.Vnfd)}
    if not vnfds:
        return
    for package, nsd in descriptors:
        if isinstance(nsd, model.Nsd):
            package.findings += constituents.check(nsd, vnfds, package.entry)


def _report(chosen: Sequence[Target], packages: Packages, rules: Switches) -> Report:
    report, findings = Report(), set[Finding]()
    report.packages = len({target.package for target in chosen})
    for target in chosen:
        findings.update(_findings(target, packages[target.package], rules, report))
    report += sorted(findings, key=lambda item: (item.file, item.line, item.column, item.rule))
    return report


def _findings(target: Target, package: Package, rules: Switches, report: Report) -> list[Finding]:
    """What is to be said of a target; what is not is counted."""
    loose = targets.unread(target.package, package.entry) if _is_guessed(target) else []
    if loose:
        report.notes.append(
            f"{target.package}: read {package.entry}, not {', '.join(loose)}: "
            "a descriptor of a package is named as its folder, or by TOSCA.meta"
        )
    findings = [finding for finding in package.findings if _is_about(target, package, finding)]
    allowed = [
        finding
        for finding in findings
        if rules.allow(finding) or _cannot_be_left_out(finding, package)
    ]
    report.elsewhere += len(package.findings) - len(findings)
    report.off += len(findings) - len(allowed)
    return [_placed(target, finding) for finding in allowed]


def _is_guessed(target: Target) -> bool:
    """Nothing but its name says which descriptor of a folder is read."""
    folder = target.package
    return folder.is_dir() and not target.file and not (folder / meta.META).is_file()


def _is_about(target: Target, package: Package, finding: Finding) -> bool:
    if not target.file or package.kind is None:
        return True
    return finding.file in (target.file, target.package.absolute().name, "")


def _cannot_be_left_out(finding: Finding, package: Package) -> bool:
    return finding.rule in ALWAYS or (finding.severity == "error" and package.kind is None)


def _check_rule(name: str) -> None:
    if any(_names(name, rule) for rule in rules.RULES):
        return
    groups = dict.fromkeys(rule.partition("-")[0] for rule in rules.RULES)
    hint = closest(name, [*rules.RULES, *groups])
    if not hint.startswith("did"):
        hint = f"groups: {', '.join(groups)}; see `mano-package rules`"
    raise ValueError(f"there is no rule {name!r}: {hint}")


def _names(name: str, rule: str) -> bool:
    """Whether a word names a rule, or the group that it is of."""
    return rule == name or rule.startswith(name + "-")


def _placed(target: Target, finding: Finding) -> Finding:
    """The finding with a file name that says which package it is in; inside of a zip:
    `web.csar!/Definitions/web.yaml`."""
    path, file = target.package, finding.file
    if target.file and file == target.file:
        place = str(target.alone)
    elif file in ("", path.name, path.resolve().name):
        place = str(path)
    elif path.is_dir():
        place = str(path / file)
    else:
        place = f"{path}{csar.INSIDE}{file}"
    return dataclasses.replace(finding, file=place)
