# SPDX-License-Identifier: Apache-2.0
"""How the VNFM speaks to its peers: the NFVO and the VIMs."""
