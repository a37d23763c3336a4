# SPDX-License-Identifier: Apache-2.0
"""API versions (SOL013 clause 9): the `api_versions` resources and the `Version` header."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mano.problems import Problem
from mano.rest.dispatch import Table
from mano.rest.messages import Reply
from mano.rest.operations import Operation


def resources(table: Table) -> dict[str, list[dict[str, Any]]]:
    """Path of each `api_versions` resource -> `[{"prefix", "version"}]`: of one major, and of all
    of an API. A minor version can do what those before it could, so those are served as well."""
    entries_of: dict[str, list[dict[str, Any]]] = {}
    for operation in table.operations:
        base = operation.document.base
        name = base.rpartition("/")[0]
        for path, prefix in ((f"{name}/api_versions", name), (f"{base}/api_versions", base)):
            entries = entries_of.setdefault(path, [])
            for version in _served(operation):
                entry = {"prefix": prefix + "/", "version": version}
                if entry not in entries:
                    entries.append(entry)
    return entries_of


def reply(entries: list[dict[str, Any]], root: str) -> Reply:
    """ApiVersionInformation."""
    return Reply(
        200,
        {
            "uriPrefix": root + entries[0]["prefix"],
            "apiVersions": [{"version": entry["version"]} for entry in entries],
        },
    )


def check(operation: Operation, asked: str | None, required: bool) -> None:
    """Problem 406 if a version is asked for that is not served; 400 if none is and the setting
    wants one."""
    if asked is None:
        if required:
            raise Problem(
                400, f"The header Version is missing; this API is at version {operation.version}."
            )
        return
    if _serving(operation, asked) is None:
        raise Problem(
            406,
            f"Version {asked.strip()} of {operation.document.base} is not served; "
            f"{', '.join(_served(operation))} are.",
        )


def used(operation: Operation, headers: Mapping[str, str]) -> str:
    """The version that a request which passed the `check` is answered by."""
    return _serving(operation, headers.get("version", "")) or operation.version


def _served(operation: Operation) -> list[str]:
    """The API's version, then all minor versions before it."""
    major, minor, _ = operation.version.split(".")
    earlier = reversed(range(int(minor)))
    return [operation.version, *(f"{major}.{number}.0" for number in earlier)]


def _serving(operation: Operation, asked: str) -> str | None:
    """The version that does what is asked for, "2.1.3-impl:example.com:x:1": a patch version
    changes nothing that is seen (SOL013 9.1)."""
    numbers = asked.strip().split("-")[0].split(".")
    served = {tuple(version.split(".")[:2]): version for version in _served(operation)}
    return served.get(tuple(numbers[:2])) if len(numbers) == 3 else None
