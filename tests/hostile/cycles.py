# SPDX-License-Identifier: Apache-2.0
"""Cycles of network services and VNFs, as clients lead them, and what is stored after them."""

from __future__ import annotations

from collections import Counter

from mano.store import Store
from tests.running import Api

TABLES = ("job", "signal", "outbox", "inbox", "content", "notice")
VNFS = "/vnflcm/v2/vnf_instances"


def of_ns(api: Api, nsd: str) -> None:
    """A network service is made, brought up, ended, deleted."""
    ns = api.ns(nsd)
    assert api.ended(api.instantiate(ns), 60)["operationState"] == "COMPLETED"
    assert api.ended(api.terminate(ns), 60)["operationState"] == "COMPLETED"
    api.ok("DELETE", ns, 204)


def of_vnf(api: Api, vnfd: str) -> None:
    """The same of a VNF that no network service has."""
    vnf = str(api.ok("POST", VNFS, 201, {"vnfdId": vnfd}).headers["Location"])
    answer = api.ok("POST", f"{vnf}/instantiate", 202, {"flavourId": "default"})
    assert api.ended(answer.headers["Location"], 60)["operationState"] == "COMPLETED"
    assert api.ended(api.terminate(vnf), 60)["operationState"] == "COMPLETED"
    api.ok("DELETE", vnf, 204)


def is_settled(stores: dict[str, Store]) -> bool:
    """Whether all that is done with is forgotten, and nothing is under way."""
    for store in stores.values():
        with store.begin() as tx:
            retired = "SELECT count(*) FROM {s}.document WHERE retired_at IS NOT NULL"
            if tx.execute(retired).scalar():
                return False
            for table in ("inbox", "job", "outbox"):
                if tx.execute(f"SELECT count(*) FROM {{s}}.{table}").scalar():
                    return False
    return True


def stored(stores: dict[str, Store]) -> Counter[str]:
    """Rows, by service and table; of documents by kind."""
    rows: Counter[str] = Counter()
    for name, store in stores.items():
        with store.begin() as tx:
            for kind, count in tx.execute("SELECT kind, count(*) FROM {s}.document GROUP BY 1"):
                rows[f"{name}.{kind}"] = count
            for table in TABLES:
                rows[f"{name}.{table}"] = tx.execute(f"SELECT count(*) FROM {{s}}.{table}").scalar()
    return +rows
