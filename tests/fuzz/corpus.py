# SPDX-License-Identifier: Apache-2.0
"""What mutations begin with: packages as {path: content}, good ones, broken ones and the
samples."""

from __future__ import annotations

import sys
from pathlib import Path

from descriptors import building

ROOT = Path(__file__).resolve().parents[2]
UNIT = ROOT / "tests" / "unit" / "descriptors"
Files = dict[str, bytes]


def seeds() -> list[Files]:
    """Every seed is small: what counts is how many mutations a second are tried."""
    sys.path.insert(0, str(UNIT))
    from broken_packages import BROKEN, FLAVOURS, FULL, MANIFEST, TOP, WITH_MANIFEST
    from small_packages import META, NSD, VNFD

    good = [
        _package(VNFD, META),
        _package(FULL, META),
        _package(NSD, META),
        _package(TOP, META, FLAVOURS),
        _package(
            FULL,
            WITH_MANIFEST,
            {
                "vnfd.mf": MANIFEST
                + "Source: Definitions/vnfd.yaml\nAlgorithm: SHA-256\nHash: 00\n\n"
                "non_mano_artifact_sets:\n  a_set:\n    Source: Files/x\n-----BEGIN CMS-----\nMII\n"
                "-----END CMS-----\n"
            },
        ),
    ]
    good += [_sample(path) for path in sorted((ROOT / "descriptors").glob("[vn]*/*/Definitions"))]
    broken = [
        _package(item.vnfd, item.meta, item.files)
        for item in BROKEN.values()
        if item.writer is None and len(item.vnfd) < 20_000 and "(a|aa)" not in item.vnfd
    ]
    return good * (1 + 3 * len(broken) // len(good)) + broken  # three of four begin good


def _package(vnfd: str, meta: str, more: dict[str, str | bytes | None] | None = None) -> Files:
    files = {"TOSCA-Metadata/TOSCA.meta": meta, "Definitions/vnfd.yaml": vnfd, **(more or {})}
    return {
        path: content.encode() if isinstance(content, str) else content
        for path, content in files.items()
        if content is not None
    }


def _sample(definitions: Path) -> Files:
    files, _ = building.stage(definitions.parent)
    return {
        path: item if isinstance(item, bytes) else item.read_bytes() for path, item in files.items()
    }
