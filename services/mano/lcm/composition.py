# SPDX-License-Identifier: Apache-2.0
"""What an instance consists of, as it is stored: the composition that was reached last, and its
marks."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from mano import store
from mano.composition import Composition, Marks

KIND = "compositions"


@dataclass
class Stored:
    """The composition of an instance, locked until the transaction ends; `save` stores it."""

    document: store.Document
    composition: Composition
    marks: Marks

    def save(self, tx: store.Transaction) -> None:
        self.document.body = {
            "composition": self.composition.dump(),
            "marks": asdict(self.marks),
        }
        tx.put(self.document)


def get(tx: store.Transaction, instance: str) -> Stored:
    """That of an instance; an empty one where it never had one."""
    tx.lock(f"{KIND}/{instance}")
    document = tx.look(KIND, instance, lock=True)
    if document is None:
        empty = {"composition": Composition().dump(), "marks": asdict(Marks())}
        document = tx.add(KIND, instance, empty, owner=instance)
    composition = Composition.load(document.body["composition"])
    return Stored(document, composition, Marks(**document.body["marks"]))


def remove(tx: store.Transaction, instance: str) -> None:
    """The instance is deleted: nothing of it is kept."""
    if (document := tx.look(KIND, instance, lock=True)) is not None:
        tx.remove(document)
