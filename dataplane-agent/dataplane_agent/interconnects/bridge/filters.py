# SPDX-License-Identifier: Apache-2.0
"""br_netfilter's switches, which hand the frames of all bridges to the host's packet filter.

They are the host's, so we note which we turn off; in /run, which ends with them at a reboot."""

import contextlib
import os

from dataplane_agent import kernel
from dataplane_agent.actions import Action

SWITCHES = ("bridge-nf-call-iptables", "bridge-nf-call-ip6tables", "bridge-nf-call-arptables")
FOLDER = "/proc/sys/net/bridge"


def turned_on() -> bool:
    """Whether IP packets in bridged frames are handed over."""
    return any(kernel.read(f"{FOLDER}/{switch}") == "1" for switch in SWITCHES[:2])


def turned_off(tag: str) -> tuple[str, ...]:
    """The switches that the agent of this tag has turned off."""
    noted = kernel.read(_note(tag)).split()
    return tuple(switch for switch in SWITCHES if switch in noted)


def tool(actions: list[Action], tag: str) -> dict[int, str]:
    """Turn the switches off, or those back on that we turned off."""
    return {number: _turn(action.target, tag) for number, action in enumerate(actions)}


def _turn(value: str, tag: str) -> str:
    if value == "1":
        error = "".join(_write(switch, "1") for switch in turned_off(tag))
        if not error:
            with contextlib.suppress(FileNotFoundError):
                os.unlink(_note(tag))
        return error
    on = {switch for switch in SWITCHES if kernel.read(f"{FOLDER}/{switch}") == "1"}
    # Noted before: whoever is killed in between turns on what is on.
    error = kernel.write(_note(tag), "\n".join(sorted(on | set(turned_off(tag)))))
    return error + "".join(_write(switch, "0") for switch in sorted(on))


def _write(switch: str, value: str) -> str:
    return kernel.write(f"{FOLDER}/{switch}", value)


def _note(tag: str) -> str:
    return f"/run/mano-{tag}.bridge-nf-call"
