# SPDX-License-Identifier: Apache-2.0
"""What NSDs and PNFDs may say, and SOL004's ways to pack, and the model then knows."""

from __future__ import annotations

import hashlib
import io
import zipfile
from pathlib import Path

import pytest
from broken_packages import MANIFEST, TOP, WITH_MANIFEST
from small_packages import META, NSD, VNFD, Make, write_csar
from test_what_is_read import ns, policy, vnfd

import descriptors
from descriptors import model, resources

# --- SOL001: NSD


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


def test_nested_ns_and_pnf_and_paths_with_classifiers_are_read(make: Make) -> None:
    text = (
        NSD.replace(
            "topology_template:\n",
            """\
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
topology_template:
""",
        ).replace(
            "    sap:\n",
            """\
    inner:
      type: test.Inner
      properties: { ns_profile: { ns_instantiation_level: big, min_number_of_instances: 1, max_number_of_instances: 2 } }
      requirements: [ in: lan ]
    box: { type: test.Box, requirements: [ port: lan ] }
    sap:
""",
            1,
        )
        + policy("auto", "NsAutoScale", "{ }", "[ NS ]")
        + policy("wall", "NsSecurityGroupRule", "{ protocol: udp }", "[ sap ]")
        + policy(
            "watch",
            "NsMonitoring",
            "{ ns_monitoring_parameters: { b: { name: b, performance_metric: byte_incoming_sap } } }",
            "[ NS ]",
        )
        + policy("apart", "NsAntiAffinityRule", "{ scope: l2_network }", "[ vnf ]")
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


def test_external_cps_and_security_groups_of_a_pnfd_are_read(make: Make) -> None:
    text = """\
tosca_definitions_version: tosca_simple_yaml_1_3
imports: [ etsi_nfv_sol001_pnfd_types.yaml ]
node_types:
  test.Box:
    derived_from: tosca.nodes.nfv.PNF
    requirements: [ wan: { capability: tosca.capabilities.nfv.VirtualLinkable, occurrences: [ 0, 1 ] } ]
topology_template:
  substitution_mappings: { node_type: test.Box, requirements: { wan: [ port, external_virtual_link ] } }
  node_templates:
    box:
      type: test.Box
      properties: { descriptor_id: i, function_description: d, provider: p, version: '1', descriptor_invariant_id: j, name: box,
                    geographical_location_info: { country_code: de } }
    port: { type: tosca.nodes.nfv.PnfExtCp, properties: { layer_protocols: [ ipv4 ] } }
  policies:
    - wall: { type: tosca.policies.nfv.PnfSecurityGroupRule, properties: { protocol: udp }, targets: [ port ] }
"""
    package = descriptors.read(make(vnfd=text))
    assert package.findings == [] and isinstance(package.descriptor, model.Pnfd)
    found = package.descriptor
    assert (found.requirements, found.ext_cpds) == (
        {"wan": "port"},
        {"port": model.ExtCpd("port", layer_protocols=["ipv4"])},
    )
    assert ([rule.protocol for rule in found.security_groups], found.properties) == (
        ["udp"],
        {"geographical_location_info": {"country_code": "de"}},
    )
    assert descriptors.package.load(package.to_dict()) == package


def test_a_pnfd_is_read(make: Make) -> None:
    text = (
        "tosca_definitions_version: tosca_simple_yaml_1_3\nimports: [ etsi_nfv_sol001_pnfd_types.yaml ]\ntopology_template:\n  node_templates:\n"
        "    box:\n      type: tosca.nodes.nfv.PNF\n      properties: { descriptor_id: i, function_description: d, provider: p, version: '1', "
        "descriptor_invariant_id: j, name: box }\n"
    )
    package = descriptors.read(make(vnfd=text))
    assert (package.findings, package.kind) == ([], "pnf")
    assert package.descriptor == model.Pnfd("i", "p", "box", "1", "d", "j")


# --- SOL004


@pytest.mark.parametrize("algorithm", ["sha224", "sha256", "sha384", "sha512"])
def test_every_hash_of_sol004_is_checked(make: Make, algorithm: str) -> None:
    stated = f"Source: Definitions/vnfd.yaml\nAlgorithm: SHA-{algorithm[3:]}\nHash: {hashlib.new(algorithm, VNFD.encode()).hexdigest()}\n"
    assert descriptors.read(make({"vnfd.mf": MANIFEST + stated}, meta=WITH_MANIFEST)).findings == []


def listed(*paths: str) -> str:
    empty = hashlib.sha256(b"x").hexdigest()
    return "".join(
        f"\nSource: {path}\nAlgorithm: SHA-256\nHash: {hashlib.sha256(VNFD.encode()).hexdigest() if path.endswith('yaml') else empty}\n"
        for path in paths
    )


@pytest.mark.parametrize("prefix", ["ETSI-", ""])
def test_change_log_licenses_tests_and_certificate_are_known(make: Make, prefix: str) -> None:
    meta = META + "".join(
        f"{prefix}Entry-{key}: {path}\n"
        for key, path in (
            ("Manifest", "vnfd.mf"),
            ("Change-Log", "log.txt"),
            ("Licenses", "Files/licenses"),
            ("Tests", "Files/tests"),
            ("Certificate", "vnfd.cert"),
        )
    )
    files: dict[str, str | bytes | None] = dict.fromkeys(
        ("log.txt", "Files/licenses/a", "Files/tests/b", "vnfd.cert"), "x"
    )
    package = descriptors.read(
        make({**files, "vnfd.mf": MANIFEST + listed("Definitions/vnfd.yaml", *files)}, meta=meta)
    )
    assert package.findings == []
    assert package.parts == {
        "changeLog": "log.txt",
        "licenses": "Files/licenses",
        "tests": "Files/tests",
        "certificate": "vnfd.cert",
    }


def test_without_tosca_metadata_parts_lie_where_sol004_puts_them(make: Make) -> None:
    files = {"vnfd.yaml": VNFD, "ChangeLog.txt": "x", "Licenses/a": "x", "Tests/b": "x"}
    package = descriptors.read(
        make(
            {
                "TOSCA-Metadata/TOSCA.meta": None,
                "Definitions/vnfd.yaml": None,
                **files,
                "vnfd.mf": MANIFEST + listed(*files),
            }
        )
    )
    assert (package.findings, package.entry, package.manifest_path) == ([], "vnfd.yaml", "vnfd.mf")
    assert package.parts == {"changeLog": "ChangeLog.txt", "licenses": "Licenses", "tests": "Tests"}


def test_non_mano_artifact_sets_and_a_signature_at_the_end_are_read(make: Make) -> None:
    text = (
        MANIFEST
        + listed("Definitions/vnfd.yaml", "Files/a", "Files/b")
        + "\nnon_mano_artifact_sets:\n  prv.example.x:\n    Source: Files/a\n"
        "  onap_y:\n    Source: Files/b\n\n-----BEGIN CMS-----\nMIIB\n-----END CMS-----\n"
    )
    package = descriptors.read(
        make({"vnfd.mf": text, "Files/a": "x", "Files/b": "x"}, meta=WITH_MANIFEST)
    )
    assert (package.findings, package.signed) == ([], True)
    assert package.non_mano_artifacts == {"prv.example.x": ["Files/a"], "onap_y": ["Files/b"]}


@pytest.mark.parametrize("compression", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_a_csar_inside_of_a_signed_zip_is_read(
    make: Make, tmp_path: Path, compression: int
) -> None:
    inner = make().read_bytes()
    outer = io.BytesIO()
    with zipfile.ZipFile(outer, "w", compression) as archive:
        for name, content in (("vnf.csar", inner), ("vnf.cms", b"x"), ("vnf.cert", b"x")):
            archive.writestr(name, content)
    (tmp_path / "signed.zip").write_bytes(outer.getvalue())
    package = descriptors.read(tmp_path / "signed.zip")
    assert (package.findings, package.signed, package.wrapped) == (
        [],
        True,
        ["vnf.cert", "vnf.cms"],
    )
    assert package.kind == "vnf"


def test_a_bomb_inside_of_a_signed_zip_is_refused_too(make: Make, tmp_path: Path) -> None:
    inner = make({"Files/zeros": b"\0" * (20 * 2**20)}).read_bytes()
    package = descriptors.read(
        write_csar(tmp_path / "signed.zip", {"vnf.csar": inner, "vnf.cms": "x"}),
        descriptors.Limits(ratio=100),
    )
    assert [finding.rule for finding in package.errors] == ["csar-limit"] * 2
