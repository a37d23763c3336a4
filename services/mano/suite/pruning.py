# SPDX-License-Identifier: Apache-2.0
"""What is kept for a while in the tables of the services, counted, and forgotten where it is old.

The services do so by themselves; this is for who does not want to wait, or wants to know."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypedDict

from mano.store import READING, Rule, Store, keeper, retention
from mano.suite import data_folder, parts, postgresql
from mano.suite.settings import Settings


class Kept(TypedDict):
    """What a rule of retention says, and how much that is."""

    service: str
    kind: str
    what: str
    seconds: float  # for which it is kept
    rows: int  # before
    old: int  # of them; they are gone, unless it was only to be counted


def prune(settings: Settings, dry_run: bool = False) -> list[Kept]:
    """Forgets what is old, in every service; with `dry_run` it is only counted.

    The suite may run. RuntimeError where there is none."""
    if not settings.database_url and not data_folder.is_ours(settings.data):
        raise RuntimeError(f"no suite has ever run in {settings.data}: there is nothing to forget")
    with postgresql.reached(settings) as url:
        database = settings.database(url)
        stores = [Store(database, name) for name in parts.names()]
        return [kept for store in stores for kept in _prune(store, dry_run)]


def _prune(store: Store, dry_run: bool) -> Iterator[Kept]:
    if not store.is_current():  # its service has not run yet, or not since the last upgrade
        return
    for rule in (*retention.RULES, *parts.retention(store.name)):
        seconds = rule.seconds(store.database.ages)
        with store.begin(READING) as tx:
            rows, old = tx.count(rule), tx.count_old(rule, seconds)
        yield {
            "service": store.name,
            "kind": rule.kind,
            "what": rule.what,
            "seconds": seconds,
            "rows": rows,
            "old": old if dry_run else _forget_all(store, rule),
        }


def _forget_all(store: Store, rule: Rule) -> int:
    count = 0
    while batch := keeper.forget(store, rule):
        count += batch
    return count
