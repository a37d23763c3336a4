# SPDX-License-Identifier: Apache-2.0
"""The OpenAPI document of each API, at {apiRoot}/{apiName}/{major}/openapi.json."""

from __future__ import annotations

import functools
from collections.abc import Callable

from mano.rest.dispatch import Table
from mano.rest.documents import Content, Document
from mano.rest.messages import Reply


def resources(table: Table) -> dict[str, Callable[[str], Reply]]:
    """Path of each document -> what answers it for an apiRoot."""
    return {
        f"{document.base}/openapi.json": functools.partial(_reply, document, definition.content)
        for document, definition in table.definitions.items()
    }


def _reply(document: Document, content: Content, root: str) -> Reply:
    """The document as it is served, by whom, and with which tokens."""
    ours = {name: value for name, value in content.items() if not name.startswith("x-")}
    served = {"servers": [{"url": root + document.base}], "security": [{"oauth2": []}]}
    return Reply(200, {**served, **ours})
