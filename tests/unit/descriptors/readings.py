# SPDX-License-Identifier: Apache-2.0
"""What the tests of the model read: one flavour of a package that must be good."""

from __future__ import annotations

from pathlib import Path

from small_packages import VNFD

import descriptors
from descriptors import model

VDU = "      type: tosca.nodes.nfv.Vdu.Compute\n"


def flavour(path: Path, name: str = "simple") -> model.VnfDf:
    package = descriptors.read(path)
    assert package.findings == [], [str(finding) for finding in package.findings]
    assert isinstance(package.descriptor, model.Vnfd)
    assert model.vnfd(model.to_dict(package.descriptor)) == package.descriptor
    return package.descriptor.flavours[name]


def ns(path: Path) -> model.NsDf:
    package = descriptors.read(path)
    assert package.findings == [], [str(finding) for finding in package.findings]
    assert isinstance(package.descriptor, model.Nsd)
    assert model.nsd(model.to_dict(package.descriptor)) == package.descriptor
    return package.descriptor.flavours["simple"]


def vnfd(*changes: tuple[str, str], text: str = VNFD) -> str:
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new, 1)
    return text


def policy(name: str, kind: str, properties: str, targets: str = "") -> str:
    return (
        f"    - {name}:\n        type: tosca.policies.nfv.{kind}\n        properties: {properties}\n"
        + (f"        targets: {targets}\n" if targets else "")
    )
