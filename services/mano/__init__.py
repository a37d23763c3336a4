# SPDX-License-Identifier: Apache-2.0
"""The runtime the services share: store, bus, life cycle engine, REST, the port towards VIMs."""
