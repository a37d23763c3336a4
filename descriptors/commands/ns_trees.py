# SPDX-License-Identifier: Apache-2.0
"""A flavour of a network service as a tree."""

from __future__ import annotations

from collections.abc import Mapping

from rich.markup import escape
from rich.tree import Tree

from descriptors import model
from descriptors.commands import phrases
from descriptors.commands.branches import branch, lines, link, marked, rules

Constituents = Mapping[str, tuple[str, Mapping[str, str]]]  # name: what is said of it, its links


def grow(tree: Tree, df: model.NsDf) -> None:
    """Adds all that is in the flavour."""
    vnfs = {vnf.id: (_profile(vnf, vnf.vnfd_id), vnf.links) for vnf in df.vnf_profiles.values()}
    pnfs = {pnf.id: (pnf.pnfd_id, pnf.links) for pnf in df.pnf_profiles.values()}
    nss = {ns.id: (_profile(ns, ns.nsd_id), ns.links) for ns in df.ns_profiles.values()}
    _constituents(tree, "VNFs", vnfs)
    _constituents(tree, "PNFs", pnfs)
    _constituents(tree, "nested NSs", nss)
    lines(tree, "VLs", map(link, df.virtual_links.values()))
    lines(tree, "SAPs", [f"{sap.id} → {sap.virtual_link}" for sap in df.sapds.values()])
    levels = [
        f"{_level(level)}{marked(name, df.default_level)}" for name, level in df.levels.items()
    ]
    lines(tree, "NS levels", levels)
    aspects = branch(tree, "NS scaling aspects", df.aspects)
    for aspect in df.aspects.values():
        node = aspects.add(escape(aspect.id))
        for level in aspect.levels:
            node.add(escape(_level(level)))
    _paths(tree, df)
    rules(tree, df)


def _constituents(tree: Tree, title: str, constituents: Constituents) -> None:
    nodes = branch(tree, title, constituents)
    for name, (about, links) in constituents.items():
        node = nodes.add(escape(f"{name}: {about}"))
        for cp, vld in links.items():
            node.add(escape(f"{cp} → {vld}"))


def _profile(profile: model.VnfProfile | model.NsProfile, descriptor: str) -> str:
    """`2…4 of flavour small, level pair; <id of the descriptor>`."""
    level = f", level {profile.level}" if profile.level else ""
    count = phrases.between(profile.minimum, profile.maximum)
    return f"{count} of flavour {profile.flavour}{level}; {descriptor}"


def _level(level: model.NsLevel) -> str:
    counts = phrases.numbers({**level.vnfs, **level.nss})
    rates = [f"bit rate of {name}" for name in level.bitrates]
    return f"{level.id}: {', '.join(filter(None, [counts, *rates])) or 'as it was'}"


def _paths(tree: Tree, df: model.NsDf) -> None:
    graphs = branch(tree, "VNFFGs", df.vnffgds)
    for graph in df.vnffgds.values():
        node = graphs.add(escape(graph.id))
        for nfp in graph.nfps.values():
            title = f"NFP {nfp.id}: {phrases.path(nfp)}"
            lines(node, title, map(phrases.rule, nfp.match), always=True)
    for nfp in df.nfps.values():
        title = f"NFP {nfp.id} of no VNFFG: {phrases.path(nfp)}"
        lines(tree, title, map(phrases.rule, nfp.match), always=True)
