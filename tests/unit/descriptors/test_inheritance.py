# SPDX-License-Identifier: Apache-2.0
"""What templates inherit: refined data types, operations of interface and node types, files that
types name."""

from __future__ import annotations

import pytest
from readings import flavour, vnfd
from small_packages import VNFD, Make

SCRIPTS: dict[str, str | bytes | None] = {
    f"Scripts/{name}.sh": "x" for name in ("start", "scale", "stop")
}
PARAMETERS = """\
data_types:
  test.Parameters:
    derived_from: tosca.datatypes.nfv.VnfOperationAdditionalParameters
    properties:
      mode: { type: string, required: false }
interface_types:
  test.Vnflcm:
    derived_from: tosca.interfaces.nfv.Vnflcm
    operations:
      instantiate: { inputs: { additional_parameters: { type: test.Parameters, required: false } } }
"""
OF_TYPE = (
    "    requirements:\n      - out:",
    "    interfaces:\n      Vnflcm:\n        type: KIND\n        operations:\n"
    "          instantiate: { implementation: ../Scripts/start.sh }\n          terminate: ../Scripts/stop.sh\n"
    "    requirements:\n      - out:",
)
OF_TEMPLATE = (
    "    VNF: { type: test.VNF }",
    "    VNF:\n      type: test.VNF\n      interfaces:\n        Vnflcm: { OPERATIONS }",
)


@pytest.mark.parametrize(
    "operations",
    [
        "operations: { scale: { implementation: ../Scripts/scale.sh } }",
        "scale: ../Scripts/scale.sh",
    ],
)
@pytest.mark.parametrize("kind", ["tosca.interfaces.nfv.Vnflcm", "test.Vnflcm"])
def test_a_template_adds_to_the_operations_of_its_type(
    make: Make, kind: str, operations: str
) -> None:
    text = vnfd(
        ("topology_template:", PARAMETERS + "topology_template:"),
        (OF_TYPE[0], OF_TYPE[1].replace("KIND", kind)),
        (OF_TEMPLATE[0], OF_TEMPLATE[1].replace("OPERATIONS", operations)),
    )
    df = flavour(make(SCRIPTS, vnfd=text))
    assert df.operations == {
        "instantiate": {"implementation": "Scripts/start.sh"},
        "terminate": {"implementation": "Scripts/stop.sh"},
        "scale": {"implementation": "Scripts/scale.sh"},
    }
    assert df.parameters == (
        {"instantiate": {"mode": {"type": "string", "required": False}}}
        if kind == "test.Vnflcm"
        else {}
    )


def test_values_that_a_template_gives_to_declared_parameters_are_their_defaults(make: Make) -> None:
    given = "instantiate: { inputs: { additional_parameters: { get_input: given } } }"
    text = vnfd(
        (
            "topology_template:",
            PARAMETERS
            + "topology_template:\n  inputs: { given: { type: test.Parameters, default: { mode: fast } } }",
        ),
        (OF_TYPE[0], OF_TYPE[1].replace("KIND", "test.Vnflcm")),
        (OF_TEMPLATE[0], OF_TEMPLATE[1].replace("OPERATIONS", given)),
    )
    df = flavour(make(SCRIPTS, vnfd=text))
    assert df.parameters == {
        "instantiate": {"mode": {"type": "string", "required": False, "default": "fast"}}
    }
    assert df.operations["instantiate"] == {
        "implementation": "Scripts/start.sh",
        "inputs": {"additional_parameters": {"mode": "fast"}},
    }


REFINED = """\
data_types:
  test.Configurable:
    derived_from: tosca.datatypes.nfv.VnfConfigurableProperties
    properties: { additional_configurable_properties: { type: test.Additional } }
  test.Additional:
    derived_from: tosca.datatypes.nfv.VnfAdditionalConfigurableProperties
    properties: { log: { type: string, default: info } }
"""


@pytest.mark.parametrize(
    "given",
    [
        "",
        ", properties: { configurable_properties: { additional_configurable_properties: { log: debug } } }",
    ],
)
def test_a_data_type_that_refines_a_property_by_a_derived_type_takes_its_values(
    make: Make, given: str
) -> None:
    text = vnfd(
        ("topology_template:", REFINED + "topology_template:"),
        ("{ type: test.VNF }", f"{{ type: test.VNF{given} }}"),
        (
            "      provider: {",
            "      configurable_properties: { type: test.Configurable }\n      provider: {",
        ),
    )
    package = flavour(make(vnfd=text))
    assert package.vdus


def test_files_that_a_node_type_names_are_found_from_the_file_of_the_type(make: Make) -> None:
    types = """\
tosca_definitions_version: tosca_simple_yaml_1_3
imports: [ etsi_nfv_sol001_vnfd_types.yaml ]
node_types:
  test.VDU:
    derived_from: tosca.nodes.nfv.Vdu.Compute
    artifacts:
      sw_image: { type: tosca.artifacts.nfv.SwImage, file: ../../Files/own.img, properties: { name: own, version: "1", container_format: bare } }
"""
    text = vnfd(
        ("imports: [ ", "imports: [ types/vdu.yaml, "), ("tosca.nodes.nfv.Vdu.Compute", "test.VDU")
    )
    image = (
        flavour(make({"Definitions/types/vdu.yaml": types, "Files/own.img": "x"}, vnfd=text))
        .vdus["vdu"]
        .image
    )
    assert image is not None and image.path == "Files/own.img"


def test_an_artifact_may_name_its_file_by_an_input(make: Make) -> None:
    text = vnfd(
        (
            "  substitution_mappings:",
            "  inputs: { image: { type: string, default: ../Files/own.img } }\n  substitution_mappings:",
        ),
        (
            "      properties:\n        name: vdu",
            "      artifacts:\n        sw_image: { type: tosca.artifacts.nfv.SwImage, file: { get_input: "
            "image }, properties: { name: own, version: '1', container_format: bare } }\n      properties:\n        name: vdu",
        ),
    )
    image = flavour(make({"Files/own.img": "x"}, vnfd=text)).vdus["vdu"].image
    assert image is not None and image.path == "Files/own.img"


def test_a_mapping_may_be_written_out(make: Make) -> None:
    text = VNFD.replace("out: [ cp, virtual_link ]", "out: { mapping: [ cp, virtual_link ] }")
    assert flavour(make(vnfd=text)).requirements == {"out": "cp"}


@pytest.mark.parametrize("data", ["{ token: abc }", "{ concat: abc }"])
def test_a_map_whose_only_key_is_called_like_a_function_of_lists_is_a_map(
    make: Make, data: str
) -> None:
    text = vnfd(
        (
            "        description: one",
            f"        description: one\n        boot_data: {{ kvp_data: {{ data: {data} }} }}",
        )
    )
    boot = flavour(make(vnfd=text)).vdus["vdu"].boot_data
    assert set(boot["kvp_data"]["data"].values()) == {"abc"}
