# SPDX-License-Identifier: Apache-2.0
"""Facts of this host as the kernel states them: CPUs, NUMA nodes, pages, memory, NICs; features
come from probes.py."""

import os
import re
from typing import Any

from dataplane_agent import kernel, probes

Document = dict[str, Any]
SYS = "/sys/devices/system"


def read(state: str) -> Document:
    """The facts as docs/ports.md, section 4, states them; features are probed once per boot and
    kept in `state`."""
    return {
        "cpus": cpus(),
        "nodes": nodes(),
        "memoryMiB": _meminfo("/proc/meminfo") >> 10,
        "nics": nics(),
        "kernel": os.uname().release,
        "root": os.geteuid() == 0 and not os.environ.get("MANO_HOLDER"),
        "features": probes.features(state),
        "missing": probes.missing(),
    }


def cpus() -> list[Document]:
    """The CPUs this agent may use, each with its NUMA node."""
    node_of = {cpu: node["id"] for node in nodes() for cpu in node["cpus"]}
    return [{"id": cpu, "node": node_of.get(cpu, 0)} for cpu in sorted(os.sched_getaffinity(0))]


def nodes() -> list[Document]:
    """NUMA nodes with CPUs, memory in MiB, and huge pages by size in KiB; one node where the kernel
    shows none."""
    found = []
    for folder in sorted(_list(f"{SYS}/node", r"node\d+"), key=lambda n: int(n[4:])):
        where = f"{SYS}/node/{folder}"
        found.append(
            {
                "id": int(folder[4:]),
                "cpus": cpu_list(kernel.read(f"{where}/cpulist")),
                "memoryMiB": _meminfo(f"{where}/meminfo") >> 10,
                "hugepages": _pages(f"{where}/hugepages"),
            }
        )
    return found or [
        {
            "id": 0,
            "cpus": cpu_list(kernel.read(f"{SYS}/cpu/online")),
            "memoryMiB": _meminfo("/proc/meminfo") >> 10,
            "hugepages": _pages("/sys/kernel/mm/hugepages"),
        }
    ]


def nics() -> list[Document]:
    """Network cards: links that a bus device stands behind (no bridges, veths, tunnels)."""
    found = []
    for name in _list("/sys/class/net", r".*"):
        device = f"/sys/class/net/{name}/device"
        if not os.path.exists(device):
            continue
        found.append(
            {
                "name": name,
                "driver": os.path.basename(os.path.realpath(f"{device}/driver")),
                "pci": os.path.basename(os.path.realpath(device)),
                "node": max(0, _number(f"{device}/numa_node")),
                "speed": max(0, _number(f"/sys/class/net/{name}/speed")),
                "totalvfs": max(0, _number(f"{device}/sriov_totalvfs")),
            }
        )
    return found


def cpu_list(text: str) -> list[int]:
    """The kernel's "0-2,5" as [0, 1, 2, 5]."""
    found: list[int] = []
    for part in filter(None, text.split(",")):
        first, _, last = part.partition("-")
        found += range(int(first), int(last or first) + 1)
    return found


def _pages(folder: str) -> Document:
    return {
        name[len("hugepages-") : -len("kB")]: {
            "total": max(0, _number(f"{folder}/{name}/nr_hugepages")),
            "free": max(0, _number(f"{folder}/{name}/free_hugepages")),
        }
        for name in _list(folder, r"hugepages-\d+kB")
    }


def _meminfo(path: str) -> int:
    """MemTotal in KiB."""
    found = re.search(r"MemTotal:\s+(\d+)", kernel.read(path))
    return int(found[1]) if found else 0


def _number(path: str) -> int:
    text = kernel.read(path)
    return int(text) if re.fullmatch(r"-?\d+", text) else -1


def _list(folder: str, pattern: str) -> list[str]:
    try:
        return sorted(n for n in os.listdir(folder) if re.fullmatch(pattern, n))
    except OSError:
        return []
