# SPDX-License-Identifier: Apache-2.0
"""The TOSCA toolchain: reads, checks and builds CSARs with VNFDs and NSDs (SOL001, SOL004, SOL007).

`read(path)` gives a `Package` with every finding; `build(folder, out)` makes a CSAR. A service
reads through `descriptors.pool.Pool`, which does the same in a child process with limits."""

from descriptors.building import build
from descriptors.package import File, Finding, Limits, Package
from descriptors.reading import read

__all__ = ["File", "Finding", "Limits", "Package", "build", "read"]
