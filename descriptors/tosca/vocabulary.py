# SPDX-License-Identifier: Apache-2.0
"""The words of TOSCA itself: versions, keys of its maps, its own types (Simple Profile 1.0 to 1.3).
Facts, no logic."""

from __future__ import annotations

VERSIONS = (
    "tosca_simple_yaml_1_0",
    "tosca_simple_yaml_1_1",
    "tosca_simple_yaml_1_2",
    "tosca_simple_yaml_1_3",
    "tosca_simple_profile_for_nfv_1_0_0",
)
SECTIONS = (
    "data_types",
    "node_types",
    "capability_types",
    "relationship_types",
    "interface_types",
    "policy_types",
    "group_types",
    "artifact_types",
)
TEMPLATE = (
    "tosca_definitions_version",
    "namespace",
    "metadata",
    "template_name",
    "template_author",
    "template_version",
    "description",
    "dsl_definitions",
    "repositories",
    "imports",
    "topology_template",
    *SECTIONS,
)
TOPOLOGY = (
    "description",
    "inputs",
    "node_templates",
    "relationship_templates",
    "groups",
    "policies",
    "outputs",
    "substitution_mappings",
    "workflows",
)
NODE = (
    "type",
    "description",
    "metadata",
    "directives",
    "properties",
    "attributes",
    "requirements",
    "capabilities",
    "interfaces",
    "artifacts",
    "node_filter",
    "copy",
)
POLICY = ("type", "description", "metadata", "properties", "targets", "triggers")
GROUP = ("type", "description", "metadata", "attributes", "properties", "members", "interfaces")
SUBSTITUTION = (
    "node_type",
    "substitution_filter",
    "node_filter",
    "properties",
    "attributes",
    "capabilities",
    "requirements",
    "interfaces",
)
PRIMITIVES = (
    "string",
    "integer",
    "float",
    "boolean",
    "timestamp",
    "null",
    "version",
    "range",
    "list",
    "map",
    "json",
    "xml",
    "scalar-unit.size",
    "scalar-unit.time",
    "scalar-unit.bitrate",
    "scalar-unit.frequency",
    "scalar-unit",
)


def _types(prefix: str, names: str) -> frozenset[str]:
    return frozenset(prefix + name for name in names.split())


OWN: dict[str, frozenset[str]] = {
    "data_types": _types(
        "tosca.datatypes.",
        "Root Primitive json xml Credential TimeInterval Deployment.Stack "
        "network.NetworkInfo network.PortInfo network.PortDef network.PortSpec",
    )
    | frozenset(PRIMITIVES)
    | {"PortDef", "PortSpec", "Credential", "TimeInterval"},
    "node_types": _types(
        "tosca.nodes.",
        "Root Abstract.Compute Abstract.Storage Compute SoftwareComponent WebServer "
        "WebApplication DBMS Database Storage.ObjectStorage Storage.BlockStorage ObjectStorage "
        "BlockStorage "
        "Container.Runtime Container.Application LoadBalancer network.Network network.Port",
    ),
    "capability_types": _types(
        "tosca.capabilities.",
        "Root Node Compute Network Storage Container Endpoint Endpoint.Public "
        "Endpoint.Admin Endpoint.Database Attachment OperatingSystem Scalable "
        "network.Bindable network.Linkable Container.Docker",
    ),
    "relationship_types": _types(
        "tosca.relationships.",
        "Root DependsOn HostedOn ConnectsTo AttachesTo RoutesTo network.LinksTo network.BindsTo",
    ),
    "interface_types": _types(
        "tosca.interfaces.", "Root node.lifecycle.Standard relationship.Configure"
    ),
    "policy_types": _types(
        "tosca.policies.", "Root Placement Scaling Update Performance Monitoring Reservation"
    ),
    "group_types": _types("tosca.groups.", "Root"),
    "artifact_types": _types(
        "tosca.artifacts.",
        "Root File Deployment Deployment.Image Deployment.Image.Container.Docker "
        "Deployment.Image.VM Deployment.Image.VM.ISO Deployment.Image.VM.QCOW2 Implementation "
        "Implementation.Bash Implementation.Python template template.Jinja2 template.Twig",
    ),
}
INTERFACES = ("Standard", "Configure")
