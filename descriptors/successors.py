# SPDX-License-Identifier: Apache-2.0
"""What of the new VNFD stands for what of the old one (IFA011 7.1.15.2).

Flavours and components, by VnfPackageChange."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping
from typing import Any

from descriptors import model
from descriptors.fields import attributes, is_object

Descriptor = model.Vnfd | model.Nsd | model.Pnfd
Flavour = model.VnfDf | model.NsDf

# Fields that hold one name; in lists and keys any may be one.
REFERENCES = ("vdu", "cpd", "trunk", "virtual_link", "of")


def flavours(descriptor: Descriptor) -> Mapping[str, Flavour]:
    """Those of a VNFD or NSD; a PNFD has none."""
    return {} if isinstance(descriptor, model.Pnfd) else descriptor.flavours


def flavour(before: Descriptor, after: Descriptor, name: str) -> str | None:
    """The flavour of `after` in which instances of a flavour of `before` go on.

    Of the same name, or where they are sent."""
    names = flavours(after)
    if name in names:
        return name
    destinations = (change.destination_flavour for change in _changes(before, after, name))
    return next((destination for destination in destinations if destination in names), None)


def renamed(before: Descriptor, after: Descriptor, name: str, destination: str) -> Flavour:
    """The flavour `name` of `before` in the words of `after`.

    Components are called what they are mapped to, but keep their id."""
    df = flavours(before)[name]
    names = _mapping(before, after, name, destination)
    sections = [items for items in vars(df).values() if isinstance(items, dict)]
    components = set().union(*sections)
    if len({names.get(key, key) for key in components}) < len(components):
        names = {}  # two would become one: that is no mapping
    values: dict[str, Any] = {key: _renamed(value, names, key) for key, value in vars(df).items()}
    values["id"] = df.id if name == destination else destination
    return dataclasses.replace(df, **values)


def _mapping(before: Descriptor, after: Descriptor, name: str, destination: str) -> dict[str, str]:
    """Components of the old flavour, and what they are called in the new one."""
    for change in _changes(before, after, name):
        if change.destination_flavour == destination:
            ends = [(item.get("source_id"), item.get("destination_id")) for item in change.mappings]
            return {source: target for source, target in ends if source and target}
    return {}


def _changes(before: Descriptor, after: Descriptor, name: str) -> Iterator[model.PackageChange]:
    """The package changes, of either VNFD, whose selector is about these two and this flavour."""
    if before.id == after.id:  # a selector tells versions by their ids
        return
    selector = {
        "source_descriptor_id": before.id,
        "destination_descriptor_id": after.id,
        "source_flavour_id": name,
    }
    for df in (*flavours(after).values(), *flavours(before).values()):
        changes = df.package_changes if isinstance(df, model.VnfDf) else []
        for change in changes:
            if any(selector.items() <= other.items() for other in change.selectors):
                yield change


def _renamed(value: object, names: Mapping[str, str], field: str = "") -> object:
    """A value, wherever it names a component, by the new names."""
    if not names:
        return value
    if isinstance(value, str):
        return names.get(value, value) if field in REFERENCES else value
    if isinstance(value, dict):
        return {names.get(key, key): _renamed(part, names) for key, part in value.items()}
    if isinstance(value, list):
        return [
            names.get(part, part) if isinstance(part, str) else _renamed(part, names)
            for part in value
        ]
    if is_object(value):
        parts = {key: _renamed(part, names, key) for key, part in attributes(value).items()}
        return dataclasses.replace(value, **parts)  # type: ignore[type-var]
    return value
