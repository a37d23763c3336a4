# SPDX-License-Identifier: Apache-2.0
"""What NSDs may say and the model then knows."""

from __future__ import annotations

import pytest
from broken_packages import TOP
from readings import ns, vnfd
from small_packages import NSD, Make

import descriptors
from descriptors import model


def test_ns_levels_and_aspects_are_read(make: Make) -> None:
    df = ns(make(vnfd=NSD))
    assert (df.default_level, {name: level.vnfs for name, level in df.levels.items()}) == (
        "small",
        {"small": {"vnf": 1}, "large": {"vnf": 2}},
    )
    assert [(level.id, level.vnfs) for level in df.aspects["more"].levels] == [
        ("0", {"vnf": 1}),
        ("1", {"vnf": 2}),
    ]


@pytest.mark.parametrize("level", [9, 10])
def test_scale_levels_of_an_ns_come_in_the_order_of_their_numbers(make: Make, level: int) -> None:
    levels = f"ns_scale_levels: {{ {level}: {{ description: many }},"
    df = ns(make(vnfd=vnfd(("ns_scale_levels: {", levels), text=NSD)))
    assert [item.id for item in df.aspects["more"].levels] == ["0", "1", str(level)]


def test_an_ns_link_has_both_its_subnets(make: Make) -> None:
    subnet = (
        "{{ associated_layer_protocol: {0}, l3_protocol_data: {{ ip_version: {0}, cidr: '{1}' }} }}"
    )
    subnets = ", ".join(
        subnet.format(*pair) for pair in (("ipv4", "10.0.0.0/24"), ("ipv6", "fd00::/64"))
    )
    profile = f"vl_profile: {{ virtual_link_protocol_data: [ {subnets} ],"
    link = ns(make(vnfd=vnfd(("vl_profile: {", profile), text=NSD))).virtual_links["lan"]
    assert link.cidr == "10.0.0.0/24"
    assert [item.cidr for item in link.subnets] == ["10.0.0.0/24", "fd00::/64"]


NESTED = (
    "topology_template:\n",
    """\
  test.Inner:
    derived_from: test.NS
    properties: { descriptor_id: { default: inner-id } }
    requirements: [ in: { capability: tosca.capabilities.nfv.VirtualLinkable } ]
topology_template:
""",
)


@pytest.mark.parametrize(
    "shown",
    [
        "requirements: [ in: lan ]",
        "properties: { ns_profile: { min_number_of_instances: 1, max_number_of_instances: 1 } }",
    ],
)
def test_a_nested_ns_is_not_taken_for_the_whole_though_it_comes_first(
    make: Make, shown: str
) -> None:
    text = vnfd(
        NESTED,
        ("  substitution_mappings: { node_type: test.NS }\n", ""),
        ("    NS: {", f"    inner: {{ type: test.Inner, {shown} }}\n    NS: {{"),
        text=NSD,
    )
    package = descriptors.read(make(vnfd=text))
    assert isinstance(package.descriptor, model.Nsd)
    assert package.descriptor.id == "11111111-2222-4333-8444-555555555556"
    assert list(ns(make(vnfd=text)).ns_profiles) == ["inner"]


def test_the_ns_node_of_a_flavour_is_no_nested_ns_and_has_the_scripts(make: Make) -> None:
    types, body = NSD.split("topology_template:")
    small = (
        types.replace(types[types.index("node_types:") :], "").replace(
            "[ etsi_nfv_sol001_nsd_types.yaml ]", "[ types.yaml ]"
        )
        + "topology_template:"
        + body
    )
    small = vnfd(
        ("{ node_type: test.NS }", "{ node_type: test.NS, properties: { flavour_id: simple } }"),
        (
            "    NS: { type: test.NS }",
            "    NS_simple: { type: test.NS, interfaces: { Nslcm: { instantiate: ../Scripts/run.sh } } }",
        ),
        text=small,
    )
    df = ns(
        make(
            {
                "Definitions/types.yaml": types,
                "Definitions/small.yaml": small,
                "Scripts/run.sh": "x",
            },
            vnfd=TOP.replace("VNF: { type: test.VNF", "NS: { type: test.NS"),
        )
    )
    assert (df.ns_profiles, df.operations) == (
        {},
        {"instantiate": {"implementation": "Scripts/run.sh"}},
    )


def test_scripts_of_the_top_are_those_of_a_flavour_that_has_none(make: Make) -> None:
    types, body = NSD.split("topology_template:")
    named = body.replace(
        "node_type: test.NS }", "node_type: test.NS, properties: { flavour_id: simple } }"
    )
    head = "tosca_definitions_version: tosca_simple_yaml_1_3\nimports: [ types.yaml ]\n"
    scripts = "NS: { interfaces: { Nslcm: { instantiate: ../Scripts/run.sh } }, type: test.NS"
    df = ns(
        make(
            {
                "Definitions/types.yaml": types,
                "Definitions/small.yaml": head + "topology_template:" + named,
                "Scripts/run.sh": "x",
            },
            vnfd=TOP.replace("VNF: { type: test.VNF", scripts),
        )
    )
    assert df.operations == {"instantiate": {"implementation": "Scripts/run.sh"}}


def test_an_nsd_says_its_priority_and_where_it_is_linked_from_outside(make: Make) -> None:
    text = vnfd(
        (
            "      flavour_id: { default: simple }\n  test.VNF",
            "      flavour_id: { default: simple }\n    requirements:\n"
            "      - in: { capability: tosca.capabilities.nfv.VirtualLinkable, occurrences: [ 0, 1 ] }\n  test.VNF",
        ),
        (
            "{ node_type: test.NS }",
            "{ node_type: test.NS, requirements: { in: [ sap, external_virtual_link ] } }",
        ),
        (
            "NS: { type: test.NS }",
            "NS: { type: test.NS, properties: { ext_invariant_id: e, priority: 7, service_availability_level: 3 } }",
        ),
        (
            "      type: test.VNF\n",
            "      type: test.VNF\n      properties:\n        ext_invariant_id: f\n        vnf_profile: { min_number_of_instances: 1, "
            "max_number_of_instances: 1, service_availability_level: 2, target_vnf_scale_level_info: { size: { scale_level: 4 } } }\n",
        ),
        text=NSD,
    )
    package = descriptors.read(make(vnfd=text))
    assert package.findings == [] and isinstance(package.descriptor, model.Nsd)
    assert (
        package.descriptor.ext_invariant_id,
        package.descriptor.priority,
        package.descriptor.service_availability_level,
    ) == ("e", 7, 3)
    df = package.descriptor.flavours["simple"]
    profile = df.vnf_profiles["vnf"]
    assert df.requirements == {"in": "sap"}
    assert (
        profile.target_scale_levels,
        profile.service_availability_level,
        profile.ext_invariant_id,
    ) == ({"size": 4}, 2, "f")
