# SPDX-License-Identifier: Apache-2.0
"""What onboarding prints of findings."""

from __future__ import annotations

import dataclasses

import pytest

from descriptors.package import Finding
from mano.cli import onboarding


@pytest.mark.parametrize(
    ("line", "text"),
    [(7, "vnfd.yaml:7:3: warning: odd [a-rule]"), (0, "vnfd.yaml: warning: odd [a-rule]")],
)
def test_a_finding_is_printed_as_the_toolchain_does_it(line: int, text: str) -> None:
    finding = Finding("a-rule", "warning", "vnfd.yaml", line, 3 if line else 0, "odd", "")
    assert onboarding.line_of(dataclasses.asdict(finding)) == text == str(finding)
