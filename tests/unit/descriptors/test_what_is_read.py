# SPDX-License-Identifier: Apache-2.0
"""What packages may say and the model then knows: TOSCA's versions and functions, SOL001's parts,
SOL004's ways to pack."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest
from broken_packages import FLAVOURS, FULL, TOP
from small_packages import VNFD, Make

import descriptors
from descriptors import model, resources, sizing

VDU = "      type: tosca.nodes.nfv.Vdu.Compute\n"


def flavour(path: Path, name: str = "simple") -> model.VnfDf:
    package = descriptors.read(path)
    assert package.findings == [], [str(finding) for finding in package.findings]
    assert isinstance(package.descriptor, model.Vnfd)
    assert model.vnfd(model.to_dict(package.descriptor)) == package.descriptor
    return package.descriptor.flavours[name]


def ns(path: Path) -> model.NsDf:
    package = descriptors.read(path)
    assert package.findings == [], [str(finding) for finding in package.findings]
    assert isinstance(package.descriptor, model.Nsd)
    assert model.nsd(model.to_dict(package.descriptor)) == package.descriptor
    return package.descriptor.flavours["simple"]


def vnfd(*changes: tuple[str, str], text: str = VNFD) -> str:
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new, 1)
    return text


def policy(name: str, kind: str, properties: str, targets: str = "") -> str:
    return (
        f"    - {name}:\n        type: tosca.policies.nfv.{kind}\n        properties: {properties}\n"
        + (f"        targets: {targets}\n" if targets else "")
    )


# --- TOSCA


@pytest.mark.parametrize("version", ["1_0", "1_1", "1_2", "1_3"])
def test_every_version_of_tosca_is_read(make: Make, version: str) -> None:
    assert flavour(make(vnfd=vnfd(("yaml_1_3", f"yaml_{version}")))).vdus["vdu"].vcpus == 2


@pytest.mark.parametrize(
    "written",
    [
        "[ etsi_nfv_sol001_vnfd_types.yaml ]",
        "[ { file: etsi_nfv_sol001_vnfd_types.yaml } ]",
        "[ { types: etsi_nfv_sol001_vnfd_types.yaml } ]",
        "[ { types: { file: types/etsi_nfv_sol001_vnfd_types.yaml } } ]",
        "[ https://forge.etsi.org/rep/nfv/SOL001/raw/v4.4.1/etsi_nfv_sol001_vnfd_types.yaml ]",
    ],
)
def test_every_way_to_write_an_import_is_read(make: Make, written: str) -> None:
    assert flavour(make(vnfd=vnfd(("[ etsi_nfv_sol001_vnfd_types.yaml ]", written)))).vdus


def test_a_type_refines_what_it_inherits(make: Make) -> None:
    more = (
        "node_types:\n",
        "node_types:\n  test.Large:\n    derived_from: test.Middle\n    properties: { description: { default: large } }\n"
        "  test.Middle:\n    derived_from: tosca.nodes.nfv.Vdu.Compute\n    properties:\n"
        "      description: { default: middle }\n      boot_order: { default: true }\n",
    )
    df = flavour(
        make(
            vnfd=vnfd(
                more,
                ("        description: one\n", ""),
                ("tosca.nodes.nfv.Vdu.Compute\n      properties", "test.Large\n      properties"),
            )
        )
    )
    assert df.vdus["vdu"].description == "large"


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("{ get_input: greeting }", "hello"),
        ("{ get_input: [ deep, inner, 1 ] }", "b"),
        ("{ get_property: [ SELF, name ] }", "vdu"),
        ("{ get_property: [ VNF, provider ] }", "me"),
        ("{ get_property: [ cp, virtual_binding, name ] }", "vdu"),
        ("{ get_property: [ vdu, virtual_compute, compute_requirements, x ] }", "y"),
        (
            "{ concat: [ a, { get_input: greeting }, '-', { get_property: [ SELF, name ] } ] }",
            "ahello-vdu",
        ),
        ("{ token: [ { get_input: greeting }, l, 0 ] }", "he"),
        ("{ concat: [ x, { get_attribute: [ SELF, tosca_name ] } ] }", ""),
    ],
)
def test_functions_are_answered_where_they_can_be(make: Make, written: str, value: str) -> None:
    text = vnfd(
        ("description: one", f"description: {written}"),
        (
            "topology_template:\n",
            "topology_template:\n  inputs:\n    greeting: { type: string, default: hello }\n"
            "    deep: { type: map, default: { inner: [ a, b ] } }\n",
        ),
        (
            "            virtual_cpu:",
            "            compute_requirements: { x: y }\n            virtual_cpu:",
        ),
    )
    assert flavour(make(vnfd=text)).vdus["vdu"].description == value


def test_the_flavour_is_the_one_asked_for(make: Make) -> None:
    large = (
        FLAVOURS["Definitions/small.yaml"]
        .replace("flavour_id: simple }", "flavour_id: large }")
        .replace("num_virtual_cpu: 2", "num_virtual_cpu: 8")
    )
    package = descriptors.read(
        make(
            {**FLAVOURS, "Definitions/large.yaml": large},
            vnfd=TOP.replace("small.yaml", "small.yaml, large.yaml"),
        )
    )
    assert package.findings == []
    assert isinstance(package.descriptor, model.Vnfd)
    assert package.descriptor.default_flavour == "simple"
    assert {name: df.vdus["vdu"].vcpus for name, df in package.descriptor.flavours.items()} == {
        "simple": 2,
        "large": 8,
    }


@pytest.mark.parametrize(
    "written",
    [
        "properties: { flavour_id: large }",
        "substitution_filter: { properties: [ flavour_id: { equal: large } ] }",
        "substitution_filter: { properties: [ flavour_id: [ { equal: large } ] ] }",
        "substitution_filter: { properties: [ flavour_id: [ { valid_values: [ large ] } ] ] }",
        "substitution_filter: { properties: [ flavour_id: { valid_values: [ large ] } ] }",
        "node_filter: { properties: [ flavour_id: { equal: large } ] }",
    ],
)
def test_substitution_by_property_or_by_filter_tells_the_flavour(make: Make, written: str) -> None:
    large = FLAVOURS["Definitions/small.yaml"].replace(
        "properties: { flavour_id: simple }", written
    )
    assert written in large
    top = TOP.replace("small.yaml", "large.yaml").replace("flavour_id: simple", "flavour_id: large")
    assert flavour(
        make(
            {**FLAVOURS, "Definitions/small.yaml": None, "Definitions/large.yaml": large}, vnfd=top
        ),
        "large",
    ).vdus


@pytest.mark.parametrize(
    "written",
    [
        "instantiate: ../Scripts/run.sh",
        "instantiate: { implementation: ../Scripts/run.sh }",
        "operations: { instantiate: { implementation: run } }",
        "instantiate: { implementation: { primary: run, dependencies: [ ../Scripts/more.sh ] } }",
        "operations: { instantiate: { implementation: { primary: { file: ../Scripts/run.sh, type: tosca.artifacts.Implementation.Bash } } } }",
    ],
)
def test_operations_have_their_scripts(make: Make, written: str) -> None:
    text = vnfd(
        (
            "    VNF: { type: test.VNF }",
            "    VNF:\n      type: test.VNF\n      artifacts: { run: ../Scripts/run.sh }\n"
            f"      interfaces:\n        Vnflcm: {{ {written} }}",
        )
    )
    operation = flavour(
        make({"Scripts/run.sh": "x", "Scripts/more.sh": "x"}, vnfd=text)
    ).operations["instantiate"]
    assert operation["implementation"] == "Scripts/run.sh"
    assert operation.get("dependencies", []) == (
        ["Scripts/more.sh"] if "more.sh" in written else []
    )


def test_lcm_operations_have_their_parameters(make: Make) -> None:
    text = vnfd(
        (
            "node_types:\n",
            "data_types:\n  test.Parameters:\n    derived_from: tosca.datatypes.nfv.VnfOperationAdditionalParameters\n"
            "    properties:\n      size: { type: integer, default: 3 }\n      key: { type: string }\nnode_types:\n",
        ),
        (
            "    requirements:\n      - out:",
            "    interfaces:\n      Vnflcm:\n        type: tosca.interfaces.nfv.Vnflcm\n        operations:\n"
            "          instantiate: { inputs: { additional_parameters: { type: test.Parameters, required: false } } }\n    requirements:\n      - out:",
        ),
        (
            "VNF: { type: test.VNF }",
            "VNF: { type: test.VNF, properties: { lcm_operations_configuration: { heal: { causes: [ hot ] } } } }",
        ),
    )
    df = flavour(make(vnfd=text))
    assert df.parameters["instantiate"] == {
        "size": {"type": "integer", "required": False, "default": 3},
        "key": {"type": "string", "required": True},
    }
    assert df.configuration["heal"] == {"causes": ["hot"]}


@pytest.mark.parametrize(
    "written",
    [
        "../Files/i",
        "{ file: ../Files/i }",
        "{ file: ../Files/i, type: tosca.artifacts.nfv.SwImage }",
    ],
)
def test_artifacts_are_read_short_and_long(make: Make, written: str) -> None:
    data = "        sw_image_data: { name: i, version: '1', container_format: bare }\n"
    text = vnfd(
        (VDU, VDU + f"      artifacts: {{ sw_image: {written} }}\n"),
        ("        name: vdu\n", "        name: vdu\n" + data),
    )
    image = flavour(make({"Files/i": "i"}, vnfd=text)).vdus["vdu"].image
    assert image is not None
    assert (image.path, image.name) == ("Files/i", "i")


@pytest.mark.parametrize(
    ("written", "rule"),
    [
        ("{ file: https://images.example/i.qcow2", "vnfd-image-remote"),
        ("{ file: library/i, repository: hub", "vnfd-image-named"),
        ("{ file: nginx:1.25", "vnfd-image-named"),
        (
            "{ file: 'registry.example:5000/a/b@sha256:0000000000000000000000000000000000000000000000000000000000000000'",
            "vnfd-image-named",
        ),
    ],
)
def test_external_images_are_read_and_told_but_not_looked_for(
    make: Make, written: str, rule: str
) -> None:
    text = vnfd(
        (
            VDU,
            VDU + f"      artifacts: {{ sw_image: {written}, type: tosca.artifacts.nfv.SwImage, "
            "properties: { name: i, version: '1', container_format: docker } } }\n",
        )
    )
    package = descriptors.read(make(vnfd=text))
    assert [finding.rule for finding in package.findings] == [rule]
    assert isinstance(package.descriptor, model.Vnfd)
    image = package.descriptor.flavours["simple"].vdus["vdu"].image
    assert image is not None
    assert (image.path, image.container_format) == (None, "docker")


# --- SOL001: VNFD


def test_affinity_is_read_at_every_scope(make: Make) -> None:
    scopes = [
        "nfvi_node",
        "zone",
        "zone_group",
        "nfvi_pop",
        "network_link_and_node",
        "container_namespace",
        "cis_node",
    ]
    rules = "".join(
        policy(f"apart-{scope}", "AntiAffinityRule", f"{{ scope: {scope} }}", "[ together ]")
        for scope in scopes
    )
    df = flavour(
        make(
            vnfd=FULL.replace(
                "  groups:\n",
                rules
                + policy("near", "AffinityRule", "{ scope: zone }", "[ vdu ]")
                + "  groups:\n",
            )
        )
    )
    assert [
        (rule.kind, rule.scope, rule.members) for rule in df.affinity if rule.kind != "affinity"
    ] == [("anti-affinity", scope, ["vdu"]) for scope in scopes]
    assert [(rule.id, rule.local) for rule in df.affinity if rule.kind == "affinity"] == [
        ("near", True)
    ]
    assert df.placement_groups == {"together": ["vdu"]}


def test_security_group_rules_are_read(make: Make) -> None:
    rule = policy(
        "web",
        "SecurityGroupRule",
        "{ protocol: tcp, port_range_min: 80, port_range_max: 81, direction: egress }",
        "[ cp ]",
    )
    (found,) = flavour(make(vnfd=VNFD + "  policies:\n" + rule)).security_groups
    assert (
        found.id,
        found.direction,
        found.ether_type,
        found.port_min,
        found.port_max,
        found.targets,
    ) == ("web", "egress", "ipv4", 80, 81, ["cp"])


def test_coordination_and_package_changes_are_read(make: Make) -> None:
    df = flavour(make(vnfd=FULL))
    assert [(item.action, item.stage, item.operations) for item in df.coordinations] == [
        ("drain", "start", ["scale"])
    ]
    assert df.referenced_coordinations == {"scale": ["com.em.wait"]}
    (change,) = df.package_changes
    assert (change.qualifier, change.destination_flavour, change.mappings[0]["destination_id"]) == (
        "up",
        "simple",
        "vdu",
    )
    assert change.selectors[0]["source_flavour_id"] == "simple"
    assert (change.actions, change.referenced_actions) == (["coordinate"], ["com.em.later"])


def test_the_flavour_a_package_change_leads_to_is_the_destination_s(make: Make) -> None:
    elsewhere = FULL.replace("destination_flavour_id: simple", "destination_flavour_id: older")
    assert flavour(make(vnfd=elsewhere)).package_changes[0].destination_flavour == "older"
    here = elsewhere.replace(
        "destination_descriptor_id: b",
        "destination_descriptor_id: 11111111-2222-4333-8444-555555555555",
    )
    assert [finding.rule for finding in descriptors.read(make(vnfd=here)).findings] == [
        "sol001-unknown-flavour"
    ]


def test_indicators_and_monitoring_are_read(make: Make) -> None:
    text = vnfd(
        (
            "node_types:\n",
            "policy_types:\n  test.Busy:\n    derived_from: tosca.policies.nfv.VnfIndicator\nnode_types:\n",
        ),
        (
            "        name: vdu\n",
            "        name: vdu\n        monitoring_parameters: { cpu: { name: cpu, "
            "performance_metric: v_cpu_usage_mean_vnf, collection_period: 2 m } }\n",
        ),
    )
    text += (
        "  policies:\n    - busy:\n        type: test.Busy\n        properties: { source: vnf }\n        targets: [ VNF ]\n"
        "        triggers: { hot: { event: tosca.events.x, condition: [ utilization: [ { greater_than: 60 } ] ], action: [ { call_operation: Vnflcm.scale } ] } }\n"
    )
    df = flavour(make(vnfd=text))
    assert [
        (item.id, item.source, item.targets, list(item.triggers)) for item in df.indicators
    ] == [("busy", "vnf", ["VNF"], ["hot"])]
    assert [(item.id, item.of, item.period) for item in df.monitoring] == [("cpu", "vdu", 120.0)]


CONTAINERS = """\
    app:
      type: tosca.nodes.nfv.Vdu.OsContainer
      properties: { name: app, description: d, requested_cpu_resources: 500, requested_memory_resources: 256 MiB, memory_resource_limit: 1 GiB,
                    requested_ephemeral_storage_resources: 1 GiB, huge_pages_resources: [ { hugepage_size: 2 MiB, requested_size: 8 MiB } ] }
      artifacts:
        sw_image:
          type: tosca.artifacts.nfv.SwImage
          file: ../Files/app.tar
          properties: { name: app, version: '9', container_format: docker }
    side:
      type: tosca.nodes.nfv.Vdu.OsContainer
      properties: { name: side, description: d, requested_cpu_resources: 700, requested_memory_resources: 128 MiB }
    unit:
      type: tosca.nodes.nfv.Vdu.OsContainerDeployableUnit
      properties:
        name: unit
        description: d
        vdu_profile: { min_number_of_instances: 1, max_number_of_instances: 4 }
        mcio_identification_data: { name: unit, type: Deployment }
        mcio_constraint_params: [ node_pool ]
        logical_node: { n: { logical_node_requirements: { numa: '1' } } }
        requested_additional_capabilities: { s: { requested_additional_capability_name: gpu, support_mandatory: true, target_performance_parameters: { a: b } } }
      requirements:
        - container: app
        - container: side
    service:
      type: tosca.nodes.nfv.VirtualCp
      properties:
        layer_protocols: [ ipv4 ]
        additionalServiceData: [ { portData: [ { name: http, protocol: tcp, port: 8080, portConfigurable: false } ] } ]
      requirements: [ target: unit ]
    chart:
      type: tosca.nodes.nfv.Mciop
      artifacts: { helm: { file: ../Files/chart.tgz, type: tosca.artifacts.nfv.HelmChart } }
      requirements:
        - associatedVdu: unit
"""


def test_containers_are_read_and_kept(make: Make) -> None:
    path = make(
        {"Files/chart.tgz": "x", "Files/app.tar": "x"},
        vnfd=vnfd(("[ cp, virtual_link ]", "[ service, virtual_link ]")) + CONTAINERS,
    )
    df = flavour(path)
    assert (df.vdus["unit"].vcpus, df.vdus["unit"].memory, df.vdus["unit"].containers) == (
        2,
        384,
        ["app", "side"],
    )
    assert (
        df.containers["app"].cpu,
        df.containers["app"].memory_limit,
        df.containers["side"].memory_limit,
    ) == (500, 1024, None)
    image, unit = df.containers["app"].image, df.vdus["unit"]
    assert image is not None and (image.version, image.path) == ("9", "Files/app.tar")
    assert descriptors.read(path).images == [image]
    assert (unit.mcio, unit.mcio_constraints) == (
        {"name": "unit", "type": "Deployment"},
        ["node_pool"],
    )
    assert list(unit.requirements) == ["logical_node", "requested_additional_capabilities"]
    assert sizing.vnfc(df, "unit") == sizing.Need(2, 0, 384, 1024, 0, {2: 4})
    assert df.virtual_cpds["service"].targets == ["unit"]
    assert df.virtual_cpds["service"].services[0]["portData"][0]["port"] == 8080
    assert df.requirements["out"] == df.ext_cpds["service"].cpd == "service"
    assert (df.mciops["chart"].vdus, df.mciops["chart"].path) == (["unit"], "Files/chart.tgz")


CPS = """\
    inner:
      type: tosca.nodes.nfv.VnfVirtualLink
      properties:
        connectivity_type: { layer_protocols: [ ipv4, ipv6 ] }
        vl_profile:
          max_bitrate_requirements: { root: 1000 }
          min_bitrate_requirements: { root: 100, leaf: 10 }
          virtual_link_protocol_data:
            - { associated_layer_protocol: ipv4, l3_protocol_data: { ip_version: ipv4, cidr: 10.0.0.0/24, gateway_ip: 10.0.0.1, dhcp_enabled: true } }
            - associated_layer_protocol: ipv6
              l3_protocol_data:
                ip_version: ipv6
                cidr: 'fd00::/64'
                ipv6_address_mode: slaac
                ip_allocation_pools: [ { start_ip_address: 'fd00::10', end_ip_address: 'fd00::20' } ]
    trunk:
      type: tosca.nodes.nfv.VduCp
      properties:
        layer_protocols: [ ipv4 ]
        description: the trunk
        trunk_mode: true
        order: 1
        protocol:
          - associated_layer_protocol: ipv4
            address_data:
              - { address_type: ip_address, l3_address_data: { ip_address_assignment: false, ip_address_assignment_subtype: dynamic, ip_address_type: ipv4, floating_ip_activated: true, number_of_ip_address: 2 } }
              - { address_type: ip_address, l3_address_data: { floating_ip_activated: false, fixed_ip_address: [ 10.0.0.9 ] } }
              - { address_type: mac_address, l2_address_data: { mac_address_assignment: true } }
      requirements: [ virtual_binding: vdu, virtual_link: inner ]
    port:
      type: tosca.nodes.nfv.VduSubCp
      properties: { layer_protocols: [ ipv4 ], segmentation_type: vlan, segmentation_id: 77 }
      requirements: [ trunk_binding: trunk, virtual_link: inner ]
    shared:
      type: tosca.nodes.nfv.VipCp
      properties: { layer_protocols: [ ipv4 ], vip_function: high_availability, dedicated_ip_address: false }
      requirements: [ target: trunk ]
"""
VIP = ("      out: [ cp, virtual_link ]", "      out: [ shared, virtual_link ]")


def test_cps_have_their_addresses_and_subports_their_trunk(make: Make) -> None:
    df = flavour(make(vnfd=vnfd(VIP) + CPS))
    trunk, port = df.cpds["trunk"], df.cpds["port"]
    assert trunk.addresses == [
        model.AddressData("ip_address", "ipv4", False, "dynamic", "ipv4", 2, [], True),
        model.AddressData("ip_address", "ipv4", fixed=["10.0.0.9"]),
        model.AddressData("mac_address", "ipv4", True),
    ]
    assert (trunk.trunk_mode, trunk.properties) == (True, {"description": "the trunk"})
    assert (port.vdu, port.trunk, port.segmentation_type, port.segmentation_id) == (
        "vdu",
        "trunk",
        "vlan",
        77,
    )
    assert df.vdus["vdu"].cpds == ["cp", "trunk", "port"]


def test_a_virtual_ip_is_read_and_may_be_an_external_cp(make: Make) -> None:
    df = flavour(make(vnfd=vnfd(VIP) + CPS))
    assert df.vip_cpds["shared"] == model.VipCpd(
        "shared", ["trunk"], "high_availability", False, layer_protocols=["ipv4"]
    )
    assert df.requirements == {"out": "shared"}
    assert df.ext_cpds == {
        "cp": model.ExtCpd("cp", "cp", layer_protocols=["ipv4"]),
        "shared": model.ExtCpd("shared", "shared", layer_protocols=["ipv4"]),
    }


def test_a_virtual_link_has_all_its_subnets(make: Make) -> None:
    link = flavour(make(vnfd=vnfd(VIP) + CPS)).virtual_links["inner"]
    assert (link.cidr, link.ip_version, link.gateway) == ("10.0.0.0/24", "ipv4", "10.0.0.1")
    assert link.subnets == [
        model.L3ProtocolData("10.0.0.0/24", "ipv4", "10.0.0.1", True),
        model.L3ProtocolData(
            "fd00::/64",
            "ipv6",
            ipv6_address_mode="slaac",
            pools=[{"start_ip_address": "fd00::10", "end_ip_address": "fd00::20"}],
        ),
    ]


SIZED = "  policies:\n" + "".join(
    (
        policy(
            "aspects",
            "ScalingAspects",
            "{ aspects: { size: { name: size, description: d, max_scale_level: 3, step_deltas: [ one, two ] } } }",
        ),
        policy(
            "vips",
            "VipCpInitialDelta",
            "{ initial_delta: { number_of_instances: 2 } }",
            "[ shared ]",
        ),
        policy(
            "more-vips",
            "VipCpScalingAspectDeltas",
            "{ aspect: size, deltas: { one: { number_of_instances: 1 } } }",
            "[ shared ]",
        ),
        policy(
            "rate",
            "VirtualLinkBitrateInitialDelta",
            "{ initial_delta: { bitrate_requirements: { root: 200 } } }",
            "[ inner ]",
        ),
        policy(
            "more-rate",
            "VirtualLinkBitrateScalingAspectDeltas",
            "{ aspect: size, deltas: { one: { bitrate_requirements: { root: 50 } }, "
            "two: { bitrate_requirements: { root: 5, leaf: 1 } } } }",
            "[ inner ]",
        ),
        policy(
            "levels",
            "InstantiationLevels",
            "{ levels: { small: { description: d }, large: { description: d, scale_info: { size: { scale_level: 1 } } } } }",
        ),
        policy(
            "rate-of-levels",
            "VirtualLinkInstantiationLevels",
            "{ levels: { large: { bitrate_requirements: { root: 250 } } } }",
            "[ inner ]",
        ),
        policy(
            "vips-of-levels",
            "VipCpInstantiationLevels",
            "{ levels: { small: { number_of_instances: 2 } } }",
            "[ shared ]",
        ),
    )
)


def test_vips_and_bit_rates_have_levels_and_steps_as_vnfcs_do(make: Make) -> None:
    df = flavour(make(vnfd=vnfd(VIP) + CPS + SIZED))
    assert [resources.vips(df, scale={"size": level}) for level in range(4)] == [
        {"shared": number} for number in (2, 3, 3, 3)
    ]
    assert [resources.bitrates(df, scale={"size": level})["inner"] for level in range(4)] == [
        {"root": 200, "leaf": 10},
        {"root": 250, "leaf": 10},
        {"root": 255, "leaf": 11},
        {"root": 260, "leaf": 12},
    ]
    assert (resources.vips(df, "large"), resources.bitrates(df, "large")) == (
        {"shared": 3},
        {"inner": {"root": 250, "leaf": 10}},
    )
    assert resources.bitrates(df, "large", {"size": 3}) == resources.bitrates(
        df, "small", {"size": 3}
    )
    assert (resources.instances(df, "large"), df.aspects["size"].description) == ({"vdu": 1}, "d")


@pytest.mark.parametrize(
    ("old", "new", "rule"),
    [
        (
            "aspect: size, deltas: { one: { number",
            "aspect: siz, deltas: { one: { number",
            "vnfd-unknown-aspect",
        ),
        (
            "aspect: size, deltas: { one: { bitrate",
            "aspect: siz, deltas: { one: { bitrate",
            "vnfd-unknown-aspect",
        ),
        ("levels: { large: { bitrate", "levels: { larg: { bitrate", "vnfd-unknown-level"),
        ("levels: { small: { number", "levels: { smal: { number", "vnfd-unknown-level"),
        ("two: { bitrate", "tow: { bitrate", "vnfd-unknown-delta"),
    ],
)
def test_names_of_aspects_levels_and_deltas_are_checked_wherever_they_stand(
    make: Make, old: str, new: str, rule: str
) -> None:
    package = descriptors.read(make(vnfd=vnfd(VIP) + CPS + vnfd((old, new), text=SIZED)))
    assert rule in {finding.rule for finding in package.errors}


def test_affinity_of_nodes_is_local_and_of_a_group_is_between_its_members(make: Make) -> None:
    second = VNFD[VNFD.index("    vdu:\n") : VNFD.index("    cp:\n")].replace(
        "    vdu:", "    other:"
    )
    rules = policy("own", "AntiAffinityRule", "{ scope: nfvi_node }", "[ vdu, other ]") + policy(
        "both", "AntiAffinityRule", "{ scope: zone }", "[ pair ]"
    )
    text = (
        VNFD
        + second
        + "  policies:\n"
        + rules
        + (
            "  groups:\n    pair: { type: tosca.groups.nfv.PlacementGroup, "
            "properties: { description: of two }, members: [ vdu, other ] }\n"
        )
    )
    df = flavour(make(vnfd=text))
    assert df.affinity == [
        model.AffinityRule("own/vdu", "anti-affinity", "nfvi_node", ["vdu"], True),
        model.AffinityRule("own/other", "anti-affinity", "nfvi_node", ["other"], True),
        model.AffinityRule("both", "anti-affinity", "zone", ["vdu", "other"]),
    ]
    assert resources.affinity(df, "vdu") == {
        ("anti-affinity", "nfvi_node"): {"vdu"},
        ("anti-affinity", "zone"): {"other"},
    }
    assert (df.placement_groups, df.placement_descriptions) == (
        {"pair": ["vdu", "other"]},
        {"pair": "of two"},
    )


def test_interfaces_of_the_vnf_are_read(make: Make) -> None:
    rule = policy(
        "indicators",
        "SupportedVnfInterface",
        "{ interface_name: vnf_indicator, details: { uri_components: { scheme: https } } }",
        "[ cp ]",
    )
    assert flavour(make(vnfd=VNFD + "  policies:\n" + rule)).interfaces == [
        model.VnfInterface(
            "indicators", "vnf_indicator", ["cp"], {"uri_components": {"scheme": "https"}}
        )
    ]


def test_a_storage_that_vnfcs_share_counts_once(make: Make) -> None:
    disk = """\
    {0}:
      type: tosca.nodes.nfv.Vdu.VirtualBlockStorage
      properties: {{ virtual_block_storage_data: {{ size_of_storage: {1} MiB }}, per_vnfc_instance: {2} }}
"""
    text = vnfd(
        (
            "    cp:\n",
            "      requirements: [ virtual_storage: own, virtual_storage: all ]\n    cp:\n",
        ),
        ("        name: vdu\n", "        name: vdu\n        boot_order: true\n"),
        (
            "max_number_of_instances: 3",
            "max_number_of_instances: 3, nfvi_maintenance_info: { impact_notification_lead_time: 17 s, is_impact_mitigation_requested: true }",
        ),
    )
    text += (
        disk.format("own", 10, "true")
        + disk.format("all", 100, "false")
        + "  policies:\n"
        + policy(
            "begin", "VduInitialDelta", "{ initial_delta: { number_of_instances: 3 } }", "[ vdu ]"
        )
    )
    df = flavour(make(vnfd=text))
    assert (
        sizing.vnfc(df, "vdu").storage,
        sizing.spec(df, "vdu")["storageMiB"],
        sizing.total(df).storage,
    ) == (10, 10, 130)
    assert (
        df.vdus["vdu"].boot_order
        and df.vdus["vdu"].maintenance["impact_notification_lead_time"] == "17 s"
    )


def test_a_shared_storage_that_no_vnfc_has_does_not_count() -> None:
    shared = {"all": model.Storage("all", size=100, per_vnfc=False)}
    vdus = {name: model.Vdu(name, name, storages=["all"]) for name in ("first", "second")}
    df = model.VnfDf("d", vdus=vdus, storages=shared, initial={"first": 1, "second": 0})
    assert sizing.total(df).storage == 100
    none = dataclasses.replace(df, initial={"first": 0, "second": 0})
    assert sizing.total(none).storage == 0


def test_an_aspect_whose_step_deltas_no_policy_has_scales_nothing_and_is_an_error(
    make: Make,
) -> None:
    deltas = FULL[FULL.index("    - deltas:\n") : FULL.index("    - levels:\n")]
    package = descriptors.read(make(vnfd=FULL.replace(deltas, "")))
    assert [finding.rule for finding in package.errors] == ["vnfd-unknown-delta"]


def test_an_action_that_is_not_of_the_vnfd_is_told_where_it_belongs(make: Make) -> None:
    alone = (
        vnfd()
        + "  policies:\n"
        + policy(
            "scaled",
            "LcmCoordinationsForLcmOperation",
            "{ vnf_lcm_operation: scale, actions: [ com.em.wait ] }",
            "[ VNF ]",
        )
    )
    [finding] = descriptors.read(make(vnfd=alone)).errors
    assert finding.rule == "vnfd-unknown-coordination"
    assert "referenced_coordination_actions" in finding.hint


def test_one_vdu_with_other_images_in_two_flavours_has_two_images(make: Make) -> None:
    image = (
        VDU,
        VDU + "      artifacts: { sw_image: { file: ../Files/i, type: tosca.artifacts.nfv.SwImage, "
        "properties: { name: i, version: '1', container_format: bare, provider: p, operating_system: o } } }\n",
    )
    small = vnfd(image, text=FLAVOURS["Definitions/small.yaml"])
    large = small.replace("flavour_id: simple }", "flavour_id: large }")
    top = TOP.replace("small.yaml", "small.yaml, large.yaml")
    for other, ids in (
        (large, ["vdu"]),
        (large.replace("version: '1'", "version: '2'"), ["simple/vdu", "large/vdu"]),
    ):
        package = descriptors.read(
            make(
                {
                    **FLAVOURS,
                    "Definitions/small.yaml": small,
                    "Definitions/large.yaml": other,
                    "Files/i": "i",
                },
                vnfd=top,
            )
        )
        assert package.findings == []
        assert isinstance(package.descriptor, model.Vnfd)
        assert [item.id for item in package.images] == ids
        assert [df.vdus["vdu"].image for df in package.descriptor.flavours.values()] == (
            package.images * 2
        )[:2]
        assert (package.images[0].provider, package.images[0].operating_system) == ("p", "o")
