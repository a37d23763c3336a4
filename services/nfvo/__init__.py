# SPDX-License-Identifier: Apache-2.0
"""The NFVO: packages, network services (SOL005), grants for VNFMs (SOL003), VIMs and hosts."""
