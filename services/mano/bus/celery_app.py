# SPDX-License-Identifier: Apache-2.0
"""What Celery is set to; one app like this in each process that sends or receives."""

from __future__ import annotations

import celery

TASK = "mano.deliver"  # with a message as its only argument, its id that of the message
EXCHANGE = "mano"  # through which all messages go, by the address that they are for
PATIENCE = 5.0  # seconds to connect, and for the broker to confirm messages
HEARTBEAT = 10.0  # seconds without a sign of the broker: connect again
SETTINGS = {
    "task_serializer": "json",
    "accept_content": ["json"],
    "task_ignore_result": True,
    "worker_prefetch_multiplier": 1,
    "task_acks_late": True,
    "task_reject_on_worker_lost": True,
    "task_acks_on_failure_or_timeout": False,
    "task_default_delivery_mode": "persistent",
    "broker_connection_timeout": PATIENCE,
    "broker_heartbeat": HEARTBEAT,
    "broker_connection_retry": True,
    "broker_connection_retry_on_startup": True,
    "broker_connection_max_retries": None,  # for ever
    "worker_cancel_long_running_tasks_on_connection_loss": False,
    "worker_hijack_root_logger": False,
    "worker_redirect_stdouts": False,
    "task_publish_retry": False,
    "broker_transport_options": {"read_timeout": 3 * HEARTBEAT, "write_timeout": PATIENCE},
}


def make(url: str) -> celery.Celery:
    """The app for the broker at a URL."""
    app = celery.Celery("mano", broker=url, set_as_current=False)
    app.conf.update(SETTINGS)
    return app
