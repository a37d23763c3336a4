# SPDX-License-Identifier: Apache-2.0
"""An operation of an OpenAPI document: its function, its schemas, its rights, and the checks of
what is sent."""

from __future__ import annotations

import json
import keyword
import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from mano.problems import Problem
from mano.rest import validation
from mano.rest.attributes import Attribute
from mano.rest.documents import Broken, Document
from mano.rest.messages import Reply, Request

MERGE_PATCH = "application/merge-patch+json"
COLLECTION = {
    "get": "query",
    "post": "create",
    "put": "replace",
    "patch": "modify",
    "delete": "delete",
}
MEMBER = {"get": "read", "put": "replace", "patch": "modify", "delete": "delete"}


@dataclass(eq=False)
class Operation:
    """One method of one path. `spec` is the OpenAPI operation with its references resolved."""

    document: Document
    version: str
    method: str  # lower case
    path: str  # template below the base: "/ns_instances/{nsInstanceId}"
    spec: dict[str, Any]
    function: Callable[[Request], Reply]

    def __str__(self) -> str:
        return f"{self.method.upper()} {self.document.base}{self.path}"

    @cached_property
    def scopes(self) -> tuple[str, ...]:
        """A token needs one of these scopes: those of the document's `security`, or read or write
        by method."""
        stated = [
            scope
            for way in self.spec.get("security", [])
            for scopes in way.values()
            for scope in scopes
        ]
        if stated or self.spec.get("security") == []:
            return tuple(stated)
        return ("read", "write", "admin") if self.method == "get" else ("write", "admin")

    @cached_property
    def media_types(self) -> tuple[str, ...]:
        """The media types of the request's body."""
        return tuple(self.spec.get("requestBody", {}).get("content", {}))

    @cached_property
    def uploads(self) -> bool:
        """Whether the body is content that must not be held in memory."""
        return bool(self.media_types) and not any(
            name.endswith("json") for name in self.media_types
        )

    @cached_property
    def item_schema(self) -> dict[str, Any]:
        """The schema of the resource that is answered; of a list: of its items."""
        schema = self._response_schema(200) or self._response_schema(201) or {}
        return schema.get("items", {}) if schema.get("type") == "array" else schema

    @cached_property
    def attributes(self) -> Attribute:
        """The attributes of the resource that is answered."""
        return Attribute(self.item_schema)

    def call(self, request: Request) -> Reply:
        """The handler's answer; a Location that begins with "/" lies below the request's base."""
        reply = self.function(request)
        location = reply.headers.get("Location", "")
        if location.startswith("/"):
            reply.headers["Location"] = request.base + location
        return reply

    def read_body(self, raw: bytes, media_type: str) -> Any:
        """The JSON sent over a wire, checked; Problem 400 or 415."""
        if not raw and not self.spec.get("requestBody", {}).get("required"):
            return None
        if (
            self.media_types
            and media_type not in self.media_types
            and not self._as_json_patch(media_type)
        ):
            headers = {"Accept-Patch": MERGE_PATCH} if self.method == "patch" else {}
            raise self.wrong_media(media_type, headers)
        try:
            body = json.loads(raw, parse_constant=_not_json, parse_float=_finite)
            if b"\\u" in raw:
                json.dumps(
                    body, ensure_ascii=False
                ).encode()  # half a surrogate pair is a ValueError
        except ValueError as error:
            raise Problem(400, f"The body is not JSON: {error}.") from error
        except RecursionError as error:
            raise Problem(400, "The body is nested too deeply.") from error
        self.check_body(body)
        return body

    def wrong_media(self, media_type: str, headers: dict[str, str] | None = None) -> Problem:
        """The Problem 415 that says what this operation takes."""
        return Problem(
            415,
            f"{self} takes {' or '.join(self.media_types)}, "
            f"not {media_type or 'a body without a Content-Type'}.",
            headers=headers,
        )

    def check_body(self, body: Any) -> None:
        """Problem 400 with every violation of the document."""
        if self._body_validator is None or self.uploads:
            return
        if body is None:
            if self.spec["requestBody"].get("required"):
                raise Problem(400, f"{self} needs a body.")
            return
        if validation.depth(body) > validation.DEEPEST:
            raise Problem(400, f"The body is nested more than {validation.DEEPEST} levels deep.")
        patch = MERGE_PATCH in self.media_types
        found = validation.violations(
            self._body_validator, validation.pruned(body) if patch else body
        )
        if found:
            raise validation.problem("The body", found)

    def check_query(self, query: dict[str, str]) -> None:
        """Problem 400 if a declared query parameter is missing or has the wrong value."""
        found = []
        for name, (required, checker) in self._query_validators.items():
            if name in query:
                found += [
                    {**item, "pointer": "?" + name}
                    for item in validation.violations(
                        checker, _typed(query[name], checker.schema.get("type"))
                    )
                ]
            elif required:
                found.append({"pointer": "?" + name, "message": "the parameter is missing"})
        if found:
            raise validation.problem("The query", found)

    def check_reply(self, reply: Reply) -> None:
        """Broken if an answer is not what the document says: a test's means, too slow for
        service."""
        responses = self.spec.get("responses", {})
        if not {str(reply.status), f"{reply.status // 100}XX", "default"}.intersection(responses):
            raise Broken(f"{self} answered {reply.status}, which its document does not know")
        if reply.status == 304 or (reply.media and not reply.media.endswith("json")):
            return
        schema = self._response_schema(reply.status)
        found = validation.violations(validation.validator(schema), reply.body) if schema else []
        if found:
            raise Broken(
                f"{self} answered {reply.status} with what its document does not allow: {found}"
            )

    def _response_schema(self, status: int) -> dict[str, Any] | None:
        responses = self.spec.get("responses", {})
        stated = (
            responses.get(str(status))
            or responses.get(f"{status // 100}XX")
            or responses.get("default", {})
        )
        for name, content in stated.get("content", {}).items():
            if name.endswith("json"):
                schema: dict[str, Any] | None = content.get("schema")
                return schema
        return None

    def _as_json_patch(self, media_type: str) -> bool:
        # Clients of older releases send a merge patch as plain JSON.
        return media_type == "application/json" and MERGE_PATCH in self.media_types

    @cached_property
    def _body_validator(self) -> Any:
        for name, content in self.spec.get("requestBody", {}).get("content", {}).items():
            if name.endswith("json"):
                return validation.validator(content.get("schema", {}))
        return None

    @cached_property
    def _query_validators(self) -> dict[str, tuple[bool, Any]]:
        return {
            item["name"]: (
                item.get("required", False),
                validation.validator(item.get("schema", {})),
            )
            for item in self.spec.get("parameters", [])
            if item["in"] == "query"
        }


def names(method: str, path: str, spec: dict[str, Any]) -> tuple[str, str]:
    """Module and function of an operation (docs/ports.md 1); `x-function` in the document overrules
    the function."""
    parts = [part for part in path.split("/") if part]
    literals = [part.replace("-", "_") for part in parts if not part.startswith("{")]
    if not literals or parts[0].startswith("{"):
        raise Broken(f"{method.upper()} {path}: the path must begin with the name of a resource")
    member = parts[-1].startswith("{")
    if "x-function" in spec:
        function = spec["x-function"]
    elif len(literals) == 1:
        function = (MEMBER if member else COLLECTION).get(method, method)
    elif member:
        function = f"{MEMBER.get(method, method)}_{_singular(literals[-1])}"
    else:
        function = literals[-1] if method == "post" else f"{MEMBER[method]}_{literals[-1]}"
    return literals[0], function + "_" if keyword.iskeyword(function) else function


def _singular(word: str) -> str:
    return word.removesuffix("s")


def _typed(text: str, kind: str | None) -> Any:
    if kind in ("integer", "number", "boolean"):
        try:
            return json.loads(text)
        except ValueError:
            return text
    return text


def _finite(text: str) -> float:
    value = float(text)
    if math.isinf(value):
        raise ValueError(f"the number {text} is too large")
    return value


def _not_json(name: str) -> None:
    raise ValueError(f"{name} is not a JSON value")
