# SPDX-License-Identifier: Apache-2.0
"""The figures of the suite, measured; `make bench`."""

import pathlib
import sys

sys.path.append(
    str(pathlib.Path(__file__).resolve().parents[1])
)  # for `lab`, which pytest finds by its settings
