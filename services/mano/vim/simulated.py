# SPDX-License-Identifier: Apache-2.0
"""A VIM that makes nothing but keeps every promise of the port: for trying, benchmarks, chaos and
planning.

Settings, given as `extra` when it is registered (all optional):
    delay      seconds until a network, port, compute or path is ACTIVE (or gone); a number, or one
    by kind zones      {zone id: {"vcpus", "memoryMiB", …}}; without it one zone of 100,000 vCPUs
    faults     rules, the first that fits is applied: {"kind"?, "name"? (a part of it), "verb"?
    (allocate|terminate),
               "times"? (how often; for ever without), "error": {"status", "detail"}}; a 503 is a
               refusal for now, anything else leaves the resource in ERROR
"""

from __future__ import annotations

import copy
import time
from typing import Any, cast

from mano import store
from mano.sol.documents import Body
from mano.vim import port
from mano.vim.documents import Amounts, Change, ConnectionSettings, Filter, Resource, Spec, Zone

DEFAULT_ZONES = {
    "zone-1": {"vcpus": 100_000, "memoryMiB": 100_000_000, "storageMiB": 1_000_000_000}
}
SLOW = ("network", "port", "compute", "path", "storage")


class Simulated:
    """The simulated VIM of one id; its state lies in the store, so it survives its process."""

    def __init__(self, kept: store.Store, vim: str):
        self.store, self.vim = kept, vim

    def configure(self, settings: ConnectionSettings) -> None:
        self.store.run(lambda tx: self._configure(tx, settings.get("extra") or {}))

    def allocate(self, kind: str, name: str, spec: Spec) -> Resource:
        said = self.store.run(lambda tx: self._allocate(tx, kind, name, {**spec}))
        if isinstance(said, port.Refused):
            raise said
        return cast(Resource, said)

    def query(self, kind: str, filter: Filter) -> list[Resource]:
        return cast(list[Resource], self.store.run(lambda tx: self._query(tx, kind, filter)))

    def update(self, kind: str, name: str, change: Change) -> Resource:
        def work(tx: store.Transaction) -> Resource:
            document = tx.get(kind, port.resource_id(self.vim, kind, name), lock=True)
            document.body["spec"].update(change)
            tx.put(document)
            return cast(Resource, document.body)

        return self.store.run(work)

    def terminate(self, kind: str, name: str) -> Resource | None:
        said = self.store.run(lambda tx: self._terminate(tx, kind, name))
        if isinstance(said, port.Refused):
            raise said
        return cast(Resource, said)

    def capacity(self) -> list[Zone]:
        with self.store.begin() as tx:
            zones = self._settings(tx)["zones"]
            used = {document.id: document.body for document in tx.find("usage", owner=self.vim)}
        return [
            {
                "id": zone,
                "state": "ENABLED",
                "total": total,
                "used": cast(Amounts, used.get(f"{self.vim}/{zone}", {})),
                "features": {},
            }
            for zone, total in zones.items()
        ]

    def add_image(self, name: str, offset: int, data: bytes, last: bool) -> Resource:
        return self.query("image", {"name": name})[0]

    def _configure(self, tx: store.Transaction, extra: dict[str, Any]) -> None:
        tx.lock(f"settings/{self.vim}")
        document = tx.look("settings", self.vim, lock=True)
        if document is None:
            tx.add("settings", self.vim, {**extra, "counts": {}})
        else:
            document.body = {**extra, "counts": {}}
            tx.put(document)

    def _settings(self, tx: store.Transaction) -> dict[str, Any]:
        document = tx.look("settings", self.vim)
        return {
            "delay": 0,
            "zones": DEFAULT_ZONES,
            "faults": [],
            **(document.body if document else {}),
        }

    def _query(self, tx: store.Transaction, kind: str, filter: Filter) -> list[Body]:
        if "name" in filter:
            found = tx.look(kind, port.resource_id(self.vim, kind, filter["name"]))
            documents = [found] if found else []
        else:
            documents = tx.find(kind, owner=self.vim)
        now = [self._seen(tx, document) for document in documents]
        return [
            body for body in now if body and filter.get("owner", body["owner"]) == body["owner"]
        ]

    def _allocate(
        self, tx: store.Transaction, kind: str, name: str, spec: Body
    ) -> Body | port.Refused:
        """A fault is returned, not raised: that it has happened is to be committed."""
        if kind not in port.KINDS:
            raise port.Refused(400, f"a VIM has no {kind!r}, only {', '.join(port.KINDS)}")
        id = port.resource_id(self.vim, kind, name)
        tx.lock(id)  # a repeated request that comes at the same time finds the first
        document = tx.look(kind, id, lock=True)
        if document and (found := self._seen(tx, document)) and found["state"] != "ERROR":
            return found
        if tx.look("closed", id):
            raise port.Refused(409, f"{kind} {name} was terminated and cannot be made again")
        settings = self._settings(tx)
        fault = self._fault(tx, settings, kind, name, "allocate")
        if fault and fault["status"] == 503:
            return port.Refused(503, fault["detail"])
        zone = document.body["zone"] if document else self._take(tx, settings, kind, name, spec)
        delay = _delay(settings, kind)
        body = {
            "kind": kind,
            "id": id,
            "name": name,
            "owner": spec.get("owner", ""),
            "zone": zone,
            "spec": spec,
            "state": "ERROR" if fault else "BUILDING" if delay else "ACTIVE",
            "detail": _detail(self.vim, kind, name, spec),
        }
        body |= {"error": fault} if fault else {"ready": time.time() + delay} if delay else {}
        if document is None:
            tx.add(kind, id, body, owner=self.vim)
        else:
            document.body = body
            tx.put(document)
        return _now(body) or body

    def _terminate(self, tx: store.Transaction, kind: str, name: str) -> Body | port.Refused | None:
        id = port.resource_id(self.vim, kind, name)
        tx.lock(id)
        document = tx.look(kind, id, lock=True)
        if document is None:
            if tx.look("closed", id) is None:
                tx.add("closed", id, {"at": time.time()})
            return None
        settings = self._settings(tx)
        body = document.body
        if body["state"] != "TERMINATING":
            if fault := self._fault(tx, settings, kind, name, "terminate"):
                return port.Refused(int(fault["status"]), str(fault["detail"]))
            body.update(state="TERMINATING", ready=time.time() + _delay(settings, kind))
            tx.put(document)
        if now := _now(body):
            return now
        self._give_back(tx, body)
        tx.remove(document)
        tx.add("closed", id, {"at": time.time()})
        return None

    def _seen(self, tx: store.Transaction, document: store.Document) -> Body | None:
        """The resource at this moment; one whose time to be removed is over is gone."""
        if found := _now(document.body):
            return found
        self._terminate(tx, document.kind, document.body["name"])
        return None

    def _fault(
        self, tx: store.Transaction, settings: dict[str, Any], kind: str, name: str, verb: str
    ) -> dict[str, Any] | None:
        """The error that a rule sets for this call; rules are counted, so a fault can heal."""
        for number, rule in enumerate(settings["faults"]):
            if (
                rule.get("verb", "allocate") != verb
                or rule.get("kind", kind) != kind
                or rule.get("name", "") not in name
            ):
                continue
            document = tx.get("settings", self.vim, lock=True)
            done = document.body["counts"].get(str(number), 0)
            if done >= rule.get("times", done + 1):
                continue
            document.body["counts"][str(number)] = done + 1
            tx.put(document)
            error: dict[str, Any] = {
                "status": 500,
                "detail": f"simulated fault {number}",
                **rule.get("error", {}),
            }
            return error
        return None

    def _take(
        self,
        tx: store.Transaction,
        settings: dict[str, Any],
        kind: str,
        name: str,
        spec: Body,
    ) -> str:
        """The zone in which the resource fits, with what it needs taken from it; Refused 507 says
        what is short where."""
        zones: dict[str, Any] = (
            {spec["zone"]: settings["zones"].get(spec["zone"])}
            if spec.get("zone")
            else settings["zones"]
        )
        need = _need(kind, spec)
        if not need:
            return next(iter(zones))
        short = []
        for zone, total in zones.items():
            if total is None:
                raise port.Refused(
                    404,
                    f"VIM {self.vim} has no zone {zone!r}; it has {', '.join(settings['zones'])}",
                )
            tx.lock(f"usage/{self.vim}/{zone}")
            used = tx.look("usage", f"{self.vim}/{zone}", lock=True) or tx.add(
                "usage", f"{self.vim}/{zone}", {}, owner=self.vim
            )
            lacks = [
                f"{what}: {used.body.get(what, 0)} of {total.get(what, 0)} taken, {amount} wanted"
                for what, amount in need.items()
                if used.body.get(what, 0) + amount > total.get(what, 0)
            ]
            if not lacks:
                used.body.update(
                    {what: used.body.get(what, 0) + amount for what, amount in need.items()}
                )
                tx.put(used)
                return zone
            short.append(f"{zone} ({'; '.join(lacks)})")
        raise port.Refused(507, f"no zone has room for {kind} {name}: {', '.join(short)}")

    def _give_back(self, tx: store.Transaction, body: dict[str, Any]) -> None:
        need = _need(body["kind"], body["spec"])
        if need:
            used = tx.get("usage", f"{self.vim}/{body['zone']}", lock=True)
            used.body.update(
                {what: used.body.get(what, 0) - amount for what, amount in need.items()}
            )
            tx.put(used)


def _need(kind: str, spec: Body) -> dict[str, int]:
    if kind == "storage":
        return {"storageMiB": spec.get("storageMiB", 0)}
    if kind != "compute":
        return {}
    return {what: spec[what] for what in ("vcpus", "memoryMiB", "storageMiB") if spec.get(what)}


def _delay(settings: dict[str, Any], kind: str) -> float:
    delay = settings["delay"]
    return float(delay.get(kind, 0) if isinstance(delay, dict) else delay) if kind in SLOW else 0.0


def _now(body: dict[str, Any]) -> Body | None:
    """The resource at this moment: what was on its way may have arrived, or be gone (None)."""
    if body["state"] not in ("BUILDING", "TERMINATING"):
        return body
    left = body["ready"] - time.time()
    if left > 0:
        return {**body, "poll": left}
    return None if body["state"] == "TERMINATING" else {**body, "state": "ACTIVE"}


def _detail(vim: str, kind: str, name: str, spec: Body) -> dict[str, Any]:
    if kind != "compute":
        return {}
    ports = copy.deepcopy(spec.get("ports", []))
    for item in ports:
        item["id"] = port.resource_id(vim, "port", item["name"])
        item["mac"] = item.get("mac") or "02:" + ":".join(
            item["id"][at : at + 2] for at in (0, 2, 4, 6, 9)
        )
    return {"host": "simulated", "ports": ports}
