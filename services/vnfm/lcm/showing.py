# SPDX-License-Identifier: Apache-2.0
"""Writes into a VNF instance what it is made of (SOL003 5.5.2.2): what stands, never what was only
meant."""

from __future__ import annotations

from mano import store
from mano.composition import Composition, reached
from mano.lcm import composition, ledger
from vnfm import head, info, resources, vnfds


def show(tx: store.Transaction, instance: store.Document, aim: Composition) -> None:
    """Of the composition that was led to, as much as stands."""
    rows = ledger.rows(tx, instance.id)
    vim = next(iter(instance.body.get("vimConnectionInfo", {})), "")
    df = resources.flavour(vnfds.of(tx, instance.body), head.load(aim.head).flavour)
    stands = reached(rows, [], aim)
    instance.body["instantiatedVnfInfo"] = info.Shown(df, stands, rows, vim).instantiated()
    tx.put(instance)


def show_again(tx: store.Transaction, instance: store.Document) -> None:
    """After an operation that was given up: what it has left of the VNF."""
    aim = composition.get(tx, instance.id).composition
    if aim.head and vnfds.is_known(tx, instance.body):  # if not, it can only be terminated
        show(tx, instance, aim)
