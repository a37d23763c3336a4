# SPDX-License-Identifier: Apache-2.0
"""Affinity, security groups, coordination, package changes, indicators and aspects of a VNFD."""

from __future__ import annotations

from broken_packages import FULL
from readings import flavour, policy, vnfd
from small_packages import VNFD, Make

import descriptors
from descriptors import model, resources


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
