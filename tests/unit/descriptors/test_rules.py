# SPDX-License-Identifier: Apache-2.0
"""The table of rules is what the code finds, what docs/rules.md says, and every rule has a package
that breaks it."""

from __future__ import annotations

import ast
import os
import re
from pathlib import Path

import pytest
from broken_packages import BROKEN, FLAVOURS, FULL, TOP
from small_packages import NSD, VNFD, Make

import descriptors
from descriptors import rules
from descriptors.package import PROFILES
from descriptors.pool import Pool

CODE = Path(descriptors.__file__).parent
NAME = re.compile(
    r"(csar|yaml|tosca|substitution|sol001|vnfd|nsd|pnfd|parser|types|signature)-[a-z0-9-]+"
)
NO_RULES = {"tosca-parser", "tosca-import"}


def named() -> set[str]:
    """Every rule that the code names."""
    names = set()
    for path in CODE.rglob("*.py"):
        if path.parent.name != "rules":
            for node in ast.walk(ast.parse(path.read_text())):
                if (
                    isinstance(node, ast.Constant)
                    and isinstance(node.value, str)
                    and NAME.fullmatch(node.value)
                ):
                    names.add(node.value)
    return names - NO_RULES


def test_the_table_holds_exactly_the_rules_the_code_names() -> None:
    assert named() == set(rules.RULES)


def test_the_page_is_the_table() -> None:
    assert (CODE.parent / "docs" / "rules.md").read_text() == rules.page(), (
        "run `python -m descriptors rules > docs/rules.md`"
    )


def test_every_rule_has_a_package_that_breaks_it() -> None:
    together = {
        "nsd-unknown-vnfd",
        "nsd-unknown-flavour",
        "nsd-unknown-vnf-level",
        "nsd-unknown-cp",
    }  # test_linting
    assert (
        set(BROKEN)
        == {name for name in rules.RULES if not name.startswith("signature-")} - together
    )


@pytest.mark.parametrize("text", [VNFD, FULL, NSD])
def test_what_the_broken_packages_are_made_of_is_good(make: Make, text: str) -> None:
    assert descriptors.read(make(vnfd=text)).findings == []
    assert descriptors.read(make(dict(FLAVOURS), vnfd=TOP)).findings == []


@pytest.mark.parametrize(
    "rule", [rule for rule in BROKEN if rule not in ("parser-timeout", "parser-crash")]
)
@pytest.mark.parametrize("profile", PROFILES)
def test_a_broken_package_is_found_by_its_rule_at_its_place(
    tmp_path: Path, rule: str, profile: str
) -> None:
    broken = BROKEN[rule]
    package = descriptors.read(broken.write(tmp_path), broken.limits, profile)
    matches = [finding for finding in package.findings if finding.rule == rule]
    assert matches, [str(finding) for finding in package.findings]
    assert all(
        finding.severity == rules.RULES[finding.rule].severity(profile)
        for finding in package.findings
    )
    if broken.at:
        lines = broken.vnfd.splitlines()
        assert any(
            broken.at in lines[finding.line - 1] and finding.column > 0 for finding in matches
        ), [str(one) for one in matches]


@pytest.mark.parametrize(
    ("rule", "limits"), [("parser-timeout", {"timeout": 1.5}), ("parser-crash", {"memory": 1})]
)
def test_what_a_package_does_to_its_parser_is_a_finding(
    tmp_path: Path, rule: str, limits: dict[str, int]
) -> None:
    pool = Pool(**limits)
    assert [finding.rule for finding in pool.read(BROKEN[rule].write(tmp_path)).findings] == [rule]
    pool.close()


@pytest.mark.parametrize(
    ("rule", "hint"),
    [
        ("tosca-version", "tosca_simple_yaml_1_"),
        ("tosca-unknown-key", "node_templates"),
        ("tosca-unknown-type", "tosca.nodes.nfv.VduCp"),
        ("tosca-unknown-policy-type", "tosca.policies.nfv.ScalingAspects"),
        ("tosca-unknown-node", "vdu"),
        ("tosca-unknown-requirement", "virtual_binding"),
        ("tosca-unknown-capability", "virtual_compute"),
        ("tosca-unknown-interface", "Vnflcm"),
        ("tosca-unknown-operation", "instantiate"),
        ("vnfd-unknown-aspect", "size"),
        ("vnfd-unknown-delta", "one"),
        ("vnfd-unknown-level", "small"),
        ("sol001-unknown-flavour", "simple"),
        ("substitution-unknown-node", "cp"),
        ("tosca-unknown-property", "name"),
        ("csar-meta-key", "ETSI-Entry-Licenses"),
        ("tosca-unknown-data-type", "string"),
        ("vnfd-unknown-coordination", "drain"),
        ("vnfd-unknown-component", "vdu"),
    ],
)
def test_the_closest_known_name_is_the_hint(tmp_path: Path, rule: str, hint: str) -> None:
    package = descriptors.read(BROKEN[rule].write(tmp_path))
    assert any(
        f"did you mean {hint.lower()}" in finding.hint.lower()
        for finding in package.findings
        if finding.rule == rule
    ), [finding.hint for finding in package.findings]


@pytest.mark.parametrize(
    "limit", ["entries", "total", "yaml", "documents", "nodes", "aliases", "depth"]
)
def test_a_limit_that_is_exceeded_says_which_setting_raises_it(make: Make, limit: str) -> None:
    aliased = VNFD + "dsl_definitions: { a: &a 1, b: [ *a, *a ] }\n"
    package = descriptors.read(
        make(vnfd=aliased), descriptors.package.limits({f"MANO_PACKAGE_{limit.upper()}": "1"})
    )
    assert any(
        f"`{limit}`" in finding.message and f"MANO_PACKAGE_{limit.upper()}" in finding.hint
        for finding in package.errors
    )


@pytest.mark.parametrize("value", ["-1", "0", "many", "1e3", "²"])
def test_a_limit_that_is_no_number_is_refused(value: str) -> None:
    with pytest.raises(ValueError, match="MANO_PACKAGE_DEPTH"):
        descriptors.package.limits({"MANO_PACKAGE_DEPTH": value})


def test_what_is_neither_file_nor_folder_is_not_opened(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    assert [finding.rule for finding in descriptors.read(tmp_path / "pipe").findings] == [
        "csar-unreadable"
    ]
