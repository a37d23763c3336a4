# SPDX-License-Identifier: Apache-2.0
"""The VNFs of a network service removed as the last resort: their VNFM is asked, and told of in
warnings where it does not do it in time."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from descriptors import model
from mano import lcm
from mano.lcm import force
from mano.lcm.asking import GONE
from mano.sol.documents import Body
from nfvo.lcm import vnf_news, vnfs
from nfvo.lcm.memos import VnfsMemo
from nfvo.peers import vnfm

STEPS = 5  # what a VNF's own termination waits for, one after the other, and one to spare

Operation = lcm.Operation[VnfsMemo]


def remove(
    op: Operation, instance: Body, profiles: Mapping[str, model.VnfProfile], patience: float
) -> dict[str, str]:
    """The VNFs by profile, each of which was terminated by force and deleted, or is warned of."""
    by_profile = force.within(op, "find", patience, lambda: vnfs.of(op, instance, profiles)) or {}
    ids = list(by_profile.values())
    running = _terminate(op, ids, patience)
    force.within(op, "outcome", STEPS * patience, lambda: vnf_news.outcome(op, running))
    for occurrence in force.within(op, "told", patience, lambda: _read(op, running)) or []:
        for warning in occurrence.get("warnings", []):
            force.warn(op, f"VNF {occurrence['vnfInstanceId']}: {warning}")
    deletions = [_ask("DELETE", f"/{vnf}", None, f"delete/{vnf}", vnf) for vnf in ids]
    force.ask_all(op, "deletions", deletions, GONE, patience)
    vnfs.forget(op, ids)
    return by_profile


def _terminate(op: Operation, ids: list[str], patience: float) -> dict[str, str]:
    """The terminations by VNF, of those that the VNFM has begun."""
    body = {
        "terminationType": "FORCEFUL",
        "additionalParams": force.Force(patience).parameters(),
    }
    asks = [_ask("POST", f"/{vnf}/terminate", body, f"terminate/{vnf}", vnf) for vnf in ids]
    force.within(op, "terminate", patience, lambda: op.ask_all(asks, force.ANY))
    answers = zip(ids, op.answers(asks), strict=True)
    return {vnf: answer.resource for vnf, answer in answers if answer and answer.status == 202}


def _read(op: Operation, running: Mapping[str, str]) -> list[dict[str, Any]]:
    """The VnfLcmOpOccs."""
    asks = [
        vnfm.ask("GET", f"/vnf_lcm_op_occs/{occurrence}", None, f"told/{vnf}", f"VNF {vnf}")
        for vnf, occurrence in running.items()
    ]
    return [answer.body for answer in op.ask_all(asks, GONE) if answer.status == 200]


def _ask(method: str, path: str, body: object, key: str, vnf: str) -> lcm.Ask:
    return vnfm.ask(method, f"/vnf_instances{path}", body, key, f"VNF {vnf}")
