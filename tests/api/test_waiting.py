# SPDX-License-Identifier: Apache-2.0
"""What waits says for what, and does not wait for ever."""

from __future__ import annotations

import pathlib
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from scripted_agent import ScriptedAgent

from mano import store
from nfvo.lcm import registration
from tests import running as suites
from tests.running import Api, Running


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
