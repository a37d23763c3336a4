# SPDX-License-Identifier: Apache-2.0
"""API versions (SOL013 clause 9): the `api_versions` resources and the `Version` header."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping

from mano.problems import Problem
from mano.rest.dispatch import Table
from mano.rest.messages import Reply
from mano.rest.operations import Operation


def resources(table: Table) -> dict[str, Callable[[str], Reply]]:
    """Path of each `api_versions`, of one major and of all of an API -> what answers it for an
    apiRoot. A minor version can do what those before it could, so those are served as well."""
    versions: dict[str, list[str]] = {}  # by the path that they begin with
    for operation in table.operations:
        base = operation.document.base
        for prefix in (base.rpartition("/")[0], base):
            known = versions.setdefault(prefix, [])
            known += [version for version in _served(operation) if version not in known]
    return {
        f"{prefix}/api_versions": functools.partial(_reply, prefix, known)
        for prefix, known in versions.items()
    }


def _reply(prefix: str, versions: list[str], root: str) -> Reply:
    """ApiVersionInformation."""
    entries = [{"version": version} for version in versions]
    return Reply(200, {"uriPrefix": f"{root}{prefix}/", "apiVersions": entries})


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
