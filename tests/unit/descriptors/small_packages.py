# SPDX-License-Identifier: Apache-2.0
"""A small good VNFD to break, zips made by hand, and where real packages lie, if they do."""

from __future__ import annotations

import hashlib
import os
import re
import zipfile
from collections.abc import Callable
from pathlib import Path

import descriptors

VERSION = "tosca_definitions_version: tosca_simple_yaml_1_3\n"
VNFD = """\
tosca_definitions_version: tosca_simple_yaml_1_3
imports: [ etsi_nfv_sol001_vnfd_types.yaml ]
node_types:
  test.VNF:
    derived_from: tosca.nodes.nfv.VNF
    properties:
      descriptor_id: { type: string, default: 11111111-2222-4333-8444-555555555555 }
      descriptor_version: { default: "1" }
      provider: { default: me }
      product_name: { default: thing }
      software_version: { default: "1" }
      vnfm_info: { default: [ "0:x" ] }
      flavour_id: { default: simple }
      flavour_description: { default: simple }
    requirements:
      - out: { capability: tosca.capabilities.nfv.VirtualLinkable }
topology_template:
  substitution_mappings:
    node_type: test.VNF
    requirements:
      out: [ cp, virtual_link ]
  node_templates:
    VNF: { type: test.VNF }
    vdu:
      type: tosca.nodes.nfv.Vdu.Compute
      properties:
        name: vdu
        description: one
        vdu_profile: { min_number_of_instances: 1, max_number_of_instances: 3 }
      capabilities:
        virtual_compute:
          properties:
            virtual_cpu: { num_virtual_cpu: 2 }
            virtual_memory: { virtual_mem_size: 1 GiB }
    cp:
      type: tosca.nodes.nfv.VduCp
      properties: { layer_protocols: [ ipv4 ] }
      requirements:
        - virtual_binding: vdu
"""
NSD = """\
tosca_definitions_version: tosca_simple_yaml_1_3
imports: [ etsi_nfv_sol001_nsd_types.yaml ]
node_types:
  test.NS:
    derived_from: tosca.nodes.nfv.NS
    properties:
      descriptor_id: { type: string, default: 11111111-2222-4333-8444-555555555556 }
      designer: { default: me }
      version: { default: "1" }
      name: { default: service }
      invariant_id: { default: 11111111-2222-4333-8444-555555555557 }
      flavour_id: { default: simple }
  test.VNF:
    derived_from: tosca.nodes.nfv.VNF
    properties:
      descriptor_id: { default: 11111111-2222-4333-8444-555555555555 }
      descriptor_version: { default: "1" }
      provider: { default: me }
      product_name: { default: thing }
      software_version: { default: "1" }
      vnfm_info: { default: [ "0:x" ] }
      flavour_id: { default: simple }
      flavour_description: { default: simple }
    capabilities:
      out: { type: tosca.capabilities.nfv.Forwarding }
    requirements:
      - out: { capability: tosca.capabilities.nfv.VirtualLinkable }
topology_template:
  substitution_mappings: { node_type: test.NS }
  node_templates:
    NS: { type: test.NS }
    vnf:
      type: test.VNF
      requirements:
        - out: lan
    lan:
      type: tosca.nodes.nfv.NsVirtualLink
      properties:
        connectivity_type: { layer_protocols: [ ipv4 ] }
        vl_profile: { max_bitrate_requirements: { root: 1 }, min_bitrate_requirements: { root: 1 } }
    sap:
      type: tosca.nodes.nfv.Sap
      properties: { layer_protocols: [ ipv4 ] }
      requirements:
        - internal_virtual_link: lan
    path:
      type: tosca.nodes.nfv.NFP
      requirements:
        - nfp_position: first
        - nfp_position: second
    first: { type: tosca.nodes.nfv.NfpPosition, requirements: [ element: at-sap ] }
    second: { type: tosca.nodes.nfv.NfpPosition, requirements: [ element: at-vnf ] }
    at-sap:
      type: tosca.nodes.nfv.NfpPositionElement
      requirements:
        - profile_element: { node: sap, capability: forwarding }
    at-vnf:
      type: tosca.nodes.nfv.NfpPositionElement
      requirements:
        - profile_element: { node: vnf, capability: out }
  groups:
    graph:
      type: tosca.groups.nfv.VNFFG
      properties: { description: d }
      members: [ path, vnf, lan ]
  policies:
    - rule:
        type: tosca.policies.nfv.NfpRule
        properties: { protocol: tcp, destination_port_range: [ 80, 80 ] }
        targets: [ path ]
    - aspects:
        type: tosca.policies.nfv.NsScalingAspects
        properties:
          aspects:
            more: { name: more, description: d, ns_scale_levels: { 0: { description: one }, 1: {
                description: two } } }
    - mapped:
        type: tosca.policies.nfv.VnfToLevelMapping
        properties: { aspect: more, number_of_instances: { 0: 1, 1: 2 } }
        targets: [ vnf ]
    - levels:
        type: tosca.policies.nfv.NsInstantiationLevels
        properties: { ns_levels: { small: { description: d }, large: { description: d } },
            default_level: small }
    - sizes:
        type: tosca.policies.nfv.VnfToInstantiationLevelMapping
        properties: { number_of_instances: { small: 1, large: 2 } }
        targets: [ vnf ]
"""
META = (
    "TOSCA-Meta-File-Version: 1.1\nCSAR-Version: 1.1\nCreated-By: me\n"
    "Entry-Definitions: Definitions/vnfd.yaml\n"
    ""
)
Make = Callable[..., Path]


def write_csar(path: Path, files: dict[str, str | bytes | None], bare: bool = False) -> Path:
    """A zip of the files; those that are None are left out.

    A package that has no manifest of its own gets one, unless `bare`."""
    has_one = any(name.endswith(".mf") or "Manifest:" in str(text) for name, text in files.items())
    if "Definitions/vnfd.yaml" in files and not has_one and not bare:
        files = {**files, "Definitions/vnfd.mf": manifest(files)}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            if content is not None:
                archive.writestr(name, content)
    return path


def manifest(files: dict[str, str | bytes | None]) -> str:
    """Metadata, and each file of a usual name with its hash."""
    lines = [
        "metadata:\n  vnf_product_name: thing\n  vnf_provider_id: me\n  vnf_package_version: 1"
        "\n  vnf_release_date_time: 2026\n"
    ]
    for name, content in files.items():
        if content is not None and re.fullmatch(r"\w[\w/.-]*", name) and ".." not in name:
            data = content.encode() if isinstance(content, str) else content
            hash_ = hashlib.sha256(data).hexdigest()
            lines.append(f"Source: {name}\nAlgorithm: SHA-256\nHash: {hash_}\n")
    return "\n".join(lines)


def replaced(old: str, new: str) -> str:
    """The VNFD with other words in one place."""
    assert old in VNFD
    return VNFD.replace(old, new)


def rules(package: descriptors.Package) -> set[str]:
    """The rules of the findings that are errors."""
    return {finding.rule for finding in package.errors}


def real_packages() -> list[Path]:
    """Packages that other projects ship, below $MANO_SHARED or beside the repository; [] where
    there are none."""
    root = (
        Path(os.environ.get("MANO_SHARED") or Path(__file__).resolve().parents[4] / "shared")
        / "packages"
    )
    return sorted([*root.glob("vnf/*.zip"), *root.glob("nsd/*.yaml")])
