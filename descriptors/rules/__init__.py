# SPDX-License-Identifier: Apache-2.0
"""Every rule a finding can name: what it means and which clause says so.

`python -m descriptors rules` prints the page. SP is the TOSCA Simple Profile in YAML 1.3; SOL001,
SOL004 and SOL007 are ETSI's."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from descriptors.package import STRICT
from descriptors.rules import archive, sol001, tosca

Row = tuple[str, str, str]  # rule, meaning, clause

_HEAD = """\
# Rules of the TOSCA toolchain

What `mano package lint` and onboarding find; the same offline and online. Made by
`python -m descriptors rules` from `descriptors/rules/`. SP: TOSCA Simple Profile in YAML 1.3.

By the profile `strict` a package is held to every letter; by `field`, the default, what has one
meaning only is a warning that says how it was read (`--profile`, `MANO_PACKAGE_PROFILE`). What is
ambiguous or unsafe is an error in both.

| rule | strict | field | meaning | clause |
|---|---|---|---|---|
"""


@dataclass(frozen=True)
class Rule:
    """`strict` and `field`: what it is by the profile, error (the package is refused) or
    warning."""

    id: str
    strict: str
    field: str
    meaning: str
    clause: str = ""

    def severity(self, profile: str) -> str:
        return self.strict if profile == STRICT else self.field


def page() -> str:
    """The table as docs/rules.md."""
    return _HEAD + "".join(map(_line, RULES.values()))


def _line(rule: Rule) -> str:
    name = f'<a id="{rule.id}"></a>`{rule.id}`'
    return f"| {name} | {rule.strict} | {rule.field} | {rule.meaning} | {rule.clause} |\n"


def _rules(strict: str, field: str, rows: Iterable[Row]) -> dict[str, Rule]:
    return {name: Rule(name, strict, field, meaning, clause) for name, meaning, clause in rows}


RULES: dict[str, Rule] = {
    **_rules("error", "error", (*archive.ERRORS, *tosca.ERRORS, *sol001.ERRORS)),
    **_rules("error", "warning", (*archive.BY_PROFILE, *tosca.BY_PROFILE, *sol001.BY_PROFILE)),
    **_rules("warning", "warning", (*archive.WARNINGS, *tosca.WARNINGS, *sol001.WARNINGS)),
}
