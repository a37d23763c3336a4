# SPDX-License-Identifier: Apache-2.0
"""Subscriptions (SOL005 5.4.9, 6.4.16, 9.4.9)."""

from mano.rest.subscriptions import create, delete, query, read

__all__ = ["create", "delete", "query", "read"]
