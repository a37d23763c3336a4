# SPDX-License-Identifier: Apache-2.0
"""From a resolved topology to a `model.Pnfd` (SOL001 clause 8, IFA014 clause 6.6)."""

from __future__ import annotations

from descriptors import model
from descriptors.leaves import others, text
from descriptors.sol001 import cps, policies
from descriptors.tosca.flavours import Design

_FIELDS = {
    "id": "descriptor_id",
    "provider": "provider",
    "name": "name",
    "version": "version",
    "description": "function_description",
    "invariant_id": "descriptor_invariant_id",
    "ext_invariant_id": "ext_invariant_id",
}


def pnfd(design: Design) -> model.Pnfd:
    """The PNFD; what is missing is "" in the model."""
    properties, topology = design.top.properties, next(iter(design.flavours.values()))
    return model.Pnfd(
        **{field: text(properties.get(name)) for field, name in _FIELDS.items()},
        ext_cpds=cps.pnf_ext_cpds(topology),
        requirements={
            requirement: target[0] for requirement, target in topology.mappings().items()
        },
        security_groups=policies.security_groups(topology),
        properties=others(properties, *_FIELDS.values()),
    )
