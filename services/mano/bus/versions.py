# SPDX-License-Identifier: Apache-2.0
"""What comes in any order, and any number of times, ends the same.

A message that says how something is (a VNFD is known, a host was removed) says of what (its key)
and bears a version, which its sender takes (`Transaction.next_version`) while it holds the row of
that thing. Its receiver remembers the newest version of each key, also of what is gone, for as long
as a message may be late."""

from __future__ import annotations

from mano.store import Rule, Transaction

KIND = "versions"  # documents by key: {"version"}; retired when what they are about is gone
RULE = Rule(KIND, "messages", "versions of what is gone, from when it went")


def take(tx: Transaction, key: str, version: int, *, gone: bool = False) -> bool:
    """Whether a message is to be followed: nothing younger has come before it.

    The same version again is followed again. From now on what is older is not."""
    tx.lock(f"{KIND}/{key}")
    newest = tx.look(KIND, key, lock=True)
    if newest is not None and newest.body["version"] >= version:
        return bool(newest.body["version"] == version)
    if newest is not None:
        tx.remove(newest)
    tx.add(KIND, key, {"version": version}, retired=gone)
    return True


def end(tx: Transaction, key: str) -> None:
    """What the key stands for is gone at the receiver itself: what comes late changes nothing."""
    tx.retire(KIND, id=key)
