# SPDX-License-Identifier: Apache-2.0
"""Facts of this host as the kernel states them: CPUs, NUMA nodes, pages, memory, NICs; features
come from probes.py."""

import os
import re
from collections.abc import Mapping

from dataplane_agent import kernel, probes
from dataplane_agent.port import Cpu, Facts, Nic, Node, Pages

SYS = "/sys/devices/system"


def read(state: str, more: Mapping[str, probes.Probe]) -> Facts:
    """The facts; features, with `more` to be probed than our own, are probed once per boot and kept
    in `state`."""
    return {
        "cpus": cpus(),
        "nodes": nodes(),
        "memoryMiB": _meminfo("/proc/meminfo") >> 10,
        "nics": nics(),
        "kernel": os.uname().release,
        "root": os.geteuid() == 0 and not os.environ.get("MANO_HOLDER"),
        "features": probes.features(state, more),
        "missing": probes.missing(),
    }


def cpus() -> list[Cpu]:
    """The CPUs this agent may use, each with its NUMA node."""
    node_of = {cpu: node["id"] for node in nodes() for cpu in node["cpus"]}
    return [{"id": cpu, "node": node_of.get(cpu, 0)} for cpu in sorted(os.sched_getaffinity(0))]


def nodes() -> list[Node]:
    """NUMA nodes with CPUs, memory in MiB, and huge pages by size in KiB; one node where the kernel
    shows none."""
    folders = sorted(_list(f"{SYS}/node", r"node\d+"), key=lambda name: int(name[4:]))
    return [_node(int(name[4:]), f"{SYS}/node/{name}") for name in folders] or [_only_node()]


def nics() -> list[Nic]:
    """Network cards: links that a bus device stands behind (no bridges, veths, tunnels)."""
    cards: list[Nic] = []
    for name in _list("/sys/class/net", r".*"):
        device = f"/sys/class/net/{name}/device"
        if not os.path.exists(device):
            continue
        cards.append(
            {
                "name": name,
                "driver": os.path.basename(os.path.realpath(f"{device}/driver")),
                "pci": os.path.basename(os.path.realpath(device)),
                "node": max(0, _number(f"{device}/numa_node")),
                "speed": max(0, _number(f"/sys/class/net/{name}/speed")),
                "totalvfs": max(0, _number(f"{device}/sriov_totalvfs")),
            }
        )
    return cards


def cpu_list(text: str) -> list[int]:
    """The kernel's "0-2,5" as [0, 1, 2, 5]."""
    numbers: list[int] = []
    for part in filter(None, text.split(",")):
        first, _, last = part.partition("-")
        numbers += range(int(first), int(last or first) + 1)
    return numbers


def _node(number: int, folder: str) -> Node:
    return {
        "id": number,
        "cpus": cpu_list(kernel.read(f"{folder}/cpulist")),
        "memoryMiB": _meminfo(f"{folder}/meminfo") >> 10,
        "hugepages": _pages(f"{folder}/hugepages"),
    }


def _only_node() -> Node:
    return {
        "id": 0,
        "cpus": cpu_list(kernel.read(f"{SYS}/cpu/online")),
        "memoryMiB": _meminfo("/proc/meminfo") >> 10,
        "hugepages": _pages("/sys/kernel/mm/hugepages"),
    }


def _pages(folder: str) -> dict[str, Pages]:
    return {
        name[len("hugepages-") : -len("kB")]: {
            "total": max(0, _number(f"{folder}/{name}/nr_hugepages")),
            "free": max(0, _number(f"{folder}/{name}/free_hugepages")),
        }
        for name in _list(folder, r"hugepages-\d+kB")
    }


def _meminfo(path: str) -> int:
    """MemTotal in KiB."""
    match = re.search(r"MemTotal:\s+(\d+)", kernel.read(path))
    return int(match[1]) if match else 0


def _number(path: str) -> int:
    text = kernel.read(path)
    return int(text) if re.fullmatch(r"-?\d+", text) else -1


def _list(folder: str, pattern: str) -> list[str]:
    try:
        return sorted(n for n in os.listdir(folder) if re.fullmatch(pattern, n))
    except OSError:
        return []
