# SPDX-License-Identifier: Apache-2.0
"""From resolved topologies to a `model.Vnfd` (SOL001 clause 6, IFA011 clause 7)."""

from __future__ import annotations

from descriptors import model
from descriptors.findings import Findings
from descriptors.leaves import Tree, integer, mapping, others, sequence, text, texts
from descriptors.sol001 import (
    containers,
    coordination,
    cps,
    lcm,
    monitoring,
    package_changes,
    policies,
    scaling,
    software,
    unmodelled,
)
from descriptors.sol001.links import virtual_link
from descriptors.tosca.flavours import Design, node_of
from descriptors.tosca.topology import Node, Topology
from descriptors.tosca.typesystem import Types
from descriptors.units import mebibytes

NODE = "tosca.nodes.nfv."
STORAGES = {
    "VirtualBlockStorage": "block",
    "VirtualObjectStorage": "object",
    "VirtualFileStorage": "file",
}
REQUIRED = ("descriptor_id", "provider", "product_name", "software_version", "descriptor_version")
_READ = (
    *REQUIRED,
    "product_info_name",
    "product_info_description",
    "vnfm_info",
    "localization_languages",
    "flavour_id",
    "default_localization_language",
    "ext_invariant_id",
    "configurable_properties",
    "modifiable_attributes",
    "monitoring_parameters",
    "flavour_description",
    "lcm_operations_configuration",
    "vnf_profile",
)
_VDU = (
    "name",
    "description",
    "boot_order",
    "boot_data",
    "vdu_profile",
    "monitoring_parameters",
    "nfvi_constraints",
    "logical_node",
    "requested_additional_capabilities",
    "mcio_identification_data",
    "mcio_constraint_params",
    "sw_image_data",
)

# EPA properties, by where SOL001 has them
_CPU = (
    "cpu_architecture",
    "virtual_cpu_clock",
    "virtual_cpu_oversubscription_policy",
    "vdu_cpu_requirements",
    "virtual_cpu_pinning",
)
_MEMORY = (
    "virtual_mem_oversubscription_policy",
    "vdu_mem_requirements",
    "numa_enabled",
    "huge_pages_requirements",
)
_NODE = ("logical_node", "requested_additional_capabilities", "compute_requirements")


def vnfd(design: Design, images: software.Images, findings: Findings) -> model.Vnfd:
    """The VNFD; what is missing is a finding and "" in the model."""
    top = design.top
    for name in REQUIRED:
        if not text(top.properties.get(name)):
            findings.error(
                "vnfd-required",
                top.unit.path,
                f"the VNF has no {name}",
                f"give {name} a value",
                top.at(),
            )
    flavours = list(design.flavours)
    default = text(top.properties.get("flavour_id"))

    def value(name: str) -> str:
        return text(top.properties.get(name))

    return model.Vnfd(
        id=value("descriptor_id"),
        provider=value("provider"),
        product_name=value("product_name"),
        software_version=value("software_version"),
        version=value("descriptor_version"),
        name=value("product_info_name") or value("product_name"),
        description=value("product_info_description") or text(top.unit.document.get("description")),
        vnfm_info=texts(top.properties.get("vnfm_info")),
        localization_languages=texts(top.properties.get("localization_languages")),
        default_flavour=default if default in flavours else flavours[0],
        flavours={
            name: _flavour(name, topology, design, images, findings)
            for name, topology in design.flavours.items()
        },
        configurable_properties=_configurable(design),
        modifiable_attributes=_declared(design, "modifiable_attributes"),
        ext_invariant_id=value("ext_invariant_id"),
        default_localization_language=value("default_localization_language"),
        properties=others(top.properties, *_READ),
    )


def _configurable(design: Design) -> Tree:
    """name: default (or None); the additional ones stand beside SOL001's own."""
    properties = _declared(design, "configurable_properties")
    additional = mapping(properties.pop("additional_configurable_properties", {}))
    additional.pop("is_writable_anytime", None)
    return {**properties, **additional}


def _declared(design: Design, name: str) -> Tree:
    """Every property of the VNF's data type `name` with its value or default, None where it has
    none."""
    types, top = next(iter(design.flavours.values())).types, design.top
    kind = text(types.properties("node_types", top.type).get(name, {}).get("type"))
    return _overlay(_names(types, kind, 0), types.defaults(kind), top.properties.get(name))


def _names(types: Types, kind: str, depth: int) -> Tree:
    """The properties that types of the package's own declare, all None."""
    standard = next(
        (name for name in types.lineage("data_types", kind) if name.startswith("tosca.")), ""
    )
    inherited = types.properties("data_types", standard)
    result: Tree = {}
    for name, definition in types.properties("data_types", kind).items():
        nested = text(definition.get("type"))
        if nested in types.sections["data_types"] and depth < 4:
            if inner := _names(types, nested, depth + 1):
                result[name] = inner
        elif name not in inherited:
            result[name] = None
    return result


def _overlay(*layers: object) -> Tree:
    result: Tree = {}
    for layer in layers:
        for name, value in mapping(layer).items():
            both = isinstance(value, dict) and isinstance(result.get(name), dict)
            result[name] = _overlay(result[name], value) if both else value
    return result


def _flavour(
    name: str, topology: Topology, design: Design, images: software.Images, findings: Findings
) -> model.VnfDf:
    node = node_of(topology, "vnf")
    cpds, vips = cps.cpds(topology), cps.vip_cpds(topology)
    units = containers.containers(topology, images.of[name])
    vdus = {
        vdu.id: vdu
        for vdu in (_vdu(item, cpds, images.of[name], units) for item in _units(topology))
    }
    links = {item.name: virtual_link(item) for item in _links(topology)}
    sizes = scaling.sizes(topology, vdus, vips, links, findings)
    requirements = {name: target[0] for name, target in topology.mappings().items()}
    return model.VnfDf(
        id=name,
        description=text(node.properties.get("flavour_description")),
        vdus=vdus,
        cpds=cpds,
        vip_cpds=vips,
        virtual_cpds=cps.virtual_cpds(topology),
        ext_cpds=cps.ext_cpds(topology, requirements),
        virtual_links=links,
        storages={item.id: item for item in _storages(topology, images.of[name])},
        operations=lcm.operations(node, "Vnflcm"),
        requirements=requirements,
        parameters=lcm.parameters(topology, node),
        configuration=mapping(node.properties.get("lcm_operations_configuration")),
        containers=units,
        mciops=containers.mciops(topology),
        **_policies(topology, design, sizes, findings),
        **_coordination(topology, findings),
        **sizes,
    )


def _policies(topology: Topology, design: Design, sizes: Tree, findings: Findings) -> Tree:
    """What policies and groups say besides sizes and coordination, as a VnfDf has it."""
    nodes = [node_of(topology, "vnf"), *_units(topology), *_links(topology)]
    return {
        "affinity": policies.affinity(topology, "tosca.policies.nfv."),
        **policies.groups(topology, "tosca.groups.nfv.PlacementGroup"),
        "interfaces": policies.interfaces(topology),
        "security_groups": policies.security_groups(topology),
        "indicators": monitoring.indicators(topology),
        "monitoring": monitoring.monitoring(nodes),
        "package_changes": package_changes.package_changes(
            topology,
            text(design.top.properties.get("descriptor_id")),
            design.flavours,
            {"instantiation_level": sizes["levels"], "scaling_aspect": sizes["aspects"]},
            findings,
        ),
        "policies": unmodelled.unmodelled(topology),
    }


def _coordination(topology: Topology, findings: Findings) -> Tree:
    return {
        "coordinations": coordination.coordinations(topology, findings),
        "referenced_coordinations": coordination.referenced_coordinations(topology),
    }


def _links(topology: Topology) -> list[Node]:
    return list(topology.of_type(NODE + "VnfVirtualLink").values())


def _units(topology: Topology) -> list[Node]:
    return [
        *topology.of_type(NODE + "Vdu.Compute").values(),
        *topology.of_type(NODE + "Vdu.OsContainerDeployableUnit").values(),
    ]


def _vdu(
    node: Node,
    cpds: dict[str, model.Cpd],
    images: dict[str, model.SwImage],
    units: dict[str, model.OsContainer],
) -> model.Vdu:
    properties = node.properties
    profile = mapping(properties.get("vdu_profile"))
    minimum = integer(profile.get("min_number_of_instances"), 1)
    return model.Vdu(
        id=node.name,
        name=text(properties.get("name")) or node.name,
        description=text(properties.get("description")),
        **_compute(node, units),
        image=images.get(node.name),
        storages=node.targets("virtual_storage"),
        cpds=_cpds_of(node, cpds),
        minimum=minimum,
        maximum=integer(profile.get("max_number_of_instances"), max(1, minimum)),
        boot_data=properties.get("boot_data"),
        containers=node.targets("container"),
        boot_order=properties.get("boot_order") is True,
        maintenance=mapping(profile.get("nfvi_maintenance_info")),
        mcio=mapping(properties.get("mcio_identification_data")),
        mcio_constraints=texts(properties.get("mcio_constraint_params")),
        properties=others(properties, *_VDU),
    )


def _compute(node: Node, units: dict[str, model.OsContainer]) -> Tree:
    """The size of a VDU and what else it needs of a host, as a Vdu has it."""
    compute = node.capabilities.get("virtual_compute", {})
    cpu, memory = mapping(compute.get("virtual_cpu")), mapping(compute.get("virtual_memory"))
    container_cpus, container_memory = containers.needs(node, units)
    return {
        "vcpus": integer(cpu.get("num_virtual_cpu"), max(1, container_cpus)),
        "memory": mebibytes(memory.get("virtual_mem_size")) or container_memory,
        "local_storage": [
            mebibytes(mapping(item).get("size_of_storage"))
            for item in sequence(compute.get("virtual_local_storage"))
        ],
        "requirements": _requirements(node, compute),
    }


def _cpds_of(node: Node, cpds: dict[str, model.Cpd]) -> list[str]:
    """The CPs of a VDU in their order, subports last."""
    attached = [cpd for cpd in cpds.values() if cpd.vdu == node.name]
    return [cpd.id for cpd in sorted(attached, key=lambda cpd: (cpd.trunk is not None, cpd.order))]


def _requirements(node: Node, compute: Tree) -> Tree:
    """The EPA properties that are set, by SOL001's names."""
    cpu, memory = mapping(compute.get("virtual_cpu")), mapping(compute.get("virtual_memory"))
    requirements = {
        **{name: cpu.get(name) for name in _CPU},
        **{name: memory.get(name) for name in _MEMORY},
        **{name: compute.get(name) or node.properties.get(name) for name in _NODE},
        "virtual_local_storage": [
            item
            for item in map(mapping, sequence(compute.get("virtual_local_storage")))
            if any(item.get(name) for name in ("rdma_enabled", "vdu_storage_requirements"))
        ],
        "nfvi_constraints": node.properties.get("nfvi_constraints"),
    }
    return {
        name: value for name, value in requirements.items() if value not in (None, {}, [], False)
    }


def _storages(topology: Topology, images: dict[str, model.SwImage]) -> list[model.Storage]:
    storages = []
    for suffix, kind in STORAGES.items():
        for node in topology.of_type(f"{NODE}Vdu.{suffix}").values():
            data = mapping(node.properties.get(f"virtual_{kind}_storage_data"))
            size = data.get("size_of_storage", data.get("max_size_of_storage"))
            storages.append(
                model.Storage(
                    node.name,
                    kind,
                    mebibytes(size),
                    node.properties,
                    images.get(node.name),
                    node.properties.get("per_vnfc_instance") is not False,
                )
            )
    return storages
