# SPDX-License-Identifier: Apache-2.0
"""The suite's Celery app, for Celery's own commands: `celery -A mano.bus.app inspect ping`.

The broker is that of MANO_BUS_URL, or of the file named by MANO_BUS_URL_FILE. Workers are started
by `mano run`, for they need a service around them."""

from __future__ import annotations

import os
import pathlib

from mano.bus import celery_app


def broker_url() -> str:
    """Where the broker is, as the environment says."""
    if file := os.environ.get("MANO_BUS_URL_FILE"):
        return pathlib.Path(file).read_text().strip()
    return os.environ.get("MANO_BUS_URL", "amqp://")


app = celery_app.make(broker_url())
