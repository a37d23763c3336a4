# SPDX-License-Identifier: Apache-2.0
"""Findings as SARIF 2.1.0 (OASIS), which code hosts and editors show beside the lines."""
from __future__ import annotations

import json
import urllib.parse
from collections.abc import Sequence
from typing import Any

from descriptors import rules
from descriptors.package import Finding

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"


def render(findings: Sequence[Finding], notes: Sequence[str] = ()) -> str:
    """One run with all findings; `rules` holds those that were found."""
    found = sorted({finding.rule for finding in findings})
    driver = {"name": "mano-package", "rules": [_rule(name) for name in found]}
    run = {"tool": {"driver": driver}, "columnKind": "unicodeCodePoints",
           "results": [_result(finding, found.index(finding.rule)) for finding in findings]}
    return json.dumps({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2, ensure_ascii=False) + "\n"


def _rule(name: str) -> dict[str, Any]:
    rule = rules.RULES.get(name) or rules.Rule(name, "error", name)
    described = {"id": name, "shortDescription": {"text": rule.meaning},
                 "defaultConfiguration": {"level": rule.severity}}
    return {**described, **({"properties": {"clause": rule.clause}} if rule.clause else {})}


def _result(finding: Finding, index: int) -> dict[str, Any]:
    message = finding.message + (f" ({finding.hint})" if finding.hint else "")
    place: dict[str, Any] = {"artifactLocation": {"uri": urllib.parse.quote(finding.file)}}
    if finding.line:
        place["region"] = {"startLine": finding.line, "startColumn": max(1, finding.column)}
    return {"ruleId": finding.rule, "ruleIndex": index, "level": finding.severity, "message": {"text": message},
            "locations": [{"physicalLocation": place}]}
