# SPDX-License-Identifier: Apache-2.0
"""What packages may say and the model then knows: TOSCA's versions and functions, SOL001's parts, SOL004's ways to pack."""
from __future__ import annotations

import hashlib
import io
import zipfile
from pathlib import Path

import pytest
from broken import FLAVOURS, FULL, MANIFEST, TOP, WITH_MANIFEST
from made_packages import META, NSD, VNFD, Make, write_csar

import descriptors
from descriptors import model

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
    return (f"    - {name}:\n        type: tosca.policies.nfv.{kind}\n        properties: {properties}\n"
            + (f"        targets: {targets}\n" if targets else ""))


# --- TOSCA

@pytest.mark.parametrize("version", ["1_0", "1_1", "1_2", "1_3"])
def test_every_version_of_tosca_is_read(make: Make, version: str) -> None:
    assert flavour(make(vnfd=vnfd(("yaml_1_3", f"yaml_{version}")))).vdus["vdu"].vcpus == 2


@pytest.mark.parametrize("written", ["[ etsi_nfv_sol001_vnfd_types.yaml ]", "[ { file: etsi_nfv_sol001_vnfd_types.yaml } ]",
                                     "[ { types: etsi_nfv_sol001_vnfd_types.yaml } ]", "[ { types: { file: types/etsi_nfv_sol001_vnfd_types.yaml } } ]",
                                     "[ https://forge.etsi.org/rep/nfv/SOL001/raw/v4.4.1/etsi_nfv_sol001_vnfd_types.yaml ]"])
def test_every_way_to_write_an_import_is_read(make: Make, written: str) -> None:
    assert flavour(make(vnfd=vnfd(("[ etsi_nfv_sol001_vnfd_types.yaml ]", written)))).vdus


def test_a_type_refines_what_it_inherits(make: Make) -> None:
    more = ("node_types:\n", "node_types:\n  test.Large:\n    derived_from: test.Middle\n    properties: { description: { default: large } }\n"
            "  test.Middle:\n    derived_from: tosca.nodes.nfv.Vdu.Compute\n    properties:\n"
            "      description: { default: middle }\n      boot_order: { default: true }\n")
    df = flavour(make(vnfd=vnfd(more, ("        description: one\n", ""), ("tosca.nodes.nfv.Vdu.Compute\n      properties", "test.Large\n      properties"))))
    assert df.vdus["vdu"].description == "large"


@pytest.mark.parametrize(("written", "value"), [
    ("{ get_input: greeting }", "hello"), ("{ get_input: [ deep, inner, 1 ] }", "b"),
    ("{ get_property: [ SELF, name ] }", "vdu"), ("{ get_property: [ VNF, provider ] }", "me"),
    ("{ get_property: [ cp, virtual_binding, name ] }", "vdu"), ("{ get_property: [ vdu, virtual_compute, compute_requirements, x ] }", "y"),
    ("{ concat: [ a, { get_input: greeting }, '-', { get_property: [ SELF, name ] } ] }", "ahello-vdu"),
    ("{ token: [ { get_input: greeting }, l, 0 ] }", "he"), ("{ concat: [ x, { get_attribute: [ SELF, tosca_name ] } ] }", "")])
def test_functions_are_answered_where_they_can_be(make: Make, written: str, value: str) -> None:
    text = vnfd(("description: one", f"description: {written}"),
                ("topology_template:\n", "topology_template:\n  inputs:\n    greeting: { type: string, default: hello }\n"
                 "    deep: { type: map, default: { inner: [ a, b ] } }\n"),
                ("            virtual_cpu:", "            compute_requirements: { x: y }\n            virtual_cpu:"))
    assert flavour(make(vnfd=text)).vdus["vdu"].description == value


def test_the_flavour_is_the_one_asked_for(make: Make) -> None:
    large = (FLAVOURS["Definitions/small.yaml"].replace("flavour_id: simple }", "flavour_id: large }")
             .replace("num_virtual_cpu: 2", "num_virtual_cpu: 8"))
    package = descriptors.read(make({**FLAVOURS, "Definitions/large.yaml": large}, vnfd=TOP.replace("small.yaml", "small.yaml, large.yaml")))
    assert package.findings == []
    assert isinstance(package.descriptor, model.Vnfd)
    assert package.descriptor.default_flavour == "simple"
    assert {name: df.vdus["vdu"].vcpus for name, df in package.descriptor.flavours.items()} == {"simple": 2, "large": 8}


@pytest.mark.parametrize("written", [
    "properties: { flavour_id: large }", "substitution_filter: { properties: [ flavour_id: { equal: large } ] }",
    "substitution_filter: { properties: [ flavour_id: [ { equal: large } ] ] }",
    "substitution_filter: { properties: [ flavour_id: [ { valid_values: [ large ] } ] ] }",
    "substitution_filter: { properties: [ flavour_id: { valid_values: [ large ] } ] }", "node_filter: { properties: [ flavour_id: { equal: large } ] }"])
def test_substitution_by_property_or_by_filter_tells_the_flavour(make: Make, written: str) -> None:
    large = FLAVOURS["Definitions/small.yaml"].replace("properties: { flavour_id: simple }", written)
    assert written in large
    top = TOP.replace("small.yaml", "large.yaml").replace("flavour_id: simple", "flavour_id: large")
    assert flavour(make({**FLAVOURS, "Definitions/small.yaml": None, "Definitions/large.yaml": large}, vnfd=top), "large").vdus


@pytest.mark.parametrize("written", [
    "instantiate: ../Scripts/run.sh", "instantiate: { implementation: ../Scripts/run.sh }", "operations: { instantiate: { implementation: run } }",
    "instantiate: { implementation: { primary: run, dependencies: [ ../Scripts/more.sh ] } }",
    "operations: { instantiate: { implementation: { primary: { file: ../Scripts/run.sh, type: tosca.artifacts.Implementation.Bash } } } }"])
def test_operations_have_their_scripts(make: Make, written: str) -> None:
    text = vnfd(("    VNF: { type: test.VNF }", "    VNF:\n      type: test.VNF\n      artifacts: { run: ../Scripts/run.sh }\n"
                 f"      interfaces:\n        Vnflcm: {{ {written} }}"))
    operation = flavour(make({"Scripts/run.sh": "x", "Scripts/more.sh": "x"}, vnfd=text)).operations["instantiate"]
    assert operation["implementation"] == "Scripts/run.sh"
    assert operation.get("dependencies", []) == (["Scripts/more.sh"] if "more.sh" in written else [])


def test_lcm_operations_have_their_parameters(make: Make) -> None:
    text = vnfd(("node_types:\n", "data_types:\n  test.Parameters:\n    derived_from: tosca.datatypes.nfv.VnfOperationAdditionalParameters\n"
                 "    properties:\n      size: { type: integer, default: 3 }\n      key: { type: string }\nnode_types:\n"),
                ("    requirements:\n      - out:", "    interfaces:\n      Vnflcm:\n        type: tosca.interfaces.nfv.Vnflcm\n        operations:\n"
                 "          instantiate: { inputs: { additional_parameters: { type: test.Parameters, required: false } } }\n    requirements:\n      - out:"),
                ("VNF: { type: test.VNF }", "VNF: { type: test.VNF, properties: { lcm_operations_configuration: { heal: { causes: [ hot ] } } } }"))
    df = flavour(make(vnfd=text))
    assert df.parameters["instantiate"] == {"size": {"type": "integer", "required": False, "default": 3},
                                            "key": {"type": "string", "required": True}}
    assert df.configuration["heal"] == {"causes": ["hot"]}


@pytest.mark.parametrize("written", ["../Files/i", "{ file: ../Files/i }", "{ file: ../Files/i, type: tosca.artifacts.nfv.SwImage }"])
def test_artifacts_are_read_short_and_long(make: Make, written: str) -> None:
    data = "        sw_image_data: { name: i, version: '1', container_format: bare }\n"
    text = vnfd((VDU, VDU + f"      artifacts: {{ sw_image: {written} }}\n"), ("        name: vdu\n", "        name: vdu\n" + data))
    image = flavour(make({"Files/i": "i"}, vnfd=text)).vdus["vdu"].image
    assert image is not None
    assert (image.path, image.name) == ("Files/i", "i")


@pytest.mark.parametrize("written", ["{ file: https://images.example/i.qcow2", "{ file: library/i, repository: hub", "{ file: nginx:1.25",
                                     "{ file: 'registry.example:5000/a/b@sha256:0000000000000000000000000000000000000000000000000000000000000000'"])
def test_external_artifacts_are_read_and_not_looked_for(make: Make, written: str) -> None:
    text = vnfd((VDU, VDU + f"      artifacts: {{ sw_image: {written}, type: tosca.artifacts.nfv.SwImage, "
                 "properties: { name: i, version: '1', container_format: docker } } }\n"))
    image = flavour(make(vnfd=text)).vdus["vdu"].image
    assert image is not None
    assert (image.path, image.container_format) == (None, "docker")


# --- SOL001: VNFD

def test_affinity_is_read_at_every_scope(make: Make) -> None:
    scopes = ["nfvi_node", "zone", "zone_group", "nfvi_pop", "network_link_and_node", "container_namespace", "cis_node"]
    rules = "".join(policy(f"apart-{scope}", "AntiAffinityRule", f"{{ scope: {scope} }}", "[ together ]") for scope in scopes)
    df = flavour(make(vnfd=FULL.replace("  groups:\n", rules + policy("near", "AffinityRule", "{ scope: zone }", "[ vdu ]") + "  groups:\n")))
    assert [(rule.kind, rule.scope, rule.members) for rule in df.affinity if rule.kind != "affinity"] == [
        ("anti-affinity", scope, ["vdu"]) for scope in scopes]
    assert [(rule.id, rule.local) for rule in df.affinity if rule.kind == "affinity"] == [("near", True)]
    assert df.placement_groups == {"together": ["vdu"]}


def test_security_group_rules_are_read(make: Make) -> None:
    rule = policy("web", "SecurityGroupRule", "{ protocol: tcp, port_range_min: 80, port_range_max: 81, direction: egress }", "[ cp ]")
    found, = flavour(make(vnfd=VNFD + "  policies:\n" + rule)).security_groups
    assert (found.id, found.direction, found.ether_type, found.port_min, found.port_max, found.targets) == ("web", "egress", "ipv4", 80, 81, ["cp"])


def test_coordination_and_package_changes_are_read(make: Make) -> None:
    df = flavour(make(vnfd=FULL))
    assert [(item.action, item.stage, item.operations) for item in df.coordinations] == [("drain", "start", ["scale"])]
    assert df.referenced_coordinations == {"scale": ["com.em.wait"]}
    change, = df.package_changes
    assert (change.qualifier, change.destination_flavour, change.mappings[0]["destination_id"]) == ("up", "simple", "vdu")
    assert change.selectors[0]["source_flavour_id"] == "simple"
    assert (change.actions, change.referenced_actions) == (["coordinate"], ["com.em.later"])


def test_the_flavour_a_package_change_leads_to_is_the_destination_s(make: Make) -> None:
    elsewhere = FULL.replace("destination_flavour_id: simple", "destination_flavour_id: older")
    assert flavour(make(vnfd=elsewhere)).package_changes[0].destination_flavour == "older"
    here = elsewhere.replace("destination_descriptor_id: b", "destination_descriptor_id: 11111111-2222-4333-8444-555555555555")
    assert [finding.rule for finding in descriptors.read(make(vnfd=here)).findings] == ["sol001-unknown-flavour"]


def test_indicators_and_monitoring_are_read(make: Make) -> None:
    text = vnfd(("node_types:\n", "policy_types:\n  test.Busy:\n    derived_from: tosca.policies.nfv.VnfIndicator\nnode_types:\n"),
                ("        name: vdu\n", "        name: vdu\n        monitoring_parameters: { cpu: { name: cpu, "
                 "performance_metric: v_cpu_usage_mean_vnf, collection_period: 2 m } }\n"))
    text += ("  policies:\n    - busy:\n        type: test.Busy\n        properties: { source: vnf }\n        targets: [ VNF ]\n"
             "        triggers: { hot: { event: tosca.events.x, condition: [ utilization: [ { greater_than: 60 } ] ], action: [ { call_operation: Vnflcm.scale } ] } }\n")
    df = flavour(make(vnfd=text))
    assert [(item.id, item.source, item.targets, list(item.triggers)) for item in df.indicators] == [("busy", "vnf", ["VNF"], ["hot"])]
    assert [(item.id, item.of, item.period) for item in df.monitoring] == [("cpu", "vdu", 120.0)]


CONTAINERS = """\
    app:
      type: tosca.nodes.nfv.Vdu.OsContainer
      properties: { name: app, description: d, requested_cpu_resources: 500, requested_memory_resources: 256 MiB, memory_resource_limit: 1 GiB }
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
      requirements:
        - container: app
        - container: side
    chart:
      type: tosca.nodes.nfv.Mciop
      artifacts: { helm: { file: ../Files/chart.tgz, type: tosca.artifacts.nfv.HelmChart } }
      requirements:
        - associatedVdu: unit
"""


def test_containers_are_read_and_kept(make: Make) -> None:
    df = flavour(make({"Files/chart.tgz": "x"}, vnfd=VNFD + CONTAINERS))
    assert (df.vdus["unit"].vcpus, df.vdus["unit"].memory, df.vdus["unit"].containers) == (2, 384, ["app", "side"])
    assert (df.containers["app"].cpu, df.containers["app"].memory_limit, df.containers["side"].memory_limit) == (500, 1024, None)
    assert (df.mciops["chart"].vdus, df.mciops["chart"].path) == (["unit"], "Files/chart.tgz")


# --- SOL001: NSD

def test_ns_levels_and_aspects_are_read(make: Make) -> None:
    df = ns(make(vnfd=NSD))
    assert (df.default_level, {name: level.vnfs for name, level in df.levels.items()}) == ("small", {"small": {"vnf": 1}, "large": {"vnf": 2}})
    assert [(level.id, level.vnfs) for level in df.aspects["more"].levels] == [("0", {"vnf": 1}), ("1", {"vnf": 2})]


def test_nested_ns_and_pnf_and_paths_with_classifiers_are_read(make: Make) -> None:
    text = NSD.replace("topology_template:\n", """\
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
""").replace("    sap:\n", """\
    inner:
      type: test.Inner
      properties: { ns_profile: { ns_instantiation_level: big, min_number_of_instances: 1, max_number_of_instances: 2 } }
      requirements: [ in: lan ]
    box: { type: test.Box, requirements: [ port: lan ] }
    sap:
""", 1) + policy("auto", "NsAutoScale", "{ }", "[ NS ]") + policy("wall", "NsSecurityGroupRule", "{ protocol: udp }", "[ sap ]") \
        + policy("watch", "NsMonitoring", "{ ns_monitoring_parameters: { b: { name: b, performance_metric: byte_incoming_sap } } }", "[ NS ]") \
        + policy("apart", "NsAntiAffinityRule", "{ scope: l2_network }", "[ vnf ]")
    df = ns(make(vnfd=text))
    assert (df.ns_profiles["inner"].nsd_id, df.ns_profiles["inner"].level, df.ns_profiles["inner"].links) == ("inner-id", "big", {"in": "lan"})
    assert (df.pnf_profiles["box"].pnfd_id, df.pnf_profiles["box"].links) == ("pnfd-id", {"port": "lan"})
    path = df.vnffgds["graph"].nfps["path"]
    assert path.positions == [model.NfpPosition([[model.CpRef("sap")]]), model.NfpPosition([[model.CpRef("out", "vnf")]])]
    assert path.match == [{"protocol": "tcp", "destinationPort": [80, 80]}]
    assert [item["name"] for item in df.autoscale] == ["auto"]
    assert (df.security_groups[0].protocol, df.security_groups[0].targets) == ("udp", ["sap"])
    assert [(item.id, item.of) for item in df.monitoring] == [("b", "NS")]
    assert df.affinity[0].scope == "l2_network"


NESTED = ("topology_template:\n", """\
  test.Inner:
    derived_from: test.NS
    properties: { descriptor_id: { default: inner-id } }
    requirements: [ in: { capability: tosca.capabilities.nfv.VirtualLinkable } ]
topology_template:
""")


@pytest.mark.parametrize("shown", ["requirements: [ in: lan ]", "properties: { ns_profile: { min_number_of_instances: 1, max_number_of_instances: 1 } }"])
def test_a_nested_ns_is_not_taken_for_the_whole_though_it_comes_first(make: Make, shown: str) -> None:
    text = vnfd(NESTED, ("  substitution_mappings: { node_type: test.NS }\n", ""),
                ("    NS: {", f"    inner: {{ type: test.Inner, {shown} }}\n    NS: {{"), text=NSD)
    package = descriptors.read(make(vnfd=text))
    assert isinstance(package.descriptor, model.Nsd)
    assert package.descriptor.id == "11111111-2222-4333-8444-555555555556"
    assert list(ns(make(vnfd=text)).ns_profiles) == ["inner"]


def test_the_ns_node_of_a_flavour_is_no_nested_ns_and_has_the_scripts(make: Make) -> None:
    types, body = NSD.split("topology_template:")
    small = types.replace(types[types.index("node_types:"):], "").replace("[ etsi_nfv_sol001_nsd_types.yaml ]", "[ types.yaml ]") + "topology_template:" + body
    small = vnfd(("{ node_type: test.NS }", "{ node_type: test.NS, properties: { flavour_id: simple } }"),
                 ("    NS: { type: test.NS }", "    NS_simple: { type: test.NS, interfaces: { Nslcm: { instantiate: ../Scripts/run.sh } } }"),
                 text=small)
    df = ns(make({"Definitions/types.yaml": types, "Definitions/small.yaml": small, "Scripts/run.sh": "x"},
                 vnfd=TOP.replace("VNF: { type: test.VNF", "NS: { type: test.NS")))
    assert (df.ns_profiles, df.operations) == ({}, {"instantiate": {"implementation": "Scripts/run.sh"}})


def test_a_pnfd_is_read(make: Make) -> None:
    text = ("tosca_definitions_version: tosca_simple_yaml_1_3\nimports: [ etsi_nfv_sol001_pnfd_types.yaml ]\ntopology_template:\n  node_templates:\n"
            "    box:\n      type: tosca.nodes.nfv.PNF\n      properties: { descriptor_id: i, function_description: d, provider: p, version: '1', "
            "descriptor_invariant_id: j, name: box }\n")
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
    return "".join(f"\nSource: {path}\nAlgorithm: SHA-256\nHash: {hashlib.sha256(VNFD.encode()).hexdigest() if path.endswith('yaml') else empty}\n"
                   for path in paths)


@pytest.mark.parametrize("prefix", ["ETSI-", ""])
def test_change_log_licenses_tests_and_certificate_are_known(make: Make, prefix: str) -> None:
    meta = META + "".join(f"{prefix}Entry-{key}: {path}\n" for key, path in (("Manifest", "vnfd.mf"), ("Change-Log", "log.txt"),
                          ("Licenses", "Files/licenses"), ("Tests", "Files/tests"), ("Certificate", "vnfd.cert")))
    files: dict[str, str | bytes | None] = dict.fromkeys(("log.txt", "Files/licenses/a", "Files/tests/b", "vnfd.cert"), "x")
    package = descriptors.read(make({**files, "vnfd.mf": MANIFEST + listed("Definitions/vnfd.yaml", *files)}, meta=meta))
    assert package.findings == []
    assert package.parts == {"changeLog": "log.txt", "licenses": "Files/licenses", "tests": "Files/tests", "certificate": "vnfd.cert"}


def test_without_tosca_metadata_parts_lie_where_sol004_puts_them(make: Make) -> None:
    files = {"vnfd.yaml": VNFD, "ChangeLog.txt": "x", "Licenses/a": "x", "Tests/b": "x"}
    package = descriptors.read(make({"TOSCA-Metadata/TOSCA.meta": None, "Definitions/vnfd.yaml": None, **files,
                                     "vnfd.mf": MANIFEST + listed(*files)}))
    assert (package.findings, package.entry, package.manifest_path) == ([], "vnfd.yaml", "vnfd.mf")
    assert package.parts == {"changeLog": "ChangeLog.txt", "licenses": "Licenses", "tests": "Tests"}


def test_non_mano_artifact_sets_and_a_signature_at_the_end_are_read(make: Make) -> None:
    text = (MANIFEST + listed("Definitions/vnfd.yaml", "Files/a", "Files/b") + "\nnon_mano_artifact_sets:\n  prv.example.x:\n    Source: Files/a\n"
            "  onap_y:\n    Source: Files/b\n\n-----BEGIN CMS-----\nMIIB\n-----END CMS-----\n")
    package = descriptors.read(make({"vnfd.mf": text, "Files/a": "x", "Files/b": "x"}, meta=WITH_MANIFEST))
    assert (package.findings, package.signed) == ([], True)
    assert package.non_mano_artifacts == {"prv.example.x": ["Files/a"], "onap_y": ["Files/b"]}


@pytest.mark.parametrize("compression", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_a_csar_inside_of_a_signed_zip_is_read(make: Make, tmp_path: Path, compression: int) -> None:
    inner = make().read_bytes()
    outer = io.BytesIO()
    with zipfile.ZipFile(outer, "w", compression) as archive:
        for name, content in (("vnf.csar", inner), ("vnf.cms", b"x"), ("vnf.cert", b"x")):
            archive.writestr(name, content)
    (tmp_path / "signed.zip").write_bytes(outer.getvalue())
    package = descriptors.read(tmp_path / "signed.zip")
    assert (package.findings, package.signed, package.wrapped) == ([], True, ["vnf.cert", "vnf.cms"])
    assert package.kind == "vnf"


def test_a_bomb_inside_of_a_signed_zip_is_refused_too(make: Make, tmp_path: Path) -> None:
    inner = make({"Files/zeros": b"\0" * (20 * 2**20)}).read_bytes()
    package = descriptors.read(write_csar(tmp_path / "signed.zip", {"vnf.csar": inner, "vnf.cms": "x"}), descriptors.Limits(ratio=100))
    assert [finding.rule for finding in package.errors] == ["csar-limit"] * 2
