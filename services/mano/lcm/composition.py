# SPDX-License-Identifier: Apache-2.0
"""What an instance consists of, as it is stored: the composition that was reached last, and its
marks."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from mano import store
from mano.composition import Composition, Marks
from mano.lcm import ledger
from mano.lcm.leases import Leases

KIND = "compositions"


@dataclass
class Stored:
    """The composition of an instance, locked until the transaction ends; `save` stores it."""

    document: store.Document
    composition: Composition
    marks: Marks
    leases: Leases

    def save(self, tx: store.Transaction) -> None:
        self.document.body = {
            "composition": self.composition.dump(),
            "marks": asdict(self.marks),
            "leases": self.leases.held,
        }
        tx.put(self.document)

    def end(self, tx: store.Transaction, reached: Composition) -> None:
        """An operation has ended: that is what the instance is, and what nothing needs is free.

        Where nothing is left of it, its VNFCs are numbered from 0 again."""
        standing = {row.part for row in ledger.rows(tx, self.document.id).values()}
        self.composition = reached
        self.leases.keep_only(standing | reached.parts.keys())
        if not standing and not reached.parts:
            self.marks.numbers = {}
        self.save(tx)


def get(tx: store.Transaction, instance: str) -> Stored:
    """That of an instance; an empty one where it never had one."""
    tx.lock(f"{KIND}/{instance}")
    document = tx.look(KIND, instance, lock=True)
    if document is None:
        empty = {"composition": Composition().dump(), "marks": asdict(Marks()), "leases": {}}
        document = tx.add(KIND, instance, empty, owner=instance)
    composition = Composition.load(document.body["composition"])
    marks, leases = Marks(**document.body["marks"]), Leases(document.body["leases"])
    return Stored(document, composition, marks, leases)


def remove(tx: store.Transaction, instance: str) -> None:
    """The instance is deleted: nothing of it is kept."""
    if (document := tx.look(KIND, instance, lock=True)) is not None:
        tx.remove(document)
