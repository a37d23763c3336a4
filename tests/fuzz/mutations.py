# SPDX-License-Identifier: Apache-2.0
"""Random changes to packages: to the tree of a YAML file, to its text, to manifests and to the zip
itself."""

from __future__ import annotations

import hashlib
import io
import json
import marshal
import random
import re
import warnings
import zipfile
from typing import Any

import yaml

from tests.fuzz.corpus import Files

SCALARS: list[Any] = [
    None,
    "",
    0,
    -1,
    1,
    2**31,
    10**30,
    1.5,
    -0.0,
    True,
    False,
    [],
    {},
    [[]],
    [{}],
    {"": None},
    "SELF",
    "default",
    "../../etc/passwd",
    "/etc/passwd",
    "file:///etc/passwd",
    "http://localhost:1/x",
    "http://[",
    "C:\\x",
    "a" * 3000,
    "\u0000",
    "\ud7ff",
    "1 GiB",
    "-1 GiB",
    "1 parsec",
    "1e400",
    "UNBOUNDED",
    "tosca.nodes.nfv.VNF",
    "tosca.nodes.nfv.NS",
    "string",
    "list",
    "map",
    "range",
    [1, 0],
    [0, "UNBOUNDED"],
    {"get_input": "x"},
    {"get_input": []},
    {"get_property": ["SELF", "name"]},
    {"get_property": []},
    {"get_attribute": ["SELF"]},
    {"concat": ["a", {"get_input": "x"}]},
    {"token": ["a", "", 0]},
    {"token": ["a.b", ".", 99]},
    {"derived_from": "a"},
    {"type": "tosca.nodes.nfv.VduCp"},
    {"constraints": [{"in_range": 1}]},
    {"equal": []},
    {1: 2},
]
TOKENS = [
    b"&a ",
    b"*a",
    b"<<: *a",
    b"!!python/name:os.system",
    b"!!binary ",
    b"{",
    b"[",
    b"]",
    b"}",
    b"- ",
    b": ",
    b"? ",
    b"|\n",
    b">-\n",
    b"\t",
    b"\x00",
    b"\xff",
    b"\xef\xbb\xbf",
    b"---\n",
    b"...\n",
    b"%YAML 1.2\n",
    b"\r",
    b"#",
    b"'",
    b'"',
    b"\\x",
    b"9" * 400,
    b".inf",
    b".nan",
    b"0x",
    b"~",
    b"\xe2\x80\xa8",
]
LINES = [
    b"Source: ../../etc/passwd",
    b"Source:",
    b"Name: /etc/passwd",
    b"Hash: 0",
    b"Algorithm: SHA-512",
    b"Algorithm: x",
    b"metadata:",
    b":",
    b"block_0:",
    b"Entry-Definitions: ../x",
    b"ETSI-Entry-Manifest: .",
    b"ETSI-Entry-Manifest: Definitions",
    b"Entry-Definitions: .",
    b"-----BEGIN CMS-----",
    b"non_mano_artifact_sets:",
    b"  x:",
    b"\x00: \xff",
    b"",
    b"a" * 5000 + b": b",
]
_STATED = re.compile(rb"(Source: |Name: )([^\r\n]+)(\r?\nAlgorithm: SHA-256\r?\nHash: )[0-9a-f]+")
NAMES = [
    "../evil",
    "/abs",
    "a\\b",
    "C:x",
    "",
    ".",
    "..",
    "a/../b",
    "Definitions/vnfd.yaml",
    "Definitions/vnfd.yaml/x",
    "x" * 3000,
    "ü\u202e",
    "a\nb",
    "TOSCA-Metadata/TOSCA.meta",
    "x.csar",
    "x.cms",
    "top.yaml",
    "dir/",
]

KEYS = ("x", 7, "type", "default", "derived_from", "properties", "requirements")


def package(chance: random.Random, seeds: list[Files]) -> bytes:
    """One input: a zip, a bare YAML file, or what was left of either."""
    files = dict(chance.choice(seeds))
    for _ in range(chance.choice((0, 1, 1, 1, 2, 3, 6))):
        yamls = [path for path in sorted(files) if path.endswith((".yaml", ".yml"))]
        path = chance.choice(yamls if yamls and chance.random() < 0.8 else sorted(files))
        files[path] = _content(chance, path, files[path], seeds)
    if chance.random() < 0.5:
        _hash(files)
    if chance.random() < 0.15:
        return files.get("Definitions/vnfd.yaml") or chance.choice(list(files.values()))
    return _zip(chance, files)


def _hash(files: Files) -> None:
    """Hashes that are stated are right again, so that a mutation is met behind them."""

    def right(match: re.Match[bytes]) -> bytes:
        content = files.get(match[2].decode("utf-8", "replace"))
        if content is None:
            return match[0]
        return match[1] + match[2] + match[3] + hashlib.sha256(content).hexdigest().encode()

    for path in [path for path in files if path.endswith((".mf", ".meta"))]:
        files[path] = _STATED.sub(right, files[path])


def _headers(chance: random.Random, data: bytes) -> bytes:
    """A field of a local header or of the directory: versions, flags, method, sums, sizes, lengths,
    offsets."""
    marks = [mark.start() for mark in re.finditer(rb"PK(\x01\x02|\x03\x04|\x05\x06)", data)]
    if not marks:
        return data
    at = chance.choice(marks) + chance.randrange(4, 46)
    value = chance.choice(
        (b"\x00", b"\x01", b"\x08", b"\xff", b"\xff\xff\xff\xff", b"\x00\x00\x00\x80")
    )
    return data[:at] + value + data[at + len(value) :]


def _content(chance: random.Random, path: str, content: bytes, seeds: list[Files]) -> bytes:
    if path.endswith((".yaml", ".yml")) and chance.random() < 0.8:
        return _tree(chance, content, seeds)
    if path.endswith((".meta", ".mf")) and chance.random() < 0.7:
        return _lines(chance, content)
    return _bytes(chance, content)


def _bytes(chance: random.Random, content: bytes) -> bytes:
    data = bytearray(content)
    for _ in range(chance.randint(1, 4)):
        at, size = chance.randint(0, len(data)), chance.choice((1, 1, 4, 40, 400))
        match chance.randrange(5):
            case 0:
                data[at : at + size] = b""
            case 1:
                data[at:at] = chance.choice(TOKENS)
            case 2:
                data[at:at] = data[at : at + size] * chance.choice((1, 2, 20))
            case 3 if at < len(data):
                data[at] ^= 1 << chance.randrange(8)
            case _:
                data[at : at + size] = chance.randbytes(min(size, 8))
    return bytes(data)


def _lines(chance: random.Random, content: bytes) -> bytes:
    lines = content.split(b"\n")
    for _ in range(chance.randint(1, 3)):
        at = chance.randint(0, len(lines))
        match chance.randrange(4):
            case 0:
                lines[at : at + 1] = []
            case 1:
                lines.insert(at, chance.choice(LINES))
            case 2:
                lines.insert(at, chance.choice(lines) if lines else b"")
            case _:
                chance.shuffle(lines)
    return b"\n".join(lines)


def _tree(chance: random.Random, content: bytes, seeds: list[Files]) -> bytes:
    tree = _loaded(content)
    if not isinstance(tree, (dict, list)):
        return _bytes(chance, content)
    for _ in range(chance.randint(1, 3)):
        parent, key = _place(chance, tree)
        if parent is None:
            break
        _change(chance, tree, parent, key, seeds)
    try:
        return _written(chance, tree)
    except (yaml.YAMLError, UnicodeEncodeError, RecursionError, TypeError):  # keys that are no text
        return _bytes(chance, content)


def _change(chance: random.Random, tree: Any, parent: Any, key: Any, seeds: list[Files]) -> None:
    """Changes what lies in the tree at parent[key]."""
    match chance.randrange(9):
        case 0:
            del parent[key]
        case 1 | 2:
            parent[key] = _copy(chance.choice(SCALARS))
        case 3:
            parent[key] = chance.choice(([parent[key]], {"x": parent[key]}, [parent[key]] * 3))
        case 4:
            parent[key] = _part(chance, tree)
        case 5:
            other = _loaded(chance.choice(seeds).get("Definitions/vnfd.yaml", b""))
            parent[key] = _part(chance, other) if isinstance(other, (dict, list)) else other
        case 7:
            _swap(chance, tree, parent, key)
        case 8 if isinstance(parent, dict):
            parent[f"{key}2"] = _copy(parent[key])
        case _ if isinstance(parent, dict):
            parent[chance.choice(KEYS)] = parent.pop(key)


def _swap(chance: random.Random, tree: Any, parent: Any, key: Any) -> None:
    """References that lead elsewhere: names, types and values change places."""
    other, name = _place(chance, tree)
    if other is not None and isinstance(parent[key], str) and isinstance(other[name], str):
        parent[key], other[name] = other[name], parent[key]


def _written(chance: random.Random, tree: Any) -> bytes:
    """The tree as text; JSON is YAML too, and written forty times as fast."""
    if chance.random() < 0.7:
        text = json.dumps(tree, ensure_ascii=chance.random() < 0.5, default=str)
        return text.encode("utf-8", "surrogatepass")
    options = {"encoding": "utf-8", "sort_keys": False, "allow_unicode": True}
    return bytes(yaml.dump(tree, Dumper=yaml.CSafeDumper, **options))


_LOADED: dict[bytes, bytes] = {}


def _loaded(content: bytes) -> Any:
    """The tree, a copy to change; None where there is none."""
    if content not in _LOADED:
        if len(_LOADED) > 300:
            _LOADED.clear()
        try:
            _LOADED[content] = _packed(yaml.load(content, Loader=yaml.CSafeLoader))
        except (yaml.YAMLError, ValueError, TypeError, RecursionError):
            _LOADED[content] = _packed(None)
    return marshal.loads(_LOADED[content])


def _copy(tree: Any) -> Any:
    return marshal.loads(_packed(tree))


def _packed(tree: Any) -> bytes:
    """The tree as bytes; format 2 writes shared parts out, so that a change stays where it was
    made."""
    return marshal.dumps(tree, 2)


def _place(chance: random.Random, tree: Any) -> tuple[Any, Any]:
    """A container in the tree and a key in it; all are equally likely."""
    places: list[tuple[Any, Any]] = []
    waiting = [tree]
    while waiting and len(places) < 5000:
        parent = waiting.pop()
        for key, value in (
            list(parent.items()) if isinstance(parent, dict) else list(enumerate(parent))
        ):
            places.append((parent, key))
            if isinstance(value, (dict, list)):
                waiting.append(value)
    return chance.choice(places) if places else (None, None)


def _part(chance: random.Random, tree: Any) -> Any:
    parent, key = _place(chance, tree)
    return None if parent is None else _copy(parent[key])


def _zip(chance: random.Random, files: Files) -> bytes:
    packed = io.BytesIO()
    with (
        zipfile.ZipFile(
            packed,
            "w",
            chance.choice((zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_DEFLATED)),
        ) as archive,
        warnings.catch_warnings(),
    ):
        warnings.simplefilter("ignore")
        for path, content in files.items():
            info = zipfile.ZipInfo(chance.choice(NAMES) if chance.random() < 0.02 else path)
            info.compress_type = archive.compression
            if chance.random() < 0.01:
                info.external_attr = chance.choice((0o120777, 0o010644, 0o040755, 0o777)) << 16
            archive.writestr(info, content)
        if chance.random() < 0.02:
            archive.writestr(
                zipfile.ZipInfo("Files/zeros"),
                bytes(chance.choice((1, 17 * 2**20))),
                zipfile.ZIP_DEFLATED,
            )
    data = packed.getvalue()
    if chance.random() < 0.06:
        data = _headers(chance, data)
    if chance.random() < 0.06:
        data = _bytes(chance, data)
    if chance.random() < 0.03:
        return _zip(
            chance,
            {
                chance.choice(("x.csar", "y.zip")): data,
                chance.choice(("x.cms", "x.pem", "z")): b"x",
            },
        )
    return data[: chance.randint(0, len(data))] if chance.random() < 0.02 else data
