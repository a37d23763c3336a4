# SPDX-License-Identifier: Apache-2.0
"""The ledger of an instance as it is stored: a document for each resource."""

from __future__ import annotations

from typing import NotRequired, TypedDict, cast

from mano import store
from mano.composition import Kind, Row, State
from mano.lcm.asking import Answer
from mano.lcm.state import Asking, StoredAnswer
from mano.sol.documents import Body

KIND = "ledger"


class Entry(TypedDict):
    """The body of a row's document."""

    kind: Kind
    state: State
    soft: Body
    template: str
    detail: Body
    serial: int  # of the last request: tells a late answer from the one that is waited for
    request: NotRequired[Asking]  # what was asked and is not answered yet
    answer: NotRequired[StoredAnswer]  # the last one of a conversation that goes on
    error: NotRequired[Error]  # a refusal


class Error(TypedDict):
    """Why a resource is not as it is to be."""

    status: int
    detail: str


def rows(tx: store.Transaction, instance: str) -> dict[str, Row]:
    """What stands of an instance, by name."""
    documents = tx.find(KIND, owner=instance)
    return {name_of(document): row_of(document) for document in documents}


def documents(tx: store.Transaction, instance: str) -> list[store.Document]:
    """The documents of the rows."""
    return tx.find(KIND, owner=instance)


def look(tx: store.Transaction, instance: str, name: str) -> store.Document | None:
    """The document of a row."""
    return tx.look(KIND, f"{instance}/{name}")


def next_serial(tx: store.Transaction, instance: str, name: str) -> int:
    """The number of the next request about a row."""
    document = look(tx, instance, name)
    return entry_of(document)["serial"] + 1 if document else 1


def write(
    tx: store.Transaction,
    instance: str,
    row: Row,
    request: Asking | None = None,
    answer: Answer | None = None,
) -> None:
    """Stores the row, with its next serial: what was asked before counts no more."""
    document = look(tx, instance, row.name)
    entry = Entry(
        kind=row.kind,
        state=row.state,
        soft=row.soft,
        template=row.template,
        detail=row.detail,
        serial=next_serial(tx, instance, row.name),
    )
    if request is not None:
        entry["request"] = request
    if answer is not None:
        entry["answer"] = StoredAnswer(
            key="", status=answer.status, body=answer.body, headers=answer.headers
        )
    if document is None:
        tx.add(KIND, f"{instance}/{row.name}", cast(Body, entry), owner=instance)
    else:
        document.body = cast(Body, entry)
        tx.put(document)


def entry_of(document: store.Document) -> Entry:
    """What is stored of a row."""
    return cast(Entry, document.body)


def row_of(document: store.Document) -> Row:
    """The row that a document stores."""
    body = document.body
    return Row(
        name_of(document),
        body["kind"],
        body["state"],
        body["soft"],
        body["template"],
        body["detail"],
    )


def name_of(document: store.Document) -> str:
    """The resource's name within its instance."""
    return document.id.removeprefix(f"{document.owner}/")


def last_answer(document: store.Document) -> Answer | None:
    """What was answered before in the conversation about a row."""
    answer = entry_of(document).get("answer")
    return Answer(answer["status"], answer["body"], answer["headers"]) if answer else None
