# SPDX-License-Identifier: Apache-2.0
"""A flavour of a VNF as a tree."""

from __future__ import annotations

from collections.abc import Iterator

from rich.markup import escape
from rich.tree import Tree

from descriptors import model, resources, sizing
from descriptors.commands import phrases
from descriptors.commands.branches import branch, lines, link, marked, rules


def grow(tree: Tree, df: model.VnfDf) -> None:
    """Adds all that is in the flavour."""
    vdus = branch(tree, "VDUs", df.vdus)
    for vdu in df.vdus.values():
        _vdu(vdus, df, vdu)
    lines(tree, "internal VLs", map(link, df.virtual_links.values()))
    _exposed(tree, df)
    aspects = branch(tree, "scaling aspects", df.aspects)
    for aspect in df.aspects.values():
        about = f"{aspect.id}: levels 0…{aspect.max_scale_level}, {_growth(df, aspect)}"
        node = aspects.add(escape(about))
        for step in _steps(aspect):
            node.add(escape(step))
    levels = [
        f"{name}: {phrases.numbers(level.vdus)}{marked(name, df.default_level)}"
        for name, level in df.levels.items()
    ]
    lines(tree, "instantiation levels", levels)
    rules(tree, df)
    lines(tree, "operations of its own", df.operations)


def _exposed(tree: Tree, df: model.VnfDf) -> None:
    """The CPs that are of no VDU, and those that the VNF is linked at."""
    vips = [
        f"{vip.id} → {_end(vip.virtual_link)}: {vip.function} of {', '.join(vip.targets)}"
        for vip in df.vip_cpds.values()
    ]
    lines(tree, "VIPs", vips)
    services = [
        f"{cp.id} → {_end(cp.virtual_link)}: {', '.join(cp.targets)}"
        for cp in df.virtual_cpds.values()
    ]
    lines(tree, "virtual CPs", services)
    requirements = {cp: f", requirement {name}" for name, cp in df.requirements.items()}
    lines(tree, "external CPs", [f"{cp}{requirements.get(cp, '')}" for cp in df.ext_cpds])


def _vdu(vdus: Tree, df: model.VnfDf, vdu: model.Vdu) -> None:
    need, image = sizing.vnfc(df, vdu.id), resources.image(df, vdu.id)
    size = "no size given"
    if phrases.says_compute(vdu):
        size = f"{need.vcpus} vCPU, {phrases.size_of(need.memory)}"
    count = f"{phrases.between(vdu.minimum, vdu.maximum)} VNFCs"
    node = vdus.add(escape(f"{vdu.id}: {size}, {count}"))
    containers = [df.containers[name] for name in vdu.containers if name in df.containers]
    lines(node, "containers", map(_container, containers))
    lines(node, "image", [_image(image)] if image else [])
    lines(node, "CPs", [_cp(df.cpds[name]) for name in vdu.cpds])
    storages = [df.storages[name] for name in vdu.storages if name in df.storages]
    lines(node, "storages", [f"{item.id}: {phrases.size_of(item.size)}" for item in storages])
    lines(node, "asks for", phrases.wishes(vdu))


def _container(item: model.OsContainer) -> str:
    image = f", {_image(item.image)}" if item.image else ""
    return f"{item.id}: {item.cpu / 1000:g} CPU, {phrases.size_of(item.memory)}{image}"


def _image(image: model.SwImage) -> str:
    return f"{image.name} {image.version} ({_end(image.path)})"


def _cp(cp: model.Cpd) -> str:
    vnic = f" ({cp.vnic_type})" if cp.vnic_type != "normal" else ""
    return f"{cp.id} → {_end(cp.virtual_link)}{vnic}"


def _end(name: str | None) -> str:
    """A link or path, or that it is outside."""
    return name or "external"


def _growth(df: model.VnfDf, aspect: model.ScalingAspect) -> str:
    ranges = []
    for vdu, more in resources.growth(aspect, aspect.max_scale_level).items():
        initial = df.initial.get(vdu, 0)
        ranges.append(f"{initial}…{initial + more} {vdu}")
    return ", ".join(ranges) or "no VDU"


def _steps(aspect: model.ScalingAspect) -> Iterator[str]:
    """`step 1: 1× web`, and at last `steps 2…3: 2× web`: the last delta repeats."""
    for number, delta in enumerate(aspect.deltas[: aspect.max_scale_level], 1):
        last = aspect.max_scale_level if number == len(aspect.deltas) else number
        word = "steps" if last > number else "step"
        yield f"{word} {phrases.between(number, last)}: {phrases.numbers(delta)}"
