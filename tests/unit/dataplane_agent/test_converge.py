# SPDX-License-Identifier: Apache-2.0
"""The agent on the real kernel: from a desired document to networks, ports and processes, and back
to nothing."""

import json
import os
import random
import subprocess
import time

import pytest
from vim_side import IDLE, Document, Vim, compute, needs, network, port

from dataplane_agent import found, kernel
from dataplane_agent.interconnects.bridge.holding import Holding


def service(vim: Vim) -> Document:
    """A SAP, a VNFC that is reached from it, and another network."""
    return {
        "networks": [network("n1"), network("n2", 1400)],
        "images": [vim.image(IDLE)],
        "ports": [port("sap", "n1", 2, routes=[{"to": "0.0.0.0/0", "via": "10.77.1.3"}])],
        "computes": [
            compute("fw", [port("out", "n1", 3, "outside"), port("in", "n2", 3, "inside", net=2)]),
            compute("web", [port("http", "n2", 4, "http", net=2)]),
        ],
    }


def ip(*words: str) -> None:
    subprocess.run(["ip", *words], check=True)


def test_a_desired_document_becomes_networks_ports_and_processes_that_read_back(vim: Vim) -> None:
    vim.start()
    report = vim.converged(service(vim))
    fw = report["resources"]["id-fw"]
    assert {p["interface"]: (p["mac"], p["addresses"]) for p in fw["ports"]} == {
        "outside": ("02:00:00:00:01:03", ["10.77.1.3/24"]),
        "inside": ("02:00:00:00:02:03", ["10.77.2.3/24"]),
    }
    assert (
        os.readlink(f"/proc/{fw['pid']}/ns/net")
        == f"net:[{vim.found().spaces[fw['namespace']].inode}]"
    )
    day0 = kernel.read(f"{vim.state}/computes/id-fw/day0.json")
    assert json.loads(day0) == {"name": "fw"}
    shown = vim.command("exec", "id-web", "cat", "/sys/class/net/http/mtu", "/proc/net/dev")
    assert "http" in shown.stdout
    assert (
        vim.found().spaces[report["resources"]["id-web"]["namespace"]].interfaces["http"].mtu
        == 1400
    )


def test_a_second_convergence_and_a_repeated_document_have_nothing_to_do(vim: Vim) -> None:
    vim.start()
    document = service(vim)
    first = vim.converged(document)
    file = f"{vim.folder}/desired.json"
    with open(file, "w") as f:
        json.dump(document, f)
    planned = vim.command("plan", "--desired", file)
    assert (planned.returncode, planned.stdout) == (0, "")
    again = vim.converged(document)
    assert again["resources"]["id-fw"]["pid"] == first["resources"]["id-fw"]["pid"]


def test_what_leaves_the_document_leaves_the_kernel_and_the_files(vim: Vim) -> None:
    vim.start()
    report = vim.converged(service(vim))
    pids = [r["pid"] for r in report["resources"].values() if "pid" in r]
    report = vim.converged({})
    assert report["resources"] == {} and vim.found().empty()
    filtered = vim.holding().filtered
    assert vim.found() == found.Found(holdings={"bridge": Holding(filtered=filtered)})
    assert not [
        p for p in pids if os.path.exists(f"/proc/{p}/ns/net") and os.path.exists(f"/proc/{p}/cwd")
    ]
    assert vim.command("sweep").returncode == 0


def test_a_burst_of_documents_ends_with_the_newest(vim: Vim) -> None:
    vim.start()
    document = service(vim)
    for n in range(9):
        vim.desire({**document, "networks": document["networks"] + [network(f"extra-{n}")]})
    report = vim.converged(document)
    assert {r for r in report["resources"] if r.startswith("extra")} == set() and len(
        vim.holding().bridges
    ) == 2


def test_an_older_document_is_ignored_and_a_paused_one_is_only_planned(vim: Vim) -> None:
    vim.start()
    vim.converged({"networks": [network("n1")]})
    vim.send("desired", {"host": vim.host, "version": 0, "networks": []})
    assert "n1" in vim.fresh()["resources"]
    vim.desire({"networks": [network("n1"), network("n2")], "paused": True})
    report = vim.report(lambda r: r["version"] == 2)
    assert report["resources"]["n2"]["state"] == "BUILDING" and len(vim.holding().bridges) == 1
    assert report["plan"][0].startswith("create network n2")


@pytest.mark.parametrize("harm", ["bridge", "link", "address", "route", "mac", "down", "namespace"])
def test_drift_is_found_and_repaired(vim: Vim, harm: str) -> None:
    vim.start()
    before = vim.converged(service(vim))
    sap, fw = (before["resources"][r]["namespace"] for r in ("id-sap", "id-fw"))
    bridge = before["resources"]["n1"]["bridge"]
    link = before["resources"]["id-sap"]["ports"][0]["link"]
    harms = {
        "bridge": ["link", "del", bridge],
        "link": ["link", "del", link],
        "address": ["-n", sap, "addr", "flush", "dev", "eth0"],
        "route": ["-n", sap, "route", "del", "default"],
        "mac": ["-n", fw, "link", "set", "inside", "address", "02:00:00:00:00:99"],
        "down": ["-n", fw, "link", "set", "outside", "down"],
        "namespace": ["netns", "del", fw],
    }
    ip(*harms[harm])
    after = vim.fresh(
        lambda r: not r["plan"] and all(x["state"] == "ACTIVE" for x in r["resources"].values())
    )

    def addressing(report: Document) -> Document:
        return {
            i: [(p["mac"], p["addresses"]) for p in r.get("ports", [])]
            for i, r in report["resources"].items()
        }

    assert addressing(after) == addressing(before) and after["boot"] == before["boot"]
    assert ("default", "10.77.1.3") in vim.found().spaces[sap].routes
    holding = vim.holding()
    assert {link.master for link in holding.links.values()} <= set(holding.bridges)


def test_a_changed_address_replaces_the_old_one(vim: Vim) -> None:
    vim.start()
    vim.converged({"networks": [network("n1")], "ports": [port("sap", "n1", 2)]})
    report = vim.converged(
        {
            "networks": [network("n1")],
            "ports": [
                {
                    **port("sap", "n1", 2),
                    "addresses": ["10.77.1.9/24", "fd00:77::9/64"],
                    "routes": [{"to": "::/0", "via": "fd00:77::1"}],
                }
            ],
        }
    )
    assert report["resources"]["id-sap"]["ports"][0]["addresses"] == [
        "10.77.1.9/24",
        "fd00:77::9/64",
    ]


def test_an_agent_killed_at_any_instant_is_followed_by_one_that_finds_and_finishes(
    vim: Vim,
) -> None:
    document, chance = service(vim), random.Random(5)
    vim.start()
    vim.wait(lambda: vim.connection)
    for turn in range(6):
        vim.desire(document if turn % 2 == 0 else {"networks": [], "images": document["images"]})
        time.sleep(chance.uniform(0.0, 0.15))
        vim.kill()
        vim.start()
        vim.wait(lambda: vim.connection)
    report = vim.converged(document)
    marked = [p for p in vim.found().processes if p.main]
    assert sorted(p.pid for p in marked) == sorted(
        r["pid"] for r in report["resources"].values() if "pid" in r
    )
    vim.converged({})
    assert vim.found().empty()


def test_an_agent_without_a_connection_still_heals_what_it_was_told_last(vim: Vim) -> None:
    vim.start()
    report = vim.converged(service(vim))
    vim.kill()
    vim.server.close()
    os.unlink(f"{vim.folder}/bus")
    ip("netns", "del", report["resources"]["id-sap"]["namespace"])
    vim.start()
    vim.wait(lambda: report["resources"]["id-sap"]["namespace"] in vim.found().spaces)


def test_the_boot_id_changes_when_all_kernel_objects_were_lost(vim: Vim) -> None:
    vim.start()
    before = vim.converged(service(vim))
    vim.kill()
    document = kernel.read(f"{vim.state}/desired.json")
    vim.start()
    assert vim.report(lambda r: not r["plan"])["boot"] == before["boot"]
    vim.kill()
    vim.command("sweep", "--delete")
    with open(f"{vim.state}/desired.json", "w") as f:
        f.write(document)
    vim.received.clear()
    vim.start()
    vim.wait(lambda: vim.connection)
    after = vim.report(lambda r: not r["plan"] and r["resources"]["id-fw"]["state"] == "ACTIVE")
    assert after["boot"] != before["boot"]


def test_a_refused_resource_is_an_error_that_says_why_and_the_rest_goes_on(vim: Vim) -> None:
    vim.start()
    document = service(vim)
    document["computes"][0]["ports"][0]["mac"] = "ff:ff:ff:ff:ff:ff"
    vim.desire(document)
    report = vim.report(lambda r: r["resources"].get("id-web", {}).get("state") == "ACTIVE")
    assert report["resources"]["id-fw"]["state"] == "ERROR"
    assert (
        "port out: mac 'ff:ff:ff:ff:ff:ff' is not a unicast address"
        in report["resources"]["id-fw"]["why"]
    )


def test_the_host_speaks_no_ipv6_on_a_network(vim: Vim) -> None:
    vim.start()
    bridge = vim.converged({"networks": [network("n1")]})["resources"]["n1"]["bridge"]
    shown = subprocess.run(
        ["ip", "-6", "addr", "show", "dev", bridge], capture_output=True, text=True, check=True
    )
    assert shown.stdout == ""


def test_sweep_lists_and_deletes_what_a_dead_agent_left(vim: Vim) -> None:
    vim.start()
    vim.converged(service(vim))
    vim.kill()
    listed = vim.command("sweep")
    assert (
        listed.returncode == 1
        and listed.stdout.count("remove namespace") == 3
        and "end process" in listed.stdout
    )
    assert vim.command("sweep", "--delete").returncode == 0
    assert vim.found().empty()


def test_facts_are_small_and_quick_to_have(vim: Vim) -> None:
    needs("netns")
    vim.start()
    hello = vim.wait(
        lambda: next((m["body"] for m in vim.received if m["operation"] == "hello"), None)
    )
    assert hello["host"] == vim.host and hello["tag"] == vim.tag and hello["version"] == 0
    assert {c["id"] for c in hello["facts"]["cpus"]} == os.sched_getaffinity(0)
    assert all(
        "why" in f and "for" in f for f in hello["facts"]["features"].values() if not f["works"]
    )
    assert vim.agent
    memory = kernel.read(f"/proc/{vim.agent.pid}/status").split("VmRSS:")[1].split()[0]
    assert int(memory) < 30 << 10


def test_a_document_that_is_none_is_ignored_and_a_malformed_resource_is_an_error(vim: Vim) -> None:
    vim.start()
    vim.wait(lambda: vim.connection)
    for nonsense in ([], {"networks": {}}, {"networks": ["x"]}, {"networks": [{"name": "no id"}]}):
        vim.send("desired", nonsense)
    vim.desire(
        {
            "networks": [network("n1")],
            "ports": [{"id": "p1"}],
            "paths": [{"id": "p2", "hops": 5}],
            "computes": [{"id": "c1", "image": "i"}, {**compute("c2", [{}]), "cpus": "x"}],
        }
    )
    report = vim.report(lambda r: r["version"] == 1)
    states = {i: r["state"] for i, r in report["resources"].items()}
    assert states == {"n1": "ACTIVE", "p1": "ERROR", "p2": "ERROR", "c1": "ERROR", "id-c2": "ERROR"}


def test_a_second_agent_on_the_same_state_is_refused(vim: Vim) -> None:
    vim.start()
    vim.wait(lambda: vim.connection)
    second = vim.command("run", "--host", "h", "--bus", vim.url)
    assert second.returncode == 1 and "another agent runs" in second.stderr
