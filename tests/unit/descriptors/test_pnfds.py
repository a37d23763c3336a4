# SPDX-License-Identifier: Apache-2.0
"""What PNFDs may say and the model then knows."""

from __future__ import annotations

from small_packages import Make

import descriptors
from descriptors import model


def test_external_cps_and_security_groups_of_a_pnfd_are_read(make: Make) -> None:
    text = """\
tosca_definitions_version: tosca_simple_yaml_1_3
imports: [ etsi_nfv_sol001_pnfd_types.yaml ]
node_types:
  test.Box:
    derived_from: tosca.nodes.nfv.PNF
    requirements: [ wan: { capability: tosca.capabilities.nfv.VirtualLinkable, occurrences: [ 0, 1 ] } ]
topology_template:
  substitution_mappings: { node_type: test.Box, requirements: { wan: [ port, external_virtual_link ] } }
  node_templates:
    box:
      type: test.Box
      properties: { descriptor_id: i, function_description: d, provider: p, version: '1', descriptor_invariant_id: j, name: box,
                    geographical_location_info: { country_code: de } }
    port: { type: tosca.nodes.nfv.PnfExtCp, properties: { layer_protocols: [ ipv4 ] } }
  policies:
    - wall: { type: tosca.policies.nfv.PnfSecurityGroupRule, properties: { protocol: udp }, targets: [ port ] }
"""
    package = descriptors.read(make(vnfd=text))
    assert package.findings == [] and isinstance(package.descriptor, model.Pnfd)
    found = package.descriptor
    assert (found.requirements, found.ext_cpds) == (
        {"wan": "port"},
        {"port": model.ExtCpd("port", layer_protocols=["ipv4"])},
    )
    assert ([rule.protocol for rule in found.security_groups], found.properties) == (
        ["udp"],
        {"geographical_location_info": {"country_code": "de"}},
    )
    assert descriptors.package.load(package.to_dict()) == package


def test_a_pnfd_is_read(make: Make) -> None:
    text = (
        "tosca_definitions_version: tosca_simple_yaml_1_3\nimports: [ etsi_nfv_sol001_pnfd_types.yaml ]\ntopology_template:\n  node_templates:\n"
        "    box:\n      type: tosca.nodes.nfv.PNF\n      properties: { descriptor_id: i, function_description: d, provider: p, version: '1', "
        "descriptor_invariant_id: j, name: box }\n"
    )
    package = descriptors.read(make(vnfd=text))
    assert (package.findings, package.kind) == ([], "pnf")
    assert package.descriptor == model.Pnfd("i", "p", "box", "1", "d", "j")
