# SPDX-License-Identifier: Apache-2.0
"""What the resolved templates say of VNF and NS, as `descriptors.model` (SOL001)."""
