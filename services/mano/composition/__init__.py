# SPDX-License-Identifier: Apache-2.0
"""What an instance consists of, what stands of it, and the order of work between the two. Pure."""

from mano.composition.compare import Changes, Phase, Verb, compare, next_phase
from mano.composition.ledger import Ledger, Row, State, buried, fallen, reached
from mano.composition.parts import KINDS, Composition, Kind, Marks, Part, at, ports_of, resolve
from mano.composition.promise import Promise, promise
from mano.composition.settle import renew, restore, settle
from mano.composition.way import Rules, way

__all__ = [
    "KINDS",
    "Changes",
    "Composition",
    "Kind",
    "Ledger",
    "Marks",
    "Part",
    "Phase",
    "Promise",
    "Row",
    "Rules",
    "State",
    "Verb",
    "at",
    "buried",
    "compare",
    "fallen",
    "next_phase",
    "ports_of",
    "promise",
    "reached",
    "renew",
    "resolve",
    "restore",
    "settle",
    "way",
]
