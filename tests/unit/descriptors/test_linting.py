# SPDX-License-Identifier: Apache-2.0
"""`lint`: every finding with its place, in three formats, rules on and off, the same as onboarding
finds."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from broken_packages import BROKEN, TOP
from click.testing import CliRunner
from small_packages import META, VNFD, Make

import descriptors
from descriptors import constituents, model, pool, rules
from descriptors.commands import cli, inspection, reports, skeletons
from descriptors.hints import closest

SAMPLES = Path(descriptors.__file__).parent
BAD = VNFD.replace("virtual_binding: vdu", "virtual_binding: nobody").replace(
    "num_virtual_cpu: 2", "num_virtual_cpu: two"
)


def run(*words: object) -> tuple[int, str]:
    result = CliRunner().invoke(cli.group, ["lint", *map(str, words)])
    assert result.exception is None or isinstance(result.exception, SystemExit)
    return result.exit_code, result.output


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


def test_findings_of_a_csar_a_folder_and_a_file_are_the_same(
    children: pool.Pool, make: Make, tmp_path: Path
) -> None:
    single = tmp_path / "vnfd.yaml"
    single.write_text(BAD)
    packed, unpacked = make(vnfd=BAD), folder(tmp_path / "thing")
    findings = {
        path: [
            (finding.rule, finding.line, finding.column, finding.message)
            for finding in inspection.lint([path], pool=children)
        ]
        for path in (packed, unpacked, single)
    }
    assert findings[packed] == findings[unpacked] == findings[single]
    assert {rule for rule, *_ in findings[packed]} == {"tosca-unknown-node", "tosca-value-type"}
    assert {
        finding.file for finding in inspection.lint([packed, unpacked, single], pool=children)
    } == {
        f"{packed}!/Definitions/vnfd.yaml",
        f"{unpacked}/Definitions/vnfd.yaml",
        str(single),
    }


def test_lint_says_what_onboarding_says(children: pool.Pool, make: Make) -> None:
    path = make(
        {"../evil": "x"}, vnfd=BAD, meta=META + "\nName: gone\nAlgorithm: SHA-256\nHash: 0\n"
    )
    online = {
        (finding.rule, finding.line, finding.message) for finding in children.read(path).findings
    }
    assert {
        (finding.rule, finding.line, finding.message)
        for finding in inspection.lint([path], pool=children)
    } == online


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (VNFD, 0),
        (BAD, 1),
        (VNFD.replace("        name: vdu\n", "        name: vdu\n        name: vdu\n"), 0),
        (VNFD.replace("        name: vdu\n", "        name: a\n        name: vdu\n"), 1),
    ],
)
def test_the_exit_code_tells_errors_from_warnings(
    children: pool.Pool, make: Make, text: str, code: int
) -> None:
    assert reports.exit_code(inspection.lint([make(vnfd=text)], pool=children)) == code


@pytest.mark.parametrize(
    "words",
    [
        ["gone.csar"],
        ["--format", "xml", "."],
        ["-W", "no-csra", "."],
        ["-W", "vnfd-unknwon-aspect", "."],
        [],
    ],
)
def test_wrong_use_is_2(words: list[str]) -> None:
    assert run(*words)[0] == 2


def test_a_rule_that_does_not_exist_is_answered_with_the_closest(make: Make) -> None:
    assert "did you mean csar-unlisted?" in run("-W", "no-csar-unlistd", make())[1]


@pytest.mark.parametrize(
    ("switches", "remaining"),
    [
        ([], {"tosca-unknown-node", "tosca-value-type", "csar-missing-file"}),
        (["no-csar"], {"tosca-unknown-node", "tosca-value-type"}),
        (["tosca-value-type"], {"tosca-value-type"}),
        (["tosca", "no-tosca-value-type"], {"tosca-unknown-node"}),
        (["no-tosca", "no-csar-missing-file"], set()),
    ],
)
def test_rules_are_switched_on_and_off(
    children: pool.Pool, make: Make, switches: list[str], remaining: set[str]
) -> None:
    path = make(vnfd=BAD, meta=META + "\nName: gone\nAlgorithm: SHA-256\nHash: 0\n")
    only, off = inspection.switches(switches)
    assert {
        finding.rule for finding in inspection.lint([path], only=only, off=off, pool=children)
    } == remaining


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


def test_a_folder_of_packages_stands_for_all_of_them(
    children: pool.Pool, make: Make, tmp_path: Path
) -> None:
    (tmp_path / "all").mkdir()
    make(vnfd=BAD).rename(tmp_path / "all" / "a.csar")
    folder(tmp_path / "all" / "b")
    folder(tmp_path / "all" / "c", VNFD)
    assert {
        finding.file.split("/all/")[1]
        for finding in inspection.lint([tmp_path / "all"], pool=children)
    } == {"a.csar!/Definitions/vnfd.yaml", "b/Definitions/vnfd.yaml"}


def test_packages_are_found_however_deep_and_the_last_line_counts_them(tmp_path: Path) -> None:
    folder(tmp_path / "all/deep/deeper/a", VNFD)
    folder(tmp_path / "all/b", VNFD)
    folder(tmp_path / "all/.git/c")
    (tmp_path / "all/compose.yaml").write_text("services: {}")
    assert run(tmp_path / "all") == (0, "2 packages: 0 errors, 0 warnings\n")


def test_a_package_given_twice_is_linted_once(tmp_path: Path) -> None:
    path = folder(tmp_path / "a")
    assert run(path, f"{path}/", path)[1] == run(path)[1]


def test_descriptors_that_lie_side_by_side_are_linted_each_by_itself(tmp_path: Path) -> None:
    for name in ("one", "two"):
        (tmp_path / f"{name}.yaml").write_text(VNFD)
    assert run(tmp_path) == (0, "2 packages: 0 errors, 0 warnings\n")


def test_a_folder_with_two_descriptors_says_which_it_read(tmp_path: Path) -> None:
    path = folder(tmp_path / "a", VNFD)
    (path / "Definitions/other.yaml").write_text(BAD)
    assert f"{path}: read Definitions/other.yaml, not Definitions/vnfd.yaml" in run(path)[1]
    assert json.loads(run("--format", "json", path)[1])["notes"]
    assert sarif(path)["invocations"][0]["toolExecutionNotifications"][0]["level"] == "note"


def test_a_folder_without_a_package_is_wrong_use(tmp_path: Path) -> None:
    code, output = run(tmp_path)
    assert code == 2 and "no package here: no Definitions/*.yaml" in output


def test_no_switch_hides_that_a_package_cannot_be_read(tmp_path: Path) -> None:
    (tmp_path / "x.csar").write_bytes(b"PK no zip")
    for switch in ("no-csar", "tosca", "no-csar-not-a-zip"):
        code, output = run("-W", switch, tmp_path / "x.csar")
        assert code == 1 and "csar-not-a-zip" in output


def test_what_is_switched_off_is_counted(make: Make) -> None:
    assert run("-W", "no-tosca", make(vnfd=BAD)) == (
        0,
        "1 package: 0 errors, 0 warnings, 2 findings switched off\n",
    )


def test_an_unknown_rule_is_answered_with_the_groups_there_are(make: Make) -> None:
    assert all(
        word in run("-W", "nope", make())[1]
        for word in ("groups: csar, ", "vnfd", "mano-package rules")
    )


@pytest.mark.parametrize("place", ["Definitions/mine.yaml", "Definitions"])
def test_the_yaml_one_is_editing_is_linted_as_a_part_of_its_package(
    place: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    skeletons.start("vnf", tmp_path / "mine")
    file = tmp_path / "mine/Definitions/mine.yaml"
    assert run(tmp_path / "mine" / place) == (0, "1 package: 0 errors, 0 warnings\n")
    file.write_text(file.read_text().replace("virtual_binding: mine", "virtual_binding: min"))
    monkeypatch.chdir(tmp_path / "mine/Definitions")
    code, output = run("mine.yaml")
    assert code == 1 and output.startswith("mine.yaml:")
    assert "$size" not in output and output.endswith("1 package: 2 errors, 0 warnings\n")


def test_findings_in_other_files_of_the_package_are_only_counted(tmp_path: Path) -> None:
    path = folder(
        tmp_path / "vnfd", VNFD.replace("vnfd_types.yaml ]", "vnfd_types.yaml, more.yaml ]")
    )
    (path / "Definitions/more.yaml").write_text(
        "tosca_definitions_version: tosca_simple_yaml_1_3\n"
        "node_types: { x: { derived_from: nothing } }\n"
    )
    assert run(path / "Definitions/vnfd.yaml") == (
        0,
        "1 package: 0 errors, 0 warnings; 1 finding in other files\n",
    )
    assert run(path / "Definitions/more.yaml")[0] == 1


def test_a_yaml_that_the_package_does_not_read_is_linted_alone(tmp_path: Path) -> None:
    path = folder(tmp_path / "vnfd", VNFD)
    (path / "Definitions/other.yaml").write_text(BAD)
    assert run(path / "Definitions/other.yaml")[0] == 1


def test_a_service_that_fits_its_vnfs_is_linted_clean_with_them() -> None:
    assert run(SAMPLES / "ns", SAMPLES / "vnf") == (0, "7 packages: 0 errors, 0 warnings\n")
    assert run(SAMPLES) == run(
        SAMPLES / "ns", SAMPLES / "vnf"
    )  # starters and types beside them are no packages


def service(**profile: Any) -> model.Nsd:
    return model.Nsd(
        "ns",
        "me",
        "1",
        "ns",
        flavours={"df": model.NsDf("df", vnf_profiles={"web": model.VnfProfile("web", **profile)})},
    )


@pytest.mark.parametrize(
    ("profile", "rule", "words"),
    [
        ({"vnfd_id": "gone", "flavour": "small"}, "nsd-unknown-vnfd", "onboard it first"),
        ({"vnfd_id": "web", "flavour": "smal"}, "nsd-unknown-flavour", "did you mean small?"),
        (
            {"vnfd_id": "web", "flavour": "small", "level": "to"},
            "nsd-unknown-vnf-level",
            "did you mean two?",
        ),
        (
            {"vnfd_id": "web", "flavour": "small", "links": {"htp": "x", "http": "x", "cp": "x"}},
            "nsd-unknown-cp",
            "did you mean http?",
        ),
        ({"vnfd_id": "web", "flavour": "small", "level": "two", "links": {"http": "x"}}, "", ""),
    ],
)
def test_what_a_service_names_of_its_vnfs_must_be_there(
    profile: dict[str, Any], rule: str, words: str
) -> None:
    df = model.VnfDf(
        "small",
        levels={"two": model.InstantiationLevel("two")},
        requirements={"http": "cp"},
        ext_cpds={"cp": model.ExtCpd("cp")},
    )
    vnfd = model.Vnfd("web", "me", "Web", "1", "1", default_flavour="small", flavours={"small": df})
    findings = constituents.check(service(**profile), {"web": vnfd}, "ns.yaml")
    assert [finding.rule for finding in findings] == [rule] * bool(rule)
    assert all(
        finding.severity == rules.RULES[finding.rule].field
        and words in finding.hint
        and finding.file == "ns.yaml"
        for finding in findings
    )


def test_lint_asks_of_signatures_what_onboarding_asks(tmp_path: Path) -> None:
    csar = descriptors.build(SAMPLES / "vnf/web", tmp_path)
    with zipfile.ZipFile(csar) as source, zipfile.ZipFile(tmp_path / "broken.csar", "w") as target:
        for name in source.namelist():
            broken = b"-----BEGIN CMS-----\nAAAA\n-----END CMS-----\n" if name == "web.mf" else b""
            target.writestr(name, source.read(name) + broken)
    assert (
        run(tmp_path / "broken.csar")[0] == 1
        and "signature-invalid" in run(tmp_path / "broken.csar")[1]
    )
    assert run("--signatures", "off", tmp_path / "broken.csar")[0] == 0
    assert run(csar)[0] == 0 and "signature-missing" in run("--signatures", "require", csar)[1]


def test_a_package_that_hangs_its_reader_is_a_finding(tmp_path: Path) -> None:
    path, impatient = BROKEN["parser-timeout"].write(tmp_path), pool.Pool(timeout=2)
    assert [finding.rule for finding in inspection.lint([path], pool=impatient)] == [
        "parser-timeout"
    ]
    impatient.close()


def test_an_official_copy_that_was_changed_is_told_where(make: Make) -> None:
    types = (
        Path(descriptors.__file__).parent / "types" / "etsi_nfv_sol001_common_types.yaml"
    ).read_text()
    package = descriptors.read(
        make(
            {
                "Definitions/etsi_nfv_sol001_common_types.yaml": types.replace(
                    "root: { type: integer", "root: { type: float"
                )
            },
            vnfd=VNFD.replace("[ etsi", "[ etsi_nfv_sol001_common_types.yaml, etsi"),
        )
    )
    findings = [finding for finding in package.findings if finding.rule == "types-differ"]
    assert any(
        "LinkBitrateRequirements" in finding.message
        and "properties root differs" in finding.message
        and finding.line
        for finding in findings
    )
    assert package.ok


def test_hints_name_what_is_near_over_files_too(make: Make) -> None:
    text = TOP.replace("types.yaml, small.yaml", "etsi_nfv_sol001_vnf_types.yaml")
    findings = [
        finding
        for finding in descriptors.read(make(vnfd=text)).findings
        if finding.rule == "tosca-import-missing"
    ]
    assert findings[0].hint == "did you mean etsi_nfv_sol001_vnfd_types.yaml?"


@pytest.mark.parametrize(
    ("word", "names", "hint"),
    [
        ("IPv4", ["ipv4", "ipv6"], "did you mean ipv4?"),
        ("helo", ["hello", "x"], "did you mean hello?"),
        ("a", [], ""),
        (
            "sriov",
            [
                "bridge",
                "direct",
                "direct-physical",
                "ipvlan",
                "loopback",
                "macvlan",
                "normal",
                "ptp",
                "virtio-forwarder",
            ],
            "known: bridge, direct, direct-physical, ipvlan, loopback, macvlan, normal, ptp, "
            "virtio-forwarder",
        ),
        (
            "a",
            [f"name-{number}" for number in range(99)],
            "known: name-0, name-1, name-10, name-11, name-12, name-13, name-14, name-15, …",
        ),
    ],
)
def test_a_hint_is_the_name_that_is_like_it_or_what_there_is(
    word: str, names: list[str], hint: str
) -> None:
    assert closest(word, names) == hint


def test_no_mistake_hides_another(make: Make) -> None:
    text = VNFD
    for old, new in (
        ("yaml_1_3", "yaml_9"),
        ("node_templates:", "node_template: { }\n  node_templates:"),
        ("node_types:\n", "node_types:\n  test.X: { derived_from: nothing }\n"),
        ("        name: vdu\n", "        name: vdu\n        nam: x\n"),
        ("description: one", "description: [ 1 ]"),
        ("      capabilities:\n", "      capabilities:\n        nothing: { }\n"),
        (
            "        - virtual_binding: vdu\n",
            "        - virtual_binding: vdu\n        - nothing: vdu\n",
        ),
        ("[ cp, virtual_link ]", "[ cpp, virtual_link ]"),
    ):
        assert old in text
        text = text.replace(old, new, 1)
    path = make(
        {"../evil": "x"},
        vnfd=text,
        meta=META + "\nName: gone\nAlgorithm: SHA-256\nHash: 0\n\nName: Definitions/vnfd.yaml\n"
        "Algorithm: X\nHash: 0\n",
    )
    assert {finding.rule for finding in descriptors.read(path).findings} == {
        "tosca-version",
        "tosca-unknown-key",
        "tosca-unknown-parent",
        "tosca-unknown-property",
        "tosca-value-type",
        "tosca-unknown-capability",
        "tosca-unknown-requirement",
        "substitution-unknown-node",
        "csar-unsafe-path",
        "csar-missing-file",
        "csar-algorithm",
    }
