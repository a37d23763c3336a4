# SPDX-License-Identifier: Apache-2.0
"""Reservations: what was placed and is not allocated yet, so that nobody else is given it.

Documents by the id of the operation that will allocate, {"taken": [[vim, zone, amounts], …]}, gone
when that has ended. That of a VNF's operation is opened, empty, when its grant is asked for, and
filled when that is decided: an operation that has ended meanwhile, or before the request for its
grant has come, leaves nothing behind."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TypedDict

from mano import store
from mano.bus import versions
from nfvo import capacity

KIND = "reservations"
_OPEN, _ENDED = 0, 1  # versions of what is known of a VNF's operation


class Reservation(TypedDict):
    """A reservation as it is stored: VIM, zone, amounts."""

    taken: list[tuple[str, str, capacity.Amounts]]


def add(
    tx: store.Transaction,
    operation: str,
    demands: Iterable[capacity.Demand],
    places: Mapping[str, capacity.Place],
) -> None:
    """What was chosen for an operation is reserved."""
    tx.add(KIND, operation, dict(_reservation(demands, places)))


def open_for(tx: store.Transaction, operation: str) -> None:
    """The operation will reserve something, unless it ends before, or has ended already."""
    if versions.take(tx, _key(operation), _OPEN) and tx.look(KIND, operation) is None:
        tx.add(KIND, operation, {"taken": []})


def fill(
    tx: store.Transaction,
    operation: str,
    demands: Iterable[capacity.Demand],
    places: Mapping[str, capacity.Place],
) -> None:
    """What was chosen for an operation is reserved, if it is open."""
    reservation = tx.look(KIND, operation, lock=True)
    if reservation is not None:
        reservation.body = dict(_reservation(demands, places))
        tx.put(reservation)


def release(tx: store.Transaction, operation: str) -> None:
    """What the operation had reserved, if anything, is free."""
    reservation = tx.look(KIND, operation, lock=True)
    if reservation is not None:
        tx.remove(reservation)


def end(tx: store.Transaction, operation: str) -> None:
    """A VNF's operation has ended: a request for its grant that comes late reserves nothing."""
    versions.take(tx, _key(operation), _ENDED, gone=True)
    release(tx, operation)


def total(tx: store.Transaction) -> dict[capacity.Place, capacity.Amounts]:
    """What all of them take from each zone."""
    return capacity.reserved(reservation.body["taken"] for reservation in tx.find(KIND))


def _key(operation: str) -> str:
    return f"reservation/{operation}"


def _reservation(
    demands: Iterable[capacity.Demand], places: Mapping[str, capacity.Place]
) -> Reservation:
    amounts_by_place = capacity.total(demands, places)
    return {"taken": [(vim, zone, amounts) for (vim, zone), amounts in amounts_by_place.items()]}
