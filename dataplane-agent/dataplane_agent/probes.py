# SPDX-License-Identifier: Apache-2.0
"""Features of the kernel by trying them, in a network namespace that ends with the probe: works, or
why not, and what for. Once per boot; the answers are kept in the state directory."""

import os
import shutil
from collections.abc import Mapping

from dataplane_agent import VERSION, cgroups, kernel, names, state
from dataplane_agent.port import Feature, Program
from dataplane_agent.runtimes import calls

Probe = tuple[str, str]  # what for, shell commands that must all succeed

# They run in one scratch namespace, in this order.
PROBES: Mapping[str, Probe] = {
    "netns": ("ports and computes", "ip netns add n && ip netns del n"),
    "veth": ("ports", "ip link add v0 type veth peer name v1"),
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
        add rule ip n c tcp dport 80 dnat to \
            numgen inc mod 2 map { 0 : 10.0.0.1, 1 : 10.0.0.2 }'""",
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
CONTROLLERS = {"cpuset": "CPU pinning", "memory": "memory limits", "cpu": "CPU shares"}
DEVICES = {
    "kvm": ("/dev/kvm", "guests"),
    "vhost_net": ("/dev/vhost-net", "guests"),
    "vfio": ("/dev/vfio/vfio", "DPDK"),
}


def features(folder: str, more: Mapping[str, Probe]) -> dict[str, Feature]:
    """All features, our own and `more`, as probed at this boot."""
    probes = names.digest(repr({**PROBES, **more}))
    programs = [program["program"] for program in missing()]
    key = f"{VERSION} {state.machine()} {os.geteuid()} {probes} {programs}"
    memory = state.load(folder, "features.json")
    answers = memory.get("features")
    if (
        memory.get("key") == key
        and isinstance(answers, dict)
        and all(map(_is_answer, answers.values()))
    ):
        return dict(answers)
    fresh = probe(more)
    state.save(folder, "features.json", {"key": key, "features": fresh})
    return fresh


def missing() -> list[Program]:
    """Programs this agent runs that are not installed."""
    return [
        {"program": program, "package": package, "for": purpose}
        for program, (package, purpose) in kernel.NEEDS.items()
        if not shutil.which(program)
    ]


def probe(more: Mapping[str, Probe]) -> dict[str, Feature]:
    """Try everything now."""
    features = _network({**PROBES, **more})
    features["user_namespaces"] = _answer(_user_namespaces(), "running without root")
    for controller, purpose in CONTROLLERS.items():
        features[f"cgroup_{controller}"] = _answer(_cgroup(controller), purpose)
    features["seccomp"] = _answer(calls.probe(), "refusing system calls to VNFCs")
    features["affinity"] = _answer(_affinity(), "CPU pinning")
    for name, (device, purpose) in DEVICES.items():
        usable = os.access(device, os.R_OK | os.W_OK)
        features[name] = _answer("" if usable else f"{device} is not there for us", purpose)
    return features


def _network(probes: Mapping[str, Probe]) -> dict[str, Feature]:
    """One shell in one scratch namespace; each probe prints its name, its exit code and what was
    said."""
    script = "mount -t tmpfs tmpfs /run 2>/dev/null; mkdir -p /run/netns\n"
    for name, (_, commands) in probes.items():
        script += f'words=$( {{ {commands} ; }} 2>&1 ); echo "{name} $? "$words\n'
    answers: dict[str, list[str]] = {}
    try:
        process = kernel.run(["unshare", "--net", "--mount", "sh", "-c", script])
        refusal = process.stderr.strip()
        for line in process.stdout.splitlines():
            if line.count(" ") > 1:
                name, *answer = line.split(" ", 2)
                answers[name] = answer
    except kernel.Failed as e:
        refusal = str(e)
    absent = {program["program"] for program in missing()}
    features = {}
    for name, (purpose, commands) in probes.items():
        code, words = answers.get(name, ["1", refusal or "the probe ended before it"])
        program = commands.split()[0]
        if program in absent:
            words = str(kernel.MissingProgram(program))
        features[name] = _answer(
            "" if code == "0" else words.strip() or f"ended with {code}", purpose
        )
    return features


def _user_namespaces() -> str:
    if not shutil.which("unshare"):
        return str(kernel.MissingProgram("unshare"))
    process = kernel.run(["unshare", "--user", "--map-root-user", "true"])
    return process.stderr.strip() if process.returncode else ""


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
    current = cgroups.read(tag).get("probe", {}).get(controller)
    cgroups.remove(tag, ["probe"])
    if error or current == limit:
        return error
    return f"{controller} was set to {limit} and reads {current}"


def _affinity() -> str:
    child = os.posix_spawn("/bin/sh", ["sh", "-c", "exec sleep 5"], os.environ)
    try:
        cpus = {max(os.sched_getaffinity(0))}
        os.sched_setaffinity(child, cpus)
        return "" if os.sched_getaffinity(child) == cpus else "a pin does not read back"
    except OSError as e:
        return f"sched_setaffinity: {e.strerror}"
    finally:
        os.kill(child, 9)
        os.waitpid(child, 0)


def _is_answer(value: object) -> bool:
    return isinstance(value, dict) and isinstance(value.get("works"), bool)


def _answer(why: str, purpose: str) -> Feature:
    return {"works": False, "why": why, "for": purpose} if why else {"works": True, "for": purpose}
