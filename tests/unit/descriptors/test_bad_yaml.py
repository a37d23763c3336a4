# SPDX-License-Identifier: Apache-2.0
"""Bad YAML in a package: what it may not be, how much of it, and where imports end."""

from __future__ import annotations

import pytest
from small_packages import VERSION, Make, replaced, rules

import descriptors


def test_a_yaml_error_has_line_and_column(make: Make) -> None:
    package = descriptors.read(make(vnfd="a: 1\nb: [ 1, 2\nc: 3\n"))
    assert rules(package) == {"yaml-syntax"}
    assert (package.errors[0].file, package.errors[0].line, package.errors[0].column) == (
        "Definitions/vnfd.yaml",
        3,
        2,
    )


@pytest.mark.parametrize(
    "vnfd",
    [
        "a: !!python/object:os.system x",
        "? [1]\n: 2\n? {a: b}\n: 3",
        "a: .nan",
        'a: "\\0"',
        "\t- x",
        "a: b: c",
        "--- 1\n--- 2",
        "a: !!set {x, y}",
        "a: \x07",
        "a: " + "9" * 5000,
        "a: 2026-99-99T99:99:99Z\nb: !!timestamp x\nc: [",
        "a: \ud800".encode("utf-8", "surrogatepass"),
    ],
)
def test_yaml_that_no_database_could_hold_is_refused(make: Make, vnfd: str) -> None:
    assert rules(descriptors.read(make(vnfd=vnfd))) == {"yaml-syntax"}


@pytest.mark.parametrize("vnfd", ["", "- a", "42", "a string"])
def test_yaml_that_is_no_template_is_refused(make: Make, vnfd: str) -> None:
    assert rules(descriptors.read(make(vnfd=vnfd))) == {"tosca-not-a-template"}


def test_an_alias_bomb_is_refused_before_it_is_built(make: Make) -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 30)]
    package = descriptors.read(make(vnfd="\n".join(lines)))
    assert rules(package) == {"yaml-limit"}
    assert "`nodes`" in package.errors[0].message


@pytest.mark.parametrize(
    ("limit", "vnfd"),
    [
        ("depth", "[" * 5000),
        ("depth", "a: " + "{b: " * 100),
        ("yaml", "#" * 5_000_000),
        ("aliases", "a: &a 1\nb: [" + "*a, " * 2000 + "]"),
    ],
)
def test_each_limit_of_yaml_is_named(make: Make, limit: str, vnfd: str) -> None:
    package = descriptors.read(make(vnfd=vnfd))
    assert rules(package) == {"yaml-limit"}
    assert f"`{limit}`" in package.errors[0].message


@pytest.mark.parametrize("vnfd", ["a: &a [ *a ]", "a: *b"])
def test_an_alias_of_nothing_or_of_itself_is_refused(make: Make, vnfd: str) -> None:
    assert rules(descriptors.read(make(vnfd=vnfd))) & {"yaml-alias", "yaml-syntax"}


@pytest.mark.parametrize(
    ("other", "finding"),
    [
        ("other", ("yaml-ambiguous-key", "error", 28)),
        ("vdu", ("yaml-duplicate-key", "warning", 28)),
    ],
)
def test_a_key_that_is_there_twice_is_taken_where_both_say_the_same(
    make: Make, other: str, finding: tuple[str, str, int]
) -> None:
    package = descriptors.read(
        make(vnfd=replaced("        name: vdu\n", f"        name: {other}\n        name: vdu\n"))
    )
    assert [(item.rule, item.severity, item.line) for item in package.findings] == [finding]


@pytest.mark.parametrize(
    ("imports", "rule"),
    [
        ("https://example.com/types.yaml", "tosca-import-remote"),
        ("file:///etc/passwd", "tosca-import-file"),
        ("/etc/passwd", "tosca-import-path"),
        ("../../etc/passwd", "tosca-import-path"),
        ("gone.yaml", "tosca-import-missing"),
        ("{ file: gone.yaml }", "tosca-import-missing"),
        ("{ types: { file: gone.yaml } }", "tosca-import-missing"),
        ("vnfd.yaml", "tosca-import-cycle"),
        ("[ a ]", "tosca-imports"),
        ("7", "tosca-imports"),
    ],
)
def test_an_import_stays_inside_the_package_and_has_an_end(
    make: Make, imports: str, rule: str
) -> None:
    vnfd = replaced(
        "imports: [ etsi_nfv_sol001_vnfd_types.yaml ]",
        f"imports: [ etsi_nfv_sol001_vnfd_types.yaml, {imports} ]",
    )
    package = descriptors.read(make(vnfd=vnfd))
    assert rules(package) == {rule}
    assert package.errors[0].line == 2
    assert package.descriptor is not None


def test_a_cycle_over_two_files_shows_the_way_round(make: Make) -> None:
    vnfd = replaced("imports: [ ", "imports: [ a.yaml, ")
    package = descriptors.read(
        make(
            {
                "Definitions/a.yaml": f"{VERSION}imports: [ b.yaml ]",
                "Definitions/b.yaml": f"{VERSION}imports: [ a.yaml ]",
            },
            vnfd,
        )
    )
    assert rules(package) == {"tosca-import-cycle"}
    assert "a.yaml -> Definitions/b.yaml -> Definitions/a.yaml" in package.errors[0].message
