# SPDX-License-Identifier: Apache-2.0
"""The VNFs of a network service, led by their VNFM through SOL003: created, instantiated, terminated, deleted."""
from __future__ import annotations

import time
from typing import Any

from mano import lcm
from mano.sol import states
from nfvo.peers import vnfm

LOOK_AGAIN = 10.0       # seconds without news from the VNFM after which it is asked
GONE = frozenset({404})


def outcome(op: lcm.Operation, running: dict[str, str]) -> dict[str, dict[str, Any]]:
    """The states {vnf: {"state", "error"}} in which operations {vnf: vnfLcmOpOccId} have ended or stopped; Wait until
    all have. The VNFM's notifications tell; where none comes for a while it is asked."""
    found = {vnf: _known(op, vnf, occurrence) for vnf, occurrence in running.items()}
    open_ = {vnf: running[vnf] for vnf, entry in found.items() if entry["state"] not in states.ENDED | {"FAILED_TEMP"}}
    if not open_:
        return found
    since = op.memo.setdefault("since", time.time())
    if time.time() - since < LOOK_AGAIN:
        raise lcm.Wait(LOOK_AGAIN)
    round_ = op.memo.setdefault("round", 0)
    answers = op.ask_all([vnfm.ask("GET", f"/vnf_lcm_op_occs/{occurrence}", None, f"look-{round_}/{vnf}", f"state of VNF {vnf}")
                          for vnf, occurrence in open_.items()])
    op.memo.update(since=time.time(), round=round_ + 1)
    for vnf, answer in zip(open_, answers, strict=True):
        found[vnf] = {"state": answer.body["operationState"], "error": answer.body.get("error")}
    if any(entry["state"] not in states.ENDED | {"FAILED_TEMP"} for entry in found.values()):
        raise lcm.Wait(LOOK_AGAIN)
    return found


def instantiate(op: lcm.Operation, requests: dict[str, dict[str, Any]]) -> None:
    """All VNFs of {vnfInstanceId: InstantiateVnfRequest} INSTANTIATED; Failed with every VNF's own words otherwise.
    When the NS operation is retried, so is what had failed."""
    tries = op.state.get("retries", 0)
    answers = op.ask_all([vnfm.ask("POST", f"/vnf_instances/{vnf}/instantiate", request, f"instantiate-{_try(op, vnf)}/{vnf}",
                                   f"VNF {request['additionalParams']['name']}") for vnf, request in requests.items()])
    running = {vnf: answer.body["vnfLcmOpOccId"] for vnf, answer in zip(requests, answers, strict=True)}
    ended = outcome(op, running)
    failed = {vnf: entry for vnf, entry in ended.items() if entry["state"] != "COMPLETED"}
    if failed and op.memo.get("tries", 0) < tries:
        _try_again(op, {vnf: running[vnf] for vnf in failed}, failed, tries)
    if failed:
        raise lcm.Failed(409, "; ".join(_words(vnf, entry) for vnf, entry in failed.items()))


def remove(op: lcm.Operation, vnfs: list[str]) -> None:
    """None of the VNFs is left: what failed is rolled back, what runs is terminated, the instances are deleted."""
    outcome(op, {vnf: occurrence for vnf in vnfs if (occurrence := _in_state(op, vnf, ("STARTING", "PROCESSING")))})
    looks = op.ask_all([vnfm.ask("GET", f"/vnf_instances/{vnf}", None, f"see/{vnf}", f"VNF {vnf}") for vnf in vnfs], GONE)
    failed = {vnf: occurrence for vnf in vnfs if (occurrence := _in_state(op, vnf, ("FAILED_TEMP", "ROLLING_BACK")))}
    op.ask_all([vnfm.ask("POST", f"/vnf_lcm_op_occs/{occurrence}/rollback", None, f"roll-back/{vnf}", f"rollback of VNF {vnf}")
                for vnf, occurrence in failed.items()], frozenset({404, 409}))
    ended = outcome(op, failed)
    if stuck := [_words(vnf, entry) for vnf, entry in ended.items() if entry["state"] == "FAILED_TEMP"]:
        raise lcm.Failed(409, "; ".join(stuck))
    up = [vnf for vnf, look in zip(vnfs, looks, strict=True) if look.status != 404 and vnf not in failed
          and look.body["instantiationState"] == "INSTANTIATED"]
    answers = op.ask_all([vnfm.ask("POST", f"/vnf_instances/{vnf}/terminate", {"terminationType": "FORCEFUL"},
                                   f"terminate-{op.state.get('retries', 0)}/{vnf}", f"VNF {vnf}") for vnf in up])
    ended = outcome(op, {vnf: answer.body["vnfLcmOpOccId"] for vnf, answer in zip(up, answers, strict=True)})
    if stuck := [_words(vnf, entry) for vnf, entry in ended.items() if entry["state"] != "COMPLETED"]:
        raise lcm.Failed(409, "; ".join(stuck))
    op.ask_all([vnfm.ask("DELETE", f"/vnf_instances/{vnf}", None, f"delete/{vnf}", f"VNF {vnf}") for vnf in vnfs], GONE)
    for vnf in vnfs:
        if (document := op.tx.look(vnfm.KIND, vnf, lock=True)) is not None:
            op.tx.remove(document)


def _known(op: lcm.Operation, vnf: str, occurrence: str) -> dict[str, Any]:
    document = op.tx.look(vnfm.KIND, vnf)
    known: dict[str, Any] = (document.body["operations"] if document else {}).get(occurrence, {"state": "STARTING"})
    return known


def _in_state(op: lcm.Operation, vnf: str, wanted: tuple[str, ...]) -> str | None:
    """The VNF's operation that is in one of these states, if there is one."""
    document = op.tx.look(vnfm.KIND, vnf)
    operations = document.body["operations"] if document else {}
    return next((id for id, entry in operations.items() if entry["state"] in wanted), None)


def _try(op: lcm.Operation, vnf: str) -> int:
    """Each new instantiation of a VNF is a request of its own; one that stopped in FAILED_TEMP is retried, not repeated."""
    tries: dict[str, int] = op.memo.get("instantiations", {})
    return tries.get(vnf, 0)


def _try_again(op: lcm.Operation, running: dict[str, str], failed: dict[str, dict[str, Any]], tries: int) -> None:
    paused = [vnf for vnf, entry in failed.items() if entry["state"] == "FAILED_TEMP"]
    op.ask_all([vnfm.ask("POST", f"/vnf_lcm_op_occs/{running[vnf]}/retry", None, f"retry-{tries}/{vnf}", f"VNF {vnf}")
                for vnf in paused], frozenset({409}))
    again = op.memo.setdefault("instantiations", {})
    for vnf in failed:
        if vnf in paused:
            document = op.tx.get(vnfm.KIND, vnf, lock=True)
            document.body["operations"][running[vnf]]["state"] = "PROCESSING"
            op.tx.put(document)
        else:
            again[vnf] = again.get(vnf, 0) + 1
    op.memo.update(tries=tries, since=time.time())
    raise lcm.Wait(0.0)


def _words(vnf: str, entry: dict[str, Any]) -> str:
    said = (entry.get("error") or {}).get("detail") or f"VNF {vnf} ended in {entry['state']}"
    return str(said)
