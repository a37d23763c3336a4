# SPDX-License-Identifier: Apache-2.0
"""What two services use of the SOL specifications: states with their arrows, times, links."""
