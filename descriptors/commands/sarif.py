# SPDX-License-Identifier: Apache-2.0
"""Findings as SARIF 2.1.0 (OASIS), which code hosts and editors show beside the lines."""

from __future__ import annotations

import json
import urllib.parse
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from descriptors import commands, rules
from descriptors.archive import csar
from descriptors.package import Finding

SCHEMA = (
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
)


def render(findings: Sequence[Finding], notes: Sequence[str] = ()) -> str:
    """One run with all findings; `rules` holds those that were found, `notes` what else is to be
    said."""
    found, home = sorted({finding.rule for finding in findings}), commands.documentation()
    driver = {
        "name": "mano-package",
        "version": commands.version(),
        "informationUri": home and f"{home}/packages.md",
        "rules": [_rule(name, home) for name in found],
    }
    said = [{"message": {"text": note}, "level": "note"} for note in notes]
    run = {
        "tool": {"driver": _stated(driver)},
        "columnKind": "unicodeCodePoints",
        "invocations": [{"executionSuccessful": True, "toolExecutionNotifications": said}],
        "results": [_result(finding, found.index(finding.rule)) for finding in findings],
    }
    return (
        json.dumps(
            {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2, ensure_ascii=False
        )
        + "\n"
    )


def _rule(name: str, home: str) -> dict[str, Any]:
    rule = rules.RULES.get(name) or rules.Rule(name, "error", name)
    return _stated(
        {
            "id": name,
            "shortDescription": {"text": rule.meaning},
            "helpUri": home and f"{home}/rules.md#{name}",
            "defaultConfiguration": {"level": rule.severity},
            "properties": {"clause": rule.clause} if rule.clause else "",
        }
    )


def _stated(values: dict[str, Any]) -> dict[str, Any]:
    """Without what is not known."""
    return {name: value for name, value in values.items() if value != ""}


def _result(finding: Finding, index: int) -> dict[str, Any]:
    """A file in an archive has no lines that a viewer could show: the archive is the place, the
    message tells the line."""
    archive, _, inner = finding.file.partition(csar.INSIDE)
    line = f":{finding.line}:{finding.column}" if finding.line else ""
    message = (
        (f"{inner}{line}: " if inner else "")
        + finding.message
        + (f" ({finding.hint})" if finding.hint else "")
    )
    region = (
        {"startLine": finding.line or 1, "startColumn": max(1, finding.column)}
        if not inner
        else {"startLine": 1}
    )
    location: dict[str, Any] = {
        "physicalLocation": {"artifactLocation": {"uri": _uri(archive)}, "region": region}
    }
    if inner:
        location["logicalLocations"] = [
            {"name": Path(inner).name, "fullyQualifiedName": inner, "kind": "resource"}
        ]
    return {
        "ruleId": finding.rule,
        "ruleIndex": index,
        "level": finding.severity,
        "message": {"text": message},
        "locations": [location],
    }


def _uri(file: str) -> str:
    """Relative to where one stands, as code hosts want it; `file://` for what lies outside."""
    path, here = Path(file).resolve(), Path.cwd()
    return (
        urllib.parse.quote(path.relative_to(here).as_posix())
        if path.is_relative_to(here)
        else path.as_uri()
    )
