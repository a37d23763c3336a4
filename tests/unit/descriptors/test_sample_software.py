# SPDX-License-Identifier: Apache-2.0
"""The software of the sample VNFs, taken from the built packages and run in network namespaces
wired by hand."""

from __future__ import annotations

import contextlib
import io
import json
import os
import shutil
import subprocess
import sys
import tarfile
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import descriptors

SAMPLES = Path(descriptors.__file__).parent
TAG = f"dsc{os.getpid()}"
# interface: (namespace, address, its peer on the switch); the switch is a namespace with a bridge
# per link
PORTS = [
    ("client", "eth0", "10.77.1.2/24", "clients"),
    ("fw", "outside", "10.77.1.1/24", "clients"),
    ("fw", "inside", "10.77.2.1/24", "dmz"),
    ("lb", "front", "10.77.2.2/24", "dmz"),
    ("lb", "back", "10.77.3.1/24", "servers"),
    ("web0", "http", "10.77.3.10/24", "servers"),
    ("web1", "http", "10.77.3.11/24", "servers"),
]
ROUTES = [
    ("client", "10.77.0.0/16", "10.77.1.1"),
    ("lb", "default", "10.77.2.1"),
    ("web0", "default", "10.77.3.1"),
    ("web1", "default", "10.77.3.1"),
]
FETCH = """
import socket, sys
try:
    with socket.create_connection((sys.argv[1], int(sys.argv[2])), timeout=float(sys.argv[3])) as c:
        c.sendall(b"GET / HTTP/1.0\\r\\n\\r\\n")
        print(c.makefile().read().split()[-1])
except OSError as error:
    print("no answer:", error)
"""


def ip(*arguments: str) -> None:
    subprocess.run(["ip", *arguments], check=True, capture_output=True, text=True)


def needs() -> str:
    """What is missing for these tests, or ""."""
    if os.geteuid() != 0:
        return "root, for network namespaces"
    for program in ("ip", "nft"):
        if not shutil.which(program, path=os.environ["PATH"] + ":/usr/sbin:/sbin"):
            return f"the program {program}"
    name = f"{TAG}probe"
    namespace = subprocess.run(["ip", "netns", "add", name], capture_output=True)
    if namespace.returncode:
        return "network namespaces"
    rules = """table ip p {\nchain c {\ntype nat hook prerouting priority dstnat;
            tcp dport 1 dnat to numgen inc mod 2 map { 0 : 10.0.0.1, 1 : 10.0.0.2 }\n}\n}\n"""
    process = subprocess.run(
        ["ip", "netns", "exec", name, "nft", "-f", "-"], input=rules, text=True, capture_output=True
    )
    ip("netns", "del", name)
    return "nftables with nat and numgen" if process.returncode else ""


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, subprocess.Popen[str]]]:
    """The chain client, firewall, load balancer, two web servers; the processes by namespace."""
    if requirement := needs():
        pytest.skip(f"needs {requirement}")
    folder = tmp_path_factory.mktemp("software")
    processes: dict[str, subprocess.Popen[str]] = {}
    try:
        _wire()
        for namespace, vnf, parameters in [
            ("fw", "firewall", {"allowedPorts": [80]}),
            ("lb", "loadbalancer", {}),
            ("web0", "web", {}),
            ("web1", "web", {}),
        ]:
            processes[namespace] = _start(folder, namespace, vnf, parameters)
        _wait_for("web0", "10.77.3.10")
        _wait_for("web1", "10.77.3.11")
        yield processes
    finally:
        for process in processes.values():
            process.kill()
            process.communicate()
        for name in ("client", "fw", "lb", "web0", "web1", "switch"):
            subprocess.run(["ip", "netns", "del", TAG + name], capture_output=True)


def _wire() -> None:
    ip("netns", "add", f"{TAG}switch")
    for bridge in ("clients", "dmz", "servers"):
        ip("-n", f"{TAG}switch", "link", "add", bridge, "type", "bridge")
        ip("-n", f"{TAG}switch", "link", "set", bridge, "up")
    for number, (name, interface, address, bridge) in enumerate(PORTS):
        namespace = TAG + name
        if subprocess.run(
            ["ip", "netns", "exec", namespace, "true"], capture_output=True
        ).returncode:
            ip("netns", "add", namespace)
            ip("-n", namespace, "link", "set", "lo", "up")
        ip(
            "-n",
            namespace,
            "link",
            "add",
            interface,
            "type",
            "veth",
            "peer",
            "name",
            f"p{number}",
            "netns",
            f"{TAG}switch",
        )
        ip("-n", f"{TAG}switch", "link", "set", f"p{number}", "master", bridge, "up")
        ip("-n", namespace, "addr", "add", address, "dev", interface)
        ip("-n", namespace, "link", "set", interface, "up")
    for name, to, via in ROUTES:
        ip("-n", TAG + name, "route", "add", to, "via", via)


def _day0(namespace: str, vnf: str, parameters: dict[str, Any]) -> dict[str, Any]:
    neighbours = {
        "back": [
            {"vnf": "web", "cp": "http", "addresses": ["10.77.3.10/24"]},
            {"vnf": "web", "cp": "http", "addresses": ["10.77.3.11/24"]},
        ]
    }
    ports = [
        {
            "cp": interface,
            "interface": interface,
            "addresses": [address],
            "neighbours": neighbours.get(interface, []),
        }
        for name, interface, address, _ in PORTS
        if name == namespace
    ]
    return {"vnf": vnf, "name": namespace, "ports": ports, "parameters": parameters}


def _start(
    folder: Path, namespace: str, vnf: str, parameters: dict[str, Any]
) -> subprocess.Popen[str]:
    root = folder / namespace
    if not root.exists():
        csar = descriptors.build(SAMPLES / "vnf" / vnf, folder)
        with zipfile.ZipFile(csar) as archive:
            packed = io.BytesIO(archive.read(f"Files/images/{vnf}.tar.gz"))
        with tarfile.open(fileobj=packed) as software:
            software.extractall(root, filter="data")
    day0 = folder / f"{namespace}.json"
    day0.write_text(json.dumps(_day0(namespace, vnf, parameters)))
    return subprocess.Popen(
        ["ip", "netns", "exec", TAG + namespace, "./run"],
        cwd=root,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        env={**os.environ, "MANO_DAY0": str(day0)},
    )


def fetch(namespace: str, address: str, port: int = 80, timeout: float = 2) -> str:
    command = [
        "ip",
        "netns",
        "exec",
        TAG + namespace,
        sys.executable,
        "-IS",
        "-c",
        FETCH,
        address,
        str(port),
        str(timeout),
    ]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()


def _wait_for(namespace: str, address: str) -> None:
    deadline = time.monotonic() + 10
    while fetch(namespace, address).startswith("no answer"):
        assert time.monotonic() < deadline, f"{namespace} does not listen"
        time.sleep(0.05)


def test_http_passes_and_both_web_servers_answer(service: dict[str, subprocess.Popen[str]]) -> None:
    _until_ready()
    answers = [fetch("client", "10.77.2.2") for _ in range(4)]
    assert sorted(set(answers)) == ["web0", "web1"]


def test_a_port_that_is_not_allowed_is_blocked_by_the_firewall_alone(
    service: dict[str, subprocess.Popen[str]], tmp_path: Path
) -> None:
    _until_ready()
    assert fetch("fw", "10.77.2.2", 8080) in ("web0", "web1")
    assert fetch("client", "10.77.2.2", 8080, timeout=0.5).startswith("no answer")
    with restarted(tmp_path, [80, 8080]):
        assert fetch("client", "10.77.2.2", 8080) in ("web0", "web1")
    with restarted(tmp_path, [80]):
        assert fetch("client", "10.77.2.2", 8080, timeout=0.5).startswith("no answer")


def test_a_second_start_replaces_the_rules_of_the_first(
    service: dict[str, subprocess.Popen[str]], tmp_path: Path
) -> None:
    with restarted(tmp_path, [80]):
        rules = subprocess.run(
            ["ip", "netns", "exec", f"{TAG}fw", "nft", "list", "ruleset"],
            capture_output=True,
            text=True,
        )
        assert rules.stdout.count("chain forward") == 1


@contextlib.contextmanager
def restarted(folder: Path, ports: list[int]) -> Iterator[None]:
    """The firewall's software once more, with other parameters."""
    process = _start(folder, "fw", "firewall", {"allowedPorts": ports})
    try:
        assert process.stdout is not None
        assert process.stdout.readline().rsplit(": ", 1)[1].split() == [str(port) for port in ports]
        yield
    finally:
        process.kill()
        process.communicate()


def test_the_rules_count_packets(service: dict[str, subprocess.Popen[str]]) -> None:
    _until_ready()
    fetch("client", "10.77.2.2")
    for namespace in ("fw", "lb"):
        rules = subprocess.run(
            ["ip", "netns", "exec", TAG + namespace, "nft", "list", "ruleset"],
            capture_output=True,
            text=True,
        )
        assert any(
            "counter packets" in line and "counter packets 0" not in line
            for line in rules.stdout.splitlines()
        )


def test_missing_nft_says_what_to_install(tmp_path: Path) -> None:
    day0 = tmp_path / "day0.json"
    day0.write_text(
        json.dumps(
            {
                "ports": [{"cp": "outside", "interface": "a"}, {"cp": "inside", "interface": "b"}],
                "parameters": {},
            }
        )
    )
    run = SAMPLES / "vnf/firewall/software/firewall/run"
    text = run.read_text().replace(":/usr/sbin:/sbin", ":/nowhere")
    process = subprocess.run(
        [sys.executable, "-IS", "-c", text],
        capture_output=True,
        text=True,
        timeout=20,
        env={"PATH": "/nowhere", "MANO_DAY0": str(day0)},
    )
    assert process.returncode == 1
    assert "apt-get install nftables" in process.stderr


def _until_ready() -> None:
    deadline = time.monotonic() + 10
    while fetch("client", "10.77.2.2", timeout=0.5).startswith("no answer"):
        assert time.monotonic() < deadline, "nothing comes through the chain"
        time.sleep(0.05)
