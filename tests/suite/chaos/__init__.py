# SPDX-License-Identifier: Apache-2.0
"""The chaos test: what a suite is, who kills it, who uses it meanwhile, and what must hold at the
end."""
