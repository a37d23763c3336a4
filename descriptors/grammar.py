# SPDX-License-Identifier: Apache-2.0
"""The one place that knows tosca-parser: checks the TOSCA grammar of each flavour."""
from __future__ import annotations

from descriptors.findings import Findings
from descriptors.flavours import Design
from descriptors.imports import Unit
from descriptors.typesystem import Types


def check(units: list[Unit], types: Types, design: Design, findings: Findings) -> None:
    """Adds what tosca-parser refuses."""
