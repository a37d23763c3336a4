# SPDX-License-Identifier: Apache-2.0
"""Granting (SOL003 clause 9): from a GrantRequest and places to a Grant. Pure."""
from __future__ import annotations

from typing import Any

from nfvo import placement


def wants(request: dict[str, Any], who: str) -> list[placement.Want]:
    """What a GrantRequest wants to be placed."""
    needs = (request.get("additionalParams") or {}).get("needs", {})
    return [{"id": resource["id"], "what": f"{who} {resource['id']}".strip(), "need": needs.get(resource.get("vduId"), {"vcpus": 1})}
            for resource in request.get("addResources", []) if resource["type"] == "COMPUTE"]


def grant(id: str, request: dict[str, Any], places: dict[str, placement.Place], connection: dict[str, Any],
          images: list[dict[str, str]]) -> dict[str, Any]:
    """The Grant (SOL003 9.5.2.3). `places` by resource definition id; `images` are VimSoftwareImages."""
    zones = sorted(set(places.values()))
    names = {zone: f"zone-{number}" for number, zone in enumerate(zones)}
    return {
        "id": id, "vnfInstanceId": request["vnfInstanceId"], "vnfLcmOpOccId": request["vnfLcmOpOccId"],
        "vimConnectionInfo": {connection["vimId"]: connection} if connection else {},
        "zones": [{"id": names[zone], "zoneId": zone[1], "vimConnectionId": zone[0]} for zone in zones],
        "addResources": [{"resourceDefinitionId": resource, "vimConnectionId": vim, "zoneId": zone}
                         for resource, (vim, zone) in places.items()],
        "removeResources": [{"resourceDefinitionId": resource["id"]} for resource in request.get("removeResources", [])],
        "vimAssets": {"softwareImages": images},
    }
