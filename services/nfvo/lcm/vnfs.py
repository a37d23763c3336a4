# SPDX-License-Identifier: Apache-2.0
"""The VNFs of a network service, led by their VNFM through SOL003: created, instantiated,
terminated, deleted."""

from __future__ import annotations

import time
from typing import Any

from descriptors import model
from mano import lcm
from mano.sol import states
from nfvo.peers import vnfm

LOOK_AGAIN = 10.0  # seconds without news from the VNFM after which it is asked
GONE = frozenset({404})
CONFLICT = frozenset({409})
REFUSED = frozenset(range(400, 500))


def create(op: lcm.Operation, origin: str, df: model.NsDf, description: str) -> dict[str, str]:
    """The VNF instances by profile (SOL003 5.4.2.3.1) of the NS operation `origin`. Whichever
    operation asks again, they are the same, for the request has one id: so those whose answer was
    never seen are found and can be removed."""
    profiles = df.vnf_profiles.values()
    answers = op.ask_all(
        [
            vnfm.ask(
                "POST",
                "/vnf_instances",
                {
                    "vnfdId": profile.vnfd_id,
                    "vnfInstanceName": profile.id,
                    "vnfInstanceDescription": description,
                },
                f"create/{profile.id}",
                f"VNF {profile.id}",
                id=f"{origin}/create/{profile.id}",
            )
            for profile in profiles
        ],
        frozenset() if op.step == "create" else REFUSED,
    )
    return {
        profile.id: answer.body["id"]
        for profile, answer in zip(profiles, answers, strict=True)
        if answer.status == 201
    }


def of(op: lcm.Operation, instance: dict[str, Any], df: model.NsDf) -> dict[str, str]:
    """The VNF instances by profile that an NS instance has, however far its instantiation came."""
    known: dict[str, str] = instance.get("_vnfs") or {}
    if known or "_created_by" not in instance:
        return known
    return create(op, instance["_created_by"], df, f"of NS {instance['nsInstanceName']}")


def outcome(op: lcm.Operation, running: dict[str, str]) -> dict[str, dict[str, Any]]:
    """The states {vnf: {"state", "error"}} in which operations {vnf: vnfLcmOpOccId} have ended or
    stopped; Wait until all have. The VNFM's notifications tell; where none comes for a while it is
    asked."""
    found = {vnf: _known(op, vnf, occurrence) for vnf, occurrence in running.items()}
    open_ = {
        vnf: running[vnf]
        for vnf, entry in found.items()
        if entry["state"] not in states.ENDED | {"FAILED_TEMP"}
    }
    if not open_:
        return found
    since = op.memo.setdefault("since", time.time())
    if time.time() - since < LOOK_AGAIN:
        raise lcm.Wait(LOOK_AGAIN)
    round_ = op.memo.setdefault("round", 0)
    answers = op.ask_all(
        [
            vnfm.ask(
                "GET",
                f"/vnf_lcm_op_occs/{occurrence}",
                None,
                f"look-{round_}/{vnf}",
                f"state of VNF {vnf}",
            )
            for vnf, occurrence in open_.items()
        ]
    )
    op.memo.update(since=time.time(), round=round_ + 1)
    for vnf, answer in zip(open_, answers, strict=True):
        found[vnf] = {"state": answer.body["operationState"], "error": answer.body.get("error")}
    if any(entry["state"] not in states.ENDED | {"FAILED_TEMP"} for entry in found.values()):
        raise lcm.Wait(LOOK_AGAIN)
    return found


def instantiate(op: lcm.Operation, requests: dict[str, dict[str, Any]]) -> None:
    """All VNFs of {vnfInstanceId: InstantiateVnfRequest} INSTANTIATED; Failed with every VNF's own
    words otherwise. When the NS operation is retried, so is what had failed."""
    tries = op.state.get("retries", 0)
    answers = op.ask_all(
        [
            vnfm.ask(
                "POST",
                f"/vnf_instances/{vnf}/instantiate",
                request,
                f"instantiate-{_try(op, vnf)}/{vnf}",
                f"VNF {request['additionalParams']['name']}",
            )
            for vnf, request in requests.items()
        ]
    )
    _tell(op, op.memo.get("retried", {}), f"retry-{op.memo.get('tries', 0)}")
    running = {vnf: answer.resource for vnf, answer in zip(requests, answers, strict=True)}
    failed = {
        vnf: entry for vnf, entry in outcome(op, running).items() if entry["state"] != "COMPLETED"
    }
    if failed and op.memo.get("tries", 0) < tries:
        _try_again(op, running, failed, tries)
    if failed:
        raise lcm.Failed(409, "; ".join(_words(vnf, entry) for vnf, entry in failed.items()))


def remove(op: lcm.Operation, vnfs: list[str]) -> None:
    """None of the VNFs is left: what stopped half-way is settled, what is up is terminated, the
    instances are deleted."""
    _settle(op, vnfs)
    looks = op.ask_all(
        [
            vnfm.ask("GET", f"/vnf_instances/{vnf}", None, f"see/{vnf}", f"VNF {vnf}")
            for vnf in vnfs
        ],
        GONE,
    )
    up = [
        vnf
        for vnf, look in zip(vnfs, looks, strict=True)
        if look.status != 404 and look.body["instantiationState"] == "INSTANTIATED"
    ]
    answers = op.ask_all(
        [
            vnfm.ask(
                "POST",
                f"/vnf_instances/{vnf}/terminate",
                {"terminationType": "FORCEFUL"},
                f"terminate-{op.state.get('retries', 0)}/{vnf}",
                f"VNF {vnf}",
            )
            for vnf in up
        ]
    )
    ended = outcome(op, {vnf: answer.resource for vnf, answer in zip(up, answers, strict=True)})
    if stuck := [
        _words(vnf, entry) for vnf, entry in ended.items() if entry["state"] != "COMPLETED"
    ]:
        raise lcm.Failed(409, "; ".join(stuck))
    op.ask_all(
        [
            vnfm.ask("DELETE", f"/vnf_instances/{vnf}", None, f"delete/{vnf}", f"VNF {vnf}")
            for vnf in vnfs
        ],
        GONE,
    )
    for vnf in vnfs:
        if (document := op.tx.look(vnfm.KIND, vnf, lock=True)) is not None:
            op.tx.remove(document)


def _settle(op: lcm.Operation, vnfs: list[str]) -> None:
    """No VNF has an operation that runs or stopped half-way: what runs is waited for; then an
    instantiation is rolled back, and a termination, which has no way back, tried again."""
    key = f"settle-{op.step}-{op.state.get('retries', 0)}"
    if key not in op.memo:
        open_ = {vnf: found for vnf in vnfs if (found := _unended(op, vnf))}
        ended = outcome(op, {vnf: occurrence for vnf, (occurrence, _) in open_.items()})
        op.memo[key] = {
            vnf: [open_[vnf][0], "retry" if open_[vnf][1] == "TERMINATE" else "rollback"]
            for vnf, entry in ended.items()
            if entry["state"] == "FAILED_TEMP"
        }
        _expect_news(op, {vnf: occurrence for vnf, (occurrence, _) in op.memo[key].items()})
    _tell(op, op.memo[key], key)
    ended = outcome(op, {vnf: occurrence for vnf, (occurrence, _) in op.memo[key].items()})
    if stuck := [
        _words(vnf, entry) for vnf, entry in ended.items() if entry["state"] == "FAILED_TEMP"
    ]:
        raise lcm.Failed(409, "; ".join(stuck))


def _operations(op: lcm.Operation, vnf: str) -> dict[str, dict[str, Any]]:
    document = op.tx.look(vnfm.KIND, vnf)
    operations: dict[str, dict[str, Any]] = document.body["operations"] if document else {}
    return operations


def _known(op: lcm.Operation, vnf: str, occurrence: str) -> dict[str, Any]:
    """What was last heard of an operation, unless that is older than what it was told to do."""
    known = _operations(op, vnf).get(occurrence, {"state": "STARTING", "version": 0})
    return (
        {"state": "PROCESSING"}
        if known["version"] <= op.memo.get("old news", {}).get(occurrence, -1)
        else known
    )


def _expect_news(op: lcm.Operation, running: dict[str, str]) -> None:
    """From now on only what comes after the present state counts as the outcome of these
    operations."""
    for vnf, occurrence in running.items():
        op.memo.setdefault("old news", {})[occurrence] = _operations(op, vnf).get(
            occurrence, {"version": -1}
        )["version"]
    op.memo["since"] = time.time()


def _tell(op: lcm.Operation, orders: dict[str, list[str]], key: str) -> None:
    """Sends {vnf: [vnfLcmOpOccId, "retry" or "rollback"]}."""
    op.ask_all(
        [
            vnfm.ask(
                "POST",
                f"/vnf_lcm_op_occs/{occurrence}/{order}",
                None,
                f"{key}/{vnf}",
                f"{order} of VNF {vnf}",
            )
            for vnf, (occurrence, order) in orders.items()
        ],
        CONFLICT,
    )


def _unended(op: lcm.Operation, vnf: str) -> tuple[str, str] | None:
    """The VNF's operation that has not ended, if there is one: its id and what it does."""
    return next(
        (
            (id, entry["operation"])
            for id, entry in _operations(op, vnf).items()
            if entry["state"] not in states.ENDED
        ),
        None,
    )


def _try(op: lcm.Operation, vnf: str) -> int:
    """Each new instantiation of a VNF is a request of its own; one that stopped in FAILED_TEMP is
    retried, not repeated."""
    tries: dict[str, int] = op.memo.get("instantiations", {})
    return tries.get(vnf, 0)


def _try_again(
    op: lcm.Operation, running: dict[str, str], failed: dict[str, dict[str, Any]], tries: int
) -> None:
    paused = {vnf: running[vnf] for vnf, entry in failed.items() if entry["state"] == "FAILED_TEMP"}
    _expect_news(op, paused)
    again = op.memo.setdefault("instantiations", {})
    for vnf in failed.keys() - paused.keys():
        again[vnf] = again.get(vnf, 0) + 1
    op.memo.update(
        tries=tries, retried={vnf: [occurrence, "retry"] for vnf, occurrence in paused.items()}
    )
    raise lcm.Wait(0.0)


def _words(vnf: str, entry: dict[str, Any]) -> str:
    said = (entry.get("error") or {}).get("detail") or f"VNF {vnf} ended in {entry['state']}"
    return str(said)
