# SPDX-License-Identifier: Apache-2.0
"""REST as SOL013 wants it, done once for every service: handlers get a `Request` and return a
`Reply`."""

from mano.rest.messages import Reply, Request

__all__ = ["Reply", "Request"]
