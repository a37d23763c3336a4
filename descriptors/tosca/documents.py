# SPDX-License-Identifier: Apache-2.0
"""YAML read within limits: the C loader, no tags of Python, no alias bombs, nothing a database
could not store.

`load` gives plain dicts, lists and scalars (dates stay text); they are remembered by content and
shared: treat them as read-only. `position` finds line and column of a place again when a finding
needs it."""

from __future__ import annotations

import functools
import hashlib
import math
from collections import OrderedDict
from typing import Any

import yaml

from descriptors.findings import Findings, Stop, words
from descriptors.package import Limits, raising


class _Loader(yaml.CSafeLoader):
    """The safe C loader that also notes duplicate keys. Keys are text, also where YAML sees a
    number: JSON knows no others."""

    def __init__(self, text: bytes) -> None:
        super().__init__(text)
        self.duplicates: list[tuple[str, int, int]] = []

    def construct_mapping(self, node: Any, deep: bool = False) -> Any:
        seen = set()
        for key, _ in node.value:
            if not isinstance(key, yaml.ScalarNode):
                raise yaml.constructor.ConstructorError(
                    None, None, "a key is a map or a list", key.start_mark
                )
            if key.value in seen and isinstance(key.value, str) and key.value != "<<":
                self.duplicates.append(
                    (key.value, key.start_mark.line + 1, key.start_mark.column + 1)
                )
            if isinstance(key.value, str):
                seen.add(key.value)
        found = super().construct_mapping(node, deep=deep)
        return (
            found
            if all(isinstance(key, str) for key in found)
            else {key if isinstance(key, str) else str(key): value for key, value in found.items()}
        )


def _text(loader: Any, node: Any) -> str:
    value = loader.construct_scalar(node)
    if "\0" in value:
        raise yaml.constructor.ConstructorError(
            None, None, "a NUL character in a string", node.start_mark
        )
    return str(value)


def _number(loader: Any, node: Any) -> float:
    value = yaml.constructor.SafeConstructor.construct_yaml_float(loader, node)
    if not math.isfinite(value):
        raise yaml.constructor.ConstructorError(
            None, None, "a number that is not finite", node.start_mark
        )
    return float(value)


def _whole(loader: Any, node: Any) -> int:
    """A whole number as databases know it: 64 bits. Also keeps Python from working on thousands of
    digits."""
    written = str(loader.construct_scalar(node))
    try:
        if (
            len(written) <= 80
            and -(2**63)
            <= (value := yaml.constructor.SafeConstructor.construct_yaml_int(loader, node))
            < 2**63
        ):
            return int(value)
    except ValueError:
        pass
    raise yaml.constructor.ConstructorError(
        None, None, f"{written[:40]} is no whole number of 64 bits", node.start_mark
    )


_Loader.add_constructor("tag:yaml.org,2002:str", _text)
_Loader.add_constructor("tag:yaml.org,2002:int", _whole)
_Loader.add_constructor("tag:yaml.org,2002:float", _number)
for _tag in ("timestamp", "binary"):
    _Loader.add_constructor(f"tag:yaml.org,2002:{_tag}", _text)


def _refused(loader: Any, node: Any) -> None:
    raise yaml.constructor.ConstructorError(
        None, None, f"the tag {node.tag} is not for TOSCA", node.start_mark
    )


for _tag in ("set", "omap", "pairs"):
    _Loader.add_constructor(f"tag:yaml.org,2002:{_tag}", _refused)
_Loader.yaml_implicit_resolvers = {
    first: [(tag, regexp) for tag, regexp in resolvers if not tag.endswith(":timestamp")]
    for first, resolvers in yaml.CSafeLoader.yaml_implicit_resolvers.items()
}

_MEMO: OrderedDict[tuple[bytes, Limits], tuple[Any, list[tuple[str, int, int]], int]] = (
    OrderedDict()
)
_MEMO_BYTES = 8 * 2**20  # of text; what is built of it is twenty times as large


def load(text: bytes, file: str, limits: Limits, findings: Findings) -> Any:
    """The document in `text`. Raises Stop, with the reason in `findings`, where it cannot be
    read."""
    key = hashlib.sha256(text).digest(), limits
    found = _MEMO.pop(key, None) or _load(text, file, limits, findings)
    document, duplicates = found[:2]
    _MEMO[key] = found  # at the end: the one used last is forgotten last
    while sum(size for _, _, size in _MEMO.values()) > _MEMO_BYTES:
        _MEMO.popitem(last=False)
    for name, line, column in duplicates:
        findings.warning(
            "yaml-duplicate-key",
            file,
            f"the key `{name}` is there twice, the last one counts",
            "remove one",
            (line, column),
        )
    return document


def _load(
    text: bytes, file: str, limits: Limits, findings: Findings
) -> tuple[Any, list[tuple[str, int, int]], int]:
    if len(text) > limits.yaml:
        findings.error(
            "yaml-limit",
            file,
            f"{len(text)} bytes, the limit `yaml` is {limits.yaml}",
            raising("yaml"),
        )
        raise Stop
    try:
        _measure(text, file, limits, findings)
        loader = _Loader(text)
        return loader.get_single_data(), loader.duplicates, len(text)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        at = (mark.line + 1, mark.column + 1) if mark else _unreadable(text, error)
        findings.error(
            "yaml-syntax",
            file,
            words(getattr(error, "problem", None) or error),
            "correct the YAML",
            at,
        )
        raise Stop from error
    except (ValueError, TypeError, RecursionError, OverflowError) as error:
        findings.error("yaml-syntax", file, words(error), "correct the YAML")
        raise Stop from error


def _unreadable(text: bytes, error: yaml.YAMLError) -> tuple[int, int]:
    """The place of bytes that are no text."""
    before = text[: max(0, getattr(error, "position", -1))]
    return (before.count(b"\n") + 1, len(before) - before.rfind(b"\n")) if before else (0, 0)


def _measure(text: bytes, file: str, limits: Limits, findings: Findings) -> None:
    """Counts nodes as if aliases were written out, before anything is built of them."""
    sizes: dict[str, int] = {}
    open_nodes: list[tuple[str | None, int]] = []
    nodes = aliases = 0
    for event in yaml.parse(text, Loader=yaml.CSafeLoader):
        mark: Any = event.start_mark
        at = (mark.line + 1, mark.column + 1)
        if isinstance(event, yaml.AliasEvent):
            aliases += 1
            if event.anchor not in sizes:
                findings.error(
                    "yaml-alias",
                    file,
                    f"*{event.anchor} stands for nothing, or for what it is inside of",
                    "define the anchor before",
                    at,
                )
                raise Stop
            nodes += sizes[event.anchor]
        elif isinstance(event, yaml.ScalarEvent):
            nodes += 1
            if event.anchor:
                sizes[event.anchor] = 1
        elif isinstance(event, yaml.CollectionStartEvent):
            sizes.pop(event.anchor or "", None)
            open_nodes.append((event.anchor, nodes))
            nodes += 1
        elif isinstance(event, yaml.CollectionEndEvent):
            anchor, before = open_nodes.pop()
            if anchor:
                sizes[anchor] = nodes - before
        for name, value in (("nodes", nodes), ("aliases", aliases), ("depth", len(open_nodes))):
            if value > getattr(limits, name):
                findings.error(
                    "yaml-limit",
                    file,
                    f"the limit `{name}` of {getattr(limits, name)} is exceeded",
                    raising(name),
                    at,
                )
                raise Stop


def forget() -> None:
    """Lets go of the trees that places were looked up in."""
    _composed.cache_clear()


def position(text: bytes, path: list[Any]) -> tuple[int, int]:
    """Line and column of the place `path` (keys and indices) leads to, or of the last step that
    exists."""
    node = _composed(text)
    mark = node.start_mark if node is not None else None
    for step in path:
        if isinstance(node, yaml.MappingNode):
            found = next(
                ((key, value) for key, value in node.value if key.value == str(step)), None
            )
        elif (
            isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value)
        ):
            found = (node.value[step], node.value[step])
        else:
            found = None
        if found is None:
            break
        mark, node = found[0].start_mark, found[1]
    return (mark.line + 1, mark.column + 1) if mark else (0, 0)


@functools.lru_cache(maxsize=2)  # such a tree is large: 1 KiB per node
def _composed(text: bytes) -> Any:
    """The tree with its marks; None where there is none. Only asked for when there is something to
    report."""
    try:
        return yaml.compose(text, Loader=yaml.CSafeLoader)
    except (yaml.YAMLError, RecursionError, ValueError):
        return None
