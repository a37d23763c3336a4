# SPDX-License-Identifier: Apache-2.0
"""An operation of an OpenAPI document: its function, its schemas, its rights, and the checks of
what a client sends."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from mano.problems import Problem
from mano.rest import json_text, validation
from mano.rest.attributes import Attribute
from mano.rest.documents import Broken, Content, Document
from mano.rest.handlers import Handler
from mano.rest.messages import Reply, Request
from mano.rest.validation import Validator, Violation

MERGE_PATCH = "application/merge-patch+json"


@dataclass(eq=False)
class Operation:
    """One method of one path. `spec` is the OpenAPI operation with its references resolved."""

    document: Document
    version: str
    method: str  # lower case
    path: str  # template below the base: "/ns_instances/{nsInstanceId}"
    spec: Content
    function: Handler

    def __str__(self) -> str:
        return f"{self.method.upper()} {self.document.base}{self.path}"

    @cached_property
    def path_parameters(self) -> list[str]:
        """The names of the path parameters, in order."""
        return [part[1:-1] for part in self.path.split("/") if part.startswith("{")]

    @cached_property
    def path_takers(self) -> set[str]:
        """The path parameters that take the rest of the path (schema format: path)."""
        return {
            parameter["name"]
            for parameter in self._parameters("path")
            if parameter.get("schema", {}).get("format") == "path"
        }

    @cached_property
    def scopes(self) -> tuple[str, ...]:
        """A token needs one of these scopes: those of `security`, or read or write by method."""
        requirements = self.spec.get("security")
        if requirements == []:
            return ()
        scopes = tuple(_scopes(requirements or []))
        return scopes or (
            ("read", "write", "admin") if self.method == "get" else ("write", "admin")
        )

    @cached_property
    def media_types(self) -> tuple[str, ...]:
        """The media types of the request's body."""
        return tuple(self.spec.get("requestBody", {}).get("content", {}))

    @cached_property
    def uploads(self) -> bool:
        """Whether the body is content that must not be held in memory."""
        return bool(self.media_types) and not any(map(_is_json, self.media_types))

    @cached_property
    def item_schema(self) -> Content:
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
        _ = request.body  # a wrong one is refused, also where the handler does not look at it
        location = reply.headers.get("Location", "")
        if location.startswith("/"):
            reply.headers["Location"] = request.base + location
        return reply

    def read_body(self, text: bytes, media_type: str) -> Any:
        """The JSON that came over a wire, checked; Problem 400 or 415."""
        if not text:
            return self.checked_body(None)
        if self.media_types and not self._takes(media_type):
            headers = {"Accept-Patch": MERGE_PATCH} if self.method == "patch" else {}
            raise self.wrong_media(media_type, headers)
        try:
            body = json_text.read(text)
        except ValueError as error:
            raise Problem(400, f"The body is not JSON: {error}.") from error
        except RecursionError as error:
            raise Problem(400, "The body is nested too deeply.") from error
        return self.checked_body(body)

    def check_upload(self, media_type: str) -> None:
        """Problem 415 unless content of this media type may be uploaded."""
        if media_type not in self.media_types and "*/*" not in self.media_types:
            raise self.wrong_media(media_type)

    def wrong_media(self, media_type: str, headers: dict[str, str] | None = None) -> Problem:
        """The Problem 415 that says what this operation takes."""
        return Problem(
            415,
            f"{self} takes {' or '.join(self.media_types)}, "
            f"not {media_type or 'a body without a Content-Type'}.",
            headers=headers,
        )

    def checked_body(self, body: Any) -> Any:
        """The same body; Problem 400 with every violation of the document."""
        if self._body_validator is None:
            return body
        if body is None:
            if self._needs_body:
                raise Problem(400, f"{self} needs a body.")
            return None
        if validation.depth(body) > validation.DEEPEST:
            raise Problem(400, f"The body is nested more than {validation.DEEPEST} levels deep.")
        instance = validation.pruned(body) if MERGE_PATCH in self.media_types else body
        if violations := validation.violations(self._body_validator, instance):
            raise validation.problem("The body", violations)
        return body

    def check_query(self, query: dict[str, str]) -> None:
        """Problem 400 if a declared query parameter is missing or has the wrong value."""
        violations: list[Violation] = []
        for name, (is_required, validator) in self._query_validators.items():
            place = "?" + name
            if name in query:
                value = json_text.typed(query[name], validator.schema.get("type"))
                for violation in validation.violations(validator, value):
                    violations.append({**violation, "pointer": place})
            elif is_required:
                violations.append({"pointer": place, "message": "the parameter is missing"})
        if violations:
            raise validation.problem("The query", violations)

    def check_reply(self, reply: Reply) -> None:
        """Broken if an answer is not what the document says: a test's means, too slow for
        service."""
        if self._response(reply.status) is None:
            raise Broken(f"{self} answered {reply.status}, which its document does not know")
        if reply.status == 304 or (reply.media and not _is_json(reply.media)):
            return
        schema = self._response_schema(reply.status)
        if not schema:
            return
        violations = validation.violations(validation.validator(schema), reply.body)
        if violations:
            raise Broken(
                f"{self} answered {reply.status} with what its document does not allow: "
                f"{violations}"
            )

    @property
    def _needs_body(self) -> bool:
        return bool(self.spec.get("requestBody", {}).get("required"))

    def _takes(self, media_type: str) -> bool:
        # Clients of older releases send a merge patch as plain JSON.
        patch_as_json = media_type == "application/json" and MERGE_PATCH in self.media_types
        return media_type in self.media_types or patch_as_json

    def _parameters(self, place: str) -> list[Content]:
        return [
            parameter for parameter in self.spec.get("parameters", []) if parameter["in"] == place
        ]

    def _response(self, status: int) -> Content | None:
        responses = self.spec.get("responses", {})
        for name in (str(status), f"{status // 100}XX", "default"):
            if name in responses:
                response: Content = responses[name]
                return response
        return None

    def _response_schema(self, status: int) -> Content | None:
        return _json_schema((self._response(status) or {}).get("content", {}))

    @cached_property
    def _body_validator(self) -> Validator | None:
        schema = _json_schema(self.spec.get("requestBody", {}).get("content", {}))
        return None if schema is None or self.uploads else validation.validator(schema)

    @cached_property
    def _query_validators(self) -> dict[str, tuple[bool, Validator]]:
        return {
            parameter["name"]: (
                parameter.get("required", False),
                validation.validator(parameter.get("schema", {})),
            )
            for parameter in self._parameters("query")
        }


def _is_json(media_type: str) -> bool:
    return media_type.endswith("json")


def _json_schema(content: Content) -> Content | None:
    """The schema of the content that is JSON; None if none is."""
    for media_type, described in content.items():
        if _is_json(media_type):
            schema: Content = described.get("schema", {})
            return schema
    return None


def _scopes(requirements: list[Content]) -> list[str]:
    return [scope for schemes in requirements for scopes in schemes.values() for scope in scopes]
