# SPDX-License-Identifier: Apache-2.0
"""`lint`: the same as onboarding finds, rules on and off, exit codes."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest
from broken_packages import BROKEN
from linted import BAD, SAMPLES, folder, run
from small_packages import META, VNFD, Make

import descriptors
from descriptors import pool
from descriptors.commands import inspection, reports


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
