# SPDX-License-Identifier: Apache-2.0
"""The port of mano.vim on bare-metal hosts: what is wanted is stored, the agents make it so."""

from __future__ import annotations

import time
from typing import cast

from mano.sol.documents import Body
from mano.store import Document, Stale, Store, Transaction
from mano.vim import closed, port
from mano.vim import service as vim_service
from mano.vim.documents import Amounts, Change, ConnectionSettings, Filter, Resource, Spec, Zone
from vim_baremetal import (
    allocation,
    attachment,
    fit,
    images,
    inventory,
    placing,
    reports,
    resources,
)
from vim_baremetal.settings import Settings

CHANGEABLE = {
    "network": ("mtu",),
    "port": ("addresses", "routes", "compute"),
    "compute": ("userData",),
    "path": ("match", "hops"),
}


class BareMetal:
    """The bare-metal VIM of one id. A zone is a host."""

    def __init__(self, store: Store, settings: Settings, vim: str):
        self.store, self.settings, self.vim = store, settings, vim

    def configure(self, settings: ConnectionSettings) -> None:
        """Nothing to connect to: hosts come by `add_host`, agents by themselves."""

    def allocate(self, kind: str, name: str, spec: Spec) -> Resource:
        _check_kind(kind)
        return self.store.run(lambda tx: self._allocate(tx, kind, name, {**spec}))

    def query(self, kind: str, filter: Filter) -> list[Resource]:
        _check_kind(kind)
        with self.store.begin() as tx:
            if "name" in filter:
                document = tx.look(kind, port.resource_id(self.vim, kind, filter["name"]))
                documents = [document] if document else []
            else:
                documents = tx.find(kind, owner=self.vim)
            zones = {document.body["zone"] for document in documents}
            hosts = {zone: tx.look("hosts", zone) for zone in zones if zone}
        bodies = {zone: host.body for zone, host in hosts.items() if host}
        return [
            resources.public(document.body, bodies.get(document.body["zone"]))
            for document in documents
            if filter.get("owner", document.body["owner"]) == document.body["owner"]
        ]

    def update(self, kind: str, name: str, change: Change) -> Resource:
        _check_kind(kind)
        return self.store.run(lambda tx: self._update(tx, kind, name, {**change}))

    def terminate(self, kind: str, name: str) -> Resource | None:
        _check_kind(kind)
        return self.store.run(lambda tx: self._terminate(tx, kind, name))

    def capacity(self) -> list[Zone]:
        policy = self.settings.policy
        with self.store.begin() as tx:
            hosts = [host.body for host in inventory.hosts(tx, self.vim)]
        return [
            {
                "id": host["id"],
                "state": "DISABLED" if host["state"] == "REGISTERED" else host["state"],
                "total": cast(Amounts, fit.totals(host["facts"], host["used"], policy)),
                "used": inventory.used(host),
                "features": {
                    name: feature["works"]
                    for name, feature in host["facts"].get("features", {}).items()
                },
            }
            for host in hosts
        ]

    def add_image(self, name: str, offset: int, data: bytes, last: bool) -> Resource:
        def work(tx: Transaction) -> Resource:
            document = self._get(tx, "image", name)
            before = document.body["state"]
            images.add(tx, document, offset, data, last)
            if document.body["state"] != before:
                tx.put(document)
                vim_service.wake(tx, self.vim, "image", name)
            return resources.public(document.body)

        image = self.store.run(work)
        if image["state"] == "ERROR":  # stored, and said to who sent the wrong bytes
            raise port.Refused(image["error"]["status"], image["error"]["detail"])
        return image

    def _allocate(self, tx: Transaction, kind: str, name: str, spec: Body) -> Resource:
        id = port.resource_id(self.vim, kind, name)
        tx.lock(id)
        document = tx.look(kind, id)
        if document and document.body["state"] != "ERROR":
            return resources.public(document.body)
        if document is None and closed.is_closed(tx, id):
            raise port.Refused(409, f"{kind} {name} was terminated and cannot be made again")
        body = {
            "kind": kind,
            "id": id,
            "name": name,
            "owner": spec.get("owner", ""),
            "zone": "",
            "spec": spec,
            "state": "BUILDING",
            "detail": {},
            "inner": {"since": 0},
        }
        if document:
            self._clear(tx, document)
            body["zone"] = document.body["zone"]
        if kind == "image":
            images.check(name, spec)
            body["detail"] = {"complete": False}
        elif self._is_nowhere(tx, body):
            body["state"], body["detail"] = "ACTIVE", reports.assigned(self.vim, body)
        else:
            self._place(tx, body)
        if document is None:
            tx.add(kind, id, body, owner=self.vim)
        else:
            document.body = body
            tx.put(document)
        return resources.public(body)

    def _is_nowhere(self, tx: Transaction, body: Body) -> bool:
        """A network is nowhere until a port of it is somewhere, a port until its compute is."""
        spec = body["spec"]
        if body["kind"] == "port":
            placing.zone(tx, self.vim, "port", f"port {body['name']}", spec)
            return attachment.host_of(tx, self.vim, spec) == ""
        return body["kind"] == "network" and not body["zone"] and not spec.get("zone")

    def _place(self, tx: Transaction, body: Body) -> None:
        """Gives the resource its host, and what it takes of it."""
        kind, spec, policy = body["kind"], body["spec"], self.settings.policy
        if kind == "compute":
            self._needs_image(tx, body)
        zone = body["zone"] or spec.get("zone")
        if kind == "port":
            zone = attachment.host_of(tx, self.vim, spec) or zone
        zoned = {**spec, "zone": zone}
        host = placing.host(tx, self.vim, kind, body["name"], zoned, policy)
        body["zone"] = host.id
        allocation.take(host, body, policy)
        body["detail"] = reports.assigned(self.vim, body)
        if kind == "storage":
            body["state"] = "ACTIVE"  # room in its compute's folder
        else:
            version = body["inner"]["since"] = inventory.raise_version(tx, host)
            placing.bind(tx, self.vim, kind, spec, host, version)
            if kind == "compute":
                attachment.attach(tx, self.vim, body, host, version)
        tx.put(host)

    def _needs_image(self, tx: Transaction, body: Body) -> None:
        id = body["spec"].get("image")
        image = tx.look("image", id) if id else None
        if image is None or image.body["state"] == "ERROR":
            raise port.Refused(
                404,
                f"compute {body['name']}: VIM {self.vim} has no usable image with id {id!r}."
                " Add it first.",
            )
        if image.body["state"] != "ACTIVE":
            raise port.Refused(
                503, f"compute {body['name']}: image {image.body['name']} is still being added"
            )

    def _clear(self, tx: Transaction, document: Document) -> None:
        """Before a resource in ERROR is tried anew: what it had taken goes back."""
        if document.body["zone"]:
            host = tx.get("hosts", document.body["zone"], lock=True)
            allocation.give_back(host, document.body)
            tx.put(host)
        if document.kind == "image":
            tx.remove_content(f"image/{document.id}")

    def _update(self, tx: Transaction, kind: str, name: str, change: Body) -> Resource:
        _check_change(kind, name, change)
        before = self._get(tx, kind, name, lock=False)
        zone = before.body["zone"]
        spec = {**before.body["spec"], **change}
        home = attachment.host_of(tx, self.vim, spec) if kind == "port" else None
        hosts = [
            tx.get("hosts", id, lock=True)
            for id in sorted({zone, zone if home is None else home} - {""})
        ]
        document = self._get(tx, kind, name)
        if document.body["state"] == "TERMINATING":
            raise port.Refused(409, f"{kind} {name} is being terminated")
        if document.body["zone"] != zone:
            raise Stale(kind, document.id, document.version)  # it has come somewhere just now
        document.body["spec"] = spec
        self._change(tx, document, zone if home is None else home, hosts)
        tx.put(document)
        return resources.public(document.body)

    def _change(
        self, tx: Transaction, document: Document, zone: str, hosts: list[Document]
    ) -> None:
        """The resource is as its spec says, in that zone; `hosts` are those that hear of it."""
        kind, body = document.kind, document.body
        versions = {host.id: inventory.raise_version(tx, host) for host in hosts}
        for host in hosts:
            tx.put(host)
            if host.id == zone:
                what = f"{kind} {body['name']}"
                placing.zone(tx, self.vim, kind, what, {**body["spec"], "zone": zone})
                placing.bind(tx, self.vim, kind, body["spec"], host, versions[zone])
        if kind == "port":
            attachment.place(self.vim, body, zone, versions.get(zone, 0))
        elif zone:
            document.body = reports.building(self.vim, body)
            document.body["inner"]["since"] = versions[zone]

    def _terminate(self, tx: Transaction, kind: str, name: str) -> Resource | None:
        id = port.resource_id(self.vim, kind, name)
        tx.lock(id)
        before = tx.look(kind, id)
        host = (
            tx.get("hosts", before.body["zone"], lock=True)
            if before and before.body["zone"]
            else None
        )
        document = tx.look(kind, id, lock=True)
        if document is None:
            closed.close(tx, id)
            return None
        if document.body["zone"] != (host.id if host else ""):
            raise Stale(kind, id, document.version)  # its first port came just now
        deadline = time.time() + self.settings.removal
        if document.body["state"] == "TERMINATING":
            if document.body["inner"].get("deadline", 0.0) < time.time():  # asked for once more
                document.body["inner"]["deadline"] = deadline
                tx.put(document)
            return resources.public(document.body, host.body if host else None)
        self._free(tx, document)
        if host is None or kind == "storage":
            self._end(tx, document, host)
            return None
        document.body.update(state="TERMINATING")
        document.body["inner"]["since"] = inventory.raise_version(tx, host)
        document.body["inner"]["deadline"] = deadline
        document.body.pop("error", None)
        tx.put(document)
        tx.put(host)
        return resources.public(document.body, host.body)

    def _end(self, tx: Transaction, document: Document, host: Document | None) -> None:
        """Removes what no agent knows of."""
        if host is not None:
            allocation.give_back(host, document.body)
            tx.put(host)
        tx.remove_content(f"image/{document.id}")
        resources.close(tx, self.vim, document)

    def _free(self, tx: Transaction, document: Document) -> None:
        """Refused 409 while something needs the resource."""
        users = placing.users(tx, self.vim, document.kind, document.id)
        if users:
            raise port.Refused(
                409,
                f"{document.kind} {document.body['name']} is in use by {', '.join(users[:5])}"
                f"{' and others' if len(users) > 5 else ''}. Terminate those first.",
            )

    def _get(self, tx: Transaction, kind: str, name: str, *, lock: bool = True) -> Document:
        document = tx.look(kind, port.resource_id(self.vim, kind, name), lock=lock)
        if document is None:
            raise port.Refused(404, f"VIM {self.vim} has no {kind} {name}")
        return document


def _check_change(kind: str, name: str, change: Body) -> None:
    changeable = CHANGEABLE.get(kind, ())
    if fixed := sorted(set(change) - set(changeable)):
        raise port.Refused(
            409,
            f"{kind} {name}: {', '.join(fixed)} cannot be changed; what can be: "
            f"{', '.join(changeable) or 'nothing'}",
        )


def _check_kind(kind: str) -> None:
    if kind not in port.KINDS:
        raise port.Refused(400, f"a VIM has no {kind!r}, only {', '.join(port.KINDS)}")
