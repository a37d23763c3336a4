# SPDX-License-Identifier: Apache-2.0
"""Hosts of the bare-metal VIM and their agents, by messages."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import scripted_agent

Until = Callable[..., None]


def test_adding_a_host_is_answered_when_its_agent_is_heard(site: Any, eventually: Until) -> None:
    key = site.ask("add_host", host="host-1")
    eventually(
        lambda: [zone["state"] for zone in site.answer("capacity")[1]["zones"]] == ["DISABLED"]
    )
    assert key not in site.answers
    scripted_agent.ScriptedAgent(site.carrier, "host-1").hello()
    status, host = site.answered(key)
    assert (status, host["id"], host["state"]) == (201, "host-1", "ENABLED")
    assert host["facts"]["kernel"] == "6.1" and host["total"]["dedicatedCpus"] == 7
    assert site.answer("add_host", host="host-1")[0] == 201


def test_an_agent_that_nobody_added_is_remembered_and_sent_nothing(
    site: Any, eventually: Until
) -> None:
    agent = scripted_agent.ScriptedAgent(site.carrier, "host-1")
    agent.hello()
    agent.report()
    time.sleep(0.2)
    assert agent.got == [] and site.answer("capacity")[1]["zones"] == []
    assert site.answer("add_host", host="host-1")[0] == 201
    eventually(lambda: agent.got)
    assert agent.got[0]["computes"] == []


def test_a_host_that_bears_something_is_not_removed(site: Any) -> None:
    site.host("host-1")
    assert (
        site.answer(
            "allocate", kind="network", name="op/net", spec={"owner": "o", "zone": "host-1"}
        )[0]
        == 201
    )
    status, problem = site.answer("remove_host", host="host-1")
    assert status == 409 and "network op/net" in problem["detail"]
    assert site.answer("terminate", kind="network", name="op/net")[0] == 204
    assert site.answer("remove_host", host="host-1")[0] == 204
    assert site.answer("capacity")[1]["zones"] == []
    assert site.answer("remove_host", host="host-1")[0] == 204


def test_a_removed_host_can_be_added_again(site: Any) -> None:
    agent = site.host("host-1")
    assert (
        site.answer(
            "allocate", kind="network", name="op/net", spec={"owner": "o", "zone": "host-1"}
        )[0]
        == 201
    )
    assert site.answer("terminate", kind="network", name="op/net")[0] == 204
    assert site.answer("remove_host", host="host-1")[0] == 204
    agent.report()
    assert site.answer("add_host", host="host-1")[0] == 201
    assert (
        site.answer(
            "allocate", kind="network", name="op/net2", spec={"owner": "o", "zone": "host-1"}
        )[0]
        == 201
    )


def test_a_silent_host_is_unreachable_and_refuses_for_now(site: Any, eventually: Until) -> None:
    agent = site.host("host-1")
    agent.silent = True
    eventually(lambda: site.zone("host-1")["state"] == "UNREACHABLE")
    status, problem = site.answer(
        "allocate", kind="network", name="op/net", spec={"owner": "o", "zone": "host-1"}
    )
    assert status == 503 and "silent for" in problem["detail"] and "host-1" in problem["detail"]
    eventually(lambda: site.told and site.told[-1][1]["state"] == "UNREACHABLE")
    agent.silent = False
    agent.report()
    eventually(lambda: site.zone("host-1")["state"] == "ENABLED")
    agent.report()
    assert (
        site.answer(
            "allocate", kind="network", name="op/net", spec={"owner": "o", "zone": "host-1"}
        )[0]
        == 201
    )


def test_the_nfvo_is_told_of_a_host_at_a_bounded_rate(site: Any, eventually: Until) -> None:
    agent = site.host("host-1")
    assert (
        site.answer(
            "allocate", kind="network", name="op/net", spec={"owner": "o", "zone": "host-1"}
        )[0]
        == 201
    )
    start, before = time.monotonic(), len(site.told)
    for count in range(40):
        agent.says["op/net"] = {"kind": "network", "state": "ACTIVE", "count": count}
        agent.report()
        time.sleep(0.02)
    id = site.found("network", "op/net")["id"]
    eventually(lambda: site.told[-1][1]["resources"].get(id, {}).get("count") == 39)
    assert len(site.told) - before <= (time.monotonic() - start) / 0.3 + 2
    assert set(site.told[-1][1]) == {
        "vim",
        "host",
        "state",
        "facts",
        "resources",
        "plan",
        "events",
        "version",
        "at",
        "serial",
    }


def test_the_desired_state_is_sent_until_a_report_bears_its_version(
    site: Any, eventually: Until
) -> None:
    agent, lost = site.host("host-1"), []
    eventually(lambda: site.zone("host-1")["state"] == "ENABLED")
    site.carrier.listen("agent.host-1", lost.append)
    key = site.ask("allocate", kind="network", name="op/net", spec={"owner": "o", "zone": "host-1"})
    eventually(
        lambda: len(lost) >= 2 and lost[-2]["body"] == lost[-1]["body"]
    )  # the first may be from before the network
    assert key not in site.answers
    site.carrier.listen("agent.host-1", agent.deliver)
    assert site.answered(key)[0] == 201


def test_many_changes_are_few_messages(site: Any) -> None:
    agent = site.host("host-1")
    before = len(agent.got)
    spec = {"owner": "o", "zone": "host-1"}
    keys = [
        site.ask("allocate", kind="network", name=f"op/{number}", spec=spec) for number in range(60)
    ]
    assert {site.answered(key)[0] for key in keys} == {201}
    assert len(agent.got[-1]["networks"]) == 60 and len(agent.got) - before < 40


def test_a_database_younger_than_the_agent_outdoes_its_version(
    site: Any, eventually: Until
) -> None:
    agent = scripted_agent.ScriptedAgent(site.carrier, "host-1")
    agent.desired = {"version": 57, "networks": [{"id": "old"}]}
    agent.hello()
    assert site.answer("add_host", host="host-1")[0] == 201
    eventually(lambda: agent.desired["version"] > 57)
    assert agent.desired["networks"] == []


def test_after_a_reboot_resources_are_built_anew(site: Any, eventually: Until) -> None:
    agent = site.host("host-1")
    assert (
        site.answer(
            "allocate", kind="network", name="op/net", spec={"owner": "o", "zone": "host-1"}
        )[0]
        == 201
    )
    agent.silent, agent.boot = True, "boot-2"
    agent.hello()
    eventually(lambda: site.found("network", "op/net")["state"] == "BUILDING")
    agent.silent = False
    agent.hello()
    eventually(lambda: site.found("network", "op/net")["state"] == "ACTIVE")


def test_a_report_that_was_overtaken_changes_nothing(site: Any, eventually: Until) -> None:
    agent = site.host("host-1")
    assert (
        site.answer(
            "allocate", kind="network", name="op/net", spec={"owner": "o", "zone": "host-1"}
        )[0]
        == 201
    )
    agent.report()
    agent.send(
        "report",
        {
            "version": 99,
            "boot": agent.boot,
            "facts": agent.facts,
            "at": "2020-01-01T00:00:00.000Z",
            "uptime": 1,
            "resources": {},
            "plan": [],
        },
    )
    time.sleep(0.2)
    assert site.found("network", "op/net")["state"] == "ACTIVE"
