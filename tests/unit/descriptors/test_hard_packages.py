# SPDX-License-Identifier: Apache-2.0
"""Packages that would be hard on their reader, and mistakes that must not become many findings."""

from __future__ import annotations

import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from small_packages import META, VNFD, Make, rules, write_csar

import descriptors

VERSION = "tosca_definitions_version: tosca_simple_yaml_1_3\n"


def test_a_stated_number_of_occurrences_may_be_half_a_range(make: Make) -> None:
    """Found by the fuzzer."""
    text = VNFD.replace(
        "{ capability: tosca.capabilities.nfv.VirtualLinkable }",
        "{ capability: tosca.capabilities.nfv.VirtualLinkable, occurrences: [ 0 ] }",
    )
    assert "parser-crash" not in rules(
        descriptors.read(
            make(vnfd=text.replace("node_type: test.VNF", "node_type: tosca.nodes.nfv.VNF"))
        )
    )


@pytest.mark.parametrize("entry", [0, 1])
def test_a_zip_that_lies_about_the_size_of_what_is_packed_takes_no_memory(
    tmp_path: Path, entry: int
) -> None:
    """Found by the fuzzer."""
    path = write_csar(
        tmp_path / "x.csar", {"TOSCA-Metadata/TOSCA.meta": META, "Definitions/vnfd.yaml": VNFD}
    )
    with zipfile.ZipFile(path) as archive, zipfile.ZipFile(tmp_path / "stored.csar", "w") as stored:
        for name in archive.namelist():
            stored.writestr(name, archive.read(name))
    data = bytearray((tmp_path / "stored.csar").read_bytes())
    at = [found.start() for found in re.finditer(b"PK\x01\x02", data)][entry] + 20
    data[at : at + 4] = b"\xff\xff\xff\x7f"  # 2 GiB packed
    (tmp_path / "lying.csar").write_bytes(data)
    code = (
        "import resource, sys, descriptors; resource.setrlimit(resource.RLIMIT_AS, (2**29, "
        "2**29)); print([item.rule for item in "
        "descriptors.read(sys.argv[1]).findings])"
    )
    process = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path / "lying.csar")],
        capture_output=True,
        text=True,
        check=True,
        cwd=Path(descriptors.__file__).parent.parent,
    )
    assert process.stdout == "['csar-overlap']\n"


@pytest.mark.parametrize(
    ("old", "new", "rule"),
    [
        (
            "etsi_nfv_sol001_vnfd_types.yaml",
            "etsi_nfv_sol001_vnfd_type.yaml",
            "tosca-import-missing",
        ),
        (
            "derived_from: tosca.nodes.nfv.VNF\n",
            "derived_from: tosca.nodes.nfv.VNFF\n",
            "tosca-unknown-parent",
        ),
        ("tosca.nodes.nfv.VduCp\n", "tosca.nodes.nfv.VduCpp\n", "tosca-unknown-type"),
    ],
)
def test_one_mistake_is_one_finding(make: Make, old: str, new: str, rule: str) -> None:
    assert old in VNFD
    assert [
        finding.rule for finding in descriptors.read(make(vnfd=VNFD.replace(old, new))).findings
    ] == [rule]


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        (
            "      requirements:\n        - virtual_binding: vdu",
            "      requirements:\n        virtual_binding: vdu",
            "requirements of cp is a map, not a list",
        ),
        (
            "- virtual_binding: vdu",
            "- virtual_binding:",
            "the requirement virtual_binding names no node",
        ),
        ("      out: [ cp, virtual_link ]", "      out: cp", "the mapping of out is 'cp'"),
        (
            "      capabilities:\n        virtual_compute:\n",
            "      artifacts: [ a ]\n      capabilities:\n        virtual_compute:\n",
            "artifacts of vdu",
        ),
        (
            "    VNF: { type: test.VNF }",
            "    VNF: { type: test.VNF }\n  groups:\n"
            "    g: { type: tosca.groups.nfv.PlacementGroup, properties: { description: d }, "
            "members: vdu }",
            "members of g is 'vdu', not a list",
        ),
        ("imports: [", "? [ a, b ]\n: c\nimports: [", "a key is a map or a list"),
        ("num_virtual_cpu: 2", "num_virtual_cpu: " + "9" * 400, "is no whole number of 64 bits"),
        (
            "num_virtual_cpu: 2",
            "num_virtual_cpu: 1" + ":1" * 60_000,
            "not a whole number",
        ),
    ],
)
def test_what_has_another_shape_is_said_at_its_line(
    make: Make, old: str, new: str, words: str
) -> None:
    assert old in VNFD
    found = descriptors.read(make(vnfd=VNFD.replace(old, new, 1))).errors
    assert any(
        words in finding.message and finding.line > 1 and finding.column and finding.hint
        for finding in found
    ), list(map(str, found))
    assert not any("tosca-parser" in finding.message for finding in found)


@pytest.mark.parametrize("script", ["../../../etc/shadow", "../Files/gone.sh"])
def test_scripts_that_a_type_names_are_looked_for_as_those_of_a_template(
    make: Make, script: str
) -> None:
    text = VNFD.replace(
        "    requirements:\n      - out:",
        "    interfaces:\n      Vnflcm:\n        type: tosca.interfaces.nfv.Vnflcm\n"
        f"        operations: {{ instantiate: {script} }}\n    requirements:\n      - out:",
    )
    package = descriptors.read(make(vnfd=text))
    assert rules(package) == {"csar-artifact-path" if "etc" in script else "csar-missing-artifact"}
    assert "shadow" not in str(package.descriptor)


@pytest.mark.parametrize(
    "text",
    [
        VNFD.replace(
            "node_types:\n",
            "node_types:\n"
            + "".join(f"  t{n}: {{ derived_from: t{n + 1} }}\n" for n in range(3000))
            + "  t3000: { }\n",
        ),
        VNFD.replace(
            "  node_templates:\n",
            "  node_templates:\n"
            + "".join(
                f"    c{n}: {{ type: tosca.nodes.nfv.VduCp, properties: {{ layer_protocols: [ "
                f"ipv4 ], description: {{ concat: [ "
                + ", ".join([f"{{ get_property: [ c{n + 1}, description ] }}"] * 8)
                + " ] } } }\n"
                for n in range(12)
            )
            + "    c12: { type: tosca.nodes.nfv.VduCp, properties: { layer_protocols: [ ipv4 "
            "], description: x } }\n",
        ),
        VNFD + "  groups:\n    g: { type: tosca.groups.nfv.PlacementGroup, properties: { "
        "description: x }, members: [ " + "vdu, " * 5000 + "] }\n"
        "  policies:\n    - a: { type: tosca.policies.nfv.AffinityRule, properties: { scope: "
        "zone }, targets: [ " + "g, " * 5000 + "] }\n",
    ],
)
def test_small_packages_that_ask_for_much_work_are_read_within_seconds_of_cpu_time(
    make: Make, text: str
) -> None:
    from descriptors.pool import Pool

    pool = Pool(cpu=20)
    assert "parser-timeout" not in rules(pool.read(make(vnfd=text)))
    pool.close()


def test_an_answer_over_its_limit_is_a_finding(make: Make) -> None:
    from descriptors.pool import Pool

    pool = Pool(limits=descriptors.Limits(answer=2000))
    (finding,) = pool.read(make()).findings
    assert finding.rule == "parser-limit" and "MANO_PACKAGE_ANSWER" in finding.hint
    pool.close()


def test_many_large_packages_do_not_fill_a_child(make: Make) -> None:
    """What was read is remembered by bytes, so that the hundredth package has as much memory as the
    first."""
    from descriptors.pool import Pool

    pool = Pool(memory=500)
    for number in range(30):
        text = (
            VNFD
            + "  outputs:\n"
            + "".join(f"    o{number}x{n}: {{ value: {n} }}\n" for n in range(9000))
        )
        assert rules(pool.read(make(vnfd=text))) == set()
    pool.close()
