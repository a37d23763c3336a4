# SPDX-License-Identifier: Apache-2.0
"""The VNFs of a network service, led by their VNFM through SOL003 from creation to deletion."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from descriptors import model
from mano import lcm
from mano.bus import versions
from mano.lcm.asking import GONE
from mano.sol.documents import Body
from mano.sol.vnf_parameters import NAMESPACE
from nfvo import vnf_states
from nfvo.lcm import vnf_news
from nfvo.lcm.memos import Order, VnfsMemo
from nfvo.peers import vnfm
from nfvo.peers.vnfm import News

GONE_OR_ENDED = GONE | {409}
REFUSED = frozenset(range(400, 500))

Operation = lcm.Operation[VnfsMemo]


def create(
    op: Operation, origin: str, profiles: Mapping[str, model.VnfProfile], ns_name: str
) -> dict[str, str]:
    """The VNF instances by profile (SOL003 5.4.2.3.1) of the NS operation `origin`.

    Whichever operation asks again, they are the same, for the request has one id: so those whose
    answer was never seen are found and can be removed."""
    asks = [_creation(origin, profile, ns_name) for profile in profiles.values()]
    answers = op.ask_all(asks, frozenset() if op.step == "create" else REFUSED)
    return {
        profile: answer.body["id"]
        for profile, answer in zip(profiles, answers, strict=True)
        if answer.status == 201
    }


def of(op: Operation, instance: Body, profiles: Mapping[str, model.VnfProfile]) -> dict[str, str]:
    """The VNF instances by profile that an NS instance has, however far its instantiation came."""
    vnfs: dict[str, str] = instance.get("_vnfs") or {}
    if vnfs or "_created_by" not in instance:
        return vnfs
    return create(op, instance["_created_by"], profiles, instance["nsInstanceName"])


def read(op: Operation, vnfs: Mapping[str, str]) -> dict[str, Body]:
    """The VnfInstances, by VNF profile."""
    answers = op.ask_all(
        [
            vnfm.ask("GET", f"/vnf_instances/{vnf}", None, profile, f"VNF {profile}")
            for profile, vnf in vnfs.items()
        ]
    )
    return {profile: answer.body for profile, answer in zip(vnfs, answers, strict=True)}


def instantiate(op: Operation, requests: Callable[[], dict[str, Body]]) -> None:
    """All VNFs INSTANTIATED, by {vnfInstanceId: InstantiateVnfRequest}.

    Failed with every VNF's own words otherwise. When the NS operation is retried, so is what had
    failed."""
    running = op.memo.setdefault("running", {})
    if any(vnf not in running for vnf in op.memo["vnfs"].values()):
        running |= _begin(op, {vnf: body for vnf, body in requests().items() if vnf not in running})
    send_orders(op, op.memo.get("retried", {}), f"retry-{op.memo.get('tries', 0)}")
    failed = {
        vnf: news
        for vnf, news in vnf_news.outcome(op, running).items()
        if news["state"] != "COMPLETED"
    }
    if failed and op.memo.get("tries", 0) < op.state.get("retries", 0):
        _try_again(op, failed)
    _fail_with(failed)


def remove(op: Operation, vnfs: list[str]) -> None:
    """None of the VNFs is left.

    What stopped half-way is settled, what is up or was given up is terminated, the instances are
    deleted."""
    _settle(op, vnfs)
    terminations = _terminate(op, _up(op, vnfs))
    _fail_with(
        {
            vnf: news
            for vnf, news in vnf_news.outcome(op, terminations).items()
            if news["state"] != "COMPLETED"
        }
    )
    op.ask_all(
        [
            vnfm.ask("DELETE", f"/vnf_instances/{vnf}", None, f"delete/{vnf}", f"VNF {vnf}")
            for vnf in vnfs
        ],
        GONE,
    )
    forget(op, vnfs)


def forget(op: Operation, vnfs: Iterable[str]) -> None:
    """What is noted of VNFs that are gone."""
    for vnf in vnfs:
        if (document := op.tx.look(vnfm.KIND, vnf, lock=True)) is not None:
            op.tx.remove(document)
            versions.end(op.tx, vnf_states.key(vnf))


def send_orders(op: Operation, orders: Mapping[str, Order], key: str) -> None:
    """Sends each VNF's stopped operation its order, "retry" or "rollback"."""
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
        GONE_OR_ENDED,
    )


def _creation(origin: str, profile: model.VnfProfile, ns_name: str) -> lcm.Ask:
    body = {
        "vnfdId": profile.vnfd_id,
        "vnfInstanceName": profile.id,
        "vnfInstanceDescription": f"of NS {ns_name}",
    }
    key = f"create/{profile.id}"
    what = f"VNF {profile.id}"
    return vnfm.ask("POST", "/vnf_instances", body, key, what, id=f"{origin}/{key}")


def _begin(op: Operation, requests: Mapping[str, Body]) -> dict[str, str]:
    """Begins instantiations: the operations by VNF.

    Each new one is a request of its own; one that stopped in FAILED_TEMP is retried, not
    repeated."""
    tries = op.memo.get("instantiations", {})
    answers = op.ask_all(
        [
            vnfm.ask(
                "POST",
                f"/vnf_instances/{vnf}/instantiate",
                request,
                f"instantiate-{tries.get(vnf, 0)}/{vnf}",
                f"VNF {request['additionalParams'][NAMESPACE]['name']}",
            )
            for vnf, request in requests.items()
        ]
    )
    return {vnf: answer.resource for vnf, answer in zip(requests, answers, strict=True)}


def _try_again(op: Operation, failed: Mapping[str, News]) -> None:
    """What stopped is retried, what has ended begun anew."""
    running = op.memo["running"]
    stopped = {vnf: running[vnf] for vnf, news in failed.items() if news["state"] == "FAILED_TEMP"}
    vnf_news.expect(op, stopped)
    instantiations = op.memo.setdefault("instantiations", {})
    for vnf in failed.keys() - stopped.keys():
        instantiations[vnf] = instantiations.get(vnf, 0) + 1
        del running[vnf]
    op.memo["tries"] = op.state.get("retries", 0)
    op.memo["retried"] = {vnf: [occurrence, "retry"] for vnf, occurrence in stopped.items()}
    raise lcm.Wait(0.0)


def _up(op: Operation, vnfs: Iterable[str]) -> dict[str, bool]:
    """Whether each VNF that the VNFM has is INSTANTIATED."""
    vnfs = list(vnfs)
    answers = op.ask_all(
        [
            vnfm.ask("GET", f"/vnf_instances/{vnf}", None, f"see/{vnf}", f"VNF {vnf}")
            for vnf in vnfs
        ],
        GONE,
    )
    return {
        vnf: answer.body["instantiationState"] == "INSTANTIATED"
        for vnf, answer in zip(vnfs, answers, strict=True)
        if answer.status not in GONE
    }


def _terminate(op: Operation, up: Mapping[str, bool]) -> dict[str, str]:
    """The terminations by VNF.

    One that is not INSTANTIATED may still have what an instantiation that was given up has made:
    nothing shows it, and where there is nothing the VNFM answers 409."""
    terminations = {}
    for is_up in (True, False):
        vnfs = [vnf for vnf in up if up[vnf] == is_up]
        answers = op.ask_all([_termination(op, vnf) for vnf in vnfs], GONE if is_up else REFUSED)
        for vnf, answer in zip(vnfs, answers, strict=True):
            if answer.status == 202:
                terminations[vnf] = answer.resource
    return terminations


def _termination(op: Operation, vnf: str) -> lcm.Ask:
    key = f"terminate-{op.state.get('retries', 0)}/{vnf}"
    body = {"terminationType": "FORCEFUL"}
    return vnfm.ask("POST", f"/vnf_instances/{vnf}/terminate", body, key, f"VNF {vnf}")


def _settle(op: Operation, vnfs: list[str]) -> None:
    """No VNF has an operation that runs or stopped half-way.

    What runs is waited for; then an instantiation is rolled back, and a termination, which has
    no way back, tried again."""
    key = f"settle-{op.step}-{op.state.get('retries', 0)}"
    settled = op.memo.setdefault("settled", {})
    if key not in settled:
        settled[key] = _orders(op, vnfs)
        vnf_news.expect(op, {vnf: occurrence for vnf, (occurrence, _) in settled[key].items()})
    send_orders(op, settled[key], key)
    operations = {vnf: occurrence for vnf, (occurrence, _) in settled[key].items()}
    _fail_with(
        {
            vnf: news
            for vnf, news in vnf_news.outcome(op, operations).items()
            if news["state"] == "FAILED_TEMP"
        }
    )


def _orders(op: Operation, vnfs: Iterable[str]) -> dict[str, Order]:
    """What is to be done about operations that have stopped half-way; Wait while one runs."""
    unended = vnf_news.unended(op, vnfs)
    outcome = vnf_news.outcome(op, {vnf: occurrence for vnf, (occurrence, _) in unended.items()})
    orders: dict[str, Order] = {}
    for vnf, (occurrence, operation) in unended.items():
        if outcome[vnf]["state"] == "FAILED_TEMP":
            orders[vnf] = [occurrence, "retry" if operation == "TERMINATE" else "rollback"]
    return orders


def _fail_with(failed: Mapping[str, News]) -> None:
    """Failed, with what each VNF's own error says."""
    if failed:
        raise lcm.Failed(409, "; ".join(_reason(vnf, news) for vnf, news in failed.items()))


def _reason(vnf: str, news: News) -> str:
    detail = (news.get("error") or {}).get("detail")
    return str(detail or f"VNF {vnf} ended in {news['state']}")
