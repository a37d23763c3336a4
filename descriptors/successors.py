# SPDX-License-Identifier: Apache-2.0
"""What of the new VNFD stands for what of the old one: flavours and components, by VnfPackageChange
(IFA011 7.1.15.2)."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from typing import Any

from descriptors import model

REFERENCES = (
    "vdu",
    "cpd",
    "trunk",
    "virtual_link",
    "of",
)  # fields that hold one name; in lists and keys any may be one


def flavour(before: Any, after: Any, name: str) -> str | None:
    """The flavour of `after` in which instances of a flavour of `before` go on: of the same name,
    or where they are sent."""
    found = (change.destination_flavour for change in _changes(before, after, name))
    return (
        name
        if name in after.flavours
        else next((other for other in found if other in after.flavours), None)
    )


def renamed(before: Any, after: Any, name: str, destination: str) -> Any:
    """The flavour `name` of `before` in the words of `after`: components are called what they are
    mapped to, but keep their id."""
    df = before.flavours[name]
    chosen = next(
        (
            change
            for change in _changes(before, after, name)
            if change.destination_flavour == destination
        ),
        None,
    )
    wanted = (
        {
            item["source_id"]: item["destination_id"]
            for item in chosen.mappings
            if item.get("source_id") and item.get("destination_id")
        }
        if chosen
        else {}
    )
    components = {
        key
        for item in dataclasses.fields(df)
        if isinstance(items := getattr(df, item.name), dict)
        for key in items
    }
    if len({wanted.get(key, key) for key in components}) < len(components):
        wanted = {}  # two would become one: that is no mapping
    return dataclasses.replace(
        _called(df, wanted), id=df.id if name == destination else destination
    )


def _changes(before: Any, after: Any, name: str) -> Iterator[model.PackageChange]:
    """The package changes, of either VNFD, whose selector is about these two and this flavour."""
    wanted = {
        "source_descriptor_id": before.id,
        "destination_descriptor_id": after.id,
        "source_flavour_id": name,
    }
    if before.id == after.id:  # a selector tells versions by their ids
        return
    for df in (*after.flavours.values(), *before.flavours.values()):
        for change in getattr(df, "package_changes", ()):
            if any(
                all(selector.get(key) == value for key, value in wanted.items())
                for selector in change.selectors
            ):
                yield change


def _called(value: Any, names: dict[str, str]) -> Any:
    if not names:
        return value
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return dataclasses.replace(
            value,
            **{
                name: names.get(item, item)
                if name in REFERENCES and isinstance(item, str)
                else _called(item, names)
                for name, item in vars(value).items()
            },
        )
    if isinstance(value, dict):
        return {names.get(key, key): _called(item, names) for key, item in value.items()}
    if isinstance(value, list):
        return [
            names.get(item, item) if isinstance(item, str) else _called(item, names)
            for item in value
        ]
    return value
