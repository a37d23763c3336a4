# SPDX-License-Identifier: Apache-2.0
"""JSON against schemas of OpenAPI 3.0: every violation, with the place and what is allowed
there."""

from __future__ import annotations

import datetime
import re
import uuid
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import jsonschema
from jsonschema import validators

from mano.problems import Problem

LISTED = 100  # violations named in one answer
DEEPEST = 64  # levels of a document; far more than any of SOL's, far less than Python's stack


def _uuid(value: object) -> bool:
    try:
        return not isinstance(value, str) or str(uuid.UUID(value)) == value.lower()
    except ValueError:
        return False


def _date_time(value: object) -> bool:
    if not isinstance(value, str):
        return True
    if not re.fullmatch(
        r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)", value, re.ASCII
    ):
        return False
    try:
        datetime.datetime.fromisoformat(value.upper().replace("Z", "+00:00"))
    except ValueError:
        return False
    return True


def _uri(value: object) -> bool:
    if not isinstance(value, str):
        return True
    try:
        return bool(urlsplit(value).scheme) and not re.search(r"[\s<>\"{}|\\^`]", value)
    except ValueError:
        return False


def _type(
    validator: Any, types: Any, instance: Any, schema: dict[str, Any]
) -> Iterator[jsonschema.ValidationError]:
    if instance is None and schema.get("nullable"):
        return
    yield from jsonschema.Draft4Validator.VALIDATORS["type"](validator, types, instance, schema)


def _enum(
    validator: Any, values: Any, instance: Any, schema: dict[str, Any]
) -> Iterator[jsonschema.ValidationError]:
    if instance is None and schema.get("nullable"):
        return
    yield from jsonschema.Draft4Validator.VALIDATORS["enum"](validator, values, instance, schema)


def _formats() -> jsonschema.FormatChecker:
    made = jsonschema.FormatChecker(formats=("ipv4", "ipv6", "date"))
    made.checkers = {
        **made.checkers,
        "uuid": (_uuid, ()),
        "date-time": (_date_time, ()),
        "uri": (_uri, ()),
    }
    return made


_FORMATS = _formats()
_Validator: Any = validators.extend(  # type: ignore[no-untyped-call]
    jsonschema.Draft4Validator, {"type": _type, "enum": _enum}
)


def validator(schema: dict[str, Any]) -> Any:
    """A validator for a schema whose references are resolved."""
    return _Validator(schema, format_checker=_FORMATS)


def violations(checker: Any, instance: Any) -> list[dict[str, str]]:
    """Every violation as `{"pointer": "/a/0/b", "message": …}`, in the order of the places."""
    found = [
        {"pointer": _pointer(error), "message": _message(error)}
        for error in checker.iter_errors(instance)
    ]
    return sorted(found, key=lambda item: item["pointer"])


def problem(what: str, found: list[dict[str, str]], status: int = 400) -> Problem:
    """The violations of `what` ("The body") as one problem."""
    shown = found[:LISTED]
    lines = [f"{item['pointer'] or '/'}: {item['message']}" for item in shown]
    more = f"; and {len(found) - LISTED} more" if len(found) > LISTED else ""
    count = "one violation" if len(found) == 1 else f"{len(found)} violations"
    return Problem(
        status, f"{what} does not fit the API, {count}: {'; '.join(lines)}{more}", violations=shown
    )


def depth(value: Any) -> int:
    """How many levels of objects and arrays there are."""
    levels, level = 0, [value]
    while level := [item for item in level if isinstance(item, (dict, list))]:
        levels += 1
        level = [
            below for item in level for below in (item.values() if isinstance(item, dict) else item)
        ]
    return levels


def pruned(patch: Any) -> Any:
    """A merge patch without its nulls, which delete and need not fit the attribute's type (RFC
    7396)."""
    if not isinstance(patch, dict):
        return patch
    return {key: pruned(value) for key, value in patch.items() if value is not None}


def _pointer(error: jsonschema.ValidationError) -> str:
    return "".join(
        "/" + str(part).replace("~", "~0").replace("/", "~1") for part in error.absolute_path
    )


def _message(error: jsonschema.ValidationError) -> str:
    allowed: Any = error.validator_value
    if error.validator == "required":
        return f"mandatory: {error.message.removesuffix(' is a required property')} is missing"
    if error.validator == "enum":
        return f"{_short(error.instance)} is not one of {', '.join(map(str, allowed))}"
    if error.validator == "type":
        return f"{_short(error.instance)} is not of type {allowed}"
    if error.validator in ("anyOf", "oneOf") and error.context:
        ways = sorted({f"{_pointer(inner)} {_message(inner)}".strip() for inner in error.context})
        return "fits none of the allowed forms: " + "; or ".join(ways[:5])
    text = str(error.message)
    return text if len(text) < 300 else text[:140] + " … " + text[-140:]


def _short(value: Any) -> str:
    text = repr(value)
    return text if len(text) < 80 else text[:77] + "…"
