# SPDX-License-Identifier: Apache-2.0
"""Fixtures of the agent's tests."""

from vim_side import vim

__all__ = ["vim"]
