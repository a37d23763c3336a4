# SPDX-License-Identifier: Apache-2.0
"""How the operations on VNFs went.

Their VNFM's notifications tell; where none comes for a while it is asked."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping

from mano import lcm
from mano.lcm.asking import GONE
from mano.sol import states
from mano.sol.states import STOPPED
from nfvo.lcm.memos import VnfsMemo
from nfvo.peers import vnfm
from nfvo.peers.vnfm import News

LOOK_AGAIN = 10.0  # seconds without news from the VNFM after which it is asked

Operation = lcm.Operation[VnfsMemo]


def outcome(op: Operation, running: Mapping[str, str]) -> dict[str, News]:
    """How operations {vnf: vnfLcmOpOccId} have ended or stopped; Wait until all have."""
    if not running:
        return {}
    operations = _operations(op)
    news = {
        vnf: _last(op, operations.get(vnf, {}), occurrence) for vnf, occurrence in running.items()
    }
    unheard = {vnf: running[vnf] for vnf in news if news[vnf]["state"] not in STOPPED}
    if unheard:
        news |= _ask(op, unheard)
    if any(item["state"] not in STOPPED for item in news.values()):
        raise lcm.Wait(LOOK_AGAIN)
    return news


def expect(op: Operation, running: Mapping[str, str]) -> None:
    """Only what comes after the present state of these operations counts as their outcome."""
    outdated = op.memo.setdefault("outdated", {})
    operations = _operations(op) if running else {}
    for vnf, occurrence in running.items():
        news = operations.get(vnf, {}).get(occurrence)
        outdated[occurrence] = news["version"] if news else -1
    op.memo["since"] = time.time()


def unended(op: Operation, vnfs: Iterable[str]) -> dict[str, tuple[str, str]]:
    """Of each VNF the operation that has not ended, if there is one: its id and what it does."""
    operations = _operations(op)
    result = {}
    for vnf in vnfs:
        for occurrence, news in operations.get(vnf, {}).items():
            if news["state"] not in states.ENDED:
                result[vnf] = (occurrence, news["operation"])
    return result


def _ask(op: Operation, running: Mapping[str, str]) -> dict[str, News]:
    """What the VNFM says of operations that nothing was heard of for long; Wait before."""
    since = op.memo.setdefault("since", time.time())
    if time.time() - since < LOOK_AGAIN:
        raise lcm.Wait(LOOK_AGAIN)
    number = op.memo.setdefault("round", 0)
    answers = op.ask_all(
        [
            vnfm.ask(
                "GET",
                f"/vnf_lcm_op_occs/{occurrence}",
                None,
                f"look-{number}/{vnf}",
                f"state of VNF {vnf}",
            )
            for vnf, occurrence in running.items()
        ],
        GONE,
    )
    op.memo["since"] = time.time()
    op.memo["round"] = number + 1
    return {vnf: _told(running[vnf], answer) for vnf, answer in zip(running, answers, strict=True)}


def _told(occurrence: str, answer: lcm.Answer) -> News:
    """What the VNFM says of an operation; one that it has no more has ended, nobody knows how."""
    if answer.status in GONE:
        detail = f"the VNFM knows nothing of operation {occurrence} any more"
        return News(state="FAILED", error={"status": 404, "detail": detail})
    return News(state=answer.body["operationState"], error=answer.body.get("error"))


def _last(op: Operation, operations: Mapping[str, News], occurrence: str) -> News:
    """What was last heard of an operation, unless that is older than what it was told to do."""
    news = operations.get(occurrence, News(state="STARTING", version=0))
    if news["version"] <= op.memo.get("outdated", {}).get(occurrence, -1):
        return News(state="PROCESSING")
    return news


def _operations(op: Operation) -> dict[str, dict[str, News]]:
    """What was heard of each VNF of the network service."""
    vnfs = op.tx.find(vnfm.KIND, owner=op.occurrence["nsInstanceId"])
    return {vnf.id: vnf.body["operations"] for vnf in vnfs}
