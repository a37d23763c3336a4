# SPDX-License-Identifier: Apache-2.0
"""Computes: which process is one's main one, its CPUs and limits; what is ended, limited, pinned
and started. Pure."""

import json
from collections.abc import Mapping

from dataplane_agent import cgroups, names, namespaces
from dataplane_agent.actions import Action
from dataplane_agent.found import Found
from dataplane_agent.host import Host
from dataplane_agent.port import Compute, Desired, Image
from dataplane_agent.processes import Process

CONFIGURATION = ("image", "runtime", "userData", "vnf", "vdu", "index", "cpus")
Limits = dict[str, str | int]


def config(compute: Compute, images: list[Image]) -> str:
    """The digest of what a process was started with: another one means a restart."""
    checksum = next((i.get("checksum") for i in images if i["id"] == compute.get("image")), None)
    parts = {key: compute.get(key) for key in CONFIGURATION}
    return names.digest(json.dumps([parts, checksum], sort_keys=True), 16)


def main(compute: str, found: Found, tag: str) -> Process | None:
    """The one process that is a compute's, as its runtime says, and in its namespace."""
    space = found.spaces.get(names.space(tag, compute))
    candidates = [
        process
        for process in found.processes
        if process.compute == compute and process.main and space and process.inode == space.inode
    ]
    return min(candidates, key=lambda process: process.started, default=None)


def allowed(compute: Compute, desired: Desired, host: Host) -> tuple[int, ...]:
    """The CPUs a compute may use: its dedicated ones, or all that are dedicated to nobody."""
    if compute.get("cpus"):
        return tuple(sorted(compute["cpus"] or ()))
    dedicated = {cpu for c in desired.get("computes", []) for cpu in c.get("cpus") or ()}
    return tuple(cpu for cpu in host.cpus if cpu not in dedicated) or host.cpus


def cpu_list(cpus: tuple[int, ...]) -> str:
    """CPUs the way the kernel prints them: (0, 1, 2, 5) is "0-2,5"."""
    ranges: list[list[int]] = []
    for cpu in sorted(cpus):
        if ranges and cpu == ranges[-1][1] + 1:
            ranges[-1][1] = cpu
        else:
            ranges.append([cpu, cpu])
    return ",".join(str(a) if a == b else f"{a}-{b}" for a, b in ranges)


def limits(compute: Compute, desired: Desired, host: Host) -> Limits:
    """The limits of a compute, for the controllers this host lets the agent use."""
    bounds: Limits = {
        "memory": int(compute.get("memoryMiB") or 0) << 20,
        "cpu": int(float(compute.get("vcpus") or 0) * cgroups.PERIOD),
        "cpuset": cpu_list(allowed(compute, desired, host)),
    }
    return {name: bound for name, bound in bounds.items() if bound and host.works(f"cgroup_{name}")}


def stops(desired: Desired, found: Found, host: Host) -> list[Action]:
    """Processes of computes that are gone or changed, in namespaces to be removed, or left over by
    a dead one."""
    computes = {compute["id"]: compute for compute in desired.get("computes", [])}
    spaces = namespaces.desired_names(desired, host.tag)
    doomed = {s.inode for name, s in found.spaces.items() if name not in spaces and s.inode}
    actions = []
    for process in found.processes:
        compute = computes.get(process.compute)
        if process.inode in doomed or (process.compute and not compute):
            reason = "is desired no more"
        elif not compute:
            continue  # a visitor in a namespace that stays
        else:
            reason = _reason_to_stop(process, compute, desired, found, host)
        if reason:
            label = _label(compute) if compute else process.compute or "unmarked"
            sentence = f"end process {process.pid} of {label}, which {reason}"
            resource = compute["id"] if compute else ""
            actions.append(Action("stop", sentence, resource, target=process.pid))
    return actions


def group_removals(desired: Desired, groups: Mapping[str, Limits]) -> list[Action]:
    """Control groups that nothing names any more."""
    members = {names.group(compute["id"]) for compute in desired.get("computes", [])}
    return [
        Action("ungroup", f"remove control group {name}", target=name)
        for name in groups
        if name not in members
    ]


def limitations(desired: Desired, found: Found, host: Host) -> list[Action]:
    """Limits that are not set, or not as desired."""
    actions = []
    for compute in desired.get("computes", []):
        group, bounds = names.group(compute["id"]), limits(compute, desired, host)
        current = found.groups.get(group, {})
        if any(current.get(name) != bound for name, bound in bounds.items()):
            words = ", ".join(f"{name} {bound}" for name, bound in bounds.items())
            sentence = f"limit {_label(compute)} to {words}"
            actions.append(Action("group", sentence, compute["id"], target=(group, bounds)))
    return actions


def starts(desired: Desired, found: Found, host: Host) -> list[Action]:
    """Main processes to be started, or pinned to other CPUs."""
    actions = []
    for compute in desired.get("computes", []):
        process, cpus = main(compute["id"], found, host.tag), allowed(compute, desired, host)
        label, image = _label(compute), compute.get("image")
        if process and process.config == config(compute, desired.get("images", [])):
            if process.stopped:
                sentence = f"let process {process.pid} of {label} go on, which is stopped"
                actions.append(Action("resume", sentence, compute["id"], target=process.pid))
            if not set(process.cpus) <= set(cpus):
                sentence = f"pin process {process.pid} of {label} to CPU {cpu_list(cpus)}"
                target = (process.pid, cpus)
                actions.append(Action("pin", sentence, compute["id"], target=target))
        elif image and names.folder(image) not in found.images:
            sentence = f"start {label} once image {image} is here"
            actions.append(Action("fetch", sentence, compute["id"]))
        else:
            actions.append(_start(compute, desired, host))
    return actions


def _start(compute: Compute, desired: Desired, host: Host) -> Action:
    cpus = allowed(compute, desired, host)
    target = {
        "compute": compute,
        "config": config(compute, desired.get("images", [])),
        "space": names.space(host.tag, compute["id"]),
        "cpus": cpus if set(cpus) != set(host.cpus) else (),
    }
    return Action("start", f"start {_label(compute)}", compute["id"], target=target)


def _reason_to_stop(
    process: Process, compute: Compute, desired: Desired, found: Found, host: Host
) -> str:
    chief = main(compute["id"], found, host.tag)
    if chief is None or process.inode != chief.inode or (process.main and process != chief):
        return "is left over"
    if chief.config != config(compute, desired.get("images", [])):
        return "has another configuration"
    return ""


def _label(compute: Compute) -> str:
    return compute.get("name") or compute["id"]
