# SPDX-License-Identifier: Apache-2.0
"""Starting, setting and watching a suite: embedded in one process, or as processes of their own."""
