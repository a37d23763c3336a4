# SPDX-License-Identifier: Apache-2.0
"""Subscriptions (SOL003 5.4.18, 5.4.19)."""

from mano.rest.subscriptions import create, delete, query, read

__all__ = ["create", "delete", "query", "read"]
