# SPDX-License-Identifier: Apache-2.0
"""Granting (SOL003 clause 9): from a GrantRequest and places to a Grant. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from descriptors import model
from mano.problems import Problem
from mano.sol.documents import Body
from mano.vim.documents import Connection
from nfvo import capacity, vnfcs


def adds(request: Body) -> bool:
    """Whether something is to be made."""
    return bool(request.get("addResources")) or request["operation"] == "INSTANTIATE"


def flavour(vnfd: model.Vnfd, request: Body) -> model.VnfDf:
    """The flavour that a GrantRequest is about; where it names none, the one that has its VDUs.

    Problem 403 for a flavour or VDU that the VNFD has not: nothing is promised to what nobody
    knows."""
    vdus = {_vdu(resource) for resource in _computes(request)}
    id = request.get("flavourId")
    for df in vnfd.flavours.values():
        if df.id == id or (id is None and vdus <= df.vdus.keys()):
            break
    else:
        what = f"flavour {id}" if id else "flavour with all these VDUs"
        raise _refusal(request, what, vnfd.flavours)
    for vdu in sorted(vdus - df.vdus.keys()):
        raise _refusal(request, f"VDU {vdu} in flavour {df.id}", df.vdus)
    return df


def demands(request: Body, flavour: model.VnfDf) -> list[capacity.Demand]:
    """What a GrantRequest asks a place for."""
    return [_demand(request, resource, flavour) for resource in _computes(request)]


def check_placed(request: Body, places: Mapping[str, capacity.Place]) -> None:
    """Problem 403 if it asks for more than what its network service has placed."""
    for resource in _computes(request):
        if resource["id"] not in places:
            raise _refusal(request, f"place for {resource['id']} in its network service", places)


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


def _computes(request: Body) -> list[Body]:
    resources = request.get("addResources", [])
    return [resource for resource in resources if resource["type"] == "COMPUTE"]


def _vdu(resource: Body) -> str:
    return str(resource.get("vduId") or resource.get("resourceTemplateId"))


def _demand(request: Body, resource: Body, flavour: model.VnfDf) -> capacity.Demand:
    vnf, vdu = f"VNF {request['vnfInstanceId']}", _vdu(resource)
    return capacity.Demand(
        resource["id"],
        f"{vnf}: {resource['id']}",
        vnfcs.need(flavour, vdu),
        vnfcs.rules(vnf, flavour, vdu),
    )


def _refusal(request: Body, what: str, known: Collection[str]) -> Problem:
    return Problem(
        403,
        f"VNFD {request['vnfdId']} has no {what}, only {', '.join(sorted(known)) or 'none'}; "
        "nothing is granted for it.",
        title="Grant refused",
    )
