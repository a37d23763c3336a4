# SPDX-License-Identifier: Apache-2.0
"""What is written otherwise in two descriptors, item by item and field by field; what it means is
for `effects` to say."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

ABSENT: Any = object()  # one of the two has no such item
RAW = (
    "virtual_links",
    "storages",
)  # their `properties` are those of the node, also what other fields say


@dataclass(frozen=True)
class Change:
    """`section` is the model's field, "nfps" (named VNFFG/NFP), "descriptor" (the whole) or
    "files".

    `change` is added, removed, changed, or follows: nothing is written otherwise, but what it
    stands on is (`because`, as section and name). `fields` is {path: [before, after]}; of a flavour
    that comes or goes, the names in each section. `effect` is one of `effects.ALL`."""

    flavour: str
    section: str
    name: str
    change: str
    effect: str
    fields: dict[str, list[Any]] = field(default_factory=dict)
    because: list[tuple[str, str]] = field(default_factory=list)

    @property
    def details(self) -> dict[str, list[Any]]:
        """The fields without what only repeats another: all `properties` of a node as read, the
        first of several subnets."""
        return {
            path: pair
            for path, pair in self.fields.items()
            if not any(
                same(pair, self.fields[other]) and self._repeats(path, other)
                for other in self.fields
            )
        }

    def _repeats(self, path: str, other: str) -> bool:
        raw = (
            self.section in RAW
            and path.startswith("properties.")
            and not other.startswith("properties.")
        )
        return raw or path == f"subnets.0.{other}"


@dataclass(frozen=True)
class Pair:
    """An item as it was and as it is, one of them perhaps ABSENT; the two are never the same."""

    section: str
    name: str
    old: Any
    new: Any

    @property
    def change(self) -> str:
        return "added" if self.old is ABSENT else "removed" if self.new is ABSENT else "changed"


def same(old: Any, new: Any) -> bool:
    """Equal in type, too: Python takes True for 1."""
    if type(old) is not type(new):
        return False
    if dataclasses.is_dataclass(old):
        return all(
            same(getattr(old, item.name), getattr(new, item.name))
            for item in dataclasses.fields(old)
        )
    if isinstance(old, dict):
        return old.keys() == new.keys() and all(same(value, new[key]) for key, value in old.items())
    if isinstance(old, list):
        return len(old) == len(new) and all(map(same, old, new))
    return bool(old == new)


def pairs(before: Any, after: Any, spared: tuple[str, ...] = ()) -> Iterator[Pair]:
    """The items that differ in all sections of two flavours (or of two descriptors, without their
    flavours)."""
    for name in (item.name for item in dataclasses.fields(before) if item.name not in spared):
        if is_section(getattr(before, name), getattr(after, name)):
            yield from _items(name, named(getattr(before, name)), named(getattr(after, name)))


def scalars(before: Any, after: Any, spared: tuple[str, ...] = ()) -> dict[str, list[Any]]:
    """The fields beside the sections that differ."""
    names = [item.name for item in dataclasses.fields(before) if item.name not in spared]
    found = {name: (getattr(before, name), getattr(after, name)) for name in names}
    return {
        name: [plain(old), plain(new)]
        for name, (old, new) in found.items()
        if not is_section(old, new) and not same(old, new)
    }


def contents(value: Any) -> dict[str, list[str]]:
    """The names of the items in each section that is not empty."""
    found = {item.name: getattr(value, item.name) for item in dataclasses.fields(value)}
    return {
        name: list(named(items)) for name, items in found.items() if is_section(items) and items
    }


def is_section(*values: Any) -> bool:
    """A dict, or a list of dicts or objects: items with names."""
    return all(
        isinstance(value, dict) or (isinstance(value, list) and all(map(_composed, value)))
        for value in values
    )


def named(items: Any) -> dict[str, Any]:
    """Items by their names, also of a list; a second one of the same name is told by its place."""
    if isinstance(items, dict):
        return items
    found: dict[str, Any] = {}
    for number, item in enumerate(items):
        known = vars(item) if dataclasses.is_dataclass(item) else item
        name = "/".join(
            str(part)
            for part in (known.get("of"), known.get("id") or known.get("name") or number)
            if part
        )
        while name in found:
            name = f"{name} {number}"
        found[name] = item
    return found


def fields(old: Any, new: Any) -> dict[str, list[Any]]:
    """What differs in two items, {path: [before, after]}; paths lead into objects and dicts."""
    return dict(_leaves(old, new, "")) if _opened(old, new) else {"value": [plain(old), plain(new)]}


def nested(value: Any) -> dict[str, dict[str, Any]]:
    """The dicts of objects in an object: they are sections of their own (NFPs of a VNFFG)."""
    found = (
        {item.name: getattr(value, item.name) for item in dataclasses.fields(value)}
        if dataclasses.is_dataclass(value)
        else {}
    )
    return {
        name: items
        for name, items in found.items()
        if isinstance(items, dict) and items and all(map(dataclasses.is_dataclass, items.values()))
    }


def plain(value: Any) -> Any:
    """As plain JSON."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return dataclasses.asdict(value)
    if isinstance(value, list):
        return [plain(item) for item in value]
    return {key: plain(item) for key, item in value.items()} if isinstance(value, dict) else value


def _items(
    section: str, old: Mapping[str, Any], new: Mapping[str, Any], within: str = ""
) -> Iterator[Pair]:
    for name in {**old, **new}:
        pair = Pair(section, within + name, old.get(name, ABSENT), new.get(name, ABSENT))
        inner = nested(pair.old), nested(pair.new)
        stripped = Pair(
            section,
            pair.name,
            *(_without(item, set().union(*inner)) for item in (pair.old, pair.new)),
        )
        if not same(stripped.old, stripped.new):
            yield stripped
        for key in {**inner[0], **inner[1]}:
            yield from _items(key, inner[0].get(key, {}), inner[1].get(key, {}), f"{pair.name}/")


def _without(item: Any, sections: set[str]) -> Any:
    return (
        dataclasses.replace(item, **{name: {} for name in sections})
        if sections and item is not ABSENT
        else item
    )


def _leaves(old: Any, new: Any, path: str) -> Iterator[tuple[str, list[Any]]]:
    if same(old, new):
        return
    before, after = _parts(old), _parts(new)
    if (
        not _opened(old, new) or not (before or after) or path.endswith(".positions")
    ):  # a way is told as a whole
        yield (
            path.removeprefix("."),
            [plain(None if item is ABSENT else item) for item in (old, new)],
        )
        return
    for key in {**before, **after}:
        yield from _leaves(before.get(key, ABSENT), after.get(key, ABSENT), f"{path}.{key}")


def _opened(old: Any, new: Any) -> bool:
    """Whether the parts of the two are to be compared: two objects or dicts, a dict that comes or
    goes, lists in step."""
    if isinstance(old, list) and isinstance(new, list):
        return len(old) == len(new) and all(map(_composed, [*old, *new]))
    dicts = [isinstance(item, dict) for item in (old, new)]
    return (type(old) is type(new) and _composed(old)) or (
        any(dicts) and (old is ABSENT or new is ABSENT)
    )


def _parts(value: Any) -> dict[Any, Any]:
    if dataclasses.is_dataclass(value):
        return vars(value)
    return (
        value
        if isinstance(value, dict)
        else dict(enumerate(value))
        if isinstance(value, list)
        else {}
    )


def _composed(value: Any) -> bool:
    return isinstance(value, dict) or dataclasses.is_dataclass(value)
