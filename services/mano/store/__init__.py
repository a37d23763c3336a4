# SPDX-License-Identifier: Apache-2.0
"""The store: documents, jobs, outbox and inbox, contents; one PostgreSQL schema per service, one
transaction for all."""

from mano.store.database import Database
from mano.store.errors import Conflict, NotFound, Stale, Unavailable
from mano.store.jobs import Job
from mano.store.store import Store
from mano.store.transaction import QUICK, READING, SAFE, Document, Transaction

__all__ = [
    "QUICK",
    "READING",
    "SAFE",
    "Conflict",
    "Database",
    "Document",
    "Job",
    "NotFound",
    "Stale",
    "Store",
    "Transaction",
    "Unavailable",
]
