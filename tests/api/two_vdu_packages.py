# SPDX-License-Identifier: Apache-2.0
"""A VNF of two VDUs and a network service of two such VNFs, made in a test.

With one affinity rule in one of them, or with one text of the VNFD changed."""

from __future__ import annotations

import io
import uuid
import zipfile
from dataclasses import dataclass, field

INSTANCES = 3  # of VDU a; there is one of b
META = """\
TOSCA-Meta-File-Version: 1.1
CSAR-Version: 1.1
Created-By: me
Entry-Definitions: Definitions/vnfd.yaml
"""
VNF_TYPE = """\
  test.VNF:
    derived_from: tosca.nodes.nfv.VNF
    properties:
      descriptor_id: {{ type: string, default: {vnfd_id} }}
      descriptor_version: {{ default: "1" }}
      provider: {{ default: me }}
      product_name: {{ default: thing }}
      software_version: {{ default: "1" }}
      vnfm_info: {{ default: [ "0:x" ] }}
      flavour_id: {{ default: default }}
      flavour_description: {{ default: default }}
    requirements:
      - out: {{ capability: tosca.capabilities.nfv.VirtualLinkable }}
"""
VDU = """\
    {name}:
      type: tosca.nodes.nfv.Vdu.Compute
      properties:
        name: {name}
        description: {name}
        vdu_profile: {{ min_number_of_instances: {number}, max_number_of_instances: {number} }}
      capabilities:
        virtual_compute:
          properties:
            virtual_cpu: {{ num_virtual_cpu: 2 }}
            virtual_memory: {{ virtual_mem_size: 1 GiB }}
"""
VNFD = """\
tosca_definitions_version: tosca_simple_yaml_1_3
imports: [ etsi_nfv_sol001_vnfd_types.yaml ]
node_types:
{type}topology_template:
  substitution_mappings:
    node_type: test.VNF
    requirements:
      out: [ cp, virtual_link ]
  node_templates:
    VNF: {{ type: test.VNF }}
{vdus}    cp:
      type: tosca.nodes.nfv.VduCp
      properties: {{ layer_protocols: [ ipv4 ] }}
      requirements:
        - virtual_binding: a
{rule}"""
NSD = """\
tosca_definitions_version: tosca_simple_yaml_1_3
imports: [ etsi_nfv_sol001_nsd_types.yaml ]
node_types:
  test.NS:
    derived_from: tosca.nodes.nfv.NS
    properties:
      descriptor_id: {{ type: string, default: {nsd_id} }}
      designer: {{ default: me }}
      version: {{ default: "1" }}
      name: {{ default: service }}
      invariant_id: {{ default: {nsd_id} }}
      flavour_id: {{ default: default }}
{type}topology_template:
  substitution_mappings: {{ node_type: test.NS }}
  node_templates:
    NS: {{ type: test.NS }}
    p: {{ type: test.VNF, requirements: [ out: lan ] }}
    q: {{ type: test.VNF, requirements: [ out: lan ] }}
    lan:
      type: tosca.nodes.nfv.NsVirtualLink
      properties:
        connectivity_type: {{ layer_protocols: [ ipv4 ] }}
        vl_profile:
          max_bitrate_requirements: {{ root: 1 }}
          min_bitrate_requirements: {{ root: 1 }}
{subnet}{rule}"""
RULE = """\
  groups:
    both:
      type: tosca.groups.nfv.{prefix}PlacementGroup
      properties: {{ description: both of them }}
      members: [ {members} ]
  policies:
    - rule:
        type: tosca.policies.nfv.{prefix}{kind}Rule
        properties: {{ scope: {scope} }}
        targets: [ {target} ]
"""
INNER = """\
    inner:
      type: tosca.nodes.nfv.VnfVirtualLink
      properties:
        connectivity_type: {{ layer_protocols: [ ipv4 ] }}
        vl_profile:
          max_bitrate_requirements: {{ root: 1 }}
          min_bitrate_requirements: {{ root: 1 }}
{subnet}    side:
      type: tosca.nodes.nfv.VduCp
      properties: {{ layer_protocols: [ ipv4 ] }}
      requirements:
        - virtual_binding: a
        - virtual_link: inner
"""
SUBNET = """\
          virtual_link_protocol_data:
            - associated_layer_protocol: ipv4
              l3_protocol_data: {{ ip_version: ipv4, {data} }}
"""
TYPES = {"affinity": "Affinity", "anti-affinity": "AntiAffinity"}


@dataclass(frozen=True)
class Rule:
    """A rule of a VNFD on VDU "a" or the group "both" of a and b; of an NSD on "p" or "both"."""

    target: str
    kind: str
    scope: str

    def text(self, prefix: str, members: str) -> str:
        """As it stands in a VNFD or, with the prefix Ns, in an NSD."""
        return RULE.format(
            prefix=prefix,
            members=members,
            kind=TYPES[self.kind],
            scope=self.scope,
            target=self.target,
        )


@dataclass(frozen=True)
class Descriptors:
    """VNFD and NSD with new ids, and perhaps a rule in one of them."""

    in_vnfd: Rule | None = None
    in_nsd: Rule | None = None
    numbers: tuple[int, int] = (INSTANCES, 1)  # of VDU a and b
    other: tuple[str, str] = ("", "")  # a text of the VNFD, and what stands there instead
    lan: str = ""  # L3ProtocolData of the NS virtual link
    inner: str | None = None  # likewise of a link between the VNFCs of a; None: there is none
    vnfd_id: str = field(default_factory=lambda: str(uuid.uuid4()))
    nsd_id: str = field(default_factory=lambda: str(uuid.uuid4()))

    def package(self) -> bytes:
        """The VNF package."""
        vdus = "".join(
            VDU.format(name=name, number=number)
            for name, number in zip("ab", self.numbers, strict=True)
        )
        rule = self.in_vnfd.text("", "a, b") if self.in_vnfd else ""
        vnfd = VNFD.format(type=VNF_TYPE.format(vnfd_id=self.vnfd_id), vdus=vdus, rule=rule)
        if self.inner is not None:
            vnfd = vnfd.replace("    cp:\n", INNER.format(subnet=_subnet(self.inner)) + "    cp:\n")
        vnfd = vnfd.replace(*self.other) if self.other[0] else vnfd
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w") as archive:
            archive.writestr("TOSCA-Metadata/TOSCA.meta", META)
            archive.writestr("Definitions/vnfd.yaml", vnfd)
        return packed.getvalue()

    def nsd(self) -> bytes:
        """The NSD."""
        rule = self.in_nsd.text("Ns", "p, q") if self.in_nsd else ""
        vnf_type = VNF_TYPE.format(vnfd_id=self.vnfd_id)
        return NSD.format(
            nsd_id=self.nsd_id, type=vnf_type, rule=rule, subnet=_subnet(self.lan)
        ).encode()


def _subnet(data: str) -> str:
    return SUBNET.format(data=data) if data else ""
