# SPDX-License-Identifier: Apache-2.0
"""The VNFM: life cycles of VNFs, offered as SOL003, over HTTP and bus by the same handlers."""
