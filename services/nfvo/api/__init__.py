# SPDX-License-Identifier: Apache-2.0
"""Handlers of the NFVO's APIs: one module per resource, one function per operation."""
