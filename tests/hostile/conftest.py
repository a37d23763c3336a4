# SPDX-License-Identifier: Apache-2.0
"""A running suite of its own, as the tests of the APIs have one."""

from tests.api.conftest import another, api, nsd, running, samples

__all__ = ["another", "api", "nsd", "running", "samples"]
