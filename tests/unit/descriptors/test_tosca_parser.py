# SPDX-License-Identifier: Apache-2.0
"""What tosca-parser 2.15 accepts silently, raises raw, hangs on or opens, and what it refuses
though the standard says it."""

from __future__ import annotations

import os
import threading
from pathlib import Path

import pytest
from broken_packages import BROKEN, FLAVOURS, TOP, Broken, artifact, changed
from small_packages import META, VNFD, Make, write_csar

import descriptors
from descriptors import model

BOMB = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n" + "\n".join(
    f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 30)
)
SMALL = FLAVOURS["Definitions/small.yaml"]


def flavoured(old: str, new: str) -> Broken:
    """The change is in the template of a flavour."""
    assert old in SMALL
    return Broken(TOP, files={**FLAVOURS, "Definitions/small.yaml": SMALL.replace(old, new, 1)})


def zipped(folder: Path) -> Path:
    return write_csar(
        folder / "bomb.csar",
        {
            "TOSCA-Metadata/TOSCA.meta": META,
            "Definitions/vnfd.yaml": VNFD,
            "Files/zeros": bytes(2**25),
        },
    )


FOUND: dict[str, tuple[Broken, str]] = {
    # accepted silently
    "a name as a map": (
        changed("        name: vdu\n", "        name: { a: b }\n"),
        "tosca-value-type",
    ),
    "a missing requirement in a flavour": (
        flavoured(
            "    cp:\n",
            "    ext: { type: tosca.nodes.nfv.VnfExtCp, properties: "
            "{ layer_protocols: [ ipv4 ] } }\n    cp:\n",
        ),
        "tosca-missing-requirement",
    ),
    "a requirement to a wrong type": (
        BROKEN["tosca-requirement-target"],
        "tosca-requirement-target",
    ),
    "a requirement to a wrong type in a flavour": (
        flavoured("virtual_binding: vdu", "virtual_binding: cp"),
        "tosca-requirement-target",
    ),
    "substitution to an unknown node": (flavoured("[ cp,", "[ cpp,"), "substitution-unknown-node"),
    "substitution to an unknown requirement": (
        flavoured("virtual_link ]", "virtual_linc ]"),
        "substitution-unknown-name",
    ),
    "substitution of an unknown requirement": (
        flavoured("      out: [", "      outt: ["),
        "substitution-unknown-name",
    ),
    "substitution to an unknown flavour": (
        Broken(
            TOP,
            files={
                **FLAVOURS,
                "Definitions/types.yaml": FLAVOURS["Definitions/types.yaml"].replace(
                    "flavour_id: { default: simple }",
                    "flavour_id: { type: string, default: simple, constraints: [ valid_values: [ simple ] ] }",
                ),
                "Definitions/small.yaml": SMALL.replace("flavour_id: simple", "flavour_id: simpel"),
            },
        ),
        "sol001-unknown-flavour",
    ),
    "an unknown property beside the flavours": (
        Broken(
            TOP.replace("{ flavour_id: simple }", "{ flavour_id: simple, nam: x }"),
            files=dict(FLAVOURS),
        ),
        "tosca-unknown-property",
    ),
    "an unknown artifact type": (
        BROKEN["tosca-unknown-artifact-type"],
        "tosca-unknown-artifact-type",
    ),
    "a missing artifact": (BROKEN["csar-missing-artifact"], "csar-missing-artifact"),
    "a missing script": (
        changed(
            "    VNF: { type: test.VNF }",
            "    VNF: { type: test.VNF, interfaces: { Vnflcm: { instantiate: ../Scripts/go.sh } } }",
        ),
        "csar-missing-artifact",
    ),
    "a policy target of a wrong type": (BROKEN["tosca-policy-target"], "tosca-policy-target"),
    "an undeclared aspect": (BROKEN["vnfd-unknown-aspect"], "vnfd-unknown-aspect"),
    "an undeclared aspect in a level": (
        changed("scale_info: { size:", "scale_info: { sise:"),
        "vnfd-unknown-aspect",
    ),
    "an undeclared step_delta": (BROKEN["vnfd-unknown-delta"], "vnfd-unknown-delta"),
    "an undeclared default_level": (BROKEN["vnfd-unknown-level"], "vnfd-unknown-level"),
    "an undeclared level of a VDU": (
        changed("levels: { small: { number", "levels: { smal: { number"),
        "vnfd-unknown-level",
    ),
    "a scale_level over the maximum": (BROKEN["vnfd-scale-level"], "vnfd-scale-level"),
    "an unused type with an unknown parent": (
        BROKEN["tosca-unknown-parent"],
        "tosca-unknown-parent",
    ),
    # raised raw
    "a string for a constrained integer": (BROKEN["tosca-value-type"], "tosca-value-type"),
    "an unknown interface": (BROKEN["tosca-unknown-interface"], "tosca-unknown-interface"),
    "an unknown policy type": (BROKEN["tosca-unknown-policy-type"], "tosca-unknown-policy-type"),
    "an unknown group type": (BROKEN["tosca-unknown-group-type"], "tosca-unknown-group-type"),
    # hung on
    "an import of itself": (BROKEN["tosca-import-cycle"], "tosca-import-cycle"),
    "an import in a circle": (
        changed(
            "vnfd_types.yaml ]",
            "vnfd_types.yaml, a.yaml ]",
            files={
                name: f"tosca_definitions_version: tosca_simple_yaml_1_3\nimports: [ {other} ]\n"
                for name, other in (
                    ("Definitions/a.yaml", "b.yaml"),
                    ("Definitions/b.yaml", "a.yaml"),
                )
            },
        ),
        "tosca-import-cycle",
    ),
    "types in a circle": (BROKEN["tosca-type-cycle"], "tosca-type-cycle"),
    "a type of itself": (
        changed("derived_from: tosca.nodes.nfv.VNF", "derived_from: test.VNF"),
        "tosca-type-cycle",
    ),
    # opened, or eaten
    "an import by http": (BROKEN["tosca-import-remote"], "tosca-import-remote"),
    "an import by file:": (BROKEN["tosca-import-file"], "tosca-import-file"),
    "an absolute import": (
        changed("vnfd_types.yaml ]", "vnfd_types.yaml, /etc/passwd ]"),
        "tosca-import-path",
    ),
    "an import by ..": (BROKEN["tosca-import-path"], "tosca-import-path"),
    "an artifact outside": (BROKEN["csar-artifact-path"], "csar-artifact-path"),
    "an artifact by file:": (artifact("file:///etc/passwd"), "csar-artifact-path"),
    "a zip bomb": (Broken(writer=zipped), "csar-limit"),
    "an alias bomb": (Broken(BOMB), "yaml-limit"),
}


@pytest.mark.parametrize("what", FOUND)
def test_what_it_lets_pass_or_stumbles_over_is_found_with_its_place(
    tmp_path: Path, what: str
) -> None:
    broken, rule = FOUND[what]
    found = [
        finding
        for finding in descriptors.read(broken.write(tmp_path)).errors
        if finding.rule == rule
    ]
    assert found, what
    assert all(
        finding.line and finding.column for finding in found if not rule.startswith("csar-limit")
    )
    assert all(finding.hint for finding in found)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (
            "node_types:\n",
            "data_types:\n  test.Data:\n    derived_from: tosca.datatypes.Root\n    properties:\n"
            "      wait: { type: scalar-unit.time, required: true, default: 3 s, constraints: [ greater_than: 0 s ] }\nnode_types:\n",
        ),
        (
            "      provider: { default: me }",
            "      provider: { type: string, required: true, default: me, status: deprecated }",
        ),
        (
            "      - out: { capability: tosca.capabilities.nfv.VirtualLinkable }",
            "      - out: { capability: tosca.capabilities.nfv.VirtualLinkable, occurrences: [ 1, 1 ] }\n"
            "      - virtual_link: { capability: tosca.capabilities.nfv.VirtualLinkable, occurrences: [ 1, 1 ] }",
        ),
    ],
)
def test_what_official_types_say_is_not_refused(make: Make, old: str, new: str) -> None:
    assert old in VNFD
    assert descriptors.read(make(vnfd=VNFD.replace(old, new))).findings == []


def official() -> list[Path]:
    root = (
        Path(os.environ.get("MANO_SHARED") or Path(__file__).resolve().parents[4] / "shared")
        / "etsi"
        / "sol001"
    )
    return sorted(root.glob("*"))


@pytest.mark.skipif(
    not official(), reason="needs ETSI's own type files below $MANO_SHARED or ../shared"
)
@pytest.mark.parametrize("folder", official(), ids=lambda folder: folder.name)
def test_packages_may_carry_the_standards_own_types_of_every_version(
    make: Make, folder: Path
) -> None:
    files: dict[str, str | bytes | None] = {
        f"Definitions/{path.name}": path.read_bytes() for path in folder.glob("*.yaml")
    }
    package = descriptors.read(make(files, vnfd=VNFD))
    assert package.findings == []
    assert isinstance(package.descriptor, model.Vnfd)


def test_it_is_asked_by_one_thread_at_a_time(make: Make) -> None:
    good, bad = make(), BROKEN["tosca-grammar"].write(make().parent)
    found: list[bool] = []
    threads = [
        threading.Thread(
            target=lambda path=path: found.append(descriptors.read(path).ok is (path == good))
        )
        for path in (good, bad) * 8
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [True] * 16


INPUTS = """\
topology_template:
  inputs:
    n: { type: integer }
    s: { type: string }
    m: { type: tosca.datatypes.nfv.VirtualMemory }
    l: { type: list, entry_schema: { type: string } }
"""


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("description: one", "description: { concat: [ a, { get_input: s } ] }"),
        ("description: one", "description: { get_attribute: [ SELF, tosca_name ] }"),
    ],
)
def test_values_that_only_an_instance_has_may_stand_anywhere(
    make: Make, old: str, new: str
) -> None:
    assert old in VNFD
    assert (
        descriptors.read(
            make(vnfd=VNFD.replace(old, new, 1).replace("topology_template:\n", INPUTS))
        ).findings
        == []
    )


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("min_number_of_instances: 1", "min_number_of_instances: { get_input: n }"),
        ("{ num_virtual_cpu: 2 }", "{ num_virtual_cpu: { get_input: n } }"),
        ("virtual_memory: { virtual_mem_size: 1 GiB }", "virtual_memory: { get_input: m }"),
        ("layer_protocols: [ ipv4 ]", "layer_protocols: { get_input: l }"),
        ("layer_protocols: [ ipv4 ]", "layer_protocols: [ { get_input: s } ]"),
    ],
)
def test_what_is_made_of_an_input_without_value_is_refused(make: Make, old: str, new: str) -> None:
    assert old in VNFD
    text = VNFD.replace(old, new, 1).replace("topology_template:\n", INPUTS)
    findings = descriptors.read(make(vnfd=text)).findings
    assert [(item.rule, item.line > 0) for item in findings] == [("tosca-input-value", True)]
