# SPDX-License-Identifier: Apache-2.0
"""A change between two versions of a descriptor: of one item, and what it means for instances."""

from __future__ import annotations

from dataclasses import dataclass, field

from descriptors.fields import Pair, Path, same

RAW = ("virtual_links", "storages")  # `properties` are those of the node, said by other fields too


@dataclass(frozen=True)
class Change:
    """What differs in one item.

    `section` is the field of the model, "nfps" (named VNFFG/NFP), "descriptor" (the whole) or
    "files". `change` is added, removed, changed, or follows: nothing is written otherwise, but
    what it stands on is (`because`, as section and name). `fields` is {path: [before, after]};
    of a flavour that comes or goes, the names in each section. `effect` is one of `effects.ALL`."""

    flavour: str
    section: str
    name: str
    change: str
    effect: str
    fields: dict[Path, Pair] = field(default_factory=dict)
    because: list[tuple[str, str]] = field(default_factory=list)

    @property
    def details(self) -> dict[Path, Pair]:
        """The fields without what only repeats another.

        These are all `properties` of a node as read, and the first of several subnets."""
        return {path: pair for path, pair in self.fields.items() if not self._repeats(path)}

    def _repeats(self, path: Path) -> bool:
        pair = self.fields[path]
        return any(
            self._may_repeat(path, other) and same(pair, self.fields[other])
            for other in self.fields
        )

    def _may_repeat(self, path: Path, other: Path) -> bool:
        if path == f"subnets.0.{other}":
            return True
        is_raw, is_other_raw = path.startswith("properties."), other.startswith("properties.")
        return self.section in RAW and is_raw and not is_other_raw
