# SPDX-License-Identifier: Apache-2.0
"""`lint`: every finding with its place, in three formats, rules on and off, the same as onboarding finds."""
from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from broken import BROKEN, TOP
from click.testing import CliRunner
from made_packages import META, VNFD, Make

import descriptors
from descriptors import pool
from descriptors.commands import cli, linting

BAD = VNFD.replace("virtual_binding: vdu", "virtual_binding: nobody").replace("num_virtual_cpu: 2", "num_virtual_cpu: two")


def run(*words: object) -> tuple[int, str]:
    done = CliRunner().invoke(cli.group, ["lint", *map(str, words)])
    assert done.exception is None or isinstance(done.exception, SystemExit)
    return done.exit_code, done.output


@pytest.fixture(scope="module")
def children() -> Iterator[pool.Pool]:
    """One child for all tests: to start one takes longer than to read."""
    children = pool.Pool()
    yield children
    children.close()


def folder(path: Path, text: str = BAD) -> Path:
    (path / "Definitions").mkdir(parents=True)
    (path / "Definitions" / "vnfd.yaml").write_text(text)
    return path


def test_findings_of_a_csar_a_folder_and_a_file_are_the_same(children: pool.Pool, make: Make, tmp_path: Path) -> None:
    single = tmp_path / "vnfd.yaml"
    single.write_text(BAD)
    packed, unpacked = make(vnfd=BAD), folder(tmp_path / "thing")
    found = {path: [(one.rule, one.line, one.column, one.message) for one in linting.lint([path], pool=children)] for path in (packed, unpacked, single)}
    assert found[packed] == found[unpacked] == found[single]
    assert {rule for rule, *_ in found[packed]} == {"tosca-unknown-node", "tosca-value-type"}
    assert {one.file for one in linting.lint([packed, unpacked, single], pool=children)} == {
        f"{packed}!/Definitions/vnfd.yaml", f"{unpacked}/Definitions/vnfd.yaml", str(single)}


def test_lint_says_what_onboarding_says(children: pool.Pool, make: Make) -> None:
    path = make({"../evil": "x"}, vnfd=BAD, meta=META + "\nName: gone\nAlgorithm: SHA-256\nHash: 0\n")
    online = {(one.rule, one.line, one.message) for one in children.read(path).findings}
    assert {(one.rule, one.line, one.message) for one in linting.lint([path], pool=children)} == online


@pytest.mark.parametrize(("text", "code"), [(VNFD, 0), (BAD, 1), (VNFD.replace("        name: vdu\n", "        name: a\n        name: vdu\n"), 0)])
def test_the_exit_code_tells_errors_from_warnings(children: pool.Pool, make: Make, text: str, code: int) -> None:
    assert linting.exit_code(linting.lint([make(vnfd=text)], pool=children)) == code


@pytest.mark.parametrize("words", [["gone.csar"], ["--format", "xml", "."], ["-W", "no-csra", "."], ["-W", "vnfd-unknwon-aspect", "."], []])
def test_wrong_use_is_2(words: list[str]) -> None:
    assert run(*words)[0] == 2


def test_a_rule_that_does_not_exist_is_answered_with_the_closest(make: Make) -> None:
    assert "did you mean csar-unlisted?" in run("-W", "no-csar-unlistd", make())[1]


@pytest.mark.parametrize(("switches", "left"), [
    ([], {"tosca-unknown-node", "tosca-value-type", "csar-missing-file"}), (["no-csar"], {"tosca-unknown-node", "tosca-value-type"}),
    (["tosca-value-type"], {"tosca-value-type"}), (["tosca", "no-tosca-value-type"], {"tosca-unknown-node"}),
    (["no-tosca", "no-csar-missing-file"], set())])
def test_rules_are_switched_on_and_off(children: pool.Pool, make: Make, switches: list[str], left: set[str]) -> None:
    path = make(vnfd=BAD, meta=META + "\nName: gone\nAlgorithm: SHA-256\nHash: 0\n")
    only, off = linting.switches(switches)
    assert {one.rule for one in linting.lint([path], only=only, off=off, pool=children)} == left


def test_json_has_everything_a_finding_knows(make: Make) -> None:
    code, output = run("--format", "json", "-W", "no-csar", make({"../evil": "x"}, vnfd=BAD))
    found = json.loads(output)
    assert code == 1
    assert found["summary"] == {"errors": 2, "warnings": 0}
    one = next(item for item in found["findings"] if item["rule"] == "tosca-value-type")
    assert (one["severity"], one["line"], one["column"], one["clause"]) == ("error", 33, 28, "SP 3.3")
    assert one["hint"]


def test_sarif_is_what_its_schema_asks_for(make: Make) -> None:
    path = make({"../evil ü": "x"}, vnfd=BAD)
    log: dict[str, Any] = json.loads(run("--format", "sarif", path)[1])
    assert (log["version"], len(log["runs"])) == ("2.1.0", 1)
    one = log["runs"][0]
    described = one["tool"]["driver"]["rules"]
    assert {rule["id"] for rule in described} == {"csar-unsafe-path", "tosca-unknown-node", "tosca-value-type"}
    for result in one["results"]:
        assert described[result["ruleIndex"]]["id"] == result["ruleId"]
        assert result["level"] in ("error", "warning")
        assert result["message"]["text"]
        place = result["locations"][0]["physicalLocation"]
        assert place["artifactLocation"]["uri"].isascii() and " " not in place["artifactLocation"]["uri"]
        assert all(value >= 1 for value in place.get("region", {}).values())


def test_a_folder_of_packages_stands_for_all_of_them(children: pool.Pool, make: Make, tmp_path: Path) -> None:
    (tmp_path / "all").mkdir()
    make(vnfd=BAD).rename(tmp_path / "all" / "a.csar")
    folder(tmp_path / "all" / "b")
    folder(tmp_path / "all" / "c", VNFD)
    assert {one.file.split("/all/")[1] for one in linting.lint([tmp_path / "all"], pool=children)} == {"a.csar!/Definitions/vnfd.yaml", "b/Definitions/vnfd.yaml"}


def test_a_package_that_hangs_its_reader_is_a_finding(tmp_path: Path) -> None:
    path, impatient = BROKEN["parser-timeout"].write(tmp_path), pool.Pool(timeout=2)
    assert [one.rule for one in linting.lint([path], pool=impatient)] == ["parser-timeout"]
    impatient.close()


def test_an_official_copy_that_was_changed_is_told_where(make: Make) -> None:
    own = (Path(descriptors.__file__).parent / "types" / "etsi_nfv_sol001_common_types.yaml").read_text()
    package = descriptors.read(make({"Definitions/etsi_nfv_sol001_common_types.yaml": own.replace("root: { type: integer", "root: { type: float")},
                                    vnfd=VNFD.replace("[ etsi", "[ etsi_nfv_sol001_common_types.yaml, etsi")))
    found = [one for one in package.findings if one.rule == "types-differ"]
    assert any("LinkBitrateRequirements" in one.message and "properties root differs" in one.message and one.line for one in found)
    assert package.ok


def test_hints_name_what_is_near_over_files_too(make: Make) -> None:
    text = TOP.replace("types.yaml, small.yaml", "etsi_nfv_sol001_vnf_types.yaml")
    found = [one for one in descriptors.read(make(vnfd=text)).findings if one.rule == "tosca-import-missing"]
    assert found[0].hint == "did you mean etsi_nfv_sol001_vnfd_types.yaml?"


def test_no_mistake_hides_another(make: Make) -> None:
    text = VNFD
    for old, new in (("yaml_1_3", "yaml_9"), ("node_templates:", "node_template: { }\n  node_templates:"),
                     ("node_types:\n", "node_types:\n  test.X: { derived_from: nothing }\n"), ("        name: vdu\n", "        name: vdu\n        nam: x\n"),
                     ("description: one", "description: [ 1 ]"), ("      capabilities:\n", "      capabilities:\n        nothing: { }\n"),
                     ("        - virtual_binding: vdu\n", "        - virtual_binding: vdu\n        - nothing: vdu\n"), ("[ cp, virtual_link ]", "[ cpp, virtual_link ]")):
        assert old in text
        text = text.replace(old, new, 1)
    path = make({"../evil": "x"}, vnfd=text, meta=META + "\nName: gone\nAlgorithm: SHA-256\nHash: 0\n\nName: Definitions/vnfd.yaml\nAlgorithm: X\nHash: 0\n")
    assert {one.rule for one in descriptors.read(path).findings} == {
        "tosca-version", "tosca-unknown-key", "tosca-unknown-parent", "tosca-unknown-property", "tosca-value-type", "tosca-unknown-capability",
        "tosca-unknown-requirement", "substitution-unknown-node", "csar-unsafe-path", "csar-missing-file", "csar-algorithm"}
