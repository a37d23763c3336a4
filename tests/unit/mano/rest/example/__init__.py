# SPDX-License-Identifier: Apache-2.0
"""A service as small as one can be, to prove what mano.rest does for every service."""
