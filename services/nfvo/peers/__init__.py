# SPDX-License-Identifier: Apache-2.0
"""How the NFVO speaks to its peers: VNFMs and VIMs."""
