# SPDX-License-Identifier: Apache-2.0
"""VIMs: the port that NFVO and VNFM see, the service that offers it on the bus, and a simulated VIM
behind it."""
