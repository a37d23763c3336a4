# SPDX-License-Identifier: Apache-2.0
"""OpenAPI documents: read, completed with the shared components, references resolved."""

from __future__ import annotations

import copy
import pathlib
from dataclasses import dataclass
from functools import cache
from typing import Any

import yaml

METHODS = ("get", "post", "put", "patch", "delete")
SHARED = pathlib.Path(__file__).parent / "components.yaml"


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


class Broken(Exception):
    """An OpenAPI document, or the code that belongs to it, cannot be served; says what to
    correct."""


def load(path: pathlib.Path | str) -> dict[str, Any]:
    """The document of a file, with the shared components added where it has none of that name."""
    document = _read(pathlib.Path(path))
    components = document.setdefault("components", {})
    for section, shared in copy.deepcopy(_shared()).items():
        components[section] = {**shared, **components.get(section, {})}
    return document


def resolve(document: dict[str, Any]) -> dict[str, Any]:
    """The document with every local `$ref` replaced by what it names; recursive schemas become
    cycles of dicts."""
    done: dict[str, Any] = {}

    def follow(node: Any) -> Any:
        if isinstance(node, list):
            return [follow(item) for item in node]
        if not isinstance(node, dict):
            return node
        if isinstance(node.get("$ref"), str):
            return named(node["$ref"])
        return {key: follow(value) for key, value in node.items()}

    def named(reference: str) -> Any:
        if reference not in done:
            target = _target(document, reference)
            if isinstance(target, dict) and "$ref" not in target:
                done[reference] = {}
                done[reference].update(follow(target))
            else:
                done[reference] = follow(target)
        return done[reference]

    resolved: dict[str, Any] = follow(document)
    return resolved


def _target(document: dict[str, Any], reference: str) -> Any:
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


def _read(path: pathlib.Path) -> dict[str, Any]:
    try:
        document = yaml.load(path.read_bytes(), getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    except OSError as error:
        raise Broken(f"OpenAPI document {path}: {error.strerror}") from error
    except yaml.YAMLError as error:
        raise Broken(f"OpenAPI document {path} is not YAML: {error}") from error
    if not isinstance(document, dict):
        raise Broken(f"OpenAPI document {path} is not a mapping")
    return document


@cache
def _shared() -> dict[str, Any]:
    components: dict[str, Any] = _read(SHARED)["components"]
    return components
