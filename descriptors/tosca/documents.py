# SPDX-License-Identifier: Apache-2.0
"""YAML read within limits: the C loader, no tags of Python, no alias bombs, nothing a database
could not store.

`load` gives plain dicts, lists and scalars (dates stay text); they are remembered by content and
shared: treat them as read-only. `position` finds line and column of a place again when a finding
needs it."""

from __future__ import annotations

import contextlib
import functools
import hashlib
import math
import re
from collections import OrderedDict
from typing import Any, NamedTuple

import yaml

from descriptors.findings import Findings, Stop, words
from descriptors.leaves import Tree
from descriptors.package import Limits, raising

_DIGITS = 80  # that a whole number may have


class Notice(NamedTuple):
    """Something to say of a document that can be read: a finding without its file."""

    rule: str
    message: str
    hint: str
    at: tuple[int, int]


class _Loader(yaml.CSafeLoader):
    """The safe C loader by YAML 1.2's core schema, which notes what others read otherwise.

    Keys are text, as they are written: JSON knows no others."""

    def __init__(self, text: bytes) -> None:
        super().__init__(text)
        self.notices: list[Notice] = []

    def construct_mapping(self, node: Any, deep: bool = False) -> Any:
        values: Tree = {}
        for key, value in node.value:
            if not isinstance(key, yaml.ScalarNode):
                raise yaml.constructor.ConstructorError(
                    None, None, "a key is a map or a list", key.start_mark
                )
            if key.tag != _MERGE:
                key.tag = _TEXT
                if key.value in values:
                    self.notices.append(_duplicate(key, values[key.value], value))
                values[key.value] = value
        return super().construct_mapping(node, deep=deep)


def _place(node: Any) -> tuple[int, int]:
    return node.start_mark.line + 1, node.start_mark.column + 1


def _duplicate(key: Any, first: Any, last: Any) -> Notice:
    if _same(first, last):
        message = f"the key `{key.value}` is there twice, with the same value"
        return Notice("yaml-duplicate-key", message, "remove one", _place(key))
    message = f"the key `{key.value}` is there twice, and which of the two counts cannot be told"
    return Notice("yaml-ambiguous-key", message, "remove one", _place(key))


def _same(first: Any, last: Any) -> bool:
    """Whether two nodes say the same; two maps in the same order."""
    if first is last:
        return True
    if type(first) is not type(last):
        return False
    if isinstance(first, yaml.ScalarNode):
        return bool((first.tag, first.value) == (last.tag, last.value))
    if len(first.value) != len(last.value):
        return False
    pairs = zip(first.value, last.value, strict=True)
    if isinstance(first, yaml.MappingNode):
        return all(_same(a, c) and _same(b, d) for (a, b), (c, d) in pairs)
    return all(_same(one, other) for one, other in pairs)


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
    """A whole number as databases know it: 64 bits. Python need not work on thousands of digits."""
    digits = str(loader.construct_scalar(node))
    if len(digits) <= _DIGITS:
        with contextlib.suppress(ValueError):
            value = int(digits, 10 if digits.lstrip("-+").isdigit() else 0)
            if -(2**63) <= value < 2**63:
                return value
    raise yaml.constructor.ConstructorError(
        None, None, f"{digits[:40]} is no whole number of 64 bits", node.start_mark
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


def _number_with_zero(loader: Any, node: Any) -> int:
    value = _whole(loader, node)
    _note(loader, node, f"{node.value} is {value}, for readers of YAML 1.1 another number")
    return value


def _text_by_core_schema(loader: Any, node: Any) -> str:
    _note(loader, node, f"{node.value[:60]} is text, for readers of YAML 1.1 something else")
    return _text(loader, node)


def _note(loader: Any, node: Any, message: str) -> None:
    hint = "write true or false, a number without 0 before it, or quotes"
    loader.notices.append(Notice("yaml-version", message, hint, _place(node)))


_TEXT, _MERGE = "tag:yaml.org,2002:str", "tag:yaml.org,2002:merge"
_OLD_TEXT, _OLD_NUMBER = "!yaml-1.1-text", "!yaml-1.1-number"
_Loader.add_constructor(_OLD_TEXT, _text_by_core_schema)
_Loader.add_constructor(_OLD_NUMBER, _number_with_zero)
_SIGNED_DIGITS = list("-+0123456789")
# The core schema (YAML 1.2, 10.3.2), merge keys, and what YAML 1.1 reads in another way. The first
# that fits counts.
_SCHEMA: tuple[tuple[str, str, list[str]], ...] = (
    ("tag:yaml.org,2002:null", r"~|null|Null|NULL|", ["~", "n", "N", ""]),
    ("tag:yaml.org,2002:bool", r"true|True|TRUE|false|False|FALSE", list("tTfF")),
    (_MERGE, r"<<", ["<"]),
    (_OLD_NUMBER, r"[-+]?0[0-9]+", _SIGNED_DIGITS),
    ("tag:yaml.org,2002:int", r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+", _SIGNED_DIGITS),
    (
        "tag:yaml.org,2002:float",
        r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?|[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)",
        [*_SIGNED_DIGITS, "."],
    ),
    (
        _OLD_TEXT,
        r"[-+]?0b[01_]+|[-+]?0x[0-9a-fA-F_]+|[-+]?[0-9][0-9_]*(\.[0-9_]*)?"
        r"|[-+]?[1-9][0-9_]*(:[0-5]?[0-9])+(\.[0-9_]*)?",
        _SIGNED_DIGITS,
    ),
    (_OLD_TEXT, r"yes|Yes|YES|no|No|NO|on|On|ON|off|Off|OFF", list("yYnNoO")),
)
_Loader.yaml_implicit_resolvers = {}
for _tag, _pattern, _firsts in _SCHEMA:
    _Loader.add_implicit_resolver(_tag, re.compile(rf"^(?:{_pattern})$"), _firsts)

_MEMO: OrderedDict[tuple[bytes, Limits], tuple[Any, list[Notice], int]] = OrderedDict()
_MEMO_BYTES = 8 * 2**20  # of text; what is built of it is twenty times as large


def load(text: bytes, file: str, limits: Limits, findings: Findings) -> Any:
    """The document in `text`. Raises Stop, with the reason in `findings`, if it cannot be read."""
    key = hashlib.sha256(text).digest(), limits
    entry = _MEMO.pop(key, None) or _load(text, file, limits, findings)
    document, notices = entry[:2]
    _MEMO[key] = entry  # at the end: the one used last is forgotten last
    while sum(size for _, _, size in _MEMO.values()) > _MEMO_BYTES:
        _MEMO.popitem(last=False)
    for notice in notices:
        _REPORTS[notice.rule](findings, notice.rule, file, *notice[1:])
    return document


_REPORTS = {
    "yaml-ambiguous-key": Findings.error,
    "yaml-duplicate-key": Findings.by_profile,
    "yaml-version": Findings.warning,
}


def _load(
    text: bytes, file: str, limits: Limits, findings: Findings
) -> tuple[Any, list[Notice], int]:
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
        return loader.get_single_data(), loader.notices, len(text)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        at = (mark.line + 1, mark.column + 1) if mark else _unreadable(text, error)
        findings.error(
            "yaml-syntax",
            file,
            _reason(text, error, at),
            "correct the YAML",
            at,
        )
        raise Stop from error
    except (ValueError, TypeError, RecursionError, OverflowError) as error:
        findings.error("yaml-syntax", file, words(error), "correct the YAML")
        raise Stop from error


def _reason(text: bytes, error: yaml.YAMLError, at: tuple[int, int]) -> str:
    """What is wrong, in whole sentences: the parser's often begin in its context."""
    problem = words(getattr(error, "problem", None) or error)
    context = getattr(error, "context", None)
    lines = text.splitlines()
    line = lines[at[0] - 1] if 0 < at[0] <= len(lines) else b""
    if "cannot start any token" in problem and line[at[1] - 1 :][:1] == b"\t":
        return "a tab, which YAML does not take as indentation: write blanks"
    return f"{words(ValueError(context))}, {problem}" if context else problem


def _unreadable(text: bytes, error: yaml.YAMLError) -> tuple[int, int]:
    """The place of bytes that are no text."""
    readable = text[: max(0, getattr(error, "position", -1))]
    return (
        (readable.count(b"\n") + 1, len(readable) - readable.rfind(b"\n")) if readable else (0, 0)
    )


def _measure(text: bytes, file: str, limits: Limits, findings: Findings) -> None:
    """Counts nodes as if aliases were written out, before anything is built of them."""
    census = _Census(file, limits, findings)
    for event in yaml.parse(text, Loader=yaml.CSafeLoader):
        mark: Any = event.start_mark
        at = (mark.line + 1, mark.column + 1)
        census.count(event, at)
        census.check(at)


class _Census:
    """Nodes, aliases and depth of a document, so far."""

    def __init__(self, file: str, limits: Limits, findings: Findings) -> None:
        self.file, self.limits, self.findings = file, limits, findings
        self.sizes: dict[str, int] = {}  # nodes below an anchor
        self.open: list[tuple[str | None, int]] = []  # anchor, nodes before it
        self.nodes = self.aliases = 0

    def count(self, event: object, at: tuple[int, int]) -> None:
        if isinstance(event, yaml.AliasEvent):
            self.aliases += 1
            self.nodes += self._size(event.anchor, at)
        elif isinstance(event, yaml.ScalarEvent):
            self.nodes += 1
            if event.anchor:
                self.sizes[event.anchor] = 1
        elif isinstance(event, yaml.CollectionStartEvent):
            self.sizes.pop(event.anchor or "", None)
            self.open.append((event.anchor, self.nodes))
            self.nodes += 1
        elif isinstance(event, yaml.CollectionEndEvent):
            anchor, earlier = self.open.pop()
            if anchor:
                self.sizes[anchor] = self.nodes - earlier

    def check(self, at: tuple[int, int]) -> None:
        """Stop, with a finding, where a limit is exceeded."""
        counts = (("nodes", self.nodes), ("aliases", self.aliases), ("depth", len(self.open)))
        for name, count in counts:
            limit = getattr(self.limits, name)
            if count > limit:
                message = f"the limit `{name}` of {limit} is exceeded"
                self.findings.error("yaml-limit", self.file, message, raising(name), at)
                raise Stop

    def _size(self, anchor: str, at: tuple[int, int]) -> int:
        if anchor not in self.sizes:
            message = f"*{anchor} stands for nothing, or for what it is inside of"
            self.findings.error("yaml-alias", self.file, message, "define the anchor before", at)
            raise Stop
        return self.sizes[anchor]


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
            pair = next(((key, value) for key, value in node.value if key.value == str(step)), None)
        elif (
            isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value)
        ):
            pair = (node.value[step], node.value[step])
        else:
            pair = None
        if pair is None:
            break
        mark, node = pair[0].start_mark, pair[1]
    return (mark.line + 1, mark.column + 1) if mark else (0, 0)


def written(text: bytes, path: list[Any]) -> str | None:
    """A scalar as it is written at a place; None where there is none."""
    node = _composed(text)
    for step in path:
        if isinstance(node, yaml.MappingNode):
            node = next((value for key, value in node.value if key.value == str(step)), None)
        elif isinstance(node, yaml.SequenceNode) and isinstance(step, int):
            node = node.value[step] if step < len(node.value) else None
        else:
            return None
    return str(node.value) if isinstance(node, yaml.ScalarNode) else None


@functools.lru_cache(maxsize=2)  # such a tree is large: 1 KiB per node
def _composed(text: bytes) -> Any:
    """The tree with its marks; None where there is none. Only asked for when there is something to
    report."""
    try:
        return yaml.compose(text, Loader=yaml.CSafeLoader)
    except (yaml.YAMLError, RecursionError, ValueError):
        return None
