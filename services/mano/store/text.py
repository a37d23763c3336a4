# SPDX-License-Identifier: Apache-2.0
"""JSON as the store writes it."""

from __future__ import annotations

import json
from typing import Any

_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def dumps(value: Any) -> str:
    """Compact JSON. PostgreSQL's jsonb knows no NUL character, so it is left out of strings."""
    result = _encode(value)
    return result.replace("\\u0000", "") if "\\u0000" in result else result
