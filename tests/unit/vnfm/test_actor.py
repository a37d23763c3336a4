# SPDX-License-Identifier: Apache-2.0
"""What is kept of a resource when its VIM has answered."""

from __future__ import annotations

from typing import Any, cast

from mano import lcm
from mano.composition import Composition, Part, Row, Verb
from mano.lcm.pursue import Task
from vnfm.lcm.actor import VnfActor


def test_an_answer_that_comes_late_does_not_hide_what_was_told_meanwhile() -> None:
    part = Part("a-0", "compute", {"vdu": "a"}, incarnation=1)
    seen = {"state": "ERROR", "reason": "killed", "observedAt": "2026-11-28T12:00:00Z"}
    row = Row("a-0.1", "compute", "changing", detail={"id": "c", "observed": seen})
    task = Task("vnf", Verb.CHANGE, row, part, Composition({}, {"a-0": part}))
    answer = lcm.Answer(200, {"id": "c", "zone": "h", "state": "ACTIVE", "detail": {"pid": 7}})
    kept = VnfActor({"id": "vnf"}).request(cast(Any, None), task, answer)
    assert kept == {"id": "c", "zone": "h", "pid": 7, "observed": seen}
