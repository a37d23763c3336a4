# SPDX-License-Identifier: Apache-2.0
"""The items with names of which flavours consist, and which of them differ in two."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from descriptors import fields
from descriptors.fields import ABSENT, attributes, is_composed, is_object, same

Items = Mapping[str, object]


@dataclass(frozen=True)
class Pair:
    """An item as it was and as it is, one of them perhaps ABSENT; the two are never the same."""

    section: str
    name: str
    old: object
    new: object

    @property
    def change(self) -> str:
        if self.old is ABSENT:
            return "added"
        return "removed" if self.new is ABSENT else "changed"


def pairs(before: object, after: object, without: tuple[str, ...] = ()) -> Iterator[Pair]:
    """The items that differ in all sections of two flavours or descriptors.

    `without`: sections that are left out."""
    new = attributes(after)
    for name, old in attributes(before).items():
        if name not in without and is_section(old, new[name]):
            yield from _pairs(name, named(old), named(new[name]))


def scalars(
    before: object, after: object, without: tuple[str, ...] = ()
) -> dict[fields.Path, fields.Pair]:
    """The fields beside the sections that differ."""
    new = attributes(after)
    return {
        name: [fields.plain(old), fields.plain(new[name])]
        for name, old in attributes(before).items()
        if name not in without and not is_section(old, new[name]) and not same(old, new[name])
    }


def contents(value: object) -> dict[str, list[str]]:
    """The names of the items in each section that is not empty."""
    return {
        name: list(named(items))
        for name, items in attributes(value).items()
        if items and is_section(items)
    }


def is_section(*values: object) -> bool:
    """A dict, or a list of dicts or objects: items with names."""
    return all(
        isinstance(value, dict) or (isinstance(value, list) and all(map(is_composed, value)))
        for value in values
    )


def named(items: object) -> Items:
    """Items by their names, also of a list; a second one of the same name is told by its place."""
    if isinstance(items, dict):
        return items
    by_name: dict[str, object] = {}
    for number, item in enumerate(items if isinstance(items, list) else []):
        name = _name(item, number)
        while name in by_name:
            name = f"{name} {number}"
        by_name[name] = item
    return by_name


def nested(value: object) -> dict[str, Items]:
    """The dicts of objects in an object: they are sections of their own (NFPs of a VNFFG)."""
    return {
        name: items
        for name, items in attributes(value).items()
        if isinstance(items, dict) and items and all(map(is_object, items.values()))
    }


def _name(item: object, number: int) -> str:
    """By what it is of, and its id; its place where it has none."""
    parts = item if isinstance(item, dict) else attributes(item)
    words = [parts.get("of"), parts.get("id") or parts.get("name") or number]
    return "/".join(str(word) for word in words if word)


def _pairs(section: str, old: Items, new: Items, within: str = "") -> Iterator[Pair]:
    for name in {**old, **new}:
        before, after = old.get(name, ABSENT), new.get(name, ABSENT)
        parts, others = nested(before), nested(after)
        sections = {**parts, **others}
        path = within + name
        pair = Pair(section, path, _without(before, sections), _without(after, sections))
        if not same(pair.old, pair.new):
            yield pair
        for key in sections:
            yield from _pairs(key, parts.get(key, {}), others.get(key, {}), f"{path}/")


def _without(item: object, sections: Mapping[str, Items]) -> object:
    """The item with its sections empty: they are compared by themselves."""
    if not sections or item is ABSENT or not is_object(item):
        return item
    empty: dict[str, object] = {name: {} for name in sections}
    return dataclasses.replace(item, **empty)  # type: ignore[type-var]
