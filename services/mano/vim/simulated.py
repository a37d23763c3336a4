# SPDX-License-Identifier: Apache-2.0
"""A VIM that makes nothing but keeps every promise of the port: for trying, benchmarks, chaos and
planning.

Settings, given as `extra` when it is registered (all optional):
    delay   seconds until a network, port, compute, path or storage is ACTIVE (or gone); a number,
            or one by kind
    zones   {zone id: {"vcpus", "memoryMiB", …}}; without it one zone of 100,000 vCPUs
    faults  rules, the first that fits is applied: {"kind"?, "name"? (a part of it), "verb"?
            (allocate|terminate), "times"? (how often; for ever without), "error": {"status",
            "detail"}}; a 503 is a refusal for now, anything else leaves the resource in ERROR
"""

from __future__ import annotations

import time
from typing import Any, cast

from mano.sol.documents import Body
from mano.store import Document, Store, Transaction
from mano.vim import closed, port
from mano.vim.documents import Amounts, Change, ConnectionSettings, Filter, Resource, Spec, Zone

DEFAULT_ZONES = {
    "zone-1": {"vcpus": 100_000, "memoryMiB": 100_000_000, "storageMiB": 1_000_000_000}
}
SLOW = ("network", "port", "compute", "path", "storage")


class Simulated:
    """The simulated VIM of one id; its state lies in the store, so it survives its process."""

    def __init__(self, store: Store, vim: str):
        self.store, self.vim = store, vim

    def configure(self, settings: ConnectionSettings) -> None:
        self.store.run(lambda tx: self._configure(tx, settings.get("extra") or {}))

    def allocate(self, kind: str, name: str, spec: Spec) -> Resource:
        answer = self.store.run(lambda tx: self._allocate(tx, kind, name, {**spec}))
        if isinstance(answer, port.Refused):
            raise answer
        return cast(Resource, answer)

    def query(self, kind: str, filter: Filter) -> list[Resource]:
        return cast(list[Resource], self.store.run(lambda tx: self._query(tx, kind, filter)))

    def update(self, kind: str, name: str, change: Change) -> Resource:
        def work(tx: Transaction) -> Resource:
            document = tx.get(kind, port.resource_id(self.vim, kind, name), lock=True)
            document.body["spec"].update(change)
            tx.put(document)
            return cast(Resource, document.body)

        return self.store.run(work)

    def terminate(self, kind: str, name: str) -> Resource | None:
        answer = self.store.run(lambda tx: self._terminate(tx, kind, name))
        if isinstance(answer, port.Refused):
            raise answer
        return cast(Resource | None, answer)

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

    def _configure(self, tx: Transaction, extra: dict[str, Any]) -> None:
        tx.lock(f"settings/{self.vim}")
        document = tx.look("settings", self.vim, lock=True)
        if document is None:
            tx.add("settings", self.vim, {**extra, "counts": {}})
        else:
            document.body = {**extra, "counts": {}}
            tx.put(document)

    def _settings(self, tx: Transaction) -> dict[str, Any]:
        document = tx.look("settings", self.vim)
        return {
            "delay": 0,
            "zones": DEFAULT_ZONES,
            "faults": [],
            **(document.body if document else {}),
        }

    def _query(self, tx: Transaction, kind: str, filter: Filter) -> list[Body]:
        if "name" in filter:
            document = tx.look(kind, port.resource_id(self.vim, kind, filter["name"]))
            documents = [document] if document else []
        else:
            documents = tx.find(kind, owner=self.vim)
        bodies = [self._current(tx, document) for document in documents]
        return [
            body for body in bodies if body and filter.get("owner", body["owner"]) == body["owner"]
        ]

    def _allocate(self, tx: Transaction, kind: str, name: str, spec: Body) -> Body | port.Refused:
        """A fault is returned, not raised: that it has happened is to be committed."""
        if kind not in port.KINDS:
            raise port.Refused(400, f"a VIM has no {kind!r}, only {', '.join(port.KINDS)}")
        id = port.resource_id(self.vim, kind, name)
        tx.lock(id)  # a repeated request that comes at the same time finds the first
        document = tx.look(kind, id, lock=True)
        if document and (body := self._current(tx, document)) and body["state"] != "ERROR":
            return body
        if closed.is_closed(tx, id):
            raise port.Refused(409, f"{kind} {name} was terminated and cannot be made again")
        self._check_ports(tx, kind, name, spec)
        settings = self._settings(tx)
        fault = self._fault(tx, settings, kind, name, "allocate")
        if fault and fault["status"] == 503:
            return port.Refused(503, fault["detail"])
        zone = document.body["zone"] if document else self._take(tx, settings, kind, name, spec)
        body = {**_resource(self.vim, kind, name, zone, spec), **_outcome(fault, settings, kind)}
        if document is None:
            tx.add(kind, id, body, owner=self.vim)
        else:
            document.body = body
            tx.put(document)
        return _now(body) or body

    def _check_ports(self, tx: Transaction, kind: str, name: str, spec: Body) -> None:
        """Refused 404 for a compute with a port that was not allocated."""
        for item in spec.get("ports", []) if kind == "compute" else []:
            if tx.look("port", port.resource_id(self.vim, "port", item)) is None:
                raise port.Refused(404, f"compute {name}: VIM {self.vim} has no port {item}")

    def _terminate(self, tx: Transaction, kind: str, name: str) -> Body | port.Refused | None:
        id = port.resource_id(self.vim, kind, name)
        tx.lock(id)
        document = tx.look(kind, id, lock=True)
        if document is None:
            closed.close(tx, id)
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
        closed.close(tx, id)
        return None

    def _current(self, tx: Transaction, document: Document) -> Body | None:
        """The resource at this moment; one whose time to be removed is over is gone."""
        if body := _now(document.body):
            return body
        self._terminate(tx, document.kind, document.body["name"])
        return None

    def _fault(
        self, tx: Transaction, settings: dict[str, Any], kind: str, name: str, verb: str
    ) -> dict[str, Any] | None:
        """The error that a rule sets for this call; rules are counted, so a fault can heal."""
        for number, rule in enumerate(settings["faults"]):
            if not _fits(rule, kind, name, verb):
                continue
            document = tx.get("settings", self.vim, lock=True)
            count = document.body["counts"].get(str(number), 0)
            if count >= rule.get("times", count + 1):
                continue
            document.body["counts"][str(number)] = count + 1
            tx.put(document)
            detail = f"simulated fault {number}"
            return {"status": 500, "detail": detail, **rule.get("error", {})}
        return None

    def _take(
        self, tx: Transaction, settings: dict[str, Any], kind: str, name: str, spec: Body
    ) -> str:
        """The zone in which the resource fits, with what it needs taken from it; Refused 507 says
        what is short where."""
        zones, need = self._zones(settings, spec), _need(kind, spec)
        if not need:
            return next(iter(zones))
        short = []
        for zone, total in zones.items():
            usage = self._usage(tx, zone)
            if not (lacks := _lacks(usage.body, total, need)):
                usage.body.update(_sum(usage.body, need))
                tx.put(usage)
                return zone
            short.append(f"{zone} ({'; '.join(lacks)})")
        raise port.Refused(507, f"no zone has room for {kind} {name}: {', '.join(short)}")

    def _zones(self, settings: dict[str, Any], spec: Body) -> dict[str, dict[str, int]]:
        """Where the resource may be, with what is there in all; Refused 404 for an unknown zone."""
        zones: dict[str, dict[str, int]] = settings["zones"]
        zone = spec.get("zone")
        if zone and zone not in zones:
            raise port.Refused(
                404, f"VIM {self.vim} has no zone {zone!r}; it has {', '.join(zones)}"
            )
        return {zone: zones[zone]} if zone else zones

    def _usage(self, tx: Transaction, zone: str) -> Document:
        """What is taken of a zone, locked."""
        id = f"{self.vim}/{zone}"
        tx.lock(f"usage/{id}")
        return tx.look("usage", id, lock=True) or tx.add("usage", id, {}, owner=self.vim)

    def _give_back(self, tx: Transaction, body: Body) -> None:
        need = _need(body["kind"], body["spec"])
        if need:
            usage = tx.get("usage", f"{self.vim}/{body['zone']}", lock=True)
            usage.body.update(_sum(usage.body, need, -1))
            tx.put(usage)


def _resource(vim: str, kind: str, name: str, zone: str, spec: Body) -> Body:
    return {
        "kind": kind,
        "id": port.resource_id(vim, kind, name),
        "name": name,
        "owner": spec.get("owner", ""),
        "zone": zone,
        "spec": spec,
        "detail": _detail(vim, kind, name, spec),
    }


def _outcome(fault: Body | None, settings: dict[str, Any], kind: str) -> Body:
    """What becomes of an allocation: its state, and the error or when it is ready."""
    if fault:
        return {"state": "ERROR", "error": fault}
    delay = _delay(settings, kind)
    return {"state": "BUILDING", "ready": time.time() + delay} if delay else {"state": "ACTIVE"}


def _fits(rule: dict[str, Any], kind: str, name: str, verb: str) -> bool:
    """Whether a rule of faults is about this call."""
    return bool(
        rule.get("verb", "allocate") == verb
        and rule.get("kind", kind) == kind
        and rule.get("name", "") in name
    )


def _lacks(usage: Body, total: dict[str, int], need: dict[str, int]) -> list[str]:
    return [
        f"{what}: {usage.get(what, 0)} of {total.get(what, 0)} taken, {amount} wanted"
        for what, amount in need.items()
        if usage.get(what, 0) + amount > total.get(what, 0)
    ]


def _sum(usage: Body, need: dict[str, int], sign: int = 1) -> dict[str, int]:
    return {what: usage.get(what, 0) + sign * amount for what, amount in need.items()}


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
    if kind == "compute":
        return {"host": "simulated"}
    return port.detail(vim, name, spec) if kind == "port" else {}
