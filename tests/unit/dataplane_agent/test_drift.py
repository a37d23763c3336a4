# SPDX-License-Identifier: Apache-2.0
"""What others change on a host under the agent: it is seen, set back, and what cannot be read is
said."""

import os
import pathlib
import signal
import subprocess

import pytest
from vim_side import IDLE, Document, Vim, compute, needs, network, port

from dataplane_agent import kernel, processes


def pair(vim: Vim) -> Document:
    """A SAP and a VNFC on one network."""
    return {
        "networks": [network("n1")],
        "images": [vim.image(IDLE)],
        "ports": [port("sap", "n1", 2)],
        "computes": [compute("c", [port("p", "n1", 3, "out")])],
    }


def is_well(report: Document) -> bool:
    return not report["plan"] and all(
        resource["state"] == "ACTIVE" for resource in report["resources"].values()
    )


def test_routes_that_were_flushed_with_the_addresses_left_come_back(vim: Vim) -> None:
    vim.start()
    document = pair(vim)
    document["computes"][0]["ports"][0]["routes"] = [{"to": "0.0.0.0/0", "via": "10.77.1.2"}]
    space = vim.converged(document)["resources"]["id-c"]["namespace"]
    subprocess.run(["ip", "-n", space, "route", "flush", "table", "main"], check=True)
    vim.fresh(is_well)
    found = vim.found().spaces[space]
    assert ("10.77.1.0/24", "out") in found.connected and ("default", "10.77.1.2") in found.routes
    way = subprocess.run(
        ["ip", "-n", space, "route", "get", "10.77.1.2"], capture_output=True, check=False
    )
    assert way.returncode == 0, way.stderr


@pytest.mark.parametrize("harm", ["stp_state 1", "ageing_time 0"])
def test_a_bridge_that_was_set_otherwise_is_set_back(vim: Vim, harm: str) -> None:
    vim.start()
    bridge = vim.converged(pair(vim))["resources"]["n1"]["bridge"]
    before = vim.holding().bridges[bridge].options
    subprocess.run(["ip", "link", "set", bridge, "type", "bridge", *harm.split()], check=True)
    vim.fresh(is_well)
    assert vim.holding().bridges[bridge].options == before


def test_a_port_that_was_isolated_speaks_again_and_a_strange_one_is_taken_off(vim: Vim) -> None:
    vim.start()
    resources = vim.converged(pair(vim))["resources"]
    bridge, link = resources["n1"]["bridge"], resources["id-c"]["ports"][0]["link"]
    rogue = f"r{vim.tag}"
    for words in (
        f"link set {link} type bridge_slave isolated on learning off",
        f"link add {rogue} type veth peer name {rogue}p",
        f"link set {rogue} master {bridge} up",
    ):
        subprocess.run(["ip", *words.split()], check=True)
    try:
        vim.fresh(is_well)
        holding = vim.holding()
        assert holding.bridges[bridge].strangers == ()
        options = holding.links[link].options
        assert options["isolated"] is False and options["learning"] is True
        assert os.path.exists(f"/sys/class/net/{rogue}")  # somebody's: it is not removed
    finally:
        subprocess.run(["ip", "link", "del", rogue], check=True)


def test_a_vnfc_that_was_stopped_goes_on(vim: Vim) -> None:
    vim.start()
    pid = vim.converged(pair(vim))["resources"]["id-c"]["pid"]
    os.kill(pid, signal.SIGSTOP)
    vim.wait(lambda: kernel.read(f"/proc/{pid}/stat").rpartition(")")[2].split()[0] == "S")
    report = vim.fresh(is_well)
    assert report["resources"]["id-c"]["pid"] == pid
    [event] = report["events"]
    assert event["resource"] == "id-c" and f"let process {pid} of c go on" in event["what"]
    vim.kill()
    vim.start()
    assert vim.report(is_well)["events"] == [event]


@pytest.mark.parametrize(
    ("rules", "words"),
    [
        (
            "add chain bridge {t} c {{ type filter hook forward priority 0; policy drop; }}",
            "policy",
        ),
        (
            "add chain bridge {t} c {{ type filter hook prerouting priority 0; }}\n"
            'add rule bridge {t} c iifname "{link}" drop',
            "rule with handle",
        ),
        (
            "add chain bridge {t} c {{ type filter hook prerouting priority 0; }}\n"
            'add rule bridge {t} c iifname "elsewhere0" drop',
            "",
        ),
    ],
)
def test_a_rule_of_others_that_drops_our_frames_is_named_and_left(
    vim: Vim, rules: str, words: str
) -> None:
    needs("nft_bridge")
    vim.start()
    link = vim.converged(pair(vim))["resources"]["id-c"]["ports"][0]["link"]
    table = f"foreign{vim.tag}"
    script = f"add table bridge {table}\n" + rules.format(t=table, link=link)
    subprocess.run(["nft", "-f", "-"], input=script, text=True, check=True)
    try:
        if not words:
            vim.fresh(is_well)
            return
        [sentence] = vim.report(lambda r: r["plan"], 16)["plan"]
        assert f"chain c of table bridge {table}" in sentence and words in sentence
        listed = ["nft", "list", "table", "bridge", table]
        assert "drop" in subprocess.check_output(listed, text=True)
    finally:
        subprocess.run(["nft", "delete", "table", "bridge", table], check=True)
    vim.report(is_well, 16)


def test_a_counter_of_somebody_else_in_our_table_stops_nothing(vim: Vim) -> None:
    needs("nft_bridge")
    vim.start()
    document = pair(vim)
    hop = {"from": ["id-sap"], "to": ["id-p"]}
    document["paths"] = [{"id": "path", "name": "path", "match": [], "hops": [hop]}]
    bridge = vim.converged(document)["resources"]["n1"]["bridge"]
    subprocess.run(["nft", "add", "counter", "bridge", f"m{vim.tag}", "other"], check=True)
    subprocess.run(["ip", "link", "set", bridge, "down"], check=True)
    vim.fresh(is_well)
    assert vim.holding().bridges[bridge].up


def test_a_look_that_fails_is_reported_with_its_words(vim: Vim, tmp_path: pathlib.Path) -> None:
    """By an `ip` that prints what is no JSON."""
    vim.start()
    vim.converged(pair(vim))
    broken, real = tmp_path / "ip", subprocess.check_output(["which", "ip"], text=True).strip()
    broken.write_text(
        f'#!/bin/sh\nif [ -e {tmp_path}/now ]; then echo nonsense; else exec {real} "$@"; fi\n'
    )
    broken.chmod(0o755)
    vim.kill()
    vim.environment["PATH"] = f"{tmp_path}:{os.environ['PATH']}"
    vim.start()
    vim.converged(pair(vim))
    (tmp_path / "now").touch()
    words = vim.report(lambda r: r["plan"])["plan"][0]
    assert "look at this host again" in words and "JSONDecodeError" in words
    (tmp_path / "now").unlink()
    vim.report(is_well)


@pytest.mark.parametrize("text", ["[1]", '"x"', '{"desired": [1], "known": 5}', '{"features": 7}'])
def test_state_files_of_another_form_are_as_good_as_none(vim: Vim, text: str) -> None:
    vim.start()
    document = pair(vim)
    pid = vim.converged(document)["resources"]["id-c"]["pid"]
    vim.kill()
    for name in ("desired.json", "features.json", "boot.json"):
        pathlib.Path(vim.state, name).write_text(text)
    vim.start()
    assert vim.converged(document)["resources"]["id-c"]["pid"] == pid
    assert processes.marks(pid)
