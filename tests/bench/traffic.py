# SPDX-License-Identifier: Apache-2.0
"""The first packet that comes through a network service on this host. Run as a module it is the
client at the SAP."""

from __future__ import annotations

import pathlib
import socket
import subprocess
import sys
import time
from typing import Any

PATIENCE = 20.0
NETNS = "/run/netns"


def first_answer(state: pathlib.Path, instance: dict[str, Any]) -> float:
    """The time (monotonic) of the first 200 that the service's SAP gets from behind the load
    balancer. Needs root."""
    from dataplane_agent import identity, names

    space = names.space(
        identity.tag(str(state.resolve())), instance["sapInfo"][0]["resourceHandle"]["resourceId"]
    )
    address = next(
        cp["cpProtocolInfo"][0]["ipOverEthernet"]["ipAddresses"][0]["addresses"][0]
        for vnf in instance["vnfInstance"]
        for cp in vnf["instantiatedVnfInfo"]["extCpInfo"]
        if cp["cpdId"] == "front"
    )
    process = subprocess.run(
        ["nsenter", f"--net={NETNS}/{space}", "--", sys.executable, "-IS", __file__, address],
        capture_output=True,
        text=True,
    )
    if process.returncode:
        raise RuntimeError(f"no answer from {address}: {process.stderr.strip()}")
    return float(process.stdout)


def main(address: str) -> None:
    """Asks until there is a 200, and prints when that was."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        try:
            with socket.create_connection((address, 80), timeout=0.2) as connection:
                connection.sendall(b"GET / HTTP/1.0\r\nHost: web\r\n\r\n")
                if b" 200 " in connection.recv(64):
                    print(time.monotonic())
                    return
        except OSError:
            pass
        time.sleep(0.005)
    sys.exit("nothing came through")


if __name__ == "__main__":
    main(sys.argv[1])
