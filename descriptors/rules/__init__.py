# SPDX-License-Identifier: Apache-2.0
"""Every rule a finding can name: what it means and which clause says so.

`python -m descriptors rules` prints the page. SP is the TOSCA Simple Profile in YAML 1.3; SOL001,
SOL004 and SOL007 are ETSI's."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from descriptors.rules import archive, sol001, tosca

Row = tuple[str, str, str]  # rule, meaning, clause

_HEAD = """\
# Rules of the TOSCA toolchain

What `mano package lint` and onboarding find; the same offline and online. Made by
`python -m descriptors rules` from `descriptors/rules/`. SP: TOSCA Simple Profile in YAML 1.3.

| rule | severity | meaning | clause |
|---|---|---|---|
"""


@dataclass(frozen=True)
class Rule:
    """`severity` is error (the package is refused) or warning."""

    id: str
    severity: str
    meaning: str
    clause: str = ""


def page() -> str:
    """The table as docs/rules.md."""
    return _HEAD + "".join(map(_line, RULES.values()))


def _line(rule: Rule) -> str:
    name = f'<a id="{rule.id}"></a>`{rule.id}`'
    return f"| {name} | {rule.severity} | {rule.meaning} | {rule.clause} |\n"


def _rules(severity: str, rows: Iterable[Row]) -> dict[str, Rule]:
    return {name: Rule(name, severity, meaning, clause) for name, meaning, clause in rows}


RULES: dict[str, Rule] = {
    **_rules("error", (*archive.ERRORS, *tosca.ERRORS, *sol001.ERRORS)),
    **_rules("warning", (*archive.WARNINGS, *tosca.WARNINGS, *sol001.WARNINGS)),
}
