# SPDX-License-Identifier: Apache-2.0
"""What every SOL resource shares: ids, times, links, and what of the stored is shown."""

from __future__ import annotations

import datetime
import uuid
from typing import Any

Body = dict[str, Any]  # a resource as SOL, or an API of ours in its manner, gives it


def new_id() -> str:
    """An Identifier (SOL013 7.2.2)."""
    return str(uuid.uuid4())


def now(delay: float = 0.0) -> str:
    """A DateTime (SOL013 7.2.2), UTC: of now, or of so many seconds later."""
    moment = datetime.datetime.now(datetime.UTC) + datetime.timedelta(seconds=delay)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def shown(body: Body, links: dict[str, str]) -> Body:
    """A stored body as clients see it: without what begins with "_", which is ours, and with its
    links."""
    return {key: value for key, value in body.items() if not key.startswith("_")} | {
        "_links": {name: {"href": href} for name, href in links.items()}
    }
