# SPDX-License-Identifier: Apache-2.0
"""The VNFM's LCM operations: one file each, with its PLAN."""
