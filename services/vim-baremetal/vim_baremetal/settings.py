# SPDX-License-Identifier: Apache-2.0
"""What may be set of the bare-metal VIM."""

from __future__ import annotations

from dataclasses import dataclass, field

from vim_baremetal import fit

NAME = "vim-baremetal"  # the service, its address on the bus, and the VIM's id


@dataclass(frozen=True)
class Settings:
    """Times are in seconds."""

    policy: fit.Policy = field(default_factory=fit.Policy)
    silence: float = 30.0  # without a report for so long, a host is UNREACHABLE
    send_every: float = (
        0.025  # at most one desired document per host in this time, however much changes
    )
    send_again: float = 2.0  # until a report bears the version sent; doubled each time
    send_again_max: float = 30.0
    removal: float = 60.0  # what is not removed by then is answered with the agent's words
    tell_every: float = 1.0  # at most one host_report per host in this time
    tell: str = "nfvo"  # who gets host_report
    tell_of_computes: str = "vnfm"  # who gets compute_news
