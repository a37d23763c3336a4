# SPDX-License-Identifier: Apache-2.0
"""Granting (SOL003 clause 9): from a GrantRequest and places to a Grant. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from descriptors import model
from mano.sol.documents import Body
from mano.sol.vnf_parameters import Need
from mano.vim.documents import Connection
from nfvo import affinity, capacity, vnfcs

UNKNOWN_NEED: Need = {"vcpus": 1}


def demands(request: Body, flavour: model.VnfDf | None) -> list[capacity.Demand]:
    """What a GrantRequest asks a place for.

    As the VNFD says; without one, as the VNFM does in `needs` (by VDU)."""
    return [
        _demand(request, resource, flavour)
        for resource in request.get("addResources", [])
        if resource["type"] == "COMPUTE"
    ]


def grant(
    id: str,
    request: Body,
    places: Mapping[str, capacity.Place],
    connection: Connection | None,
    images: list[dict[str, str]],
) -> Body:
    """The Grant (SOL003 9.5.2.3).

    `places` by resource definition id; `images` are VimSoftwareImages."""
    zones = sorted(set(places.values()))
    return {
        "id": id,
        "vnfInstanceId": request["vnfInstanceId"],
        "vnfLcmOpOccId": request["vnfLcmOpOccId"],
        "vimConnectionInfo": {connection["vimId"]: connection} if connection else {},
        "zones": [
            {"id": f"zone-{number}", "zoneId": zone, "vimConnectionId": vim}
            for number, (vim, zone) in enumerate(zones)
        ],
        "addResources": [
            {"resourceDefinitionId": resource, "vimConnectionId": vim, "zoneId": zone}
            for resource, (vim, zone) in places.items()
        ],
        "removeResources": [
            {"resourceDefinitionId": resource["id"]}
            for resource in request.get("removeResources", [])
        ],
        "vimAssets": {"softwareImages": images},
    }


def _demand(request: Body, resource: Body, flavour: model.VnfDf | None) -> capacity.Demand:
    vnf, vdu = f"VNF {request['vnfInstanceId']}", resource.get("vduId", "")
    if flavour is not None and vdu in flavour.vdus:
        need, rules = vnfcs.need(flavour, vdu), vnfcs.rules(vnf, flavour, vdu)
    else:
        needs = (request.get("additionalParams") or {}).get("needs", {})
        need, rules = needs.get(vdu, UNKNOWN_NEED), affinity.NO_RULES
    return capacity.Demand(resource["id"], f"{vnf}: {resource['id']}", need, rules)
