# SPDX-License-Identifier: Apache-2.0
"""A descriptor as a tree for people: what belongs to what, and what is linked to what."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from rich.markup import escape
from rich.tree import Tree

from descriptors import model, resources, sizing
from descriptors.commands import showing
from descriptors.package import Package


def tree(package: Package) -> Tree:
    """The whole package."""
    item = package.descriptor
    if isinstance(item, model.Vnfd):
        root = Tree(
            f"[bold]VNF {escape(item.product_name)}[/] "
            + escape(f"{item.software_version} of {item.provider}")
        )
        for df in item.flavours.values():
            _vnf_flavour(root.add(f"[bold]flavour {escape(df.id)}[/] {escape(df.description)}"), df)
    elif isinstance(item, model.Nsd):
        root = Tree(
            f"[bold]NS {escape(item.name)}[/] {escape(item.version)} of {escape(item.designer)}"
        )
        for ns in item.flavours.values():
            _ns_flavour(root.add(f"[bold]flavour {escape(ns.id)}[/]"), ns)
    elif isinstance(item, model.Pnfd):
        root = Tree(
            f"[bold]PNF {escape(item.name)}[/] " + escape(f"{item.version} of {item.provider}")
        )
        exposed = {cp: f", requirement {name}" for name, cp in item.requirements.items()}
        _all(root, "external CPs", (f"{cp}{exposed.get(cp, '')}" for cp in item.ext_cpds))
        _all(
            root,
            "properties",
            (
                f"{name}: {value}"
                for name, value in {"description": item.description, **item.properties}.items()
                if value
            ),
        )
    else:
        root = Tree("[bold]no descriptor[/]")
    _all(root, "files", (f"{file.path} ({file.size} bytes)" for file in package.files))
    return root


def _vnf_flavour(branch: Tree, df: model.VnfDf) -> None:
    vdus = _branch(branch, "VDUs", df.vdus)
    for vdu in df.vdus.values():
        _vdu(vdus, df, vdu)
    _all(branch, "internal VLs", map(_link, df.virtual_links.values()))
    exposed = {cp: f", requirement {name}" for name, cp in df.requirements.items()}
    _all(
        branch,
        "VIPs",
        (
            f"{vip.id} → {vip.virtual_link or 'external'}: {vip.function} of {', '.join(vip.targets)}"
            for vip in df.vip_cpds.values()
        ),
    )
    _all(
        branch,
        "virtual CPs",
        (
            f"{cp.id} → {cp.virtual_link or 'external'}: {', '.join(cp.targets)}"
            for cp in df.virtual_cpds.values()
        ),
    )
    _all(branch, "external CPs", (f"{cp}{exposed.get(cp, '')}" for cp in df.ext_cpds))
    aspects = _branch(branch, "scaling aspects", df.aspects)
    for item in df.aspects.values():
        node = aspects.add(
            escape(f"{item.id}: levels 0…{item.max_scale_level}, {_growth(df, item)}")
        )
        for step in _steps(item):
            node.add(escape(step))
    _all(
        branch,
        "instantiation levels",
        (
            f"{name}: {showing.numbers(level.vdus)}{' (default)' * (name == df.default_level)}"
            for name, level in df.levels.items()
        ),
    )
    _rules(branch, df)
    _all(branch, "operations of its own", df.operations)


def _vdu(vdus: Tree, df: model.VnfDf, vdu: model.Vdu) -> None:
    need, image = sizing.vnfc(df, vdu.id), resources.image(df, vdu.id)
    numbers = f"{showing.between(vdu.minimum, vdu.maximum)} VNFCs"
    sizes = (
        f"{need.vcpus} vCPU, {showing.size_of(need.memory)}"
        if showing.says_compute(vdu)
        else "no size given"
    )
    node = vdus.add(escape(f"{vdu.id}: {sizes}, {numbers}"))
    _all(
        node,
        "containers",
        (_container(df.containers[name]) for name in vdu.containers if name in df.containers),
    )
    _all(
        node,
        "image",
        [f"{image.name} {image.version} ({image.path or 'external'})"] if image else [],
    )
    cps = (df.cpds[name] for name in vdu.cpds)
    _all(node, "CPs", (f"{cp.id} → {cp.virtual_link or 'external'}{_vnic(cp)}" for cp in cps))
    storages = (df.storages[name] for name in vdu.storages if name in df.storages)
    _all(node, "storages", (f"{item.id}: {showing.size_of(item.size)}" for item in storages))
    _all(node, "asks for", showing.asked(vdu))


def _ns_flavour(branch: Tree, df: model.NsDf) -> None:
    for title, words in (
        (
            "VNFs",
            {vnf.id: (_sized(vnf, vnf.vnfd_id), vnf.links) for vnf in df.vnf_profiles.values()},
        ),
        ("PNFs", {pnf.id: (pnf.pnfd_id, pnf.links) for pnf in df.pnf_profiles.values()}),
        (
            "nested NSs",
            {ns.id: (_sized(ns, ns.nsd_id), ns.links) for ns in df.ns_profiles.values()},
        ),
    ):
        nodes = _branch(branch, title, words)
        for name, (about, links) in words.items():
            node = nodes.add(escape(f"{name}: {about}"))
            for cp, link in links.items():
                node.add(escape(f"{cp} → {link}"))
    _all(branch, "VLs", (_link(link) for link in df.virtual_links.values()))
    _all(branch, "SAPs", (f"{sap.id} → {sap.virtual_link}" for sap in df.sapds.values()))
    _all(
        branch,
        "NS levels",
        (
            f"{_level(level)}{' (default)' * (name == df.default_level)}"
            for name, level in df.levels.items()
        ),
    )
    aspects = _branch(branch, "NS scaling aspects", df.aspects)
    for aspect in df.aspects.values():
        node = aspects.add(escape(aspect.id))
        for level in aspect.levels:
            node.add(escape(_level(level)))
    graphs = _branch(branch, "VNFFGs", df.vnffgds)
    for graph in df.vnffgds.values():
        node = graphs.add(escape(graph.id))
        for nfp in graph.nfps.values():
            _all(
                node, f"NFP {nfp.id}: {showing.way(nfp)}", map(showing.rule, nfp.match), always=True
            )
    for nfp in df.nfps.values():
        _all(
            branch,
            f"NFP {nfp.id} of no VNFFG: {showing.way(nfp)}",
            map(showing.rule, nfp.match),
            always=True,
        )
    _rules(branch, df)


def _sized(profile: model.VnfProfile | model.NsProfile, descriptor: str) -> str:
    """`2…4 of flavour small, level pair; <id of the descriptor>`."""
    level = f", level {profile.level}" if profile.level else ""
    return f"{showing.between(profile.minimum, profile.maximum)} of flavour {profile.flavour}{level}; {descriptor}"


def _level(level: model.NsLevel) -> str:
    words = [
        showing.numbers({**level.vnfs, **level.nss}),
        *(f"bit rate of {link}" for link in level.bitrates),
    ]
    return f"{level.id}: {', '.join(filter(None, words)) or 'as it was'}"


def _branch(branch: Tree, title: str, found: Any) -> Tree:
    return branch.add(f"[cyan]{escape(title)}[/]") if found else Tree("")


def _all(branch: Tree, title: str, lines: Iterable[str], always: bool = False) -> None:
    found = list(lines)
    if found or always:
        node = branch.add(f"[cyan]{escape(title)}[/]")
        for line in found:
            node.add(escape(line))


def _rules(branch: Tree, df: model.VnfDf | model.NsDf) -> None:
    _all(branch, "affinity", map(showing.affinity, df.affinity))
    _all(branch, "security groups", map(showing.security, df.security_groups))


def _container(item: model.OsContainer) -> str:
    image = (
        f", {item.image.name} {item.image.version} ({item.image.path or 'external'})"
        if item.image
        else ""
    )
    return f"{item.id}: {item.cpu / 1000:g} CPU, {showing.size_of(item.memory)}{image}"


def _link(link: model.Vld) -> str:
    subnets = [subnet.cidr or "" for subnet in link.subnets] or [link.cidr or ""]
    words = [
        link.id,
        *subnets,
        "/".join(link.layer_protocols),
        "management" if link.management else "",
    ]
    return ", ".join(filter(None, words))


def _vnic(cp: model.Cpd) -> str:
    return f" ({cp.vnic_type})" if cp.vnic_type != "normal" else ""


def _growth(df: model.VnfDf, aspect: model.ScalingAspect) -> str:
    most = resources.growth(aspect, aspect.max_scale_level)
    return (
        ", ".join(
            f"{df.initial.get(vdu, 0)}…{df.initial.get(vdu, 0) + more} {vdu}"
            for vdu, more in most.items()
        )
        or "no VDU"
    )


def _steps(aspect: model.ScalingAspect) -> Iterator[str]:
    """`step 1: 1× web`, and at last `steps 2…3: 2× web`: the last delta repeats."""
    for number, delta in enumerate(aspect.deltas[: aspect.max_scale_level], 1):
        last = aspect.max_scale_level if number == len(aspect.deltas) else number
        yield f"step{'s' * (last > number)} {showing.between(number, last)}: {showing.numbers(delta)}"
