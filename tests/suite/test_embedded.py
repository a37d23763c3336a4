# SPDX-License-Identifier: Apache-2.0
"""The embedded suite with the real agent on the real kernel: traffic, reboot, kill, drift, backup,
and nothing left."""

from __future__ import annotations

import os
import pathlib
import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Iterator

import pytest

from tests.suite import embedded_suite
from tests.suite.embedded_suite import Suite


@pytest.fixture(scope="module")
def suite(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Suite]:
    """A suite on which the demo's network service runs."""
    if os.geteuid():
        pytest.skip("needs root: the host is this machine itself")
    if why := embedded_suite.lacking():
        pytest.skip(f"this kernel lacks {why}")
    suite = Suite(tmp_path_factory.mktemp("suite"))
    try:
        suite.mano("up", "--detach")
        suite.mano("demo")
        yield suite
    finally:
        suite.end()


def until(fits: Callable[[], bool], what: str, patience: float = 20) -> None:
    end = time.monotonic() + patience
    while not fits():
        assert time.monotonic() < end, what
        time.sleep(0.1)


def converged(suite: Suite) -> bool:
    host = suite.json("host", "show", suite.host)
    return host["state"] == "ENABLED" and host["plan"] == []


def test_the_sample_service_runs_and_its_counters_prove_the_chain(suite: Suite) -> None:
    assert "every VNF of the chain was passed" in suite.mano("demo")
    assert suite.sweep() and len(suite.vnfcs()) >= 4


def test_drift_is_repaired(suite: Suite) -> None:
    subprocess.run(["nft", "delete", "table", "bridge", f"m{suite.tag}"], check=True)
    victim = next(name for name in suite.sweep() if name.startswith(f"m{suite.tag}b"))
    subprocess.run(["ip", "link", "delete", victim], check=True)
    until(
        lambda: victim in suite.sweep() and f"table bridge m{suite.tag}" in suite.sweep(),
        "the agent puts it back",
    )
    until(lambda: converged(suite), "the agent says it is as desired")
    suite.mano("demo")


def test_after_a_reboot_everything_comes_back(suite: Suite) -> None:
    suite.lose_power()
    assert suite.sweep() == []
    suite.mano("up", "--detach")
    until(lambda: len(suite.vnfcs()) >= 4 and converged(suite), "VNFCs run again", 40)
    suite.mano("demo")


def test_after_kill_9_of_everything_it_goes_on_where_it_was(suite: Suite) -> None:
    before = suite.vnfcs()
    suite.kill()
    suite.mano("up", "--detach")
    suite.mano("demo")
    assert set(before) <= set(suite.vnfcs())  # the VNFCs were never touched


def test_an_operation_half_done_at_kill_9_is_done_after_up_and_terminate_leaves_nothing_of_it(
    suite: Suite,
) -> None:
    before = set(suite.sweep())
    suite.mano("ns", "create", "secure-web", "half")
    operation = suite.json("ns", "instantiate", "half", "--no-wait")["id"]
    until(lambda: set(suite.sweep()) != before, "it has begun to make things")
    suite.kill()
    suite.mano("up", "--detach")
    assert suite.json("op", "watch", operation)["operationState"] == "COMPLETED"
    assert suite.json("ns", "terminate", "half", "--wait")["operationState"] == "COMPLETED"
    suite.mano("ns", "delete", "half")
    until(
        lambda: len(suite.sweep()) <= len(before),
        f"only what there was: {set(suite.sweep()) - before}",
    )


def test_a_backup_brings_back_what_was_deleted_since(suite: Suite, tmp_path: pathlib.Path) -> None:
    suite.mano("backup", str(tmp_path / "saved"))
    suite.mano("ns", "create", "secure-web", "after-backup")
    suite.mano("down")
    suite.mano("restore", str(tmp_path / "saved"), "--yes")
    suite.mano("up", "--detach")
    assert {ns["nsInstanceName"] for ns in suite.json("ns", "list")} == {"demo"}
    suite.mano("demo")


def test_a_port_that_is_taken_is_said_with_its_holder(suite: Suite, tmp_path: pathlib.Path) -> None:
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        holder.listen()
        port = holder.getsockname()[1]
        process = suite.run(
            "up",
            "--detach",
            "--data",
            str(tmp_path / "other"),
            MANO_NFVO_ADDRESS=f"127.0.0.1:{port}",
        )
    output = process.stdout + process.stderr
    assert (
        process.returncode
        and f"port {port} of 127.0.0.1 is taken by" in output
        and f"(pid {os.getpid()})" in output
    )
    assert "MANO_NFVO_ADDRESS" in output and "Traceback" not in output


def test_a_second_suite_on_the_same_data_is_refused(suite: Suite) -> None:
    process = suite.run("up", "--detach")
    output = process.stdout + process.stderr
    assert (
        process.returncode
        and "runs on" in output
        and "already" in output
        and "Traceback" not in output
    )


def test_a_missing_program_is_named_with_what_it_is_for(
    suite: Suite, tmp_path: pathlib.Path
) -> None:
    """An agent that finds no nft says so in its facts; the feature that needs it is off."""
    (tmp_path / "state").mkdir(mode=0o700)
    programs = tmp_path / "bin"
    programs.mkdir()
    for name in ("ip", "unshare", "nsenter", "sysctl", "mount", "umount", "tc", "ps", "sh"):
        if path := shutil.which(name, path="/usr/sbin:/usr/bin:/sbin:/bin"):
            (programs / name).symlink_to(path)
    process = subprocess.run(
        [
            embedded_suite.sys.executable,
            "-m",
            "dataplane_agent",
            "facts",
            "--state",
            str(tmp_path / "state"),
        ],
        capture_output=True,
        text=True,
        check=False,
        env=suite.environment | {"PATH": str(programs)},
    )
    assert process.returncode == 0, process.stderr
    feature = embedded_suite.json.loads(process.stdout)["features"]["nft_bridge"]
    if feature["works"]:
        pytest.skip("the agent looks for programs beyond PATH, where Debian keeps them")
    assert "nft" in feature["why"] and feature["for"]


def test_terminate_leaves_nothing(suite: Suite) -> None:
    assert suite.json("ns", "terminate", "demo", "--wait")["operationState"] == "COMPLETED"
    suite.mano("ns", "delete", "demo")
    until(lambda: suite.sweep() == [], "nothing is left in the kernel")
    assert suite.vnfcs() == [] and suite.json("host", "show", suite.host)["plan"] == []
