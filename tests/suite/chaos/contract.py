# SPDX-License-Identifier: Apache-2.0
"""What must hold after a storm, in either mode: a test class that each mode's test subclasses with
a fixture `report`."""

from __future__ import annotations

import os
import random
from typing import Any

import pytest

from tests.suite.chaos.killing import DATABASE, DATABASE_KILLS
from tests.suite.chaos.storm import BARE, SIMULATED, Report

KILLS = int(os.environ.get("KILLS") or 60)
SEED = int(os.environ.get("SEED") or random.SystemRandom().randrange(1, 10**6))


class NothingIsLost:
    """A storm is run once; each test looks at one side of what came of it."""

    def test_enough_was_killed_and_much_of_it_in_the_middle_of_operations(
        self, report: Report
    ) -> None:
        assert sum(report.kills.values()) >= KILLS and report.kills[DATABASE] >= DATABASE_KILLS, (
            report.kills
        )
        assert report.in_the_middle >= KILLS // 3

    def test_every_request_and_operation_that_was_accepted_ends_completed(
        self, report: Report
    ) -> None:
        assert not report.broken + report.unended, _words(report, report.broken + report.unended)

    def test_every_notification_arrives_and_in_order(self, report: Report) -> None:
        assert not report.untold, _words(report, report.untold)

    def test_what_is_instantiated_on_the_simulated_vim_was_found_there(
        self, report: Report
    ) -> None:
        assert report.lives[SIMULATED] >= 3

    def test_what_is_instantiated_on_bare_metal_ran_and_answered(self, report: Report) -> None:
        if report.lacking:
            pytest.skip(f"this kernel lacks {report.lacking}")
        assert report.lives[BARE] >= 2

    def test_nothing_is_left_in_the_databases(self, report: Report) -> None:
        assert not report.database, _words(report, report.database)

    def test_nothing_is_left_in_the_kernel(self, report: Report) -> None:
        if report.lacking:
            pytest.skip(f"this kernel lacks {report.lacking}")
        assert not report.kernel, _words(report, report.kernel)

    def test_no_temporary_file_is_left_of_what_was_killed(self, report: Report) -> None:
        assert not report.temporary, _words(report, report.temporary)

    def test_no_process_ended_that_was_not_killed(self, report: Report) -> None:
        assert not report.fell, _words(report, report.fell)


def _words(report: Report, findings: list[Any]) -> str:
    return f"SEED={report.seed}, {len(findings)} findings:\n" + "\n".join(
        str(finding) for finding in findings[:20]
    )
