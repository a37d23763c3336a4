# SPDX-License-Identifier: Apache-2.0
"""What becomes of VNFCs on their hosts is what VNF, NS and `mano ns tree` say."""

from __future__ import annotations

import json
import pathlib
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from click.testing import CliRunner
from scripted_agent import ScriptedAgent

from mano import store
from mano.cli import group
from tests import running as suites
from tests.api import sample_packages
from tests.running import SECRET, Api, Running
from vim_baremetal import service, settings

VNFS = "/vnflcm/v2/vnf_instances"
QUICK = settings.Settings(silence=1.5, tell_every=0.3)


class WithHosts(Running):
    """A suite with bare-metal hosts, whose agents are the test's, and that soon notices silence."""

    services = (*Running.services, "vim-baremetal")

    def __init__(self, *arguments: Any):
        super().__init__(*arguments)
        part = self.parts["vim-baremetal"]
        self.parts["vim-baremetal"] = service.build(part.store, part.carrier, part.threads, QUICK)


@pytest.fixture
def suite(new_store: Callable[[], store.Store], tmp_path: pathlib.Path) -> Iterator[WithHosts]:
    with suites.started(WithHosts(new_store, tmp_path)) as running:
        yield running


@pytest.fixture
def agent(suite: WithHosts) -> Iterator[ScriptedAgent]:
    """That of the one host that there is; it reports all the time, unless it is silent."""
    api = suites.client(suite)
    api.ok("POST", "/admin/v1/vims", 201, {"id": "bm", "vimType": "baremetal"})
    api.until("/admin/v1/vims/bm", lambda vim: vim["state"] == "ENABLED")
    api.ok("POST", "/admin/v1/hosts", 201, {"id": "h-1", "vimId": "bm"})
    agent = ScriptedAgent(suite.parts["vim-baremetal"].carrier, "h-1")
    agent.hello()
    api.until("/admin/v1/hosts/h-1", lambda host: host["state"] == "ENABLED")
    is_over = threading.Event()

    def report_all_the_time() -> None:
        while not is_over.wait(0.3):
            agent.report()

    thread = threading.Thread(target=report_all_the_time)
    thread.start()
    yield agent
    is_over.set()
    thread.join()


@pytest.fixture
def api(suite: WithHosts, agent: ScriptedAgent, samples: dict[str, bytes]) -> Api:
    api = suites.client(suite)
    sample_packages.onboard(api, samples)
    return api


def vnf_in(ns: dict[str, Any], name: str) -> dict[str, Any]:
    """The VNF of that name, as its network service shows it."""
    [vnf] = [vnf for vnf in ns["vnfInstance"] if vnf["vnfInstanceName"] == name]
    return dict(vnf)


def metadata(vnf: dict[str, Any]) -> dict[str, Any]:
    """What is said of its first VNFC."""
    return dict(vnf["instantiatedVnfInfo"]["vnfcResourceInfo"][0]["metadata"])


def states(vnf: dict[str, Any]) -> tuple[str, list[str]]:
    """vnfState, and the vnfcStates."""
    info = vnf["instantiatedVnfInfo"]
    return info["vnfState"], [vnfc["vnfcState"] for vnfc in info["vnfcInfo"]]


def test_what_becomes_of_a_vnfc_reaches_vnf_ns_and_tree(
    suite: WithHosts, agent: ScriptedAgent, api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    ns = api.ns(sample_packages.NSD_ID, "watched")
    assert api.ended(api.instantiate(ns))["operationState"] == "COMPLETED"
    firewall = vnf_in(api.get(ns).json(), "firewall")
    path = f"{VNFS}/{firewall['id']}"
    assert metadata(firewall)["state"] == "ACTIVE" and metadata(firewall)["pid"] == 42

    name = next(
        compute["name"] for compute in agent.desired["computes"] if "firewall" in compute["name"]
    )
    good = next(
        agent.reading("compute", compute)
        for compute in agent.desired["computes"]
        if compute["name"] == name
    )
    agent.says[name] = {**good, "state": "ERROR", "why": "it ended with 3", "pid": None}
    agent.report()
    vnf = api.until(path, lambda vnf: metadata(vnf)["state"] == "ERROR")
    assert states(vnf) == ("STOPPED", ["STOPPED"])
    assert "it ended with 3" in metadata(vnf)["reason"] and metadata(vnf)["observedAt"]
    api.until(ns, lambda ns: metadata(vnf_in(ns, "firewall"))["state"] == "ERROR")
    assert states(vnf_in(api.get(ns).json(), "web"))[0] == "STARTED"

    tree = shown(suite, monkeypatch)
    assert [vnfc["state"] for vnf in tree["vnfs"] for vnfc in vnf["vnfcs"]].count("ERROR") == 1

    agent.says[name] = {**good, "pid": 43}
    agent.report()
    vnf = api.until(path, lambda vnf: metadata(vnf)["state"] == "ACTIVE")
    assert metadata(vnf)["pid"] == 43 and "reason" not in metadata(vnf)
    assert states(vnf) == ("STARTED", ["STARTED"])
    healed = api.ok("POST", f"{path}/heal", 202, {}).headers["Location"]
    assert api.ended(healed)["operationState"] == "COMPLETED"
    vnf = api.get(path).json()  # written anew, with what was seen last
    assert metadata(vnf)["pid"] == 43 and metadata(vnf)["observedAt"]
    assert api.ended(api.terminate(ns))["operationState"] == "COMPLETED"
    api.ok("DELETE", ns, 204)


def test_nobody_knows_of_the_vnfcs_of_a_silent_host(agent: ScriptedAgent, api: Api) -> None:
    vnfd = api.get("/vnfpkgm/v2/vnf_packages").json()[0]["vnfdId"]
    vnf = api.ok("POST", VNFS, 201, {"vnfdId": vnfd}).headers["Location"]
    operation = api.ok("POST", f"{vnf}/instantiate", 202, {"flavourId": "default"})
    assert api.ended(operation.headers["Location"])["operationState"] == "COMPLETED"
    agent.silent = True
    silent = api.until(vnf, lambda vnf: metadata(vnf)["state"] == "UNKNOWN")
    assert states(silent)[0] == "STARTED"  # as far as anybody knows
    agent.silent = False
    agent.report()
    api.until(vnf, lambda vnf: metadata(vnf)["state"] == "ACTIVE")
    assert api.ended(api.terminate(vnf))["operationState"] == "COMPLETED"


def shown(suite: WithHosts, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """What `mano ns tree` says of the network service."""
    for name, value in {
        "MANO_URL": suite.settings.url("nfvo"),
        "MANO_VNFM_URL": suite.settings.url("vnfm"),
        "MANO_CLIENT_ID": "oss",
        "MANO_CLIENT_SECRET": SECRET,
    }.items():
        monkeypatch.setenv(name, value)
    result = CliRunner().invoke(group.root, ["ns", "tree", "watched", "-o", "json"])
    assert result.exit_code == 0, result.output
    tree: dict[str, Any] = json.loads(result.output)
    return tree
