# SPDX-License-Identifier: Apache-2.0
"""Parts with an id for ever and an incarnation that is never used twice, and what holds them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal, cast

from mano.sol.documents import Body

Kind = Literal["network", "storage", "port", "compute", "ns", "vnf", "path"]
# Made in this order and dropped backwards: each needs only what stands before it
KINDS: tuple[Kind, ...] = ("network", "storage", "port", "compute", "ns", "vnf", "path")
_RANK = {kind: rank for rank, kind in enumerate(KINDS)}

Facts = Mapping[tuple[str, str], tuple[str, ...]]  # names of ports, by name of a VNF and its CP


@dataclass(frozen=True)
class Part:
    """Something that an instance consists of: a VNFC, a CP's port, a link, a path, a VNF of an NS.

    `id` is for ever, `incarnation` counts the resources that have stood for it (0: none yet).
    Another `hard` value asks for another incarnation, another `soft` one is changed in place,
    `template` (the descriptor's name of it) and `label` are only recorded. Values are JSON and may
    refer to other parts: see `resolve`."""

    id: str
    kind: Kind
    hard: Body = field(default_factory=dict)
    soft: Body = field(default_factory=dict)
    template: str = ""
    label: str = ""
    incarnation: int = 0

    @property
    def name(self) -> str:
        """Of the resource, unique for ever within the instance: "web-3.2"."""
        return f"{self.id}.{self.incarnation}"

    @property
    def needs(self) -> frozenset[str]:
        """The parts that its hard values refer to: where one is replaced, so is this one."""
        return frozenset(_references(self.hard))

    def incarnated(self, incarnation: int) -> Part:
        """The same part as that incarnation."""
        return self if incarnation == self.incarnation else replace(self, incarnation=incarnation)


@dataclass(frozen=True)
class Composition:
    """What an instance consists of: the head that it was built from, and its parts by id."""

    head: Body = field(default_factory=dict)
    parts: Mapping[str, Part] = field(default_factory=dict)

    def ordered(self) -> list[Part]:
        """The parts in the order in which they are made."""
        return sorted(self.parts.values(), key=lambda part: (rank(part.kind), part.id))

    def of_kind(self, kind: Kind) -> list[Part]:
        """The parts of a kind, by id."""
        return [part for part in self.ordered() if part.kind == kind]

    def dump(self) -> Body:
        """As it is stored."""
        return {"head": self.head, "parts": [vars(part) for part in self.ordered()]}

    @classmethod
    def load(cls, body: Body) -> Composition:
        """As `dump` gave it."""
        return cls(body["head"], by_id(Part(**part) for part in body["parts"]))


@dataclass
class Marks:
    """The highest number of every VDU and the highest incarnation of every part.

    They only grow, also where the operation that raised them is rolled back."""

    incarnations: dict[str, int] = field(default_factory=dict)
    numbers: dict[str, int] = field(default_factory=dict)

    def next_incarnation(self, id: str) -> int:
        """One that the part never had."""
        self.incarnations[id] = self.incarnations.get(id, 0) + 1
        return self.incarnations[id]

    def take_over(self, part: Part) -> None:
        """An incarnation that somebody else has made is not used again either."""
        highest = self.incarnations.get(part.id, 0)
        self.incarnations[part.id] = max(highest, part.incarnation)

    def next_number(self, vdu: str) -> int:
        """One that no VNFC of the VDU ever had, from 0 on."""
        self.numbers[vdu] = self.numbers.get(vdu, -1) + 1
        return self.numbers[vdu]


def by_id(parts: Iterator[Part]) -> dict[str, Part]:
    """The parts as a composition holds them."""
    return {part.id: part for part in parts}


def rank(kind: str) -> int:
    """When a kind is made."""
    return _RANK[cast(Kind, kind)]


def at(id: str) -> Body:
    """In a value: the name of the resource that stands for that part."""
    return {"@": id}


def ports_of(vnf: str, cp: str) -> Body:
    """In a value: the names of the ports that a VNF has for an external CP."""
    return {"@ports": [vnf, cp]}


def resolve(value: Any, parts: Mapping[str, Part], facts: Facts) -> Any:
    """The value with names in the place of references; None for a part that is not there."""
    if isinstance(value, dict):
        if "@" in value:
            part = parts.get(value["@"])
            return part.name if part else None
        if "@ports" in value:
            vnf, cp = value["@ports"]
            return list(facts.get((parts[vnf].name, cp), ())) if vnf in parts else []
        return {key: resolve(member, parts, facts) for key, member in value.items()}
    if isinstance(value, list):
        return [resolve(member, parts, facts) for member in value]
    return value


def _references(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        if "@" in value:
            yield value["@"]
        else:
            for member in value.values():
                yield from _references(member)
    elif isinstance(value, list):
        for member in value:
            yield from _references(member)
