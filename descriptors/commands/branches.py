# SPDX-License-Identifier: Apache-2.0
"""Branches of a tree for people, and what those of a VNF and of an NS have in common."""

from __future__ import annotations

from collections.abc import Iterable, Sized

from rich.markup import escape
from rich.tree import Tree

from descriptors import model
from descriptors.commands import phrases


def branch(tree: Tree, title: str, items: Sized) -> Tree:
    """A branch for the items; where there are none, one that is no part of the tree."""
    return tree.add(f"[cyan]{escape(title)}[/]") if items else Tree("")


def lines(tree: Tree, title: str, sentences: Iterable[str], always: bool = False) -> None:
    """A branch with these leaves; `always`: also where there are none."""
    leaves = list(sentences)
    if leaves or always:
        node = tree.add(f"[cyan]{escape(title)}[/]")
        for leaf in leaves:
            node.add(escape(leaf))


def rules(tree: Tree, df: model.VnfDf | model.NsDf) -> None:
    """Affinity and security groups of a flavour."""
    lines(tree, "affinity", map(phrases.affinity, df.affinity))
    lines(tree, "security groups", map(phrases.security, df.security_groups))


def link(vld: model.Vld) -> str:
    """`servers, 10.30.3.0/24, ethernet/ipv4, management`."""
    subnets = [subnet.cidr or "" for subnet in vld.subnets] or [vld.cidr or ""]
    layers = "/".join(vld.layer_protocols)
    words = [vld.id, *subnets, layers, "management" if vld.management else ""]
    return ", ".join(filter(None, words))


def marked(name: str, default: str | None) -> str:
    """` (default)` after what is."""
    return " (default)" if name == default else ""
