# SPDX-License-Identifier: Apache-2.0
"""The bus: messages between services, delivered at least once, by one of two carriers."""

from mano.bus.carrier import Carrier
from mano.bus.message import Message, answer, request

__all__ = ["Carrier", "Message", "answer", "request"]
