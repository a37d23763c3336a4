# SPDX-License-Identifier: Apache-2.0
"""What differs in two values of the model, field by field; and the same as plain JSON."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping

ABSENT = object()  # one of the two has no such item

Pair = list[object]  # before and after
Path = str  # of a field in fields: `image.id`


def attributes(value: object) -> dict[str, object]:
    """The fields of an object of the model; {} of anything else."""
    return dict(vars(value)) if is_object(value) else {}


def is_object(value: object) -> bool:
    """Whether it is one of the model's, not a number, text, list or map."""
    return dataclasses.is_dataclass(value) and not isinstance(value, type)


def is_composed(value: object) -> bool:
    """Whether it has parts with names."""
    return isinstance(value, dict) or is_object(value)


def same(old: object, new: object) -> bool:
    """Equal in type, too: Python takes True for 1."""
    if type(old) is not type(new):
        return False
    if isinstance(old, list) and isinstance(new, list):
        return len(old) == len(new) and all(map(same, old, new))
    if is_composed(old):
        before, after = _parts(old), _parts(new)
        return before.keys() == after.keys() and all(
            same(part, after[key]) for key, part in before.items()
        )
    return bool(old == new)


def differences(old: object, new: object) -> dict[Path, Pair]:
    """What differs in two items; paths lead into objects and dicts."""
    if _is_comparable(old, new):
        return dict(_leaves(old, new, ""))
    return {"value": [plain(old), plain(new)]}


def plain(value: object) -> object:
    """As plain JSON."""
    if is_object(value) or isinstance(value, dict):
        return {key: plain(part) for key, part in _parts(value).items()}
    return [plain(part) for part in value] if isinstance(value, list) else value


def _leaves(old: object, new: object, path: Path) -> Iterator[tuple[Path, Pair]]:
    if same(old, new):
        return
    before, after = _parts(old), _parts(new)
    is_whole = path.endswith(".positions")  # a path of traffic is told as a whole
    if is_whole or not (before or after) or not _is_comparable(old, new):
        pair = [plain(None if value is ABSENT else value) for value in (old, new)]
        yield path.removeprefix("."), pair
        return
    for key in {**before, **after}:
        part, other = before.get(key, ABSENT), after.get(key, ABSENT)
        yield from _leaves(part, other, f"{path}.{key}")


def _is_comparable(old: object, new: object) -> bool:
    """Whether the parts of the two are to be compared.

    So are two objects or dicts, a dict that comes or goes, lists in step."""
    if isinstance(old, list) and isinstance(new, list):
        return len(old) == len(new) and all(map(is_composed, [*old, *new]))
    if type(old) is type(new):
        return is_composed(old)
    comes_or_goes = old is ABSENT or new is ABSENT
    return comes_or_goes and (isinstance(old, dict) or isinstance(new, dict))


def _parts(value: object) -> Mapping[object, object]:
    if isinstance(value, dict):
        return value
    if isinstance(value, list):
        return dict(enumerate(value))
    return dict(attributes(value).items())
