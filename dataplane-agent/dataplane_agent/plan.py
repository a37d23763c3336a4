# SPDX-License-Identifier: Apache-2.0
"""What to do so that the found state becomes the desired one: `plan(desired, found, …) ->
list[Action]`, pure.

The order is the order of doing: end processes, remove what nothing names any more, make networks,
namespaces and ports, set up what lies inside, paths, limits, and last start processes. No action:
converged."""

import ipaddress
import json
import re
from dataclasses import dataclass
from typing import Any

from dataplane_agent import cgroups, names, rules
from dataplane_agent import desired as wish
from dataplane_agent import found as kept

Document = dict[str, Any]


@dataclass(frozen=True)
class Action:
    """One thing to do; prints as a sentence.

    `tool` says who does it (apply.TOOLS), `resource` for which resource ("" for an orphan), `lines`
    are what the tool is fed, `space` the namespace they run in ("" is the host's), `target` what a
    tool needs beyond lines."""

    tool: str
    sentence: str
    resource: str = ""
    lines: tuple[str, ...] = ()
    space: str = ""
    target: Any = None

    def __str__(self) -> str:
        return self.sentence


@dataclass(frozen=True)
class Host:
    """What a plan depends on beside the two states: the agent's tag, the host's CPUs, its
    features."""

    tag: str
    cpus: tuple[int, ...]
    features: Document


def plan(desired: Document, found: kept.Found, host: Host) -> list[Action]:
    """The actions that lead from `found` to `desired`, a document that `desired.sift` let pass."""
    ends = wish.ends(desired, host.tag)
    spaces = {e.space for e in ends} | {
        names.space(host.tag, c["id"]) for c in desired.get("computes", [])
    }
    return [
        *_stops(desired, found, host, spaces),
        *_orphans(desired, found, host, ends, spaces),
        *_networks(desired, found, host),
        *_spaces(desired, found, host),
        *_links(ends, found),
        *_insides(ends, found),
        *_paths(desired, found, host),
        *_images(desired, found),
        *_limits(desired, found, host),
        *_starts(desired, found, host),
    ]


def config(compute: Document, images: list[Document]) -> str:
    """The digest of what a process was started with: another one means a restart."""
    image = next((i.get("checksum") for i in images if i["id"] == compute.get("image")), None)
    parts = {
        k: compute.get(k) for k in ("image", "runtime", "userData", "vnf", "vdu", "index", "cpus")
    }
    return names.digest(json.dumps([parts, image], sort_keys=True), 16)


def main(compute: str, found: kept.Found, space: str) -> Any:
    """The one process that is a compute's: marked as such, and in its namespace; None where there
    is none."""
    inode = found.spaces[space].inode if space in found.spaces else -1
    mains = [p for p in found.processes if p.compute == compute and p.main and p.inode == inode]
    return min(mains, key=lambda p: p.started, default=None)


def allowed(compute: Document, desired: Document, host: Host) -> tuple[int, ...]:
    """The CPUs a compute may use: its dedicated ones, or all that are dedicated to nobody."""
    if compute.get("cpus"):
        return tuple(sorted(compute["cpus"]))
    taken = {cpu for c in desired.get("computes", []) for cpu in c.get("cpus") or ()}
    return tuple(c for c in host.cpus if c not in taken) or host.cpus


def cpu_list(cpus: tuple[int, ...]) -> str:
    """CPUs the way the kernel prints them: (0, 1, 2, 5) is "0-2,5"."""
    runs: list[list[int]] = []
    for cpu in sorted(cpus):
        if runs and cpu == runs[-1][1] + 1:
            runs[-1][1] = cpu
        else:
            runs.append([cpu, cpu])
    return ",".join(str(a) if a == b else f"{a}-{b}" for a, b in runs)


def _stops(desired: Document, found: kept.Found, host: Host, spaces: set[str]) -> list[Action]:
    """Processes of computes that are gone or changed, in namespaces to be removed, or left over by
    a dead one."""
    computes = {c["id"]: c for c in desired.get("computes", [])}
    doomed = {s.inode for n, s in found.spaces.items() if n not in spaces and s.inode}
    actions = []
    for process in found.processes:
        compute = computes.get(process.compute)
        space = names.space(host.tag, process.compute)
        chief = main(process.compute, found, space) if compute else None
        if process.inode in doomed or (process.compute and not compute):
            why = "is desired no more"
        elif not compute:
            continue  # a visitor in a namespace that stays
        elif chief is None or process.inode != chief.inode or (process.main and process != chief):
            why = "is left over"
        elif chief.config != config(compute, desired.get("images", [])):
            why = "has another configuration"
        else:
            continue
        name = compute.get("name", compute["id"]) if compute else process.compute or "unmarked"
        actions.append(
            Action(
                "stop",
                f"end process {process.pid} of {name}, which {why}",
                process.compute if compute else "",
                target=process.pid,
            )
        )
    return actions


def _orphans(
    desired: Document, found: kept.Found, host: Host, ends: list[wish.End], spaces: set[str]
) -> list[Action]:
    bridges = {names.bridge(host.tag, n["id"]) for n in desired.get("networks", [])}
    links = {e.link for e in ends}
    groups = {names.digest(c["id"]) for c in desired.get("computes", [])}
    folders = {names.folder(c["id"]) for c in desired.get("computes", [])}
    images = {names.folder(i["id"]) for i in desired.get("images", [])}
    broken = {n for n, s in found.spaces.items() if not s.inode}
    return [
        *_path_orphans(desired, found, host),
        *(Action("unlink", f"remove port {n}", target=n) for n in found.links if n not in links),
        *(
            Action("unlink", f"remove network {n}", target=n)
            for n in found.bridges
            if n not in bridges
        ),
        *(
            Action("ip", f"remove namespace {n}", lines=(f"netns del {n}",))
            for n in found.spaces
            if n not in spaces or n in broken
        ),
        *(
            Action("ungroup", f"remove control group {n}", target=n)
            for n in found.groups
            if n not in groups
        ),
        *(
            Action("unfile", f"remove the files of compute {n}", target=f"computes/{n}")
            for n in sorted(found.folders - folders)
        ),
        *(
            Action("unfile", f"remove image {n}", target=f"images/{n}")
            for n in sorted(found.images - images)
        ),
        *(
            Action("unfile", f"remove the rest of image {n}", target=f"images/{n}")
            for n in sorted(found.parts)
            if n.removesuffix(".part").removesuffix(".new") not in images
        ),
    ]


def _path_orphans(desired: Document, found: kept.Found, host: Host) -> list[Action]:
    table, paths = names.table(host.tag), {names.path(p["id"]) for p in desired.get("paths", [])}
    if found.table and not paths:
        return [
            Action(
                "nft",
                f"remove the forwarding paths' table {table}",
                lines=(f"delete table bridge {table}",),
            )
        ]
    return [
        Action(
            "nft",
            f"remove path {chain}",
            lines=tuple(rules.removal(table, chain, path.jumps, len(path.hops))),
        )
        for chain, path in found.paths.items()
        if chain not in paths
    ]


def _networks(desired: Document, found: kept.Found, host: Host) -> list[Action]:
    actions, quiet = [], []
    for network in desired.get("networks", []):
        name, mtu = names.bridge(host.tag, network["id"]), network.get("mtu") or 1500
        bridge, label = found.bridges.get(name), network.get("name") or network["id"]
        if bridge is None:
            actions.append(
                Action(
                    "ip",
                    f"create network {label} as bridge {name}, MTU {mtu}",
                    network["id"],
                    (
                        f"link add {name} mtu {mtu} type bridge stp_state 0 mcast_snooping 0 forward_delay 0",
                        f"link set {name} addrgenmode none alias {_alias(label)} up",
                    ),
                )
            )
        elif not bridge.up:
            actions.append(
                Action(
                    "ip",
                    f"set network {label} ({name}) up",
                    network["id"],
                    (f"link set {name} up",),
                )
            )
        if bridge and bridge.mtu != mtu:
            actions.append(
                Action(
                    "ip",
                    f"set the MTU of network {label} to {mtu}",
                    network["id"],
                    (f"link set {name} mtu {mtu}",),
                )
            )
        if bridge is None or not bridge.quiet:
            quiet.append(
                Action(
                    "file",
                    f"keep the host's own IPv6 off network {label}",
                    network["id"],
                    (f"/proc/sys/net/ipv6/conf/{name}/disable_ipv6", "1"),
                )
            )
    if found.filtered and desired.get("networks"):
        quiet += [
            Action(
                "file",
                f"keep bridged frames out of the host's packet filter ({name})",
                "",
                (f"/proc/sys/net/bridge/{name}", "0"),
            )
            for name in (
                "bridge-nf-call-iptables",
                "bridge-nf-call-ip6tables",
                "bridge-nf-call-arptables",
            )
        ]
    return actions + quiet


def _spaces(desired: Document, found: kept.Found, host: Host) -> list[Action]:
    actions = []
    for resource in (*desired.get("ports", []), *desired.get("computes", [])):
        name, label = names.space(host.tag, resource["id"]), resource.get("name") or resource["id"]
        space = found.spaces.get(name)
        if space is None or not space.inode:
            actions.append(
                Action(
                    "ip",
                    f"create namespace {name} for {label}",
                    resource["id"],
                    (f"netns add {name}",),
                )
            )
    return actions


def _links(ends: list[wish.End], found: kept.Found) -> list[Action]:
    """Both ends of each port; one whose configuration changed, or whose other end is not where it
    belongs, anew."""
    actions = []
    for end in ends:
        link, inside = found.links.get(end.link), _inside(end, found)
        what = f"port {end.interface} of {end.name}"
        if link is None or inside is None or link.alias != _mark(end):
            old = (f"link del {end.link}",) if link else ()
            actions.append(
                Action(
                    "ip",
                    f"{'re' if link else ''}create {what} as {end.link} on {end.bridge}",
                    end.resource,
                    (
                        *old,
                        (
                            f"link add {end.link} mtu {end.mtu} type veth peer name {end.interface} mtu {end.mtu} "
                            f"address {end.port['mac']} netns {end.space}"
                        ),
                        f"link set {end.link} master {end.bridge} addrgenmode none alias {_mark(end)} up",
                    ),
                )
            )
            continue
        if link.master != end.bridge:
            actions.append(
                Action(
                    "ip",
                    f"put {what} on {end.bridge}",
                    end.resource,
                    (f"link set {end.link} master {end.bridge}",),
                )
            )
        if not link.up:
            actions.append(
                Action(
                    "ip",
                    f"set the host's end of {what} up",
                    end.resource,
                    (f"link set {end.link} up",),
                )
            )
        if link.mtu != end.mtu:
            actions.append(
                Action(
                    "ip",
                    f"set the MTU of the host's end of {what} to {end.mtu}",
                    end.resource,
                    (f"link set {end.link} mtu {end.mtu}",),
                )
            )
    return actions


def _insides(ends: list[wish.End], found: kept.Found) -> list[Action]:
    """The inside of each namespace: loopback, interfaces, addresses, then routes, which need the
    addresses."""
    actions: list[Action] = []
    for space in dict.fromkeys(e.space for e in ends):
        here = [e for e in ends if e.space == space]
        if space not in found.spaces or not found.spaces[space].lo:
            actions.append(
                Action(
                    "ip",
                    f"set loopback of {here[0].name} up",
                    here[0].resource,
                    ("link set lo up",),
                    space,
                )
            )
        for end in here:
            actions += _interface(end, found)
        for end in here:
            actions += _routes(end, found)
    return actions


def _interface(end: wish.End, found: kept.Found) -> list[Action]:
    inside, what = _inside(end, found), f"{end.interface} of {end.name}"
    if inside is None or found.links[end.link].alias != _mark(end):
        inside = kept.End(0, 0, end.port["mac"], end.mtu, False, frozenset())  # as _links makes it
    changes = [
        (
            inside.mac != end.port["mac"],
            f"give {what} MAC {end.port['mac']}",
            f"address {end.port['mac']}",
        ),
        (inside.mtu != end.mtu, f"set the MTU of {what} to {end.mtu}", f"mtu {end.mtu}"),
        (not inside.up, f"set {what} up", "addrgenmode none up"),
    ]
    actions = [
        Action("ip", sentence, end.resource, (f"link set {end.interface} {words}",), end.space)
        for needed, sentence, words in changes
        if needed
    ]
    return actions + [
        Action(
            "ip",
            f"give {what} address {a}",
            end.resource,
            (f"addr add {a} dev {end.interface}{' nodad' if ':' in a else ''}",),
            end.space,
        )
        for a in map(_plain, end.port.get("addresses") or [])
        if a not in inside.addresses
    ]


def _routes(end: wish.End, found: kept.Found) -> list[Action]:
    """Routes lost with an interface are found missing here too, as the kernel drops them when it
    goes down."""
    inside = _inside(end, found)
    intact = inside is not None and inside.up and found.links[end.link].alias == _mark(end)
    there = found.spaces[end.space].routes if intact else frozenset()
    wanted = [(_target(r["to"]), r["via"]) for r in end.port.get("routes") or []]
    return [
        Action(
            "ip",
            f"route {to} of {end.name} via {via}",
            end.resource,
            (f"route replace {to} via {via}",),
            end.space,
        )
        for to, via in wanted
        if (to, via) not in there
    ]


def _paths(desired: Document, found: kept.Found, host: Host) -> list[Action]:
    ports = {
        p["id"]: {"link": names.link(host.tag, p["id"]), "mac": p["mac"]}
        for _, p in wish.owned(desired)
    }
    actions = []
    for path in desired.get("paths", []):
        there = found.paths.get(names.path(path["id"]), kept.Path())
        wanted = rules.comments(path, ports)
        if (
            there.comments == wanted
            and len(there.jumps) == 1
            and len(there.hops) == len(path["hops"])
        ):
            continue
        label = path.get("name") or path["id"]
        actions.append(
            Action(
                "nft",
                f"{'change' if there.comments else 'create'} path {label} of "
                f"{len(path['hops'])} hops",
                path["id"],
                tuple(
                    rules.script(
                        names.table(host.tag), path, ports, not there.jumps, len(there.hops)
                    )
                ),
            )
        )
    return actions


def _images(desired: Document, found: kept.Found) -> list[Action]:
    return [
        Action("fetch", f"fetch image {image['id']}", image["id"], target=image)
        for image in desired.get("images", [])
        if names.folder(image["id"]) not in found.images
    ]


def limits(compute: Document, desired: Document, host: Host) -> Document:
    """The limits of a compute, for the controllers this host lets the agent use."""
    wanted = {
        "memory": int(compute.get("memoryMiB") or 0) << 20,
        "cpu": int(float(compute.get("vcpus") or 0) * cgroups.PERIOD),
        "cpuset": cpu_list(allowed(compute, desired, host)),
    }
    return {
        c: v for c, v in wanted.items() if v and host.features.get(f"cgroup_{c}", {}).get("works")
    }


def _limits(desired: Document, found: kept.Found, host: Host) -> list[Action]:
    actions = []
    for compute in desired.get("computes", []):
        group, wanted = names.digest(compute["id"]), limits(compute, desired, host)
        there = found.groups.get(group, {})
        if any(there.get(c) != v for c, v in wanted.items()):
            said = ", ".join(f"{c} {v}" for c, v in wanted.items())
            actions.append(
                Action(
                    "group",
                    f"limit {compute.get('name') or compute['id']} to {said}",
                    compute["id"],
                    target=(group, wanted),
                )
            )
    return actions


def _starts(desired: Document, found: kept.Found, host: Host) -> list[Action]:
    actions = []
    for compute in desired.get("computes", []):
        label, space = compute.get("name") or compute["id"], names.space(host.tag, compute["id"])
        process, cpus = main(compute["id"], found, space), allowed(compute, desired, host)
        wanted = config(compute, desired.get("images", []))
        if process and process.config == wanted:
            if not set(process.cpus) <= set(cpus):
                actions.append(
                    Action(
                        "pin",
                        f"pin process {process.pid} of {label} to CPU {cpu_list(cpus)}",
                        compute["id"],
                        target=(process.pid, cpus),
                    )
                )
        elif compute.get("image") and names.folder(compute["image"]) not in found.images:
            actions.append(
                Action(
                    "fetch", f"start {label} once image {compute['image']} is here", compute["id"]
                )
            )
        else:
            actions.append(
                Action(
                    "start",
                    f"start {label}",
                    compute["id"],
                    target={
                        "compute": compute,
                        "config": wanted,
                        "space": space,
                        "tag": host.tag,
                        "cpus": cpus if set(cpus) != set(host.cpus) else (),
                    },
                )
            )
    return actions


def _inside(end: wish.End, found: kept.Found) -> kept.End | None:
    """The end inside the namespace, if it is really the other end of the host's."""
    link, space = found.links.get(end.link), found.spaces.get(end.space)
    inside = space.ends.get(end.interface) if space else None
    return (
        inside
        if inside and link and (link.index, link.peer) == (inside.peer, inside.index)
        else None
    )


def _mark(end: wish.End) -> str:
    """What the host's end bears as alias: the port's name, and a digest of all that is set inside
    the namespace."""
    parts = [
        end.port["mac"],
        end.port.get("addresses"),
        end.port.get("routes"),
        end.interface,
        end.space,
    ]
    return _alias(
        f"{end.port.get('name') or end.port['id']}~{names.digest(json.dumps(parts, sort_keys=True))}"
    )


def _alias(text: str) -> str:
    """A name as the kernel keeps it beside an object, for people who look with `ip link`."""
    return re.sub(r"[^\w./:~-]", "_", text)[-120:]


def _plain(address: str) -> str:
    """An address with its prefix length, as `ip` shows it."""
    return str(ipaddress.ip_interface(address))


def _target(route: str) -> str:
    """A route's destination, as `ip` shows it."""
    network = ipaddress.ip_network(route, strict=False)
    if not network.prefixlen:
        return "default"
    return str(network.network_address if network.prefixlen == network.max_prefixlen else network)
