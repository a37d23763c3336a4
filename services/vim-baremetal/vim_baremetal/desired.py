# SPDX-License-Identifier: Apache-2.0
"""The desired state of a host from what is stored (docs/ports.md, section 4). Pure."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from mano.vim import port

Document = dict[str, Any]


def document(
    vim: str,
    host: str,
    version: int,
    resources: Iterable[Document],
    images: Iterable[Document],
    paused: bool = False,
) -> Document:
    """The document for an agent: the resources of its host but those that are being removed, and
    the images needed."""
    remaining = [resource for resource in resources if resource["state"] != "TERMINATING"]
    entries = {
        kind: [make(vim, resource) for resource in remaining if resource["kind"] == kind]
        for kind, make in MAKE.items()
    }
    image_ids = {compute["image"] for compute in entries["compute"]}
    return {
        "host": host,
        "version": version,
        "paused": paused,
        "networks": entries["network"],
        "ports": entries["port"],
        "computes": entries["compute"],
        "paths": entries["path"],
        "images": [_image(image) for image in images if image["id"] in image_ids],
    }


def interface(vim: str, item: Document) -> Document:
    """A port as an agent sees it; without a MAC it gets one that follows from its name."""
    id = port.resource_id(vim, "port", item["name"])
    return {
        "id": id,
        "name": item["name"],
        **({"cp": item["cp"]} if "cp" in item else {}),
        "network": item["network"],
        "mac": item.get("mac") or mac(id),
        "addresses": item.get("addresses", []),
        "routes": item.get("routes", []),
    }


def mac(id: str) -> str:
    """A locally administered unicast address from an id."""
    return "02:" + ":".join(id[at : at + 2] for at in (0, 2, 4, 6, 9))


def hops(vim: str, spec: Document) -> list[Document]:
    """A path's hops with the ids of the ports that it names."""
    return [
        {
            end: [port.resource_id(vim, "port", name) for name in hop.get(end, [])]
            for end in ("from", "to")
        }
        for hop in spec.get("hops", [])
    ]


def _network(vim: str, resource: Document) -> Document:
    return {
        "id": resource["id"],
        "name": resource["name"],
        "mtu": resource["spec"].get("mtu") or 1500,
    }


def _port(vim: str, resource: Document) -> Document:
    return interface(vim, {**resource["spec"], "name": resource["name"]})


def _compute(vim: str, resource: Document) -> Document:
    spec = resource["spec"]
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
        "ports": [interface(vim, item) for item in spec.get("ports", [])],
        "userData": spec.get("userData") or {},
    }


def _path(vim: str, resource: Document) -> Document:
    return {
        "id": resource["id"],
        "name": resource["name"],
        "match": resource["spec"].get("match", []),
        "hops": hops(vim, resource["spec"]),
    }


def _image(resource: Document) -> Document:
    return {
        "id": resource["id"],
        "checksum": resource["spec"]["checksum"],
        "size": resource["detail"].get("size", 0),
    }


MAKE = {"network": _network, "port": _port, "compute": _compute, "path": _path}
