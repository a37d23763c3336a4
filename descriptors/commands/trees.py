# SPDX-License-Identifier: Apache-2.0
"""A descriptor as a tree for people: what belongs to what, and what is linked to what."""
from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from rich.markup import escape
from rich.tree import Tree

from descriptors import model, resources, sizing
from descriptors.commands import showing
from descriptors.package import Package


def tree(package: Package, flavour: str | None = None) -> Tree:
    """The whole package. ValueError where the flavour does not exist."""
    item = package.descriptor
    if isinstance(item, model.Vnfd):
        root = Tree(f"[bold]VNF {escape(item.product_name)}[/] "
                    + escape(f"{item.software_version} of {item.provider}"))
        for df in showing.chosen(item, flavour):
            _vnf_flavour(root.add(f"[bold]flavour {escape(df.id)}[/] {escape(df.description)}"), df)
    elif isinstance(item, model.Nsd):
        root = Tree(f"[bold]NS {escape(item.name)}[/] {escape(item.version)} of {escape(item.designer)}")
        for df in showing.chosen(item, flavour):
            _ns_flavour(root.add(f"[bold]flavour {escape(df.id)}[/]"), df)
    elif isinstance(item, model.Pnfd):
        root = Tree(f"[bold]PNF {escape(item.name)}[/] " + escape(f"{item.version} of {item.provider}"))
        exposed = {cp: f", requirement {name}" for name, cp in item.requirements.items()}
        _all(root, "external CPs", (f"{cp}{exposed.get(cp, '')}" for cp in item.ext_cpds))
        _all(root, "properties", (f"{name}: {value}" for name, value in {
            "description": item.description, **item.properties}.items() if value))
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
    _all(branch, "VIPs", (f"{vip.id} → {vip.virtual_link or 'external'}: {vip.function} of {', '.join(vip.targets)}"
                          for vip in df.vip_cpds.values()))
    _all(branch, "virtual CPs", (f"{cp.id} → {cp.virtual_link or 'external'}: {', '.join(cp.targets)}" for cp in df.virtual_cpds.values()))
    _all(branch, "external CPs", (f"{cp}{exposed.get(cp, '')}" for cp in df.ext_cpds))
    _all(branch, "scaling aspects",
         (f"{item.id}: levels 0…{item.max_scale_level}, {_growth(df, item)}" for item in df.aspects.values()))
    _all(branch, "instantiation levels",
         (f"{name}: {_counts(item.vdus)}{' (default)' * (name == df.default_level)}" for name, item in df.levels.items()))
    _affinity(branch, df.affinity)
    _all(branch, "operations of its own", df.operations)


def _vdu(vdus: Tree, df: model.VnfDf, vdu: model.Vdu) -> None:
    need, image = sizing.vnfc(df, vdu.id), resources.image(df, vdu.id)
    numbers = f"{vdu.minimum}…{vdu.maximum} VNFCs"
    node = vdus.add(escape(f"{vdu.id}: {need.vcpus} vCPU, {showing.size_of(need.memory)}, {numbers}"))
    _all(node, "containers", (_container(df.containers[name]) for name in vdu.containers if name in df.containers))
    _all(node, "image", [f"{image.name} {image.version} ({image.path or 'external'})"] if image else [])
    cps = (df.cpds[name] for name in vdu.cpds)
    _all(node, "CPs", (f"{cp.id} → {cp.virtual_link or 'external'}{_vnic(cp)}" for cp in cps))
    storages = (df.storages[name] for name in vdu.storages if name in df.storages)
    _all(node, "storages", (f"{item.id}: {showing.size_of(item.size)}" for item in storages))
    _all(node, "asks for", showing.asked(vdu))


def _ns_flavour(branch: Tree, df: model.NsDf) -> None:
    for title, profiles in (("VNFs", df.vnf_profiles), ("PNFs", df.pnf_profiles), ("nested NSs", df.ns_profiles)):
        found: dict[str, Any] = profiles  # type: ignore[assignment]
        nodes = _branch(branch, title, found)
        for profile in found.values():
            names = ("vnfd_id", "pnfd_id", "nsd_id")
            node = nodes.add(escape(f"{profile.id}: {next(getattr(profile, x) for x in names if hasattr(profile, x))}"))
            for cp, link in profile.links.items():
                node.add(escape(f"{cp} → {link}"))
    _all(branch, "VLs", (_link(link) for link in df.virtual_links.values()))
    _all(branch, "SAPs", (f"{sap.id} → {sap.virtual_link}" for sap in df.sapds.values()))
    graphs = _branch(branch, "VNFFGs", df.vnffgds)
    for graph in df.vnffgds.values():
        node = graphs.add(escape(graph.id))
        for nfp in graph.nfps.values():
            _all(node, f"NFP {nfp.id}: {showing.way(nfp)}", map(showing.rule, nfp.match), always=True)
    for nfp in df.nfps.values():
        _all(branch, f"NFP {nfp.id} of no VNFFG: {showing.way(nfp)}", map(showing.rule, nfp.match), always=True)
    _affinity(branch, df.affinity)


def _branch(branch: Tree, title: str, found: Any) -> Tree:
    return branch.add(f"[cyan]{escape(title)}[/]") if found else Tree("")


def _all(branch: Tree, title: str, lines: Iterable[str], always: bool = False) -> None:
    found = list(lines)
    if found or always:
        node = branch.add(f"[cyan]{escape(title)}[/]")
        for line in found:
            node.add(escape(line))


def _affinity(branch: Tree, rules: list[model.AffinityRule]) -> None:
    _all(branch, "affinity", (f"{rule.id}: {rule.kind} at {rule.scope} of {', '.join(rule.members)}"
                              + (" among themselves" if rule.local else "") for rule in rules))


def _container(item: model.OsContainer) -> str:
    image = f", {item.image.name} {item.image.version} ({item.image.path or 'external'})" if item.image else ""
    return f"{item.id}: {item.cpu / 1000:g} CPU, {showing.size_of(item.memory)}{image}"


def _link(link: model.Vld) -> str:
    subnets = [subnet.cidr or "" for subnet in link.subnets] or [link.cidr or ""]
    words = [link.id, *subnets, "/".join(link.layer_protocols), "management" if link.management else ""]
    return ", ".join(filter(None, words))


def _vnic(cp: model.Cpd) -> str:
    return f" ({cp.vnic_type})" if cp.vnic_type != "normal" else ""


def _growth(df: model.VnfDf, aspect: model.ScalingAspect) -> str:
    most = resources.growth(aspect, aspect.max_scale_level)
    return ", ".join(f"{df.initial.get(vdu, 0)}…{df.initial.get(vdu, 0) + more} {vdu}" for vdu, more in most.items()) or "no VDU"


def _counts(vdus: dict[str, int]) -> str:
    return ", ".join(f"{number}× {vdu}" for vdu, number in vdus.items())
