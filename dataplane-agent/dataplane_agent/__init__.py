# SPDX-License-Identifier: Apache-2.0
"""The agent of a bare-metal NFVI host: facts, found state, plan, apply, read back, report."""

VERSION = "0.1.0"
