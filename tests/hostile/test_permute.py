# SPDX-License-Identifier: Apache-2.0
"""What services tell each other comes in any order and any number of times, and ends the same: for
each message that carries state, through its real receiver and a real database."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as how
from hypothesis import strategies as some

from mano import bus, store
from mano.bus.local import Local
from mano.composition import Row
from mano.lcm import ledger
from mano.service import Service
from mano.suite import parts
from mano.suite.settings import Settings
from mano.threads import Threads
from mano.vim import port
from nfvo.peers import vims

VIM = "vim-baremetal"
BODY = dict[str, Any]
SOME = how(
    max_examples=60,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
_numbers = itertools.count(1)


class Receiving:
    """The services that receive; what they send goes nowhere."""

    def __init__(self, make_store: Callable[[], store.Store], data: Path):
        carrier = Local(Threads(1), elsewhere=lambda message: None)
        settings = Settings(data=data, token_key="k" * 40)
        self.parts: dict[str, Service] = {
            name: parts.build(name, make_store(), carrier, None, settings)
            for name in ("nfvo", "vnfm", VIM)
        }

    def deliver(self, to: str, verb: str, body: BODY) -> None:
        message = bus.request(to, verb, body, id=f"{verb}/{next(_numbers)}")
        self.parts[to].receiver.deliver(message)

    def deliver_all(self, to: str, messages: list[tuple[str, BODY]], order: list[int]) -> None:
        """The messages of these numbers, one after the other."""
        for number in order:
            self.deliver(to, *messages[number])

    def body(self, of: str, kind: str, id: str) -> BODY | None:
        with self.parts[of].store.begin() as tx:
            document = tx.look(kind, id)
            return document.body if document else None


@pytest.fixture(scope="module")
def receiving(
    new_store: Callable[[], store.Store], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Receiving]:
    receiving = Receiving(new_store, tmp_path_factory.mktemp("permute"))
    yield receiving
    for service in receiving.parts.values():
        service.at_stop()


def disordered(count: int) -> some.SearchStrategy[list[int]]:
    """The numbers below `count` in any order, some of them several times."""
    again = some.lists(some.integers(0, count - 1), max_size=count)
    return again.flatmap(lambda more: some.permutations([*range(count), *more]))


def vnfds(id: str) -> list[tuple[str, BODY]]:
    """What a VNFM is told of one vnfdId: of two packages one after the other, and of a third."""
    known = [
        ("vnfd", {"vnfPkgId": "a", "version": 11, "model": {"id": id, "of": "a"}}),
        ("vnfd_removed", {"vnfPkgId": "a", "version": 12}),
        ("vnfd", {"vnfPkgId": "b", "version": 17, "model": {"id": id, "of": "b"}}),
        ("vnfd_removed", {"vnfPkgId": "b", "version": 31}),
        ("vnfd", {"vnfPkgId": "c", "version": 32, "model": {"id": id, "of": "c"}}),
    ]
    return [(verb, {"vnfdId": id, **body}) for verb, body in known]


@SOME
@given(order=disordered(5))
def test_the_vnfm_ends_with_the_vnfd_of_the_package_that_was_onboarded_last(
    receiving: Receiving, order: list[int]
) -> None:
    id = f"vnfd-{next(_numbers)}"
    receiving.deliver_all("vnfm", vnfds(id), order)
    vnfd = receiving.body("vnfm", "vnfds", id)
    assert vnfd is not None and (vnfd["vnfPkgId"], vnfd["model"]["of"]) == ("c", "c")


@SOME
@given(order=disordered(4))
def test_the_vnfm_keeps_no_vnfd_of_a_package_that_was_deleted(
    receiving: Receiving, order: list[int]
) -> None:
    id = f"vnfd-{next(_numbers)}"
    receiving.deliver_all("vnfm", vnfds(id), order)
    assert receiving.body("vnfm", "vnfds", id) is None


def host_states(host: str) -> list[tuple[str, BODY]]:
    """What a VIM is told of a host that is added, paused, removed, added again and paused."""

    def state(version: int, paused: bool) -> BODY:
        body = {"vimId": VIM, "id": host, "paused": paused, "_version": version}
        return {**vims.host_state(body)}

    return [
        ("add_host", state(3, False)),
        ("pause_host", state(4, True)),
        ("pause_host", state(5, False)),
        ("remove_host", state(6, False)),
        ("add_host", state(9, False)),
        ("pause_host", state(10, True)),
    ]


@SOME
@given(order=disordered(6))
def test_a_vim_ends_with_a_host_added_and_paused_as_was_said_last(
    receiving: Receiving, order: list[int]
) -> None:
    host = f"host-{next(_numbers)}"
    messages = host_states(host)
    receiving.deliver_all(VIM, messages, order)
    body = receiving.body(VIM, "hosts", host)
    assert body is not None and (body["added"], body["paused"]) == (True, True)


@SOME
@given(order=disordered(4))
def test_a_vim_has_no_host_that_was_removed_last(receiving: Receiving, order: list[int]) -> None:
    host = f"host-{next(_numbers)}"
    messages = host_states(host)
    receiving.deliver_all(VIM, messages, order)
    assert receiving.body(VIM, "hosts", host) is None


@SOME
@given(order=disordered(4))
def test_the_nfvo_shows_what_a_host_has_reported_last(
    receiving: Receiving, order: list[int]
) -> None:
    host = f"host-{next(_numbers)}"
    with receiving.parts["nfvo"].store.begin() as tx:
        tx.add("hosts", host, {"id": host, "vimId": VIM, "state": "ENABLED"})
    common: BODY = {"vim": VIM, "host": host, "plan": [], "facts": {}}
    # The VIM's clock is set back between the second and the third.
    for number in order:
        report = {
            "state": ("ENABLED", "UNREACHABLE", "ENABLED", "UNREACHABLE")[number],
            "resources": {"one": {"state": f"{number}"}},
            "at": f"2026-11-28T1{(4, 5, 2, 3)[number]}:00:00.000Z",
            "serial": 100 + number,
        }
        receiving.deliver("nfvo", "host_report", {**common, **report})
    body = receiving.body("nfvo", "hosts", host)
    assert body is not None
    assert (body["state"], body["resources"]["one"]["state"]) == ("UNREACHABLE", "3")


@SOME
@given(order=disordered(6))
def test_a_vim_believes_what_an_agent_has_said_last(receiving: Receiving, order: list[int]) -> None:
    host = f"host-{next(_numbers)}"
    for verb, body in host_states(host)[:1]:
        receiving.deliver(VIM, verb, body)

    def words(boot: str, uptime: int, second: int) -> BODY:
        at = f"2026-11-28T12:00:{second:02}.000Z"
        name = f"{boot} {uptime}"
        common: BODY = {"host": host, "boot": boot, "uptime": uptime, "at": at}
        return {**common, "facts": {"name": name}, "version": 0, "resources": {}, "plan": [name]}

    receiving.deliver(VIM, "hello", words("first", 1, 0))
    said = [
        ("report", words("first", 70, 1)),
        ("report", words("first", 80, 1)),
        ("hello", words("second", 5, 10)),
        ("report", words("second", 6, 11)),
        ("hello", words("third", 2, 20)),
        ("report", words("third", 3, 21)),
    ]
    receiving.deliver_all(VIM, said, order)
    body, report = receiving.body(VIM, "hosts", host), receiving.body(VIM, "reports", host)
    assert body is not None and report is not None
    assert (body["boot"], body["facts"]["name"]) == ("third", "third 3")
    assert report["plan"] == ["third 3"]


@SOME
@given(order=disordered(4))
def test_the_nfvo_knows_the_last_state_of_a_vnfs_operation(
    receiving: Receiving, order: list[int]
) -> None:
    vnf = f"vnf-{next(_numbers)}"
    with receiving.parts["nfvo"].store.begin() as tx:
        tx.add("vnfs", vnf, {"nsInstanceId": "ns", "profile": "p", "operations": {}})
    states = ("STARTING", "PROCESSING", "FAILED_TEMP", "ROLLED_BACK")
    for number in order:
        notification = {
            "id": "n",
            "vnfInstanceId": vnf,
            "vnfLcmOpOccId": "o",
            "operation": "INSTANTIATE",
            "operationState": states[number],
            "version": number + 1,
        }
        receiving.deliver("nfvo", "vnflcm_notification", notification)
    body = receiving.body("nfvo", "vnfs", vnf)
    assert body is not None and body["operations"]["o"]["state"] == "ROLLED_BACK"


@SOME
@given(order=disordered(3))
def test_the_nfvo_counts_no_vnf_that_was_deleted(receiving: Receiving, order: list[int]) -> None:
    vnf = f"vnf-{next(_numbers)}"
    for number in order:
        news = {
            "vnfInstanceId": vnf,
            "vnfPkgId": "p",
            "isPeers": False,
            "instance": None if number == 2 else {"id": vnf, "vnfState": f"{number}"},
            "version": 40 + number,
        }
        receiving.deliver("nfvo", "vnf_instance", news)
    assert receiving.body("nfvo", "other_vnfs", vnf) is None


@SOME
@given(order=disordered(3))
def test_an_image_that_was_removed_never_comes_back(receiving: Receiving, order: list[int]) -> None:
    name = f"package-{next(_numbers)}/image"
    spec = {"owner": "p", "size": 1, "checksum": {"algorithm": "sha-256", "hash": "00"}}
    common = {"vim": VIM, "kind": "image", "name": name}
    messages: list[tuple[str, BODY]] = [
        ("allocate", {**common, "spec": spec}),
        ("add_image", {"vim": VIM, "name": name, "offset": 0, "content": "", "last": False}),
        ("terminate", common),
    ]
    receiving.deliver_all(VIM, messages, order)
    assert receiving.body(VIM, "image", port.resource_id(VIM, "image", name)) is None


@SOME
@given(order=disordered(3))
def test_a_vnf_that_is_gone_uses_no_package(receiving: Receiving, order: list[int]) -> None:
    id = f"vnf-{next(_numbers)}"
    common: BODY = {"vnfInstanceId": id, "vnfPkgId": "none", "isPeers": False}
    messages: list[BODY] = [
        {**common, "version": 3, "instance": {"id": id}},
        {**common, "version": 5, "instance": {"id": id, "vnfInstanceName": "renamed"}},
        {**common, "version": 8, "instance": None},
    ]
    for number in order:
        receiving.deliver("nfvo", "vnf_instance", messages[number])
    assert receiving.body("nfvo", "other_vnfs", id) is None


@SOME
@given(order=disordered(3))
def test_a_network_service_shows_a_vnf_as_it_was_told_last(
    receiving: Receiving, order: list[int]
) -> None:
    id, ns = f"vnf-{next(_numbers)}", f"ns-{next(_numbers)}"
    with receiving.parts["nfvo"].store.begin() as tx:
        tx.add("vnfs", id, {"nsInstanceId": ns}, owner=ns)
        tx.add("ns_instances", ns, {"id": ns, "vnfInstance": [{"id": id, "name": "0"}]})
    for number in order:
        news: BODY = {"vnfInstanceId": id, "vnfPkgId": "none", "isPeers": True}
        instance = {"id": id, "name": str(number + 1)}
        receiving.deliver(
            "nfvo", "vnf_instance", {**news, "version": number + 4, "instance": instance}
        )
    body = receiving.body("nfvo", "ns_instances", ns)
    assert body is not None and body["vnfInstance"] == [{"id": id, "name": "3"}]


@SOME
@given(order=disordered(4))
def test_a_vnfc_is_as_its_vim_has_told_last(receiving: Receiving, order: list[int]) -> None:
    id = f"vnf-{next(_numbers)}"
    resource = {"id": "a-0", "computeResource": {"resourceId": f"compute-{id}"}, "metadata": {}}
    vnfc = {"id": "a-0", "vnfcResourceInfoId": "a-0", "vnfcState": "STARTED"}
    info = {"vnfState": "STARTED", "vnfcResourceInfo": [resource], "vnfcInfo": [vnfc]}
    with receiving.parts["vnfm"].store.begin() as tx:
        tx.add("vnf_instances", id, {"id": id, "instantiatedVnfInfo": info})
        row = Row("a-0", "compute", "stands", detail={"id": f"compute-{id}"})
        ledger.write(tx, id, row)
    states = ("ACTIVE", "UNKNOWN", "BUILDING", "ERROR")
    for number in order:
        news = {"id": f"compute-{id}", "owner": id, "state": states[number], "detail": {}}
        body: BODY = {"vim": VIM, "at": "", "serial": number + 7, "computes": [news]}
        receiving.deliver("vnfm", "compute_news", body)
    shown = receiving.body("vnfm", "vnf_instances", id)
    assert shown is not None
    info = shown["instantiatedVnfInfo"]
    assert info["vnfcResourceInfo"][0]["metadata"]["state"] == "ERROR"
    assert (info["vnfState"], info["vnfcInfo"][0]["vnfcState"]) == ("STOPPED", "STOPPED")


def test_news_of_a_vnfc_that_come_before_the_answer_with_its_id_count(receiving: Receiving) -> None:
    id = f"vnf-{next(_numbers)}"
    with receiving.parts["vnfm"].store.begin() as tx:
        tx.add("vnf_instances", id, {"id": id})
        ledger.write(tx, id, Row("a-0.1", "compute", "making"))
    news = {"id": "c", "name": f"{id}/a-0.1", "owner": id, "state": "ERROR", "detail": {}}
    body: BODY = {"vim": VIM, "at": "", "serial": 9, "computes": [news]}
    receiving.deliver("vnfm", "compute_news", body)
    row = receiving.body("vnfm", "ledger", f"{id}/a-0.1")
    assert row is not None and row["detail"]["observed"]["state"] == "ERROR"
