# SPDX-License-Identifier: Apache-2.0
"""Notifications (SOL013 6.2): stored with the change that they tell of, sent until taken."""

from mano.notifications.delivery import Deliveries
from mano.notifications.owing import KIND, owe
from mano.notifications.subscriber import misfit, test

__all__ = ["KIND", "Deliveries", "misfit", "owe", "test"]
