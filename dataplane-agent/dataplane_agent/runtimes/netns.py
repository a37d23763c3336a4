# SPDX-License-Identifier: Apache-2.0
"""The runtime *process in a network namespace*: `./run` of the unpacked image, marked, limited,
pinned and in a cage (cage.py).

Everything before `./run` is a chain of exec's in one process, so there is no instant at which a
killed agent leaves something behind that does not bear the compute's marks. The process records
itself as the main one before it becomes the VNFC: nothing depends on the agent's next line. It has
a session of its own and outlives the agent."""

import json
import os
import subprocess

from dataplane_agent import kernel, processes, runtimes
from dataplane_agent.processes import Process
from dataplane_agent.runtimes import cage

LAUNCH = """
for f in $MANO_JOIN; do echo 0 > "$f" || exit 126; done
unset MANO_JOIN
if [ -n "$MANO_MEMORY" ]; then ulimit -d "$MANO_MEMORY"; fi
cd "$MANO_IMAGE" && [ -x ./run ] || {
  echo "the image has no executable file run at its top" >&2
  exit 127
}
IFS= read -r shebang < ./run || true
case $shebang in '#!'*"$(printf '\\r')")
  echo "the first line of run ends with a carriage return, as Windows writes it: no interpreter" \
    "is called so; write run with line feeds only" >&2
  exit 127 ;;
esac
# The pid as the agent sees it: this process has another one in its own pid namespace.
read -r stat < /proc/self/stat
record() { set -- $stat; echo "$1 ${22}" > "$MANO_RECORD"; }
record || exit 126
unset MANO_RECORD
enter=$1 root=$2 folder=$3; shift 3
exec unshare --mount --ipc --uts --propagation private \
  sh -c "$enter" cage "$root" "$folder" "${stat%% *}" "$@"
"""
PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


class Netns:
    """A process in a network namespace; the image is shared and unpacked once, HOME is private."""

    capabilities = runtimes.Capabilities(needs=("netns",))

    def start(self, launch: runtimes.Launch) -> int:
        owner = cage.uid(launch.tag, launch.compute["id"])
        os.makedirs(f"{launch.folder}/home", exist_ok=True)
        with open(f"{launch.folder}/day0.json", "w") as f:
            json.dump(launch.compute.get("userData") or {}, f, indent=1)
        os.chmod(f"{launch.folder}/day0.json", 0o644)  # its folder is closed to all but the VNFC
        cage.prepare(launch.folder, launch.image, owner)
        enter = ["nsenter", f"--net=/run/netns/{launch.space}", "--"]
        pin = ["taskset", "-c", ",".join(map(str, launch.cpus))] if launch.cpus else []
        inside = [cage.ENTER, f"{launch.folder}/root", launch.folder]
        program = [*enter, *pin, "sh", "-c", LAUNCH, "run", *inside, *cage.words(owner)]
        with open(f"{launch.folder}/log", "ab") as log:
            os.fchown(log.fileno(), owner, owner)

            def start() -> subprocess.Popen[bytes]:
                return subprocess.Popen(
                    program,
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=log,
                    cwd="/",
                    env=_environment(launch),
                    start_new_session=True,
                )

            try:
                process = cage.first(start)
            except FileNotFoundError:
                raise kernel.MissingProgram(enter[0]) from None
        process.returncode = 0  # reaped by pid, with those a predecessor started: not by subprocess
        return process.pid

    def ready(self, pid: int) -> bool:
        return "MANO_MAIN" in processes.marks(pid)

    def is_main(self, process: Process, folder: str) -> bool:
        """By the record; where that is lost with the state directory, or was never made because an
        older agent started the process, by the mark that the process gave itself."""
        recorded = processes.recorded(folder)
        if recorded is not None:
            return recorded == (process.pid, process.started)
        return processes.marks(process.pid).get("MANO_MAIN") == str(process.pid)


def _environment(launch: runtimes.Launch) -> dict[str, str]:
    return {
        "PATH": PATH,  # of the host, whose rights the chain has; the image's own comes in the cage
        "LANG": "C.UTF-8",
        "HOME": f"{launch.folder}/home",
        "MANO_DAY0": f"{launch.folder}/day0.json",
        "MANO_TAG": launch.tag,
        "MANO_STATE": launch.state,
        "MANO_COMPUTE": launch.compute["id"],
        "MANO_RUNTIME": launch.compute.get("runtime") or runtimes.DEFAULT,
        "MANO_CONFIG": launch.config,
        "MANO_IMAGE": launch.image,
        "MANO_RECORD": processes.record_file(launch.folder),
        "MANO_JOIN": " ".join(launch.joins),
        "MANO_MEMORY": str(launch.memory >> 10) if launch.memory else "",
    }
