# SPDX-License-Identifier: Apache-2.0
"""The runtime *process in a network namespace*: `./run` of the unpacked image, marked, limited and
pinned.

Everything before `./run` is a chain of exec's in one process, so there is no instant at which a
killed agent leaves something behind that does not bear the compute's marks. The process has a
session of its own and outlives the agent."""

import json
import os
import subprocess

from dataplane_agent import kernel, processes, runtimes

LAUNCH = """
for f in $MANO_JOIN; do echo 0 > "$f" || exit 126; done
unset MANO_JOIN
if [ -n "$MANO_MEMORY" ]; then ulimit -d "$MANO_MEMORY"; fi
cd "$MANO_IMAGE" && [ -x ./run ] || { echo "the image has no executable file run at its top" >&2; exit 127; }
export MANO_MAIN=$$
exec "$@" ./run
"""


class Netns:
    """A process in a network namespace; the image is shared and unpacked once, HOME is private."""

    def start(self, place: runtimes.Place) -> int:
        os.makedirs(f"{place.folder}/home", exist_ok=True)
        with open(f"{place.folder}/day0.json", "w") as f:
            json.dump(place.compute.get("userData") or {}, f, indent=1)
        pinned = ["taskset", "-c", ",".join(map(str, place.cpus))] if place.cpus else []
        argv = [
            "nsenter",
            f"--net=/run/netns/{place.space}",
            "--",
            "sh",
            "-c",
            LAUNCH,
            "run",
            *pinned,
        ]
        with open(f"{place.folder}/log", "ab") as log:
            try:
                process = subprocess.Popen(
                    argv,
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=log,
                    cwd="/",
                    env=_environment(place),
                    start_new_session=True,
                )
            except FileNotFoundError:
                raise kernel.Missing(argv[0]) from None
        process.returncode = 0  # reaped by pid, with those a predecessor started: not by subprocess
        return process.pid

    def ready(self, pid: int) -> bool:
        return "MANO_MAIN" in processes.identity(pid)


def _environment(place: runtimes.Place) -> dict[str, str]:
    return {
        "PATH": f"{place.image}/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
        "LANG": "C.UTF-8",
        "HOME": f"{place.folder}/home",
        "MANO_DAY0": f"{place.folder}/day0.json",
        "MANO_TAG": place.tag,
        "MANO_STATE": place.state,
        "MANO_COMPUTE": place.compute["id"],
        "MANO_CONFIG": place.config,
        "MANO_IMAGE": place.image,
        "MANO_JOIN": " ".join(place.joins),
        "MANO_MEMORY": str(place.memory >> 10) if place.memory else "",
    }
