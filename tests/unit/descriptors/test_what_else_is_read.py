# SPDX-License-Identifier: Apache-2.0
"""What SOL001 has besides the usual: forwarding nodes, positions of several elements, VIPs, containers' images, and the like."""
from __future__ import annotations

from pathlib import Path

import pytest
from broken import FLAVOURS, FULL, TOP
from made_packages import NSD, VNFD, Make
from test_what_is_read import flavour, ns, policy, vnfd

import descriptors
from descriptors import model, resources, sizing

FORWARDING = vnfd(("        - out: lan\n", "        - out: door\n    door:\n      type: tosca.nodes.nfv.Forwarding\n"
                   "      requirements: [ virtual_link: lan ]\n"),
                  ("- profile_element: { node: vnf, capability: out }", "- profile_element: door"), text=NSD)


def test_a_constituent_may_be_linked_and_passed_by_way_of_a_forwarding_node(make: Make) -> None:
    df = ns(make(vnfd=FORWARDING))
    assert df.vnf_profiles["vnf"].links == {"out": "lan"}
    assert df.vnffgds["graph"].nfps["path"].positions[1].elements == [[model.CpRef("out", "vnf")]]


def test_a_path_leads_from_every_element_of_a_position_to_every_element_of_the_next(make: Make) -> None:
    text = vnfd(("    lan:\n", "    other: { type: test.VNF, requirements: [ out: lan ] }\n    lan:\n"),
                ("requirements: [ element: at-vnf ] }", "properties: { forwarding_behaviour: lb }, requirements: [ element: at-vnf, element: at-other ] }"),
                ("    at-sap:\n", "    at-other: { type: tosca.nodes.nfv.NfpPositionElement, requirements: [ profile_element: "
                 "{ node: other, capability: out } ] }\n    at-sap:\n"), text=NSD)
    path = ns(make(vnfd=text)).vnffgds["graph"].nfps["path"]
    assert path.positions[1].behaviour == "lb"
    assert resources.hops(path) == [([model.CpRef("sap")], [model.CpRef("out", "vnf"), model.CpRef("out", "other")])]


def test_a_classifier_by_any_bits_is_no_classifier_of_everything(make: Make) -> None:
    text = NSD.replace("protocol: tcp, destination_port_range: [ 80, 80 ]", "extended_criteria: [ { starting_point: 1, length: 8, value: '45' } ]")
    assert text != NSD
    path = ns(make(vnfd=text)).vnffgds["graph"].nfps["path"]
    assert path.match == [{"extendedCriteria": [{"starting_point": 1, "length": 8, "value": "45"}]}]


def test_a_vip_is_an_external_cp_with_its_targets(make: Make) -> None:
    vip = ("    vip:\n      type: tosca.nodes.nfv.VipCp\n      properties: { layer_protocols: [ ipv4 ], vip_function: load_balance }\n"
           "      requirements: [ target: cp ]\n")
    df = flavour(make(vnfd=vnfd(("out: [ cp, virtual_link ]", "out: [ vip, virtual_link ]"), ("    cp:\n", vip + "    cp:\n"))))
    found = df.ext_cpds[df.requirements["out"]]
    assert (found.kind, found.targets, found.properties["vip_function"]) == ("vip", ["cp"], "load_balance")


def test_actions_of_the_vnfd_and_actions_specified_elsewhere_are_told_apart(make: Make) -> None:
    text = FULL.replace(" actions: [ drain ]", " actions: [ drain ], referenced_coordination_actions: [ com.example.drain ]")
    df = flavour(make(vnfd=text))
    assert {item.id: (item.external, item.operations) for item in df.coordinations} == {
        "coordinate": (False, ["scale"]), "com.example.drain": (True, ["scale"])}


def test_a_package_change_names_the_flavours_of_its_destination(make: Make) -> None:
    away = FULL.replace("destination_flavour_id: simple", "destination_flavour_id: only-there")
    assert flavour(make(vnfd=away)).package_changes[0].destination_flavour == "only-there"
    here = away.replace("destination_descriptor_id: b", "destination_descriptor_id: 11111111-2222-4333-8444-555555555555")
    assert [finding.rule for finding in descriptors.read(make(vnfd=here)).errors] == ["sol001-unknown-flavour"]


def test_a_node_as_target_of_a_rule_is_a_rule_of_its_own_instances(make: Make) -> None:
    text = vnfd(("    cp:\n", "    other:" + VNFD[VNFD.index("    vdu:\n") + len("    vdu:"):VNFD.index("    cp:\n")] + "    cp:\n"), text=FULL)
    rule = policy("apart", "AntiAffinityRule", "{ scope: zone }", "[ vdu, other ]")
    df = flavour(make(vnfd=text.replace("  groups:\n", rule + "  groups:\n")))
    assert resources.affinity(df, "vdu") == {("anti-affinity", "zone"): {"vdu"}}


def test_deltas_of_links_alone_are_deltas_and_undeclared_aspects_and_levels_of_links_are_found(make: Make) -> None:
    link = ("    inner: { type: tosca.nodes.nfv.VnfVirtualLink, properties: { connectivity_type: { layer_protocols: [ ipv4 ] }, "
            "vl_profile: { max_bitrate_requirements: { root: 9 }, min_bitrate_requirements: { root: 1 } } } }\n")
    deltas = policy("rates", "VirtualLinkBitrateScalingAspectDeltas", "{ aspect: size, deltas: { two: { bitrate_requirements: { root: 1 } } } }", "[ inner ]")
    text = vnfd(("    cp:\n", link + "    cp:\n"), ("step_deltas: [ one ]", "step_deltas: [ one, two ]"), ("  groups:\n", deltas + "  groups:\n"), text=FULL)
    assert flavour(make(vnfd=text)).aspects["size"].deltas == [{"vdu": 1}, {}]
    levels = policy("levels2", "VirtualLinkInstantiationLevels", "{ levels: { huge: { bitrate_requirements: { root: 1 } } } }", "[ inner ]")
    bad = text.replace("  groups:\n", levels + "  groups:\n").replace("aspect: size, deltas: { two", "aspect: siz, deltas: { two")
    assert {"vnfd-unknown-aspect", "vnfd-unknown-level", "vnfd-unknown-delta"} == {item.rule for item in descriptors.read(make(vnfd=bad)).errors}


def test_a_volume_that_all_vnfcs_share_counts_once() -> None:
    volumes = {"own": model.Storage("own", size=10), "one": model.Storage("one", size=100, properties={"per_vnfc_instance": False})}
    df = model.VnfDf("d", vdus={"v": model.Vdu("v", "v", storages=["own", "one"])}, storages=volumes, initial={"v": 3})
    assert sizing.total(df).storage == 3 * 10 + 100
    assert sizing.vnfc(df, "v").storage == 10


def test_two_flavours_may_start_a_vdu_of_one_name_from_different_images(make: Make) -> None:
    def text(name: str) -> str:
        image = (f"      artifacts:\n        sw_image: {{ type: tosca.artifacts.nfv.SwImage, file: ../Files/{name}, properties: {{ name: {name}, "
                 "version: '1', container_format: bare } }\n")
        return FLAVOURS["Definitions/small.yaml"].replace("flavour_id: simple", f"flavour_id: {name}").replace(
            "      type: tosca.nodes.nfv.Vdu.Compute\n", "      type: tosca.nodes.nfv.Vdu.Compute\n" + image)
    top = TOP.replace("small.yaml", "a.yaml, b.yaml").replace("flavour_id: simple", "flavour_id: a")
    package = descriptors.read(make({"Definitions/types.yaml": FLAVOURS["Definitions/types.yaml"], "Definitions/a.yaml": text("a"),
                                     "Definitions/b.yaml": text("b"), "Files/a": "a", "Files/b": "b"}, vnfd=top))
    assert isinstance(package.descriptor, model.Vnfd)
    ids = {name: (df.vdus["vdu"].image.id, df.vdus["vdu"].image.path) for name, df in package.descriptor.flavours.items()  # type: ignore[union-attr]
           }
    assert ids == {"a": ("vdu", "Files/a"), "b": ("b/vdu", "Files/b")}
    assert [(image.id, image.path) for image in package.images] == list(ids.values())


def test_a_container_has_its_image(make: Make) -> None:
    unit = """\
    unit:
      type: tosca.nodes.nfv.Vdu.OsContainerDeployableUnit
      properties:
        name: unit
        description: one
        vdu_profile: { min_number_of_instances: 1, max_number_of_instances: 1 }
        mcio_identification_data: { name: unit, type: Deployment }
        mcio_constraint_params: [ local_anti_affinity_nfvi_node ]
      requirements: [ container: box ]
    box:
      type: tosca.nodes.nfv.Vdu.OsContainer
      properties: { name: box, description: d }
      artifacts:
        sw_image: { type: tosca.artifacts.nfv.SwImage, file: nginx:1.25, properties: { name: nginx, version: "1.25", container_format: docker } }
"""
    path = make(vnfd=vnfd(("    cp:\n", unit + "    cp:\n")))
    df = flavour(path)
    assert df.containers["box"].image is not None and df.containers["box"].image.name == "nginx"
    assert df.vdus["unit"].requirements == {"mcio_constraint_params": ["local_anti_affinity_nfvi_node"]}
    assert [image.name for image in descriptors.read(path).images] == ["nginx"]


def test_both_subnets_of_a_link_are_known(make: Make) -> None:
    text = NSD.replace("vl_profile: {", "vl_profile: { virtual_link_protocol_data: [ { associated_layer_protocol: ipv4, l3_protocol_data: { ip_version: ipv4, "
                       "cidr: 10.0.0.0/24 } }, { associated_layer_protocol: ipv6, l3_protocol_data: { ip_version: ipv6, cidr: 'fd00::/64' } } ],")
    link = ns(make(vnfd=text)).virtual_links["lan"]
    assert (link.cidr, [item["cidr"] for item in link.subnets]) == ("10.0.0.0/24", ["10.0.0.0/24", "fd00::/64"])


@pytest.mark.parametrize("level", [9, 10])
def test_scale_levels_of_an_ns_come_in_the_order_of_their_numbers(make: Make, level: int) -> None:
    text = NSD.replace("ns_scale_levels: {", f"ns_scale_levels: {{ {level}: {{ description: many }},", 1)
    assert text != NSD
    assert [item.id for item in ns(make(vnfd=text)).aspects["more"].levels][-1] == str(level)


def test_the_ns_node_of_a_flavour_is_no_nested_ns(tmp_path: Path, make: Make) -> None:
    types, template = NSD.split("topology_template:")
    template = template.replace("node_type: test.NS }", "node_type: test.NS, properties: { flavour_id: simple } }").replace("    NS: {", "    NS_simple: {")
    top = "tosca_definitions_version: tosca_simple_yaml_1_3\nimports: [ types.yaml, simple.yaml ]\ntopology_template:\n  node_templates:\n    NS: { type: test.NS }\n"
    head = "tosca_definitions_version: tosca_simple_yaml_1_3\nimports: [ types.yaml ]\n"
    df = ns(make({"Definitions/types.yaml": types, "Definitions/simple.yaml": head + "topology_template:" + template}, vnfd=top))
    assert df.ns_profiles == {} and set(df.vnf_profiles) == {"vnf"}
