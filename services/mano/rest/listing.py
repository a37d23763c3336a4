# SPDX-License-Identifier: Apache-2.0
"""The answer to GET on a collection: filtered and paged in the database, reduced to the attributes
asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from mano.rest import filters, paging, selectors
from mano.rest.attributes import Attribute
from mano.rest.messages import Reply, Request
from mano.store import Document

RESERVED = (*selectors.PARAMETERS, "filter", paging.PARAMETER)


def listing(
    request: Request,
    kind: str,
    *,
    shown: Callable[[Document, Request], dict[str, Any]] | None = None,
    leave_out: Iterable[str] = (),
    schema: dict[str, Any] | None = None,
    owner: str | None = None,
) -> Reply:
    """The documents of `kind` that the query asks for, one page of them.

    `shown(document, request)` makes the representation (default: the body as stored); filters see
    the stored body. `leave_out` names the attributes left out by default, `schema` is the
    resource's (default: that of the operation)."""
    attributes = attribute_tree(request, schema)
    select = selectors.selector(request.query, attributes, leave_out)
    filter = filters.of_query(
        {name: value for name, value in request.query.items() if name not in RESERVED},
        request.query.get("filter"),
        attributes,
    )
    where, values = filter.sql()
    documents = request.tx.find(
        kind,
        where=where,
        values=values,
        owner=owner,
        after=paging.after(request.query),
        limit=request.page_size + 1,
    )
    page = documents[: request.page_size]
    headers = paging.link(request, page[-1].seq) if len(documents) > len(page) else {}
    return Reply(
        200,
        [select(shown(document, request) if shown else document.body) for document in page],
        headers,
    )


def attribute_tree(request: Request, schema: dict[str, Any] | None = None) -> Attribute:
    """The attributes of the resource a request is about."""
    if schema is None and request.operation is not None:
        return request.operation.attributes
    return Attribute(schema or {})
