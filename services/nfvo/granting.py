# SPDX-License-Identifier: Apache-2.0
"""Granting (SOL003 clause 9): from a GrantRequest and places to a Grant. Pure."""

from __future__ import annotations

from typing import Any

from descriptors import model, sizing
from nfvo import affinity, placement


def wants(request: dict[str, Any], who: str, df: model.VnfDf | None) -> list[placement.Want]:
    """What a GrantRequest wants to be placed: as the VNFD says; without one, as the VNFM does in
    `needs` (by VDU)."""
    needs = (request.get("additionalParams") or {}).get("needs", {})

    def known(vdu: str) -> dict[str, Any]:
        if df is not None and vdu in df.vdus:
            return {"need": sizing.spec(df, vdu), **affinity.of_vnfc(who, df, vdu)}
        return {"need": needs.get(vdu, {"vcpus": 1})}

    return [
        {
            "id": resource["id"],
            "what": f"{who}: {resource['id']}",
            **known(resource.get("vduId", "")),
        }
        for resource in request.get("addResources", [])
        if resource["type"] == "COMPUTE"
    ]


def grant(
    id: str,
    request: dict[str, Any],
    places: dict[str, placement.Place],
    connection: dict[str, Any],
    images: list[dict[str, str]],
) -> dict[str, Any]:
    """The Grant (SOL003 9.5.2.3). `places` by resource definition id; `images` are
    VimSoftwareImages."""
    zones = sorted(set(places.values()))
    names = {zone: f"zone-{number}" for number, zone in enumerate(zones)}
    return {
        "id": id,
        "vnfInstanceId": request["vnfInstanceId"],
        "vnfLcmOpOccId": request["vnfLcmOpOccId"],
        "vimConnectionInfo": {connection["vimId"]: connection} if connection else {},
        "zones": [
            {"id": names[zone], "zoneId": zone[1], "vimConnectionId": zone[0]} for zone in zones
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
