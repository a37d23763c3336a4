# SPDX-License-Identifier: Apache-2.0
"""Findings as SARIF 2.1.0 (OASIS), which code hosts and editors show beside the lines."""

from __future__ import annotations

import json
import urllib.parse
from collections.abc import Sequence
from pathlib import Path

from descriptors import commands, rules
from descriptors.archive import csar
from descriptors.package import Finding

Json = dict[str, object]

SCHEMA = (
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
)


def render(findings: Sequence[Finding], notes: Sequence[str] = ()) -> str:
    """One run with all findings.

    `rules` holds those that are broken, `notes` what else is to be said."""
    names = sorted({finding.rule for finding in findings})
    notices = [{"message": {"text": note}, "level": "note"} for note in notes]
    run = {
        "tool": {"driver": _driver(names)},
        "columnKind": "unicodeCodePoints",
        "invocations": [{"executionSuccessful": True, "toolExecutionNotifications": notices}],
        "results": [_result(finding, names.index(finding.rule)) for finding in findings],
    }
    document = {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def _driver(names: Sequence[str]) -> Json:
    home = commands.documentation()
    return _without_empty(
        {
            "name": "mano-package",
            "version": commands.version(),
            "informationUri": home and f"{home}/packages.md",
            "rules": [_rule(name, home) for name in names],
        }
    )


def _rule(name: str, home: str) -> Json:
    rule = rules.RULES.get(name) or rules.Rule(name, "error", "error", name)
    return _without_empty(
        {
            "id": name,
            "shortDescription": {"text": rule.meaning},
            "helpUri": home and f"{home}/rules.md#{name}",
            "defaultConfiguration": {"level": rule.field},
            "properties": {"clause": rule.clause} if rule.clause else "",
        }
    )


def _without_empty(values: Json) -> Json:
    """What is not known is left out."""
    return {name: value for name, value in values.items() if value != ""}


def _result(finding: Finding, index: int) -> Json:
    archive, _, file = finding.file.partition(csar.INSIDE)
    return {
        "ruleId": finding.rule,
        "ruleIndex": index,
        "level": finding.severity,
        "message": {"text": _message(finding, file)},
        "locations": [_location(finding, archive, file)],
    }


def _message(finding: Finding, file: str) -> str:
    """A file in an archive has no lines that a viewer could show: the message tells them."""
    line = f":{finding.line}:{finding.column}" if finding.line else ""
    place = f"{file}{line}: " if file else ""
    hint = f" ({finding.hint})" if finding.hint else ""
    return f"{place}{finding.message}{hint}"


def _location(finding: Finding, archive: str, file: str) -> Json:
    region = {"startLine": 1}
    if not file:
        region = {"startLine": finding.line or 1, "startColumn": max(1, finding.column)}
    location: Json = {
        "physicalLocation": {"artifactLocation": {"uri": _uri(archive)}, "region": region}
    }
    if file:
        names = {"name": Path(file).name, "fullyQualifiedName": file, "kind": "resource"}
        location["logicalLocations"] = [names]
    return location


def _uri(file: str) -> str:
    """Relative to where one stands, as code hosts want it; `file://` for what lies outside."""
    path, here = Path(file).resolve(), Path.cwd()
    if not path.is_relative_to(here):
        return path.as_uri()
    return urllib.parse.quote(path.relative_to(here).as_posix())
