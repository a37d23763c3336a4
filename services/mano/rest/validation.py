# SPDX-License-Identifier: Apache-2.0
"""JSON against schemas of OpenAPI 3.0: every violation, its place, and what is allowed there."""

from __future__ import annotations

import datetime
import re
import uuid
from collections.abc import Iterable, Iterator
from typing import Any, Protocol, TypedDict
from urllib.parse import urlsplit

import jsonschema
from jsonschema import validators

from mano.problems import Problem

LISTED = 100  # violations named in one answer
DEEPEST = 64  # levels of a document; far more than any of SOL's, far less than Python's stack
LONGEST = 280  # characters of a message that quotes what the client sent
DATE_TIME = re.compile(r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)", re.ASCII)
NOT_IN_URIS = re.compile(r"[\s<>\"{}|\\^`]")

Schema = dict[str, Any]


class Violation(TypedDict):
    """Where a document breaks its schema ("/a/0/b"), and how."""

    pointer: str
    message: str


class Validator(Protocol):
    """What jsonschema makes of a schema."""

    schema: Schema

    def iter_errors(self, instance: object) -> Iterable[jsonschema.ValidationError]: ...


def validator(schema: Schema) -> Validator:
    """A validator for a schema whose references are resolved."""
    return _Validator(schema, format_checker=_FORMATS)  # type: ignore[no-any-return]  # untyped


def violations(validator: Validator, instance: object) -> list[Violation]:
    """Every violation, in the order of the places."""
    entries: list[Violation] = [
        {"pointer": _pointer(error), "message": _message(error)}
        for error in validator.iter_errors(instance)
    ]
    return sorted(entries, key=lambda entry: entry["pointer"])


def problem(what: str, violations: list[Violation]) -> Problem:
    """The violations of `what` ("The body") as one problem."""
    listed = violations[:LISTED]
    lines = [f"{entry['pointer'] or '/'}: {entry['message']}" for entry in listed]
    more = f"; and {len(violations) - LISTED} more" if len(violations) > LISTED else ""
    count = "one violation" if len(violations) == 1 else f"{len(violations)} violations"
    detail = f"{what} does not fit the API, {count}: {'; '.join(lines)}{more}"
    return Problem(400, detail, violations=listed)


def depth(value: object) -> int:
    """How many levels of objects and arrays there are."""
    levels, containers = 0, _containers([value])
    while containers:
        levels += 1
        members: list[Any] = []
        for container in containers:
            members += container.values() if isinstance(container, dict) else container
        containers = _containers(members)
    return levels


def pruned(patch: object) -> Any:
    """A merge patch without its nulls, which delete and need not fit the attribute's type."""
    if not isinstance(patch, dict):
        return patch
    return {key: pruned(value) for key, value in patch.items() if value is not None}


def _containers(values: list[Any]) -> list[dict[str, Any] | list[Any]]:
    return [value for value in values if isinstance(value, (dict, list))]


def _pointer(error: jsonschema.ValidationError) -> str:
    parts = (str(part).replace("~", "~0").replace("/", "~1") for part in error.absolute_path)
    return "".join("/" + part for part in parts)


def _message(error: jsonschema.ValidationError) -> str:
    allowed: Any = error.validator_value
    if error.validator == "required":
        return f"mandatory: {error.message.removesuffix(' is a required property')} is missing"
    if error.validator == "enum":
        return f"{_short(error.instance)} is not one of {', '.join(map(str, allowed))}"
    if error.validator == "type":
        return f"{_short(error.instance)} is not of type {allowed}"
    if error.validator == "additionalProperties" and allowed is False:
        names = error.schema.get("properties", {})
        unknown = sorted(set(error.instance) - set(names))
        return f"there is no {', '.join(map(_short, unknown))}; there are {', '.join(names)}"
    if error.validator in ("anyOf", "oneOf") and error.context:
        forms = sorted({f"{_pointer(inner)} {_message(inner)}".strip() for inner in error.context})
        return "fits none of the allowed forms: " + "; or ".join(forms[:5])
    text = str(error.message)
    half = LONGEST // 2
    return text if len(text) < LONGEST + 20 else text[:half] + " … " + text[-half:]


def _short(value: object) -> str:
    text = repr(value)
    return text if len(text) < 80 else text[:77] + "…"


def _is_uuid(value: object) -> bool:
    try:
        return not isinstance(value, str) or str(uuid.UUID(value)) == value.lower()
    except ValueError:
        return False


def _is_date_time(value: object) -> bool:
    if not isinstance(value, str):
        return True
    if not DATE_TIME.fullmatch(value):
        return False
    try:
        datetime.datetime.fromisoformat(value.upper().replace("Z", "+00:00"))
    except ValueError:
        return False
    return True


def _is_uri(value: object) -> bool:
    if not isinstance(value, str):
        return True
    try:
        return bool(urlsplit(value).scheme) and not NOT_IN_URIS.search(value)
    except ValueError:
        return False


def _check_type(
    validator: object, types: object, instance: object, schema: Schema
) -> Iterator[jsonschema.ValidationError]:
    if instance is None and schema.get("nullable"):
        return
    yield from jsonschema.Draft4Validator.VALIDATORS["type"](validator, types, instance, schema)


def _check_enum(
    validator: object, values: object, instance: object, schema: Schema
) -> Iterator[jsonschema.ValidationError]:
    if instance is None and schema.get("nullable"):
        return
    yield from jsonschema.Draft4Validator.VALIDATORS["enum"](validator, values, instance, schema)


def _formats() -> jsonschema.FormatChecker:
    checker = jsonschema.FormatChecker(formats=("ipv4", "ipv6", "date"))
    checker.checkers = {
        **checker.checkers,
        "uuid": (_is_uuid, ()),
        "date-time": (_is_date_time, ()),
        "uri": (_is_uri, ()),
    }
    return checker


_FORMATS = _formats()
_Validator: Any = validators.extend(  # type: ignore[no-untyped-call]
    jsonschema.Draft4Validator, {"type": _check_type, "enum": _check_enum}
)
