# SPDX-License-Identifier: Apache-2.0
"""`mano vnf`."""

from __future__ import annotations

from mano.cli import resource, terminating

INSTANCES = resource.Resource(
    command="vnf",
    api="vnflcm",
    path="/vnf_instances",
    names=("vnfInstanceName",),
    query={"all_fields": ""},
    columns=[
        ("Id", "id"),
        ("Name", "vnfInstanceName"),
        ("Product", "vnfProductName"),
        ("VNFD", "vnfdId"),
        ("State", "instantiationState"),
        ("VNF state", "instantiatedVnfInfo.vnfState"),
    ],
)
group = resource.group(
    INSTANCES,
    "VNF instances, as the VNFM has them (SOL003 clause 5).",
    many="the instances",
    one="an instance",
    argument="VNF",
)
terminating.Ending(
    INSTANCES,
    occurrences="/vnf_lcm_op_occs",
    body=lambda parameters: {"terminationType": "FORCEFUL", "additionalParams": parameters},
    argument="VNF",
).add_to(group)
