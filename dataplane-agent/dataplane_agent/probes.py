# SPDX-License-Identifier: Apache-2.0
"""Features of the kernel by trying them, in a network namespace that ends with the probe: works, or
why not, and what for. Once per boot; the answers are kept in the state directory."""

import os
import shutil
from typing import Any

from dataplane_agent import VERSION, cgroups, kernel, state

# feature: (what for, shell commands that must all succeed); they run in one scratch namespace, in
# this order
PROBES = {
    "veth": ("ports", "ip link add v0 type veth peer name v1"),
    "bridge": ("networks", "ip link add b0 type bridge stp_state 0 mcast_snooping 0"),
    "nft_bridge": (
        "forwarding paths",
        """nft 'add table bridge t
        add chain bridge t c { type filter hook prerouting priority -300 ; }; add counter bridge t n
        add rule bridge t c meta l4proto tcp th dport 80 counter name n ether daddr set 02:00:00:00:00:01'""",
    ),
    "nft_bridge_jhash": (
        "paths that choose between several VNFCs",
        """nft 'add table bridge j; add chain bridge j c
        add rule bridge j c ether daddr set jhash ip saddr mod 2 map { 0 : 02:00:00:00:00:01 }'""",
    ),
    "nft_inet": (
        "firewall VNFs",
        """nft 'add table inet i
        add chain inet i c { type filter hook forward priority 0 ; }
        add rule inet i c ct state established counter accept'""",
    ),
    "nft_nat": (
        "load balancer VNFs",
        """nft 'add table ip n
        add chain ip n c { type nat hook prerouting priority -100 ; }
        add rule ip n c tcp dport 80 dnat to numgen inc mod 2 map { 0 : 10.0.0.1, 1 : 10.0.0.2 }'""",
    ),
    "vxlan": (
        "networks across hosts",
        "ip link add x0 type vxlan id 5 dstport 4789 local 127.0.0.1",
    ),
    "macvlan": ("ports on a network card", "ip link add m0 link v0 type macvlan mode bridge"),
    "tap": ("guests", "ip tuntap add t0 mode tap"),
    "tc_tbf": (
        "bandwidth limits",
        "tc qdisc add dev v0 root tbf rate 10mbit burst 32k latency 50ms",
    ),
    "ip_forward": ("VNFs that route", "echo 1 > /proc/sys/net/ipv4/ip_forward"),
}
DEVICES = {
    "kvm": ("/dev/kvm", "guests"),
    "vhost_net": ("/dev/vhost-net", "guests"),
    "vfio": ("/dev/vfio/vfio", "DPDK"),
}


def features(folder: str) -> dict[str, dict[str, Any]]:
    """All features: {"<name>": {"works": bool, "why": "…" where it does not, "for": "…"}}."""
    key = f"{VERSION} {state.machine()} {os.geteuid()} {sorted(kernel.NEEDS)} {[m['program'] for m in missing()]}"
    known = state.load(folder, "features.json")
    if not known or known.get("key") != key:
        known = {"key": key, "features": probe()}
        state.save(folder, "features.json", known)
    return dict(known["features"])


def missing() -> list[dict[str, str]]:
    """Programs this agent runs that are not installed: {"program", "package" (Debian's), "for"}."""
    return [
        {"program": program, "package": package, "for": purpose}
        for program, (package, purpose) in kernel.NEEDS.items()
        if not shutil.which(program)
    ]


def probe() -> dict[str, dict[str, Any]]:
    """Try everything now."""
    found = _network()
    for controller, purpose in (
        ("cpuset", "CPU pinning"),
        ("memory", "memory limits"),
        ("cpu", "CPU shares"),
    ):
        found[f"cgroup_{controller}"] = _answer(_cgroup(controller), purpose)
    found["affinity"] = _answer(_affinity(), "CPU pinning")
    for name, (device, purpose) in DEVICES.items():
        found[name] = _answer(
            "" if os.access(device, os.R_OK | os.W_OK) else f"{device} is not there for us", purpose
        )
    return found


def _network() -> dict[str, dict[str, Any]]:
    """One shell in one scratch namespace; each probe prints its name, its exit code and what was
    said."""
    script = "mount -t tmpfs tmpfs /run 2>/dev/null; mkdir -p /run/netns\n"
    for name, (_, commands) in {
        "netns": ("", "ip netns add n && ip netns del n"),
        **PROBES,
    }.items():
        script += f'said=$( {{ {commands} ; }} 2>&1 ); echo "{name} $? "$said\n'
    found = {}
    try:
        done = kernel.run(["unshare", "--net", "--mount", "sh", "-c", script])
        lines = [line.split(" ", 2) for line in done.stdout.splitlines() if line.count(" ") > 1]
        answers = {name: rest for name, *rest in lines}
        refused = done.stderr.strip()
    except kernel.Failed as e:
        answers, refused = {}, str(e)
    for name, (purpose, commands) in {"netns": ("ports and computes", "ip"), **PROBES}.items():
        code, said = answers.get(name, ("1", refused or "the probe ended before it"))
        if commands.split()[0] in {m["program"] for m in missing()}:
            said = str(kernel.Missing(commands.split()[0]))
        found[name] = _answer("" if code == "0" else said.strip() or f"ended with {code}", purpose)
    users = (
        kernel.run(["unshare", "--user", "--map-root-user", "true"])
        if shutil.which("unshare")
        else None
    )
    found["user_namespaces"] = _answer(
        ""
        if users and users.returncode == 0
        else users.stderr.strip()
        if users
        else str(kernel.Missing("unshare")),
        "running without root",
    )
    return found


def _cgroup(controller: str) -> str:
    """Make a group, set a limit, read it back, remove it."""
    limits: dict[str, str | int] = {
        "cpuset": str(min(os.sched_getaffinity(0))),
        "memory": 64 << 20,
        "cpu": 50_000,
    }
    limit = limits[controller]
    tag = f"probe{os.getpid()}"  # no agent's tag: agents probe beside each other
    error = cgroups.ensure(tag, "probe", {controller: limit})
    there = cgroups.read(tag).get("probe", {}).get(controller)
    cgroups.remove(tag, ["probe"])
    return error or ("" if there == limit else f"{controller} was set to {limit} and reads {there}")


def _affinity() -> str:
    child = os.posix_spawn("/bin/sh", ["sh", "-c", "exec sleep 5"], os.environ)
    try:
        os.sched_setaffinity(child, {max(os.sched_getaffinity(0))})
        return (
            ""
            if os.sched_getaffinity(child) == {max(os.sched_getaffinity(0))}
            else "a pin does not read back"
        )
    except OSError as e:
        return f"sched_setaffinity: {e.strerror}"
    finally:
        os.kill(child, 9)
        os.waitpid(child, 0)


def _answer(why: str, purpose: str) -> dict[str, Any]:
    return {"works": False, "why": why, "for": purpose} if why else {"works": True, "for": purpose}
