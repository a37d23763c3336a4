# SPDX-License-Identifier: Apache-2.0
"""The store: documents, jobs, messages, contents; a schema per service, one transaction for all."""

from mano.store.database import Database, Limits
from mano.store.documents import Document
from mano.store.errors import Conflict, NotFound, Stale, Unavailable
from mano.store.jobs import Job, LeaseLost
from mano.store.retention import Ages, Rule
from mano.store.statements import Effects
from mano.store.store import Store
from mano.store.transaction import QUICK, READING, SAFE, Transaction

__all__ = [
    "QUICK",
    "READING",
    "SAFE",
    "Ages",
    "Conflict",
    "Database",
    "Document",
    "Effects",
    "Job",
    "LeaseLost",
    "Limits",
    "NotFound",
    "Rule",
    "Stale",
    "Store",
    "Transaction",
    "Unavailable",
]
