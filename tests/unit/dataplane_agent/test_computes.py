# SPDX-License-Identifier: Apache-2.0
"""Processes of VNFCs on the real kernel: supervised, limited, pinned, and never believed without
reading back."""

import os
import pathlib
import signal
import subprocess
import time

from vim_side import IDLE, Document, Vim, compute, needs, network, port

from dataplane_agent import cgroups, kernel


def one(vim: Vim, run: str = IDLE, **more: object) -> Document:
    return {
        "networks": [network("n1")],
        "images": [vim.image(run)],
        "computes": [compute("c", [port("p", "n1", 2, "eth")], **more)],
    }


def test_a_process_that_ends_is_restarted_within_a_fraction_of_a_second(vim: Vim) -> None:
    vim.start()
    pid = vim.converged(one(vim))["resources"]["id-c"]["pid"]
    began = time.monotonic()
    os.kill(pid, signal.SIGKILL)
    after = vim.report(lambda r: r["resources"]["id-c"].get("pid", pid) != pid)
    assert time.monotonic() - began < 0.5
    assert (
        vim.report(lambda r: r["resources"]["id-c"]["state"] == "ACTIVE")["resources"]["id-c"][
            "restarts"
        ]
        == 1
    )
    assert after["boot"]


# Says "alive" if the child of an earlier process still is, which holds the lock; then has a child
# of its own, which leaves its session.
PARENT = """#!/bin/sh
exec 9>> $HOME/lock
flock -n 9 || echo alive >> $HOME/verdict
setsid sleep 1000 &
sleep 1001
"""


def test_children_of_a_process_that_ended_are_ended_before_the_next_one_starts(vim: Vim) -> None:
    vim.start()
    home = pathlib.Path(vim.state, "computes", "id-c", "home")
    pid = vim.converged(one(vim, PARENT))["resources"]["id-c"]["pid"]
    vim.wait(lambda: len(vim.found().processes) == 3)
    former = {process.pid for process in vim.found().processes}
    assert pid in former
    os.kill(pid, signal.SIGKILL)
    vim.report(lambda r: r["resources"]["id-c"].get("pid", pid) != pid and not r["plan"])
    vim.wait(lambda: len(vim.found().processes) == 3)
    assert not former & {process.pid for process in vim.found().processes}
    assert not (home / "verdict").exists()


def test_a_crash_loop_is_an_error_with_the_last_words_and_ends_when_the_software_is_mended(
    vim: Vim,
) -> None:
    vim.start()
    vim.desire(one(vim, "#!/bin/sh\necho cannot bind to port 80 >&2\nexit 3\n"))
    bad = vim.report(lambda r: r["resources"].get("id-c", {}).get("state") == "ERROR")["resources"][
        "id-c"
    ]
    assert (
        "ended with status 3" in bad["why"]
        and "cannot bind to port 80" in bad["why"]
        and bad["restarts"] >= 2
    )
    mended = one(vim)
    mended["images"] = [vim.image(IDLE, "image-2")]
    mended["computes"][0]["image"] = "image-2"
    assert vim.converged(mended)["resources"]["id-c"]["state"] == "ACTIVE"


def test_an_image_without_run_is_an_error_that_says_so(vim: Vim) -> None:
    vim.start()
    vim.desire({**one(vim), "images": [vim.image(IDLE, file="walk")]})
    bad = vim.report(lambda r: r["resources"].get("id-c", {}).get("state") == "ERROR")
    why = bad["resources"]["id-c"]["why"]
    assert "ended with status 127" in why and "no executable file run at its top" in why


def test_a_run_with_line_ends_of_windows_is_an_error_that_says_so(vim: Vim) -> None:
    vim.start()
    vim.desire({**one(vim), "images": [vim.image("#!/bin/sh\r\nexec sleep 1000\r\n")]})
    bad = vim.report(lambda r: r["resources"].get("id-c", {}).get("state") == "ERROR")
    assert "ends with a carriage return" in bad["resources"]["id-c"]["why"]


def test_a_process_outlives_its_agent_and_is_found_by_the_next(vim: Vim) -> None:
    vim.start()
    pid = vim.converged(one(vim))["resources"]["id-c"]["pid"]
    vim.kill()
    vim.received.clear()
    vim.start()
    report = vim.report(lambda r: not r["plan"])
    assert report["resources"]["id-c"]["pid"] == pid
    os.kill(pid, signal.SIGKILL)
    vim.report(lambda r: r["resources"]["id-c"].get("pid", pid) != pid, 2)


def test_a_changed_configuration_restarts_and_is_no_crash(vim: Vim) -> None:
    vim.start()
    pid = vim.converged(one(vim))["resources"]["id-c"]["pid"]
    after = vim.converged(one(vim, userData={"changed": True}))["resources"]["id-c"]
    assert after["pid"] != pid and after["restarts"] == 0


def test_a_pin_is_read_back_and_repaired(vim: Vim) -> None:
    needs("affinity")
    cpu = max(os.sched_getaffinity(0))
    vim.start()
    after = vim.converged(one(vim, cpus=[cpu]))["resources"]["id-c"]
    assert after["cpus"] == [cpu]
    status = kernel.read(f"/proc/{after['pid']}/status")
    assert f"Cpus_allowed_list:\t{cpu}\n" in status


def test_memory_and_cpu_are_limited_by_control_groups(vim: Vim) -> None:
    needs("cgroup_memory", "cgroup_cpu")
    vim.start()
    after = vim.converged(one(vim, memoryMiB=48, vcpus=2))["resources"]["id-c"]
    assert (after["limits"]["memory"], after["limits"]["cpu"]) == (48 << 20, 200_000)
    assert f"/m{vim.tag}/" in kernel.read(f"/proc/{after['pid']}/cgroup")
    grown = vim.converged(one(vim, memoryMiB=64, vcpus=2))["resources"]["id-c"]
    assert grown["limits"]["memory"] == 64 << 20 and grown["pid"] == after["pid"]


def test_a_process_that_takes_more_memory_than_it_may_is_ended(vim: Vim) -> None:
    needs("cgroup_memory")
    vim.start()
    greedy = "#!/bin/sh\nexec tail /dev/zero\n"
    vim.desire(one(vim, greedy, memoryMiB=16))
    bad = vim.report(lambda r: r["resources"].get("id-c", {}).get("restarts", 0) >= 1)["resources"][
        "id-c"
    ]
    assert bad["restarts"] >= 1
    bad = vim.report(lambda r: r["resources"]["id-c"]["state"] == "ERROR")["resources"]["id-c"]
    assert "ended by signal 9 (the kernel killed it" in bad["why"] and "16 MiB" in bad["why"]


def test_a_process_that_ignores_sigterm_is_killed(vim: Vim) -> None:
    vim.start()
    pid = vim.converged(one(vim, "#!/bin/sh\ntrap '' TERM\nwhile :; do sleep 1; done\n"))[
        "resources"
    ]["id-c"]["pid"]
    began = time.monotonic()
    vim.converged({})
    assert time.monotonic() - began < 2 and not os.path.exists(f"/proc/{pid}/cwd")


def group_folder(pid: int) -> pathlib.Path:
    """The control group of a process that bounds its memory."""
    root = cgroups.hierarchies()["memory"][1]
    lines = [line.split(":", 2) for line in kernel.read(f"/proc/{pid}/cgroup").splitlines()]
    path = next(path for _, names, path in lines if "memory" in names.split(",") or not names)
    return pathlib.Path(root, f"m{path.partition('/m')[2]}")


def test_what_is_in_the_group_of_a_vnfc_without_any_mark_ends_with_it(vim: Vim) -> None:
    needs("cgroup_memory")
    vim.start()
    pid = vim.converged(one(vim, memoryMiB=48))["resources"]["id-c"]["pid"]
    group = group_folder(pid)
    with subprocess.Popen(["sleep", "1000"], env={}) as stray:
        (group / "cgroup.procs").write_text(str(stray.pid))
        vim.converged({})
        assert stray.wait(5) == -signal.SIGKILL
    assert not group.exists()


def test_a_removal_that_is_refused_says_why_until_it_is_done(vim: Vim) -> None:
    needs("cgroup_memory")
    vim.start()
    pid = vim.converged(one(vim, memoryMiB=48))["resources"]["id-c"]["pid"]
    inner = group_folder(pid) / "inner"
    inner.mkdir()
    vim.desire({})
    report = vim.report(lambda r: "busy" in r["resources"].get("id-c", {}).get("why", "").lower())
    assert str(inner.parent) in report["resources"]["id-c"]["why"]
    inner.rmdir()
    vim.report(lambda r: not r["resources"])


def test_a_log_is_kept_within_bounds(vim: Vim) -> None:
    vim.start()
    vim.converged(one(vim, "#!/bin/sh\nhead -c 3000000 /dev/zero | tr '\\0' x\nexec sleep 1000\n"))
    vim.wait(lambda: os.path.exists(f"{vim.state}/computes/id-c/log.1"))
    assert os.path.getsize(f"{vim.state}/computes/id-c/log") < 3_000_000


def test_a_namespace_removed_under_a_process_brings_both_anew(vim: Vim) -> None:
    vim.start()
    before = vim.converged(one(vim))["resources"]["id-c"]
    os.system(f"ip netns del {before['namespace']}")
    after = vim.fresh(lambda r: not r["plan"] and r["resources"]["id-c"]["state"] == "ACTIVE")[
        "resources"
    ]["id-c"]
    assert after["pid"] != before["pid"] and not os.path.exists(f"/proc/{before['pid']}/cwd")


def test_an_unknown_runtime_is_an_error_that_names_the_known_ones(vim: Vim) -> None:
    vim.start()
    vim.desire(one(vim, runtime="unikernel"))
    bad = vim.report(lambda r: r["resources"].get("id-c", {}).get("state") == "ERROR")["resources"][
        "id-c"
    ]
    assert bad["why"] == "runtime unikernel is not known here; known: netns"
