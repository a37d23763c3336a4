# SPDX-License-Identifier: Apache-2.0
"""The interconnect *bridge*: a network is a Linux bridge, a port a veth pair, a path nft rules."""

from dataplane_agent.interconnects.bridge.interconnect import Bridge

__all__ = ["Bridge"]
