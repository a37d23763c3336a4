# SPDX-License-Identifier: Apache-2.0
"""Reads virtual links of VNF and NS with their subnets, IPv4 and IPv6 (SOL001 6.8, 7.8)."""

from __future__ import annotations

from descriptors import model
from descriptors.leaves import Tree, integer, mapping, sequence, text, texts
from descriptors.sol001 import subnets
from descriptors.tosca.topology import Node


def virtual_link(node: Node) -> model.Vld:
    """A VnfVirtualLink or NsVirtualLink."""
    connectivity, profile = (
        mapping(node.properties.get("connectivity_type")),
        mapping(node.properties.get("vl_profile")),
    )
    data = [mapping(item) for item in sequence(profile.get("virtual_link_protocol_data"))]
    protocols = [
        _subnet(found) for item in data if (found := mapping(item.get("l3_protocol_data")))
    ]
    layer2: Tree = next(
        (found for item in data if (found := mapping(item.get("l2_protocol_data")))), {}
    )
    marked, first = (
        text(node.metadata.get("management")).lower(),
        (protocols or [model.L3ProtocolData()])[0],
    )
    return model.Vld(
        id=node.name,
        description=text(node.properties.get("description")),
        layer_protocols=texts(connectivity.get("layer_protocols")),
        flow_pattern=text(connectivity.get("flow_pattern")) or None,
        cidr=first.cidr,
        ip_version=first.ip_version,
        gateway=first.gateway,
        mtu=integer(layer2.get("mtu")) or None,
        management=marked == "true" or (not marked and node.name in ("mgmt", "management")),
        properties=node.properties,
        subnets=protocols,
    )


def _subnet(data: Tree) -> model.L3ProtocolData:
    dhcp = data.get("dhcp_enabled")
    return model.L3ProtocolData(
        subnets.cidr(data.get("cidr")),
        text(data.get("ip_version")) or None,
        text(data.get("gateway_ip")) or None,
        dhcp if isinstance(dhcp, bool) else None,
        text(data.get("ipv6_address_mode")) or None,
        [
            {str(name): text(value) for name, value in mapping(pool).items()}
            for pool in sequence(data.get("ip_allocation_pools"))
        ],
        text(data.get("name")),
    )
