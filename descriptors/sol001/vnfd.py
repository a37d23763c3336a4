# SPDX-License-Identifier: Apache-2.0
"""From resolved topologies to a `model.Vnfd` (SOL001 clause 6, IFA011 clause 7)."""
from __future__ import annotations

from typing import Any

from descriptors import model
from descriptors.details import OsContainer
from descriptors.findings import Findings
from descriptors.scalars import integer, mapping, mebibytes, sequence, text, texts
from descriptors.sol001 import containers, lcm, policies, scaling, software
from descriptors.tosca import flavours
from descriptors.tosca.flavours import Design
from descriptors.tosca.topology import Node, Topology
from descriptors.tosca.typesystem import Types

NODE = "tosca.nodes.nfv."
STORAGES = {"VirtualBlockStorage": "block", "VirtualObjectStorage": "object", "VirtualFileStorage": "file"}
REQUIRED = ("descriptor_id", "provider", "product_name", "software_version", "descriptor_version")


def vnfd(design: Design, images: software.Images, findings: Findings) -> model.Vnfd:
    """The VNFD; what is missing is a finding and "" in the model."""
    top = design.top
    for name in REQUIRED:
        if not text(top.properties.get(name)):
            findings.error("vnfd-required", top.unit.path, f"the VNF has no {name}", f"give {name} a value", top.at())
    flavour_ids = list(design.flavours)
    default = text(top.properties.get("flavour_id"))
    return model.Vnfd(
        id=text(top.properties.get("descriptor_id")),
        provider=text(top.properties.get("provider")),
        product_name=text(top.properties.get("product_name")),
        software_version=text(top.properties.get("software_version")),
        version=text(top.properties.get("descriptor_version")),
        name=text(top.properties.get("product_info_name")) or text(top.properties.get("product_name")),
        description=text(top.properties.get("product_info_description")) or text(top.unit.document.get("description")),
        vnfm_info=texts(top.properties.get("vnfm_info")),
        localization_languages=texts(top.properties.get("localization_languages")),
        default_flavour=default if default in flavour_ids else flavour_ids[0],
        flavours={name: _flavour(name, topology, design, images, findings) for name, topology in design.flavours.items()},
        configurable_properties=_configurable(design),
        modifiable_attributes=_declared(design, "modifiable_attributes"),
    )


def _configurable(design: Design) -> dict[str, Any]:
    """name: default (or None); the additional ones stand beside SOL001's own."""
    found = _declared(design, "configurable_properties")
    additional = mapping(found.pop("additional_configurable_properties", {}))
    additional.pop("is_writable_anytime", None)
    return {**found, **additional}


def _declared(design: Design, name: str) -> dict[str, Any]:
    """Every property of the VNF's data type `name` with its value or default, None where it has none."""
    types, top = next(iter(design.flavours.values())).types, design.top
    kind = text(types.properties("node_types", top.type).get(name, {}).get("type"))
    return _overlay(_names(types, kind, 0), types.defaults(kind), top.properties.get(name))


def _names(types: Types, kind: str, depth: int) -> dict[str, Any]:
    """The properties that types of the package's own declare, all None."""
    standard = next((name for name in types.lineage("data_types", kind) if name.startswith("tosca.")), "")
    inherited = types.properties("data_types", standard)
    result: dict[str, Any] = {}
    for name, definition in types.properties("data_types", kind).items():
        nested = text(definition.get("type"))
        if nested in types.sections["data_types"] and depth < 4:
            if inner := _names(types, nested, depth + 1):
                result[name] = inner
        elif name not in inherited:
            result[name] = None
    return result


def _overlay(*layers: Any) -> dict[str, Any]:
    result: dict[str, Any] = {}
    for layer in layers:
        for name, value in mapping(layer).items():
            both = isinstance(value, dict) and isinstance(result.get(name), dict)
            result[name] = _overlay(result[name], value) if both else value
    return result


def _flavour(name: str, topology: Topology, design: Design, images: software.Images, findings: Findings) -> model.VnfDf:
    node = flavours.node_of(topology, "vnf")
    cpds = {cpd.id: cpd for cpd in map(_cpd, topology.of_type(NODE + "VduCp").values())}
    units = containers.containers(topology)
    vdus = {vdu.id: vdu for vdu in (_vdu(item, cpds, images, units) for item in _units(topology))}
    sizes = scaling.sizes(topology, vdus, findings)
    mapped = {requirement: target[0] for requirement, target in topology.mappings().items()}
    return model.VnfDf(
        id=name, description=text(node.properties.get("flavour_description")), vdus=vdus, cpds=cpds,
        ext_cpds=_ext_cpds(topology, cpds, mapped),
        virtual_links={item.name: virtual_link(item) for item in topology.of_type(NODE + "VnfVirtualLink").values()},
        storages={item.id: item for item in _storages(topology, images)},
        affinity=scaling.affinity(topology, "tosca.policies.nfv."),
        operations=lcm.operations(node, "Vnflcm"), requirements=mapped,
        policies=policies.kept(topology), parameters=lcm.parameters(topology, node),
        configuration=mapping(node.properties.get("lcm_operations_configuration")),
        placement_groups=topology.groups_of("tosca.groups.nfv.PlacementGroup"),
        security_groups=policies.security_groups(topology), indicators=policies.indicators(topology),
        monitoring=policies.monitoring([node, *_units(topology), *topology.of_type(NODE + "VnfVirtualLink").values()]),
        coordinations=policies.coordinations(topology, findings),
        referenced_coordinations=policies.referenced_coordinations(topology),
        package_changes=policies.package_changes(topology, text(design.top.properties.get("descriptor_id")), design.flavours, {
            "instantiation_level": sizes["levels"], "scaling_aspect": sizes["aspects"]}, findings),
        containers=units, mciops=containers.mciops(topology), **sizes)


def _units(topology: Topology) -> list[Node]:
    return [
        *topology.of_type(NODE + "Vdu.Compute").values(),
        *topology.of_type(NODE + "Vdu.OsContainerDeployableUnit").values(),
    ]


def _vdu(node: Node, cpds: dict[str, model.Cpd], images: software.Images, units: dict[str, OsContainer]) -> model.Vdu:
    compute = node.capabilities.get("virtual_compute", {})
    profile = mapping(node.properties.get("vdu_profile"))
    own = sorted((cpd for cpd in cpds.values() if cpd.vdu == node.name), key=lambda cpd: cpd.order)
    minimum = integer(profile.get("min_number_of_instances"), 1)
    cpus, memory = containers.needs(node, units)
    return model.Vdu(
        id=node.name,
        name=text(node.properties.get("name")) or node.name,
        description=text(node.properties.get("description")),
        vcpus=integer(mapping(compute.get("virtual_cpu")).get("num_virtual_cpu"), max(1, cpus)),
        memory=mebibytes(mapping(compute.get("virtual_memory")).get("virtual_mem_size")) or memory,
        local_storage=[
            mebibytes(mapping(item).get("size_of_storage")) for item in sequence(compute.get("virtual_local_storage"))
        ],
        image=images.of(node),
        storages=node.targets("virtual_storage"),
        cpds=[cpd.id for cpd in own],
        minimum=minimum,
        maximum=integer(profile.get("max_number_of_instances"), max(1, minimum)),
        boot_data=node.properties.get("boot_data"),
        requirements=_requirements(node, compute),
        containers=node.targets("container"),
    )


def _requirements(node: Node, compute: dict[str, Any]) -> dict[str, Any]:
    """The EPA properties that are set, by SOL001's names."""
    cpu, memory = mapping(compute.get("virtual_cpu")), mapping(compute.get("virtual_memory"))
    found = {
        **{
            name: cpu.get(name)
            for name in (
                "cpu_architecture",
                "virtual_cpu_clock",
                "virtual_cpu_oversubscription_policy",
                "vdu_cpu_requirements",
                "virtual_cpu_pinning",
            )
        },
        **{
            name: memory.get(name)
            for name in (
                "virtual_mem_oversubscription_policy",
                "vdu_mem_requirements",
                "numa_enabled",
                "huge_pages_requirements",
            )
        },
        **{
            name: compute.get(name)
            for name in ("logical_node", "requested_additional_capabilities", "compute_requirements")
        },
        "nfvi_constraints": node.properties.get("nfvi_constraints"),
    }
    return {name: value for name, value in found.items() if value not in (None, {}, [], False)}


def _cpd(node: Node) -> model.Cpd:
    properties = node.properties
    return model.Cpd(
        id=node.name, vdu=node.target("virtual_binding") or "", virtual_link=node.target("virtual_link") or None,
        order=integer(properties.get("order")), layer_protocols=texts(properties.get("layer_protocols")),
        role=text(properties.get("role")) or None, bitrate=integer(properties.get("bitrate_requirement")) or None,
        vnic_type=text(properties.get("vnic_type")) or "normal",
        requirements=[mapping(item) for item in sequence(properties.get("virtual_network_interface_requirements"))])


def _ext_cpds(topology: Topology, cpds: dict[str, model.Cpd], mapped: dict[str, str]) -> dict[str, model.ExtCpd]:
    """The VnfExtCp nodes, and every VduCp that the substitution exposes or that no internal link holds."""
    found = {}
    for node in topology.of_type(NODE + "VnfExtCp").values():
        found[node.name] = model.ExtCpd(
            node.name,
            virtual_link=node.target("internal_virtual_link") or None,
            layer_protocols=texts(node.properties.get("layer_protocols")),
            role=text(node.properties.get("role")) or None,
        )
    for cpd in cpds.values():
        if cpd.virtual_link is None or cpd.id in mapped.values():
            found[cpd.id] = model.ExtCpd(cpd.id, cpd=cpd.id, layer_protocols=cpd.layer_protocols, role=cpd.role)
    return found


def virtual_link(node: Node) -> model.Vld:
    """A VnfVirtualLink or NsVirtualLink."""
    connectivity, profile = (
        mapping(node.properties.get("connectivity_type")),
        mapping(node.properties.get("vl_profile")),
    )
    data = [mapping(item) for item in sequence(profile.get("virtual_link_protocol_data"))]
    layer3: dict[str, Any] = next((found for item in data if (found := mapping(item.get("l3_protocol_data")))), {})
    layer2: dict[str, Any] = next((found for item in data if (found := mapping(item.get("l2_protocol_data")))), {})
    marked = text(node.metadata.get("management")).lower()
    return model.Vld(
        id=node.name,
        description=text(node.properties.get("description")),
        layer_protocols=texts(connectivity.get("layer_protocols")),
        flow_pattern=text(connectivity.get("flow_pattern")) or None,
        cidr=text(layer3.get("cidr")) or None,
        ip_version=text(layer3.get("ip_version")) or None,
        gateway=text(layer3.get("gateway_ip")) or None,
        mtu=integer(layer2.get("mtu")) or None,
        management=marked == "true" or not marked and node.name in ("mgmt", "management"),
        properties=node.properties,
    )


def _storages(topology: Topology, images: software.Images) -> list[model.Storage]:
    found = []
    for suffix, kind in STORAGES.items():
        for node in topology.of_type(f"{NODE}Vdu.{suffix}").values():
            data = mapping(node.properties.get(f"virtual_{kind}_storage_data"))
            size = data.get("size_of_storage", data.get("max_size_of_storage"))
            found.append(model.Storage(node.name, kind, mebibytes(size), node.properties, images.of(node)))
    return found
