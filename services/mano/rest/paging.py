# SPDX-License-Identifier: Apache-2.0
"""Pages of lists (SOL013 5.4): a marker names the last resource seen, so nothing is lost or
repeated meanwhile.

Resources come in the order in which their making began. One that commits late, behind the marker,
is not in this listing: whoever made it had no answer yet when the listing began, so it was made
during it, and the next listing has it."""

from __future__ import annotations

import base64
import binascii
from urllib.parse import urlencode

from mano.problems import Problem
from mano.rest.messages import Request

PARAMETER = "nextpage_opaque_marker"


def after(query: dict[str, str]) -> int:
    """The `seq` of the last document of the page before; 0 for the first page. Problem 400 for an
    invented marker."""
    marker = query.get(PARAMETER)
    if marker is None:
        return 0
    try:
        seq = int(
            base64.urlsafe_b64decode(marker.encode("ascii")).decode("ascii").removeprefix("after ")
        )
        if not 0 <= seq < 2**63:
            raise ValueError
        return seq
    except (ValueError, binascii.Error):
        raise Problem(
            400,
            f"The {PARAMETER} is not one of this service: follow the Link header of a list, or "
            "start again without it.",
        ) from None


def link(request: Request, seq: int) -> dict[str, str]:
    """The Link header to the page that begins after `seq`."""
    marker = base64.urlsafe_b64encode(f"after {seq}".encode()).decode()
    query = urlencode({**request.query, PARAMETER: marker})
    return {"Link": f'<{request.base}{request.path}?{query}>; rel="next"'}
