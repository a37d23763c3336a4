# SPDX-License-Identifier: Apache-2.0
"""The files of a package: CSARs opened, built, signed and verified (SOL004, SOL007)."""
