# SPDX-License-Identifier: Apache-2.0
"""Paths and graphs of an NSD, as the model knows them."""

from __future__ import annotations

import pytest
from readings import ns, policy, vnfd
from small_packages import NSD, Make

import descriptors
from descriptors import model, resources

NESTED_TYPES = """\
  test.Inner:
    derived_from: tosca.nodes.nfv.NS
    properties:
      descriptor_id: { default: inner-id }
      designer: { default: me }
      version: { default: "1" }
      name: { default: inner }
      invariant_id: { default: x }
      flavour_id: { default: small }
    requirements: [ in: { capability: tosca.capabilities.nfv.VirtualLinkable } ]
  test.Box:
    derived_from: tosca.nodes.nfv.PNF
    properties: { descriptor_id: { default: pnfd-id }, function_description: { default: d }, provider: { default: me }, version: { default: "1" },
                  descriptor_invariant_id: { default: x }, name: { default: box } }
    requirements: [ port: { capability: tosca.capabilities.nfv.VirtualLinkable } ]
"""
NESTED_NODES = """\
    inner:
      type: test.Inner
      properties: { ns_profile: { ns_instantiation_level: big, min_number_of_instances: 1, max_number_of_instances: 2 } }
      requirements: [ in: lan ]
    box: { type: test.Box, requirements: [ port: lan ] }
"""
NS_POLICIES = "".join(
    (
        policy("auto", "NsAutoScale", "{ }", "[ NS ]"),
        policy("wall", "NsSecurityGroupRule", "{ protocol: udp }", "[ sap ]"),
        policy(
            "watch",
            "NsMonitoring",
            "{ ns_monitoring_parameters: { b: { name: b, performance_metric: byte_incoming_sap } } }",
            "[ NS ]",
        ),
        policy("apart", "NsAntiAffinityRule", "{ scope: l2_network }", "[ vnf ]"),
    )
)


def test_nested_ns_and_pnf_and_paths_with_classifiers_are_read(make: Make) -> None:
    text = vnfd(
        ("topology_template:\n", NESTED_TYPES + "topology_template:\n"),
        ("    sap:\n", NESTED_NODES + "    sap:\n"),
        text=NSD + NS_POLICIES,
    )
    df = ns(make(vnfd=text))
    assert (
        df.ns_profiles["inner"].nsd_id,
        df.ns_profiles["inner"].level,
        df.ns_profiles["inner"].links,
    ) == ("inner-id", "big", {"in": "lan"})
    assert (df.pnf_profiles["box"].pnfd_id, df.pnf_profiles["box"].links) == (
        "pnfd-id",
        {"port": "lan"},
    )
    path = df.vnffgds["graph"].nfps["path"]
    assert path.positions == [
        model.NfpPosition([[model.CpRef("sap")]]),
        model.NfpPosition([[model.CpRef("out", "vnf")]]),
    ]
    assert path.match == [{"protocol": "tcp", "destinationPort": [80, 80]}]
    assert [item["name"] for item in df.autoscale] == ["auto"]
    assert (df.security_groups[0].protocol, df.security_groups[0].targets) == ("udp", ["sap"])
    assert [(item.id, item.of) for item in df.monitoring] == [("b", "NS")]
    assert df.affinity[0].scope == "l2_network"


def test_the_way_of_a_path_is_over_every_element_of_a_position(make: Make) -> None:
    vnf = NSD[NSD.index("    vnf:\n") : NSD.index("    lan:\n")]
    text = vnfd(
        (
            "    lan:\n",
            vnf.replace("    vnf:", "    twin:").replace("out: lan", "out: way")
            + """\
    way: { type: tosca.nodes.nfv.Forwarding, requirements: [ virtual_link: lan ] }
    at-twin: { type: tosca.nodes.nfv.NfpPositionElement, requirements: [ profile_element: way ] }
    third: { type: tosca.nodes.nfv.NfpPosition, requirements: [ element: at-sap ] }
    lan:
""",
        ),
        (
            "[ element: at-vnf ]",
            "[ element: at-vnf, element: at-twin ], properties: { forwarding_behaviour: lb, "
            "forwarding_behaviour_input_parameters: { by: source } }",
        ),
        (
            "        - nfp_position: second\n",
            "        - nfp_position: second\n        - nfp_position: third\n",
        ),
        text=NSD,
    )
    text += policy(
        "copied",
        "DataFlowInfo",
        "{ data_flow_info_id: i, associated_mirroring_job_name: j, direction: in }",
        "[ way ]",
    )
    df = ns(make(vnfd=text))
    nfp, sap, vnf_cp, twin = (
        df.vnffgds["graph"].nfps["path"],
        model.CpRef("sap"),
        model.CpRef("out", "vnf"),
        model.CpRef("out", "twin"),
    )
    assert df.vnf_profiles["twin"].links == {"out": "lan"}
    assert nfp.positions[1] == model.NfpPosition([[vnf_cp], [twin]], "lb", {"by": "source"})
    assert resources.hops(nfp) == [(sap, vnf_cp), (sap, twin), (vnf_cp, sap), (twin, sap)]
    assert df.mirrored == [model.DataFlowInfo("i", "j", "in", [twin])]


@pytest.mark.parametrize(
    ("old", "new", "rule"),
    [
        ("virtual_link: lan", "virtual_link: sap", "nsd-not-a-link"),
        ("out: way", "out: lan", "nsd-nfp-cp"),
    ],
)
def test_a_forwarding_node_leads_from_a_constituent_to_a_link(
    make: Make, old: str, new: str, rule: str
) -> None:
    text = vnfd(
        ("        - out: lan\n", "        - out: way\n"),
        (
            "    lan:\n",
            "    way: { type: tosca.nodes.nfv.Forwarding, "
            "requirements: [ virtual_link: lan ] }\n    lan:\n",
        ),
        ("{ node: vnf, capability: out }", "way"),
        text=NSD,
    )
    assert ns(make(vnfd=text)).vnf_profiles["vnf"].links == {"out": "lan"}
    assert rule in {
        finding.rule for finding in descriptors.read(make(vnfd=vnfd((old, new), text=text))).errors
    }


def test_bits_that_a_rule_asks_for_are_in_its_match_and_paths_outside_of_graphs_are_kept(
    make: Make,
) -> None:
    text = vnfd(
        (
            "{ protocol: tcp, destination_port_range: [ 80, 80 ] }",
            "{ extended_criteria: [ { starting_point: 1, length: 2, value: '10' } ] }",
        ),
        ("members: [ path, vnf, lan ]", "members: [ vnf, lan ]"),
        text=NSD,
    )
    df = ns(make(vnfd=text))
    assert df.vnffgds["graph"] == model.Vnffgd("graph", {}, ["vnf", "lan"], "d")
    assert df.nfps["path"].match == [
        {"extendedCriteria": [{"startingPoint": 1, "length": 2, "value": "10"}]}
    ]
