# SPDX-License-Identifier: Apache-2.0
"""A descriptor as a tree for people: what belongs to what, and what is linked to what."""

from __future__ import annotations

from rich.markup import escape
from rich.tree import Tree

from descriptors import model
from descriptors.commands import ns_trees, vnf_trees
from descriptors.commands.branches import lines
from descriptors.package import Package


def tree(package: Package) -> Tree:
    """The whole package."""
    match package.descriptor:
        case model.Vnfd() as vnfd:
            root = _vnf(vnfd)
        case model.Nsd() as nsd:
            root = _ns(nsd)
        case model.Pnfd() as pnfd:
            root = _pnf(pnfd)
        case None:
            root = Tree("[bold]no descriptor[/]")
    lines(root, "files", [f"{file.path} ({file.size} bytes)" for file in package.files])
    return root


def _vnf(vnfd: model.Vnfd) -> Tree:
    about = f"{vnfd.software_version} of {vnfd.provider}"
    root = Tree(f"[bold]VNF {escape(vnfd.product_name)}[/] {escape(about)}")
    for df in vnfd.flavours.values():
        branch = root.add(f"[bold]flavour {escape(df.id)}[/] {escape(df.description)}")
        vnf_trees.grow(branch, df)
    return root


def _ns(nsd: model.Nsd) -> Tree:
    about = f"{nsd.version} of {nsd.designer}"
    root = Tree(f"[bold]NS {escape(nsd.name)}[/] {escape(about)}")
    for df in nsd.flavours.values():
        ns_trees.grow(root.add(f"[bold]flavour {escape(df.id)}[/]"), df)
    return root


def _pnf(pnfd: model.Pnfd) -> Tree:
    about = f"{pnfd.version} of {pnfd.provider}"
    root = Tree(f"[bold]PNF {escape(pnfd.name)}[/] {escape(about)}")
    requirements = {cp: f", requirement {name}" for name, cp in pnfd.requirements.items()}
    lines(root, "external CPs", [f"{cp}{requirements.get(cp, '')}" for cp in pnfd.ext_cpds])
    properties = {"description": pnfd.description, **pnfd.properties}
    lines(root, "properties", [f"{name}: {item}" for name, item in properties.items() if item])
    return root
