# SPDX-License-Identifier: Apache-2.0
"""The disks that this process sees, and what of them stays free: without that the database could
take nothing any more, not even a deletion."""

from __future__ import annotations

import os
import shutil
import tempfile
from dataclasses import dataclass


@dataclass(frozen=True)
class Disks:
    """Those of `folders` and of temporary files; `reserve` bytes of each stay free."""

    folders: tuple[str, ...] = ()
    reserve: int = 512 * 2**20

    def shortage(self, size: int) -> str:
        """What so many bytes more would lack; "" if there is room for them."""
        for folder in filter(os.path.isdir, (tempfile.gettempdir(), *self.folders)):
            if shutil.disk_usage(folder).free - size < self.reserve:
                return (
                    f"less than {self.reserve} bytes would stay free of the disk of {folder}, which"
                    " others need (MANO_DISK_RESERVE); delete packages, or make room there"
                )
        return ""
