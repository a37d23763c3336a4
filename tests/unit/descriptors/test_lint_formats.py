# SPDX-License-Identifier: Apache-2.0
"""`lint --format json` and `sarif`: everything a finding knows, where tools look for it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from linted import BAD, SAMPLES, folder, run
from small_packages import VNFD, Make

from descriptors import rules


def test_json_has_everything_a_finding_knows(make: Make) -> None:
    code, output = run("--format", "json", "-W", "no-csar", make({"../evil": "x"}, vnfd=BAD))
    document = json.loads(output)
    assert code == 1
    assert document["summary"] == {"packages": 1, "errors": 2, "warnings": 0, "off": 1}
    finding = next(item for item in document["findings"] if item["rule"] == "tosca-value-type")
    assert (finding["severity"], finding["line"], finding["column"], finding["clause"]) == (
        "error",
        33,
        28,
        "SP 3.3",
    )
    assert finding["hint"] and document["notes"] == []


def test_what_a_finding_does_not_know_is_null_in_json(tmp_path: Path) -> None:
    (tmp_path / "x.csar").write_bytes(b"PK no zip")
    [finding] = json.loads(run("--format", "json", tmp_path / "x.csar")[1])["findings"]
    assert (finding["line"], finding["column"], finding["rule"]) == (None, None, "csar-not-a-zip")


def sarif(*paths: object) -> dict[str, Any]:
    log: dict[str, Any] = json.loads(run("--format", "sarif", *paths)[1])
    assert (log["version"], len(log["runs"])) == ("2.1.0", 1)
    assert log["$schema"].endswith("sarif-schema-2.1.0.json")
    return dict(log["runs"][0])


def places(log: dict[str, Any]) -> set[str]:
    return {
        result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
        for result in log["results"]
    }


def test_sarif_is_what_its_schema_asks_for(make: Make) -> None:
    finding = sarif(make({"../evil ü": "x"}, vnfd=BAD))
    driver = finding["tool"]["driver"]
    assert {rule["id"] for rule in driver["rules"]} == {
        "csar-unsafe-path",
        "tosca-unknown-node",
        "tosca-value-type",
    }
    assert driver["version"] and all(
        rule["helpUri"].endswith(f"rules.md#{rule['id']}") for rule in driver["rules"]
    )
    assert all(
        ":" in address
        for address in (driver["informationUri"], *(rule["helpUri"] for rule in driver["rules"]))
    )
    assert (
        set(driver) <= {"name", "version", "informationUri", "rules"}
        and finding["columnKind"] == "unicodeCodePoints"
    )
    for result in finding["results"]:
        assert set(result) == {"ruleId", "ruleIndex", "level", "message", "locations"}
        assert driver["rules"][result["ruleIndex"]]["id"] == result["ruleId"]
        assert result["level"] in ("error", "warning")
        assert result["message"]["text"]
        place = result["locations"][0]["physicalLocation"]
        assert (
            place["artifactLocation"]["uri"].isascii()
            and " " not in place["artifactLocation"]["uri"]
        )
        assert place["region"]["startLine"] >= 1 and place["region"].get("startColumn", 1) >= 1


def test_every_rule_has_the_anchor_that_sarif_leads_to() -> None:
    page = (SAMPLES.parent / "docs/rules.md").read_text()
    assert all(f'<a id="{rule}"></a>' in page for rule in rules.RULES)


def test_sarif_names_files_from_where_one_stands(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = folder(tmp_path / "my vnf")
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path)
    for place in ("./my vnf/", "my vnf", path, "elsewhere/../my vnf"):
        assert places(sarif(place)) == {"my%20vnf/Definitions/vnfd.yaml"}
    monkeypatch.chdir(tmp_path / "elsewhere")
    assert places(sarif("../my vnf")) == {(path / "Definitions/vnfd.yaml").as_uri()}


def test_sarif_names_the_archive_and_tells_the_line_in_it(
    make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = make(vnfd=BAD)
    monkeypatch.chdir(path.parent)
    log = sarif(path.name)
    assert places(log) == {path.name}
    finding = next(result for result in log["results"] if result["ruleId"] == "tosca-value-type")
    assert finding["message"]["text"].startswith("Definitions/vnfd.yaml:33:28: ")
    assert (
        finding["locations"][0]["logicalLocations"][0]["fullyQualifiedName"]
        == "Definitions/vnfd.yaml"
    )
    assert finding["locations"][0]["physicalLocation"]["region"] == {"startLine": 1}


def test_a_folder_with_two_descriptors_says_which_it_read(tmp_path: Path) -> None:
    path = folder(tmp_path / "a", VNFD)
    (path / "Definitions/other.yaml").write_text(BAD)
    assert f"{path}: read Definitions/other.yaml, not Definitions/vnfd.yaml" in run(path)[1]
    assert json.loads(run("--format", "json", path)[1])["notes"]
    assert sarif(path)["invocations"][0]["toolExecutionNotifications"][0]["level"] == "note"
