# SPDX-License-Identifier: Apache-2.0
"""TOSCA's versions, imports, types, functions, substitution and operations, as the model knows them."""

from __future__ import annotations

import pytest
from broken_packages import FLAVOURS, TOP
from readings import flavour, vnfd
from small_packages import Make

import descriptors
from descriptors import model


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
