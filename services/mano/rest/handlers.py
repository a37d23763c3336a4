# SPDX-License-Identifier: Apache-2.0
"""Which function answers an operation (docs/ports.md 1): its name follows from method and path."""

from __future__ import annotations

import importlib
import importlib.util
import keyword
from collections.abc import Callable

from mano.rest.documents import Broken, Content, Document
from mano.rest.messages import Reply, Request

Handler = Callable[[Request], Reply]
COLLECTION = {
    "get": "query",
    "post": "create",
    "put": "replace",
    "patch": "modify",
    "delete": "delete",
}
MEMBER = {"get": "read", "put": "replace", "patch": "modify", "delete": "delete"}


def find(document: Document, method: str, path: str, spec: Content) -> Handler:
    """The handler of an operation; Broken says which file lacks which function."""
    module_name, name = names(method, path, spec)
    signature = f"`def {name}(request: Request) -> Reply`"
    operation = f"{method.upper()} {document.base}{path} of {document.path}"
    module = f"{document.api}.{module_name}"
    file = f"{module.replace('.', '/')}.py"
    if importlib.util.find_spec(module) is None:
        raise Broken(f"{operation} has no handler: write {file} with {signature}")
    handler: Handler | None = getattr(importlib.import_module(module), name, None)
    if not callable(handler):
        raise Broken(f"{operation} has no handler: write {signature} in {file}")
    return handler


def names(method: str, path: str, spec: Content) -> tuple[str, str]:
    """Module and function; `x-function` in the document overrules the function."""
    segments = [segment for segment in path.split("/") if segment]
    literals = [name.replace("-", "_") for name in segments if not name.startswith("{")]
    if not literals or segments[0].startswith("{"):
        raise Broken(f"{method.upper()} {path}: the path must begin with the name of a resource")
    is_member = segments[-1].startswith("{")
    function = spec.get("x-function") or _name(method, literals, is_member)
    return literals[0], function + "_" if keyword.iskeyword(function) else function


def _name(method: str, literals: list[str], is_member: bool) -> str:
    if len(literals) == 1:
        return (MEMBER if is_member else COLLECTION).get(method, method)
    if is_member:
        return f"{MEMBER.get(method, method)}_{literals[-1].removesuffix('s')}"
    return literals[-1] if method == "post" else f"{MEMBER[method]}_{literals[-1]}"
