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
    """Those of `folders`, of which `reserve` bytes stay free, and that of temporary files, of which
    a tenth does, if that is less: it may be small, and nothing that must go on lies there."""

    folders: tuple[str, ...] = ()
    reserve: int = 512 * 2**20

    def shortage(self, size: int) -> str:
        """What so many bytes more would lack; "" if there is room for them."""
        temporary = tempfile.gettempdir()
        tenth = shutil.disk_usage(temporary).total // 10
        reserves = [(temporary, min(self.reserve, tenth))]
        reserves += [(folder, self.reserve) for folder in filter(os.path.isdir, self.folders)]
        for folder, reserve in reserves:
            if shutil.disk_usage(folder).free - size < reserve:
                return (
                    f"less than {reserve} bytes would stay free of the disk of {folder}, which"
                    " others need (MANO_DISK_RESERVE); delete packages, or make room there"
                )
        return ""
