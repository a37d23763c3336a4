# SPDX-License-Identifier: Apache-2.0
"""A package for every rule: what to change in a good one so that exactly that is found."""

from __future__ import annotations

import hashlib
import io
import re
import stat
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from small_packages import META, NSD, VNFD, write_csar

from descriptors.package import Limits

MANIFEST = (
    "metadata:\n  vnf_product_name: thing\n  vnf_provider_id: me\n  vnf_package_version: 1\n"
    "  vnf_release_date_time: 2026\n\n"
)
WITH_MANIFEST = META + "ETSI-Entry-Manifest: vnfd.mf\n"
INITIAL = """\
    - initial:
        type: tosca.policies.nfv.VduInitialDelta
        properties: { initial_delta: { number_of_instances: 1 } }
        targets: [ vdu ]
"""
POLICIES = (
    """\
  policies:
    - aspects:
        type: tosca.policies.nfv.ScalingAspects
        properties: { aspects: { size: { name: size, description: d,
            max_scale_level: 2, step_deltas: [ one ] } } }
    - deltas:
        type: tosca.policies.nfv.VduScalingAspectDeltas
        properties: { aspect: size, deltas: { one: { number_of_instances: 1 } } }
        targets: [ vdu ]
"""
    + INITIAL
    + """\
    - levels:
        type: tosca.policies.nfv.InstantiationLevels
        properties:
          default_level: small
          levels: { small: { description: d, scale_info: { size: { scale_level: 0 } } } }
    - numbers:
        type: tosca.policies.nfv.VduInstantiationLevels
        properties: { levels: { small: { number_of_instances: 1 } } }
        targets: [ vdu ]
    - coordinate:
        type: tosca.policies.nfv.LcmCoordinationAction
        properties: { action_name: drain, action: { endpoint_type: vnf,
            coordination_stage: start } }
    - coordinated:
        type: tosca.policies.nfv.LcmCoordinationsForLcmOperation
        properties: { vnf_lcm_operation: scale, actions: [ drain ],
            referenced_coordination_actions: [ com.em.wait ] }
    - change:
        type: tosca.policies.nfv.VnfPackageChange
        properties:
          selector: [ { source_descriptor_id: a, destination_descriptor_id: b,
              source_flavour_id: simple } ]
          modification_qualifier: up
          destination_flavour_id: simple
          actions: [ drain ]
          referenced_coordination_actions: [ com.em.later ]
          component_mappings: [ { component_type: vdu, source_id: old, destination_id: vdu } ]
        targets: [ VNF ]
  groups:
    together:
      type: tosca.groups.nfv.PlacementGroup
      properties: { description: d }
      members: [ vdu ]
"""
)
FULL = VNFD + POLICIES
FLAVOURS = {
    "Definitions/types.yaml": VNFD.split("topology_template:")[0],
    "Definitions/small.yaml": "tosca_definitions_version: tosca_simple_yaml_1_3\n"
    "imports: [ types.yaml ]\ntopology_template:"
    + VNFD.split("topology_template:")[1].replace(
        "node_type: test.VNF", "node_type: test.VNF\n    properties: { flavour_id: simple }"
    ),
}
TOP = """\
tosca_definitions_version: tosca_simple_yaml_1_3
imports: [ types.yaml, small.yaml ]
topology_template:
  node_templates:
    VNF: { type: test.VNF, properties: { flavour_id: simple } }
"""


@dataclass
class Broken:
    """`vnfd` in place of the good one, `files` besides, `at`: what stands in the line that the
    finding names."""

    vnfd: str = VNFD
    at: str = ""
    files: dict[str, str | bytes | None] = field(default_factory=dict)
    meta: str = META
    limits: Limits = field(default_factory=Limits)
    writer: Callable[[Path], Path] | None = None  # instead of all that

    def write(self, folder: Path) -> Path:
        if self.writer is not None:
            return self.writer(folder)
        return write_csar(
            folder / "broken.csar",
            {
                "TOSCA-Metadata/TOSCA.meta": self.meta,
                "Definitions/vnfd.yaml": self.vnfd,
                **self.files,
            },
        )


def changed(old: str, new: str, at: str = "", text: str = FULL, **more: object) -> Broken:
    assert text.count(old) >= 1, old
    return Broken(text.replace(old, new, 1), at, **more)  # type: ignore[arg-type]


def written(name: str, content: bytes) -> Callable[[Path], Path]:
    def write(folder: Path) -> Path:
        (folder / name).write_bytes(content)
        return folder / name

    return write


def good() -> bytes:
    return packed(zipfile.ZIP_DEFLATED)


def packed(method: int) -> bytes:
    """A good package, its data compressed by a method."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("TOSCA-Metadata/TOSCA.meta", META)
        archive.writestr("Definitions/vnfd.yaml", VNFD)
        archive.writestr("Files/data", b"0123456789" * 500, method)
    return content.getvalue()


def overlapping() -> bytes:
    """The last file lies, by the directory, where the one before it does."""
    data = bytearray(good())
    marks = [match.start() for match in re.finditer(b"PK\x01\x02", data)]
    data[marks[2] + 42 : marks[2] + 46] = data[marks[1] + 42 : marks[1] + 46]
    return bytes(data)


def corrupt() -> bytes:
    data = bytearray(good())
    place = data.index(b"Files/data") + len("Files/data") + 5
    data[place : place + 8] = b"\xff" * 8
    return bytes(data)


def encrypted() -> bytes:
    data = bytearray(good())
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(mark) + offset] |= 1
    return bytes(data)


def linked(folder: Path) -> Path:
    path = write_csar(
        folder / "x.csar", {"TOSCA-Metadata/TOSCA.meta": META, "Definitions/vnfd.yaml": VNFD}
    )
    link = zipfile.ZipInfo("Files/link")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr(link, "/etc/passwd")
    return path


def twice(folder: Path) -> Path:
    data = good().replace(b"Files/data", b"Files/zzzz")
    path = folder / "twice.csar"
    path.write_bytes(data)
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("Files/ZZZZ", "x")
    path.write_bytes(path.read_bytes().replace(b"Files/ZZZZ", b"Files/zzzz"))
    return path


def interface(words: str) -> Broken:
    return changed(
        "    VNF: { type: test.VNF }",
        "    VNF:\n      type: test.VNF\n      interfaces:\n" + words,
        words.split()[-1],
    )


def artifact(words: str) -> Broken:
    return changed(
        "      type: tosca.nodes.nfv.Vdu.Compute\n",
        "      type: tosca.nodes.nfv.Vdu.Compute\n      artifacts:\n        script: "
        + words
        + "\n",
        "script",
    )


def bare(folder: Path) -> Path:
    files: dict[str, str | bytes | None] = {
        "TOSCA-Metadata/TOSCA.meta": META,
        "Definitions/vnfd.yaml": VNFD,
    }
    return write_csar(folder / "x.csar", files, bare=True)


def unmarked(folder: Path) -> Path:
    """A name in UTF-8 whose flag is taken away, as Info-ZIP writes them."""
    path = bare(folder)
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("Files/ü", "x")
    data = bytearray(path.read_bytes())
    for mark, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.rindex(mark) + flags + 1] &= ~8
    path.write_bytes(data)
    return path


def linked_by(cidr: str) -> tuple[str, str]:
    """What to write instead of what, so that the CP lies on a link with that subnet."""
    return (
        "        - virtual_binding: vdu\n",
        "        - virtual_binding: vdu\n        - virtual_link: inner\n"
        "    inner:\n      type: tosca.nodes.nfv.VnfVirtualLink\n      properties:\n"
        "        connectivity_type: { layer_protocols: [ ipv4 ] }\n"
        "        description: d\n"
        "        vl_profile:\n"
        "          max_bitrate_requirements: { root: 1 }\n"
        "          min_bitrate_requirements: { root: 1 }\n"
        "          virtual_link_protocol_data: [ { associated_layer_protocol: ipv4,\n"
        f"            l3_protocol_data: {{ ip_version: ipv4, cidr: {cidr} }} }} ]\n",
    )


def imaged(file: str) -> Broken:
    return changed(
        "      type: tosca.nodes.nfv.Vdu.Compute\n",
        "      type: tosca.nodes.nfv.Vdu.Compute\n      artifacts:\n        i:\n"
        f"          type: tosca.artifacts.nfv.SwImage\n          {file}\n"
        "          properties: { name: i, version: '1', "
        f"container_format: bare, checksum: {{ algorithm: sha-256, hash: {'a' * 64} }} }}\n",
    )


PNFD = """\
tosca_definitions_version: tosca_simple_yaml_1_3
imports: [ etsi_nfv_sol001_pnfd_types.yaml ]
node_types:
  test.Cp:
    derived_from: tosca.nodes.nfv.PnfExtCp
    requirements:
      - external_virtual_link:
          capability: tosca.capabilities.nfv.VirtualLinkable
          relationship: tosca.relationships.nfv.VirtualLinksTo
          occurrences: [ 1, 1 ]
  test.PNF:
    derived_from: tosca.nodes.nfv.PNF
    properties:
      descriptor_id: { default: 11111111-2222-4333-8444-555555555558 }
      function_description: { default: box }
      provider: { default: me }
      version: { default: "1" }
      descriptor_invariant_id: { default: 11111111-2222-4333-8444-555555555559 }
      name: { default: thing }
topology_template:
  substitution_mappings: { node_type: test.PNF }
  node_templates:
    PNF: { type: test.PNF }
    cp:
      type: test.Cp
      properties: { layer_protocols: [ ipv4 ] }
"""
TYPE = "node_types:\n  test.VNF:"
SPARE = "node_types:\n  test.Spare:\n    derived_from: {}\n  test.VNF:"

BROKEN: dict[str, Broken] = {
    "csar-unreadable": Broken(writer=lambda folder: folder / "nothing"),
    "csar-not-a-zip": Broken(writer=written("x.csar", b"hello")),
    "csar-truncated": Broken(writer=written("x.csar", good()[:-200])),
    "csar-corrupt": Broken(writer=written("x.csar", corrupt())),
    "csar-limit": Broken(limits=Limits(entries=1)),
    "csar-unsafe-path": Broken(files={"../evil": "x"}),
    "csar-symlink": Broken(writer=linked),
    "csar-encrypted": Broken(writer=written("x.csar", encrypted())),
    "csar-method": Broken(writer=written("x.csar", packed(zipfile.ZIP_BZIP2))),
    "csar-overlap": Broken(writer=written("x.csar", overlapping())),
    "csar-duplicate": Broken(writer=twice),
    "csar-option2": Broken(
        writer=lambda folder: write_csar(folder / "x.zip", {"a.csar": good(), "readme": "x"})
    ),
    "csar-no-entry": Broken(meta=META.replace("vnfd.yaml", "other.yaml")),
    "csar-no-manifest": Broken(meta=WITH_MANIFEST),
    "csar-manifest": Broken(
        meta=WITH_MANIFEST, files={"vnfd.mf": "Source: Definitions/vnfd.yaml\n"}
    ),
    "csar-missing-file": Broken(meta=META + "\nName: gone\nAlgorithm: SHA-256\nHash: 0\n"),
    "csar-algorithm": Broken(
        meta=META + "\nName: Definitions/vnfd.yaml\nAlgorithm: CRC-32\nHash: 0\n"
    ),
    "csar-hash": Broken(meta=META + "\nName: Definitions/vnfd.yaml\nAlgorithm: SHA-256\nHash: 0\n"),
    "csar-missing-artifact": artifact("../Files/run.sh"),
    "csar-artifact-path": artifact("../../../etc/passwd"),
    "yaml-syntax": Broken("a: 1\nb: [ 1, 2\nc: 3\n", "c: 3"),
    "yaml-limit": Broken("a: " + "{b: " * 100, "b:"),
    "yaml-alias": Broken("a: *b", "*b"),
    "tosca-not-a-template": Broken("- a", "- a"),
    "tosca-version": changed("tosca_simple_yaml_1_3", "tosca_simple_yaml_9_9", "9_9"),
    "tosca-unknown-key": changed(
        "node_templates:", "node_template: { }\n  node_templates:", "node_template:"
    ),
    "tosca-imports": changed("vnfd_types.yaml ]", "vnfd_types.yaml, [ a ] ]", "imports"),
    "tosca-import-remote": changed(
        "vnfd_types.yaml ]", "vnfd_types.yaml, https://example.com/types.yaml ]", "imports"
    ),
    "tosca-import-file": changed(
        "vnfd_types.yaml ]", "vnfd_types.yaml, file:///etc/passwd ]", "imports"
    ),
    "tosca-import-path": changed(
        "vnfd_types.yaml ]", "vnfd_types.yaml, ../../etc/passwd ]", "imports"
    ),
    "tosca-import-missing": changed("vnfd_types.yaml ]", "vnfd_types.yaml, gone.yaml ]", "imports"),
    "tosca-import-cycle": changed("vnfd_types.yaml ]", "vnfd_types.yaml, vnfd.yaml ]", "imports"),
    "tosca-type-cycle": changed(
        TYPE,
        "node_types:\n  a: { derived_from: b }\n  b: { derived_from: a }\n  test.VNF:",
        "derived_from",
    ),
    "tosca-type-depth": changed(
        TYPE,
        "node_types:\n"
        + "".join(f"  t{i}: {{ derived_from: t{i + 1} }}\n" for i in range(60))
        + "  t60: { derived_from: tosca.nodes.Root }\n  test.VNF:",
    ),
    "tosca-unknown-parent": changed(TYPE, SPARE.format("tosca.nodes.nfv.Nothing"), "Nothing"),
    "tosca-unknown-type": changed("tosca.nodes.nfv.VduCp", "tosca.nodes.nfv.VduCpp", "VduCpp"),
    "tosca-unknown-data-type": changed(
        "type: string, default: 1111", "type: strng, default: 1111", "strng"
    ),
    "tosca-unknown-policy-type": changed(
        "nfv.ScalingAspects", "nfv.ScalingAspect", "ScalingAspect"
    ),
    "tosca-unknown-group-type": changed(
        "nfv.PlacementGroup", "nfv.PlacementGroups", "PlacementGroups"
    ),
    "tosca-unknown-artifact-type": artifact(
        "{ file: https://example.com/a, type: tosca.artifacts.nfv.SwImages }"
    ),
    "tosca-no-type": changed("      type: tosca.nodes.nfv.VduCp\n", "", "cp:"),
    "tosca-value-type": changed("num_virtual_cpu: 2", "num_virtual_cpu: many", "many"),
    "tosca-constraint": changed("num_virtual_cpu: 2", "num_virtual_cpu: 0", "num_virtual_cpu: 0"),
    "tosca-unknown-property": changed(
        "        name: vdu\n", "        name: vdu\n        nam: vdu\n", "nam:"
    ),
    "tosca-missing-property": changed("        name: vdu\n", "", "properties:"),
    "tosca-unknown-capability": changed(
        "virtual_compute:", "virtual_computer:", "virtual_computer"
    ),
    "tosca-unknown-requirement": changed(
        "virtual_binding: vdu", "virtual_bindin: vdu", "virtual_bindin"
    ),
    "tosca-missing-requirement": changed(
        "    cp:\n",
        "    ext: { type: tosca.nodes.nfv.VnfExtCp, properties: "
        "{ layer_protocols: [ ipv4 ] } }\n    cp:\n",
        "ext:",
    ),
    "tosca-occurrences": changed(
        "        - virtual_binding: vdu\n", "        - virtual_binding: vdu\n" * 2, "requirements"
    ),
    "tosca-requirement-target": changed(
        "virtual_binding: vdu", "virtual_binding: cp", "virtual_binding: cp"
    ),
    "tosca-unknown-node": changed("virtual_binding: vdu", "virtual_binding: vd", "virtual_binding"),
    "tosca-unknown-interface": interface("        Vnflcn: { instantiate: { } }\n"),
    "tosca-unknown-operation": interface("        Vnflcm:\n          instantiat: { }\n"),
    "tosca-policy-target": changed("targets: [ vdu ]", "targets: [ cp ]", "targets: [ cp ]"),
    "tosca-group-member": changed("members: [ vdu ]", "members: [ cp ]", "members: [ cp ]"),
    "tosca-function": changed(
        "        name: vdu\n", "        name: { get_input: nam }\n", "get_input"
    ),
    "tosca-grammar": changed(
        "provider: { default: me }",
        "provider: { type: string, default: me, constraints: [ pattern: '[0-9]+' ] }",
    ),
    "substitution-unknown-node": changed("out: [ cp,", "out: [ cpp,", "cpp"),
    "substitution-unknown-name": changed(
        "out: [ cp, virtual_link ]", "outt: [ cp, virtual_link ]", "outt"
    ),
    "sol001-nothing": changed(
        "derived_from: tosca.nodes.nfv.VNF", "derived_from: tosca.nodes.Root"
    ),
    "sol001-flavour-twice": Broken(
        TOP.replace("small.yaml", "small.yaml, again.yaml"),
        files={**FLAVOURS, "Definitions/again.yaml": FLAVOURS["Definitions/small.yaml"]},
    ),
    "sol001-unknown-flavour": Broken(
        TOP.replace("flavour_id: simple", "flavour_id: simpel"), "simpel", dict(FLAVOURS)
    ),
    "vnfd-required": changed("11111111-2222-4333-8444-555555555555", '""', "VNF:"),
    "vnfd-unknown-aspect": changed("{ aspect: size,", "{ aspect: siz,", "aspect: siz,"),
    "vnfd-unknown-delta": changed("step_deltas: [ one ]", "step_deltas: [ ones ]", "step_deltas"),
    "vnfd-unknown-level": changed("default_level: small", "default_level: smal", "smal"),
    "vnfd-scale-level": changed("scale_level: 0", "scale_level: 3", "scale_level: 3"),
    "vnfd-unknown-coordination": changed("actions: [ drain ]", "actions: [ drainn ]", "drainn"),
    "vnfd-unknown-component": changed("destination_id: vdu", "destination_id: vdo", "vdo"),
    "nsd-required": changed("designer: { default: me }", 'designer: { default: "" }', "NS:", NSD),
    "nsd-not-a-link": changed("out: lan", "out: sap", "out: sap", NSD),
    "nsd-nfp-cp": changed(
        "{ node: vnf, capability: out }", "{ node: vnf, capability: ou }", "capability: ou", NSD
    ),
    "nsd-unknown-aspect": changed("aspect: more", "aspect: mor", "aspect: mor", NSD),
    "nsd-unknown-level": changed("default_level: small", "default_level: smal", "smal", NSD),
    "parser-timeout": Broken(
        VNFD.replace(
            "provider: { default: me }",
            'provider: { type: string, default: me, constraints: [ pattern: "(a|aa)+$" ] }',
        ).replace(
            "    VNF: { type: test.VNF }",
            "    VNF: { type: test.VNF, properties: { provider: " + "a" * 60 + "! } }",
        )
    ),
    "parser-crash": Broken(),  # in a child that may take 1 MiB
    "parser-limit": changed("num_virtual_cpu: 2", "a: 1, b: 2, c: 3", limits=Limits(findings=1)),
    "csar-meta-syntax": Broken(meta=META + "nonsense\n", files={}),
    "csar-meta-key": Broken(meta=META + "ETSI-Entry-Licences: x\n"),
    "csar-manifest-key": Broken(
        meta=WITH_MANIFEST, files={"vnfd.mf": "metadata:\n  vnf_product_name: p\n"}
    ),
    "csar-unlisted": Broken(
        meta=WITH_MANIFEST,
        files={
            "Files/x": "x",
            "vnfd.mf": MANIFEST + "Source: Definitions/vnfd.yaml\n"
            f"Algorithm: SHA-256\nHash: {hashlib.sha256(VNFD.encode()).hexdigest()}\n",
        },
    ),
    "csar-hash-weak": Broken(
        meta=META
        + "\nName: Definitions/vnfd.yaml\nAlgorithm: MD5\nHash: "
        + hashlib.md5(VNFD.encode()).hexdigest()
        + "\n"
    ),
    "yaml-duplicate-key": changed(
        "        name: vdu\n", "        name: vdu\n        name: vdu\n", "name: vdu"
    ),
    "yaml-ambiguous-key": changed(
        "        name: vdu\n", "        name: other\n        name: vdu\n", "name: vdu"
    ),
    "yaml-version": changed("description: one", "description: on", "description: on"),
    "csar-unguarded": Broken(meta=META, writer=bare),
    "csar-name-encoding": Broken(writer=unmarked),
    "csar-text-encoding": Broken(
        meta=WITH_MANIFEST, files={"vnfd.mf": MANIFEST.encode() + b"x: \xfc\n"}
    ),
    "csar-manifest-differs": Broken(
        meta=WITH_MANIFEST, files={"vnfd.mf": MANIFEST.replace("name: thing", "name: other")}
    ),
    "csar-manifest-entry": Broken(
        meta=WITH_MANIFEST,
        files={"vnfd.mf": MANIFEST + "Sorce: Definitions/vnfd.yaml\nHash: 0\n"},
    ),
    "tosca-missing-description": changed("        description: one\n", "", "properties:"),
    "tosca-missing-protocol": changed(
        "node_types:\n",
        "node_types:\n  test.Cp:\n    derived_from: tosca.nodes.nfv.VduCp\n    properties:\n"
        "      protocol: { type: list, required: true,\n"
        "        entry_schema: tosca.datatypes.nfv.CpProtocolData }\n",
        "properties: { layer_protocols",
        FULL.replace("type: tosca.nodes.nfv.VduCp", "type: test.Cp"),
    ),
    "tosca-number-for-string": changed('{ default: "1" }', "{ default: 1.0 }", "1.0"),
    "tosca-stray-key": changed("node_templates:\n", "zzz: here\n  node_templates:\n", "zzz"),
    "substitution-undeclared-name": changed(
        "      out: [ cp, virtual_link ]\n",
        "      out: [ cp, virtual_link ]\n      beyond: [ cp, virtual_link ]\n",
        "beyond",
    ),
    "tosca-input-value": changed(
        "num_virtual_cpu: 2",
        "num_virtual_cpu: { get_input: cpus }",
        "get_input",
        FULL.replace(
            "topology_template:\n", "topology_template:\n  inputs: { cpus: { type: integer } }\n"
        ),
    ),
    "sol001-id": changed("11111111-2222-4333-8444-555555555555", "a/b id?", "VNF:"),
    "sol001-size": changed("1 GiB", "999999999999999999 TiB", "vdu:"),
    "sol001-address": changed(*linked_by("10.0.0.0/31"), at="cidr"),
    "sol001-host-bits": changed(*linked_by("10.0.0.5/24"), at="cidr"),
    "vnfd-image-remote": imaged("file: http://127.0.0.1:1/i.tar.gz"),
    "vnfd-image-named": imaged("file: registry/image:1.0"),
    "pnfd-open-cp": Broken(PNFD, "cp:"),
    "types-differ": changed(
        TYPE,
        "data_types:\n  tosca.datatypes.nfv.VduLevel: { derived_from: tosca.datatypes.Root, "
        "properties: "
        "{ number_of_instances: { type: integer } } }\n" + TYPE,
        "VduLevel",
    ),
    "vnfd-image-checksum": changed(
        "      type: tosca.nodes.nfv.Vdu.Compute\n",
        "      type: tosca.nodes.nfv.Vdu.Compute\n      artifacts:\n        i:\n"
        "          type: tosca.artifacts.nfv.SwImage\n          file: ../Files/i\n"
        "          properties: { name: i, version: '1', "
        f"container_format: bare, checksum: {{ algorithm: sha-256, hash: {'0' * 64} }} }}\n",
        "vdu:",
        files={"Files/i": "i"},
    ),
    "vnfd-level-twice": changed(
        "    - coordinate:",
        "    - again:\n        type: tosca.policies.nfv.VduInstantiationLevels\n"
        "        properties: { levels: { small: { number_of_instances: 2 } } }\n"
        "        targets: [ vdu ]\n    - coordinate:",
        "levels",
    ),
    "vnfd-no-initial-delta": changed(INITIAL, "", "vdu:"),
    "vnfd-level-scale": changed(
        "{ small: { number_of_instances: 1 } }", "{ small: { number_of_instances: 2 } }", "levels"
    ),
    "vnfd-no-step-deltas": changed(
        "max_scale_level: 2, step_deltas: [ one ]",
        "max_scale_level: 2",
        "size:",
        FULL.replace("deltas: { one:", "deltas: { two: { number_of_instances: 2 }, one:"),
    ),
    "vnfd-instances": changed(
        "max_number_of_instances: 3", "max_number_of_instances: 1", "max_number_of_instances: 1"
    ),
    "vnfd-no-compute": Broken(
        VNFD[: VNFD.index("      capabilities:\n        virtual_compute")]
        + VNFD[VNFD.index("    cp:\n") :],
        "vdu:",
    ),
}
