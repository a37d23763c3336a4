# SPDX-License-Identifier: Apache-2.0
"""The desired state of a host from what is stored (docs/ports.md, section 4). Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import TYPE_CHECKING, cast

from mano.sol.documents import Body
from mano.vim import port

if TYPE_CHECKING:
    from dataplane_agent import port as agent_port


def document(
    vim: str,
    host: str,
    version: int,
    resources: Iterable[Body],
    images: Iterable[Body],
    paused: bool = False,
) -> agent_port.Desired:
    """The document for an agent: what is to be on its host, and the images that this needs."""
    kinds: dict[str, list[Body]] = {kind: [] for kind in ("network", "port", "compute", "path")}
    for resource in resources:
        if resource["kind"] in kinds and resource["state"] != "TERMINATING":
            kinds[resource["kind"]].append(resource)
    attached: dict[str, list[Body]] = defaultdict(list)
    for resource in kinds["port"]:
        attached[resource["spec"].get("compute", "")].append(resource)
    computes = [
        _compute(vim, resource, attached[resource["name"]]) for resource in kinds["compute"]
    ]
    image_ids = {compute["image"] for compute in computes}
    return {
        "host": host,
        "version": version,
        "paused": paused,
        "networks": [_network(resource) for resource in kinds["network"]],
        "ports": [interface(vim, resource) for resource in attached[""]],
        "computes": computes,
        "paths": [_path(vim, resource) for resource in kinds["path"]],
        "images": [_image(image) for image in images if image["id"] in image_ids],
    }


def interface(vim: str, resource: Body) -> agent_port.Port:
    """A port as an agent sees it."""
    detail = port.detail(vim, resource["name"], resource["spec"])
    return cast("agent_port.Port", {"addresses": [], "routes": [], **detail})


def hops(vim: str, spec: Body) -> list[agent_port.Hop]:
    """A path's hops with the ids of the ports that it names."""

    def ids(names: Iterable[str]) -> list[str]:
        return [port.resource_id(vim, "port", name) for name in names]

    return [
        {"from": ids(hop.get("from", [])), "to": ids(hop.get("to", []))}
        for hop in spec.get("hops", [])
    ]


def _network(resource: Body) -> agent_port.Network:
    return {
        "id": resource["id"],
        "name": resource["name"],
        "mtu": resource["spec"].get("mtu") or 1500,
    }


def _compute(vim: str, resource: Body, ports: list[Body]) -> agent_port.Compute:
    """A compute with the ports that are on it, in the order in which it was allocated with them."""
    spec = resource["spec"]
    order = {name: number for number, name in enumerate(spec.get("ports", []))}
    ports = sorted(ports, key=lambda item: order.get(item["name"], len(order)))
    return {
        "id": resource["id"],
        "name": resource["name"],
        "vnf": spec.get("vnf", ""),
        "vdu": spec.get("vdu", ""),
        "index": spec.get("index", 0),
        "runtime": spec.get("runtime") or "netns",
        "image": spec.get("image") or "",
        "vcpus": spec.get("vcpus", 1),
        "cpus": resource["inner"].get("cpus") or None,
        "memoryMiB": spec.get("memoryMiB", 0),
        "ports": [interface(vim, item) for item in ports],
        "userData": spec.get("userData") or {},
    }


def _path(vim: str, resource: Body) -> agent_port.Path:
    return {
        "id": resource["id"],
        "name": resource["name"],
        "match": resource["spec"].get("match", []),
        "hops": hops(vim, resource["spec"]),
    }


def _image(resource: Body) -> agent_port.Image:
    return {
        "id": resource["id"],
        "checksum": resource["spec"]["checksum"],
        "size": resource["detail"].get("size", 0),
    }
