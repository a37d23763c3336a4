# SPDX-License-Identifier: Apache-2.0
"""The NFVO's LCM operations: one file each, with its PLAN."""
