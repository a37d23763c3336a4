# SPDX-License-Identifier: Apache-2.0
"""Containers and their deployable units, as the model knows them."""

from __future__ import annotations

from readings import flavour, vnfd
from small_packages import Make

import descriptors
from descriptors import sizing

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
