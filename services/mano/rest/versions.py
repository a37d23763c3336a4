# SPDX-License-Identifier: Apache-2.0
"""API versions (SOL013 clause 9): the `api_versions` resources and the `Version` header."""

from __future__ import annotations

from typing import Any

from mano.problems import Problem
from mano.rest.dispatch import Table
from mano.rest.messages import Reply
from mano.rest.operations import Operation


def resources(table: Table) -> dict[str, list[dict[str, Any]]]:
    """Path of each `api_versions` resource -> `[{"prefix", "version"}]`: of one major, and of all
    of an API."""
    entries_of: dict[str, list[dict[str, Any]]] = {}
    for operation in table.operations:
        base = operation.document.base
        name = base.rpartition("/")[0]
        for path, prefix in ((f"{name}/api_versions", name), (f"{base}/api_versions", base)):
            entry = {"prefix": prefix + "/", "version": operation.version}
            if entry not in entries_of.setdefault(path, []):
                entries_of[path].append(entry)
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
    """Problem 406 if another version is asked for than the operation's; 400 if none is and the
    setting wants one."""
    if asked is None:
        if required:
            raise Problem(
                400, f"The header Version is missing; this API is at version {operation.version}."
            )
        return
    if asked.strip().split("-")[0] != operation.version:
        raise Problem(
            406,
            f"Version {asked.strip()} of {operation.document.base} is not served; "
            f"version {operation.version} is.",
        )
