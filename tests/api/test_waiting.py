# SPDX-License-Identifier: Apache-2.0
"""What waits says for what, and does not wait for ever."""

from __future__ import annotations

import pathlib
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from scripted_agent import ScriptedAgent

from mano import bus, store
from mano.bus.message import Message
from nfvo import onboarding
from nfvo.lcm import registration
from tests import running as suites
from tests.api import sample_packages
from tests.running import Api, Running


class Deaf:
    """Brings the VNFM nothing as long as it is deaf."""

    def __init__(self, carrier: bus.Carrier):
        self.carrier, self.is_deaf = carrier, True
        self.listen, self.start, self.stop = carrier.listen, carrier.start, carrier.stop

    def send(self, message: Message, taken: Callable[[], None]) -> None:
        if not self.is_deaf or message["to"] != "vnfm":
            self.carrier.send(message, taken)


class WithHosts(Running):
    """A suite with bare-metal hosts, whose agents are the test's."""

    services = (*Running.services, "vim-baremetal")


@pytest.fixture
def hosts(
    new_store: Callable[[], store.Store], tmp_path: pathlib.Path
) -> Iterator[tuple[Running, Api]]:
    with suites.started(WithHosts(new_store, tmp_path)) as suite:
        client = suites.client(suite)
        client.ok("POST", "/admin/v1/vims", 201, {"id": "bm", "vimType": "baremetal"})
        client.until("/admin/v1/vims/bm", lambda vim: vim["state"] == "ENABLED")
        client.ok("POST", "/admin/v1/hosts", 201, {"id": "h-1", "vimId": "bm"})
        yield suite, client


def test_a_host_whose_agent_is_not_heard_says_what_it_waits_for(hosts: tuple[Running, Api]) -> None:
    suite, api = hosts
    host = api.until("/admin/v1/hosts/h-1", lambda host: "waitingFor" in host)
    [waiting] = host["waitingFor"]
    assert host["state"] == "REGISTERING"
    assert waiting["peer"] == "vim-baremetal"
    assert "dataplane-agent run --host h-1" in waiting["what"]
    ScriptedAgent(suite.parts["vim-baremetal"].carrier, "h-1").hello()
    host = api.until("/admin/v1/hosts/h-1", lambda host: host["state"] == "ENABLED")
    assert "waitingFor" not in host


def test_a_host_whose_agent_does_not_come_in_time_is_in_error_until_it_comes(
    new_store: Callable[[], store.Store], tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with suites.started(WithHosts(new_store, tmp_path)) as suite:
        api = suites.client(suite)
        api.ok("POST", "/admin/v1/vims", 201, {"id": "bm", "vimType": "baremetal"})
        api.until("/admin/v1/vims/bm", lambda vim: vim["state"] == "ENABLED")
        monkeypatch.setattr(registration, "WITHIN", 1.0)
        api.ok("POST", "/admin/v1/hosts", 201, {"id": "h-1", "vimId": "bm"})
        host = api.until("/admin/v1/hosts/h-1", lambda host: host["state"] == "ERROR")
        assert host["error"]["status"] == 504
        assert "dataplane-agent run --host h-1" in host["error"]["detail"]
        ScriptedAgent(suite.parts["vim-baremetal"].carrier, "h-1").hello()
        host = api.until("/admin/v1/hosts/h-1", lambda host: host["state"] == "ENABLED")
        assert "error" not in host


def test_what_a_host_mended_is_listed_as_long_as_the_host_is_there(
    hosts: tuple[Running, Api],
) -> None:
    suite, api = hosts
    assert api.ok("GET", "/admin/v1/hosts/h-1/events", 200).json() == []
    agent = ScriptedAgent(suite.parts["vim-baremetal"].carrier, "h-1")
    agent.hello()
    api.until("/admin/v1/hosts/h-1", lambda host: host["state"] == "ENABLED")
    agent.events = [{"at": "2026-01-01T00:00:00.000Z", "what": "set network n (m0b0) up"}]
    agent.report()
    api.until("/admin/v1/hosts/h-1/events", lambda events: events == agent.events)
    api.ok("DELETE", "/admin/v1/hosts/h-1", 204)
    api.ok("GET", "/admin/v1/hosts/h-1/events", 404)


def test_a_vim_whose_service_does_not_run_is_in_error_in_the_end(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(registration, "WITHIN", 1.0)
    api.ok("POST", "/admin/v1/vims", 201, {"id": "alone", "vimType": "baremetal"})
    vim = api.until("/admin/v1/vims/alone", lambda vim: vim["state"] == "ERROR")
    assert "mano run vim-baremetal" in vim["error"]["detail"]
    api.ok("DELETE", "/admin/v1/vims/alone", 204)


def test_an_operation_that_a_busy_vim_holds_up_says_so_and_why(api: Api, nsd: str) -> None:
    fault: dict[str, Any] = {"kind": "network", "times": 12}
    fault["error"] = {"status": 503, "detail": "no power in the north wing"}
    vim, ns = api.vim(faults=[fault]), api.ns(nsd)
    occurrence = api.instantiate(ns, vim)
    waiting = api.until(occurrence, lambda body: "waitingFor" in body)["waitingFor"]
    assert all(late["peer"] == "vim-simulated" for late in waiting)
    assert "no power in the north wing" in waiting[0]["reason"]
    ended = api.ended(occurrence, 60)
    assert ended["operationState"] == "COMPLETED"
    assert "waitingFor" not in ended
    api.removed(ns)


def test_a_package_that_the_vnfm_does_not_take_says_so_and_can_be_uploaded_again(
    new_store: Callable[[], store.Store],
    tmp_path: pathlib.Path,
    samples: dict[str, bytes],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(onboarding, "WAIT_FOR_VNFM", 0.5)
    monkeypatch.setattr(onboarding, "WITHIN", 4.0)
    suite = Running(new_store, tmp_path, wrap=Deaf)
    with suites.started(suite):
        api = suites.client(suite)
        path = api.upload("/vnfpkgm/v2/vnf_packages", samples["web"])
        waiting = api.until(path, lambda package: "waitingFor" in package)["waitingFor"]
        assert waiting[0]["peer"] == "vnfm"
        package = api.checked(path)
        assert package["onboardingState"] == "ERROR"
        assert "vnfm-worker" in package["onboardingFailureDetails"]["detail"]
        carrier = suite.parts["nfvo"].carrier
        assert isinstance(carrier, Deaf)
        carrier.is_deaf = False
        content = {"content": samples["web"], "headers": {"Content-Type": "application/zip"}}
        api.ok("PUT", f"{path}/package_content", 202, **content)
        assert api.checked(path)["onboardingState"] == "ONBOARDED"


@pytest.fixture
def impatient(
    new_store: Callable[[], store.Store], tmp_path: pathlib.Path
) -> Iterator[tuple[Running, Api]]:
    """A suite of its own that waits two seconds for an answer."""
    with suites.started(Running(new_store, tmp_path, answer_deadline=2)) as suite:
        yield suite, suites.client(suite)


AWAY: dict[str, Any] = {"error": {"status": 503, "detail": "the rack has no power"}}


@pytest.mark.parametrize(("kind", "where"), [("network", "NS"), ("compute", "VNF")])
def test_a_vim_that_stays_away_ends_the_wait_and_is_named(
    impatient: tuple[Running, Api], samples: dict[str, bytes], kind: str, where: str
) -> None:
    suite, api = impatient
    sample_packages.onboard(api, samples)
    vim, ns = api.vim(faults=[{"kind": kind, **AWAY}]), api.ns(sample_packages.NSD_ID)
    operation = api.instantiate(ns, vim)
    occurrence = api.ended(operation)
    assert occurrence["operationState"] == "FAILED_TEMP"
    silent = "vim-simulated has not answered within 2 s"
    for word in (where, silent, kind, "the rack has no power"):
        assert word in occurrence["error"]["detail"], occurrence["error"]
    api.ok("POST", f"{operation}/rollback", 202)
    api.until(operation, lambda found: found["operationState"] == "ROLLED_BACK")
    assert suites.left(suite, vim) == []
    api.ok("DELETE", ns, 204)


def test_a_grant_that_nothing_comes_of_ends_the_vnfs_operation(
    impatient: tuple[Running, Api], samples: dict[str, bytes]
) -> None:
    _, api = impatient
    vnfd = api.onboard("/vnfpkgm/v2/vnf_packages", samples["firewall"])["vnfdId"]
    api.vim(faults=[{"kind": "image", **AWAY}])
    vnf = api.ok("POST", "/vnflcm/v2/vnf_instances", 201, {"vnfdId": vnfd}).headers["Location"]
    operation = api.ok("POST", f"{vnf}/instantiate", 202, {"flavourId": "default"})
    occurrence = api.ended(operation.headers["Location"])
    assert occurrence["operationState"] in ("ROLLED_BACK", "FAILED_TEMP")
    assert "has not answered within 2 s" in occurrence["error"]["detail"]
