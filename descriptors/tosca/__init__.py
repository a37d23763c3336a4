# SPDX-License-Identifier: Apache-2.0
"""The language: YAML, imports, types and templates of TOSCA, resolved and checked (Simple Profile
1.0 to 1.3)."""
