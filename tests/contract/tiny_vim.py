# SPDX-License-Identifier: Apache-2.0
"""The smallest VIM that keeps the port's promises: for tests, in memory, with one zone.

`test_vim_plugin.py` makes a package of it outside the tree; nothing in the suite knows of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, cast

from mano import bus
from mano.service import Service
from mano.store import Store
from mano.threads import Threads
from mano.vim import port, service, types
from mano.vim.documents import Change, ConnectionSettings, Filter, Resource, Spec, Zone

TOTAL = {"vcpus": 1000, "memoryMiB": 1_000_000, "storageMiB": 1_000_000}


@dataclass
class Tiny:
    """One VIM."""

    vim: str
    resources: dict[str, Resource] = field(default_factory=dict)  # by id
    closed: set[str] = field(default_factory=set)

    def allocate(self, kind: str, name: str, spec: Spec) -> Resource:
        if kind not in port.KINDS:
            raise port.Refused(400, f"no {kind} here")
        id = port.resource_id(self.vim, kind, name)
        if id in self.closed:
            raise port.Refused(409, f"{kind} {name} was terminated")
        if id not in self.resources:
            self._check(kind, spec)
            self.resources[id] = self._resource(id, kind, name, spec)
        return self.resources[id]

    def query(self, kind: str, filter: Filter) -> list[Resource]:
        return [
            resource
            for resource in self.resources.values()
            if resource["kind"] == kind and filter.items() <= resource.items()
        ]

    def update(self, kind: str, name: str, change: Change) -> Resource:
        id = port.resource_id(self.vim, kind, name)
        if id not in self.resources:
            raise port.Refused(404, f"no {kind} {name} here")
        cast(dict[str, Any], self.resources[id]["spec"]).update(change)
        return self.resources[id]

    def terminate(self, kind: str, name: str) -> Resource | None:
        id = port.resource_id(self.vim, kind, name)
        self.closed.add(id)
        self.resources.pop(id, None)
        return None

    def capacity(self) -> list[Zone]:
        used = {name: sum(map(amount(name), self.query("compute", {}))) for name in TOTAL}
        zone = {"id": "nook", "state": "ENABLED", "total": TOTAL, "used": used, "features": {}}
        return [cast(Zone, zone)]

    def add_image(self, name: str, offset: int, data: bytes, last: bool) -> Resource:
        image = self.resources[port.resource_id(self.vim, "image", name)]
        if last:
            image["state"], image["detail"] = "ACTIVE", {"complete": True}
        return image

    def configure(self, settings: ConnectionSettings) -> None:
        """Nothing to connect to."""

    def _check(self, kind: str, spec: Spec) -> None:
        if spec.get("zone") not in (None, "", "nook"):
            raise port.Refused(404, f"no zone {spec.get('zone')} here")
        names = cast(list[str], spec.get("ports", []))
        for name in names if kind == "compute" else []:
            if port.resource_id(self.vim, "port", name) not in self.resources:
                raise port.Refused(404, f"no port {name} here")
        [zone] = self.capacity()
        for name, total in TOTAL.items():
            needed = cast(int, spec.get(name, 0)) if kind == "compute" else 0
            if cast(dict[str, int], zone["used"])[name] + needed > total:
                raise port.Refused(507, f"nook lacks {name}: {needed} of {total}")

    def _resource(self, id: str, kind: str, name: str, spec: Spec) -> Resource:
        detail = port.detail(self.vim, name, spec) if kind == "port" else {}
        return {
            "kind": kind,
            "id": id,
            "name": name,
            "owner": spec.get("owner", ""),
            "zone": "nook",
            "state": "BUILDING" if kind == "image" else "ACTIVE",
            "spec": spec,
            "detail": {"host": "nook"} if kind == "compute" else detail,
        }


def amount(name: str) -> Any:
    """What a compute takes of something."""
    return lambda resource: resource["spec"].get(name, 0)


VIMS: dict[str, Tiny] = {}


def vim(id: str) -> Tiny:
    """The VIM of an id, while the process lives."""
    return VIMS.setdefault(id, Tiny(id))


def build(store: Store, carrier: bus.Carrier, threads: Threads | None, settings: Any) -> Service:
    """The service at the address "vim-tiny"."""
    return Service(
        "vim-tiny",
        store,
        carrier,
        threads,
        settings=settings,
        verbs=service.verbs(vim, store, TYPE.capabilities),
        runners={"await": service.awaiting(vim)},
    )


TYPE = types.VimType(
    build=build,
    capabilities={"hosts": False, "zonesAreNodes": False, "overlay": True},
    connection=("accessInfo.secret",),
)
