# SPDX-License-Identifier: Apache-2.0
"""Reads connection points: of VDUs, virtual ones, and what is exposed of a VNF or PNF (SOL001 6.8,
8)."""

from __future__ import annotations

from descriptors import model
from descriptors.leaves import Tree, integer, mapping, others, sequence, text, texts
from descriptors.tosca.topology import Node, Topology

NODE = "tosca.nodes.nfv."
_COMMON = ("layer_protocols", "role", "protocol")
_INTERFACES = "virtual_network_interface_requirements"


def cpds(topology: Topology) -> dict[str, model.Cpd]:
    """VduCp and VduSubCp; a subport is at its trunk's VDU."""
    nodes = topology.of_type(NODE + "VduCp")
    return {
        name: _cpd(node, nodes.get(node.target("trunk_binding") or "", node))
        for name, node in nodes.items()
    }


def vip_cpds(topology: Topology) -> dict[str, model.VipCpd]:
    """Every VipCp."""
    return {
        name: model.VipCpd(
            name,
            node.targets("target"),
            text(node.properties.get("vip_function")),
            node.properties.get("dedicated_ip_address") is not False,
            node.target("virtual_link") or None,
            **common(node),
            properties=others(node.properties, *_COMMON, "vip_function", "dedicated_ip_address"),
        )
        for name, node in topology.of_type(NODE + "VipCp").items()
    }


def virtual_cpds(topology: Topology) -> dict[str, model.VirtualCpd]:
    """Every VirtualCp."""
    return {
        name: model.VirtualCpd(
            name,
            node.targets("target"),
            [mapping(item) for item in sequence(node.properties.get("additionalServiceData"))],
            node.properties.get("address_pool_name_configurable") is True,
            node.target("virtual_link") or None,
            **common(node),
            properties=others(
                node.properties, *_COMMON, "additionalServiceData", "address_pool_name_configurable"
            ),
        )
        for name, node in topology.of_type(NODE + "VirtualCp").items()
    }


def ext_cpds(topology: Topology, mapped: dict[str, str]) -> dict[str, model.ExtCpd]:
    """The VnfExtCp nodes, every other CP that the substitution exposes, and every VduCp that no
    internal link holds."""
    exposed = {
        name: node
        for name, node in topology.of_type(NODE + "Cp").items()
        if name in mapped.values()
    }
    exposed |= {
        name: node
        for name, node in topology.of_type(NODE + "VduCp").items()
        if not node.target("virtual_link")
    }
    external = topology.of_type(NODE + "VnfExtCp")
    return {
        **{name: _ext_cpd(node, None) for name, node in external.items()},
        **{name: _ext_cpd(node, name) for name, node in exposed.items() if name not in external},
    }


def pnf_ext_cpds(topology: Topology) -> dict[str, model.ExtCpd]:
    """Every PnfExtCp."""
    return {
        name: _ext_cpd(node, None) for name, node in topology.of_type(NODE + "PnfExtCp").items()
    }


def common(node: Node) -> Tree:
    """What every CP says: its protocols, role and addresses."""
    return {
        "layer_protocols": texts(node.properties.get("layer_protocols")),
        "role": text(node.properties.get("role")) or None,
        "addresses": [
            _address(text(mapping(protocol).get("associated_layer_protocol")), mapping(item))
            for protocol in sequence(node.properties.get("protocol"))
            for item in sequence(mapping(protocol).get("address_data"))
        ],
    }


def _cpd(node: Node, trunk: Node) -> model.Cpd:
    properties = node.properties
    return model.Cpd(
        node.name,
        node.target("virtual_binding") or trunk.target("virtual_binding") or "",
        node.target("virtual_link") or None,
        integer(properties.get("order")),
        **common(node),
        bitrate=integer(properties.get("bitrate_requirement")) or None,
        vnic_type=text(properties.get("vnic_type")) or "normal",
        requirements=_requirements(node),
        trunk_mode=properties.get("trunk_mode") is True,
        trunk=node.target("trunk_binding") or None,
        segmentation_type=text(properties.get("segmentation_type")) or None,
        segmentation_id=integer(properties.get("segmentation_id"))
        if "segmentation_id" in properties
        else None,
        properties=others(
            properties,
            *_COMMON,
            _INTERFACES,
            "order",
            "bitrate_requirement",
            "vnic_type",
            "trunk_mode",
            "segmentation_type",
            "segmentation_id",
        ),
    )


def _ext_cpd(node: Node, cpd: str | None) -> model.ExtCpd:
    return model.ExtCpd(
        node.name,
        cpd,
        None if cpd else node.target("internal_virtual_link") or None,
        **common(node),
        requirements=_requirements(node),
        trunk_mode=node.properties.get("trunk_mode") is True,
        properties={} if cpd else others(node.properties, *_COMMON, _INTERFACES, "trunk_mode"),
    )


def _requirements(node: Node) -> list[Tree]:
    return [mapping(item) for item in sequence(node.properties.get(_INTERFACES))]


def _address(protocol: str, item: Tree) -> model.AddressData:
    layer2, layer3 = mapping(item.get("l2_address_data")), mapping(item.get("l3_address_data"))
    assigned = layer3.get("ip_address_assignment", layer2.get("mac_address_assignment"))
    return model.AddressData(
        text(item.get("address_type")) or "ip_address",
        protocol,
        assigned if isinstance(assigned, bool) else None,
        text(layer3.get("ip_address_assignment_subtype")) or None,
        text(layer3.get("ip_address_type")) or None,
        integer(layer3.get("number_of_ip_address")) or None,
        texts(layer3.get("fixed_ip_address")),
        layer3.get("floating_ip_activated") is True,
    )
