# SPDX-License-Identifier: Apache-2.0
"""OpenAPI documents: read, completed with the shared components, references resolved."""

from __future__ import annotations

import copy
import pathlib
from dataclasses import dataclass
from functools import cache
from typing import Any

import yaml

from mano.rest import document_cache

METHODS = ("get", "post", "put", "patch", "delete")
SHARED = pathlib.Path(__file__).parent / "components.yaml"
Content = dict[str, Any]  # an OpenAPI document, or a part of one


@dataclass(frozen=True)
class Document:
    """An OpenAPI document in service: `api` is the package of its handlers, `base` the path it is
    served under.

    `version` is the API's version for the Version header ("2.13.0"); default: `info.version` of the
    document."""

    path: pathlib.Path | str
    api: str
    base: str
    version: str = ""


@dataclass(frozen=True)
class Definition:
    """What stands in a document, with the shared components. `checked`: it is known to be valid."""

    source: pathlib.Path
    digest: str
    content: Content
    checked: bool

    def keep(self) -> None:
        """It was found valid: the next start need not read and check it again."""
        if not self.checked:
            document_cache.write(self.source, self.digest, self.content)


class Broken(Exception):
    """An OpenAPI document, or the code that belongs to it, cannot be served; says what to
    correct."""


def load(path: pathlib.Path | str) -> Definition:
    """The definition in a file, as it was kept or made anew."""
    source = pathlib.Path(path)
    text = _read(source)
    digest = document_cache.digest(text, _read(SHARED))
    content = document_cache.read(source, digest)
    checked = content is not None
    return Definition(source, digest, content or _complete(_parse(source, text)), checked)


def resolve(document: Content) -> Content:
    """The document with every local `$ref` replaced by what it names.

    Recursive schemas become cycles of dicts."""
    targets: dict[str, Any] = {}

    def follow(node: object) -> Any:
        if isinstance(node, list):
            return [follow(item) for item in node]
        if not isinstance(node, dict):
            return node
        if isinstance(node.get("$ref"), str):
            return target(node["$ref"])
        return {key: follow(value) for key, value in node.items()}

    def target(reference: str) -> Any:
        if reference not in targets:
            node = _find(document, reference)
            if isinstance(node, dict) and "$ref" not in node:
                targets[reference] = {}
                targets[reference].update(follow(node))
            else:
                targets[reference] = follow(node)
        return targets[reference]

    resolved: Content = follow(document)
    return resolved


def _complete(document: Content) -> Content:
    """The document with the shared components that it has none of its own for."""
    components = document.setdefault("components", {})
    for section, shared in copy.deepcopy(_shared()).items():
        components[section] = {**shared, **components.get(section, {})}
    return document


def _find(document: Content, reference: str) -> Any:
    node: Any = document
    if not reference.startswith("#/"):
        raise Broken(f"$ref {reference!r}: only references within the document ('#/…') are served")
    for part in reference[2:].split("/"):
        try:
            node = node[part.replace("~1", "/").replace("~0", "~")]
        except (KeyError, TypeError):
            raise Broken(
                f"$ref {reference!r} names nothing: neither the document nor {SHARED.name} has it"
            ) from None
    return node


def _read(path: pathlib.Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise Broken(f"OpenAPI document {path}: {error.strerror}") from error


def _parse(path: pathlib.Path, text: bytes) -> Content:
    try:
        document = yaml.load(text, getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    except yaml.YAMLError as error:
        raise Broken(f"OpenAPI document {path} is not YAML: {error}") from error
    if not isinstance(document, dict):
        raise Broken(f"OpenAPI document {path} is not a mapping")
    return document


@cache
def _shared() -> Content:
    components: Content = _parse(SHARED, _read(SHARED))["components"]
    return components
