# SPDX-License-Identifier: Apache-2.0
"""A bounded run of the fuzzer, and that it sees what it is there to see."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def python(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *words], cwd=ROOT, capture_output=True, text=True, timeout=300
    )


def test_mutated_packages_do_no_harm(tmp_path: Path) -> None:
    process = python("-m", "tests.fuzz", "400", "7", str(tmp_path / "kept"))
    assert process.returncode == 0, process.stdout + process.stderr
    assert "400 inputs" in process.stdout


def test_the_guard_sees_files_outside_sockets_and_programs(tmp_path: Path) -> None:
    code = f"""
import contextlib, os, pathlib, socket, subprocess
from tests.fuzz.guard import Guard
guard = Guard(pathlib.Path({str(tmp_path)!r}))
guard.armed = True
open("/etc/hostname").close()
(pathlib.Path({str(tmp_path)!r}) / "in").write_text("x")
socket.socket().close()
os.truncate(pathlib.Path({str(tmp_path)!r}) / "in", 0)
os.listdir("/etc")
os.listdir({str(tmp_path)!r})
os.chdir({str(tmp_path)!r})
with contextlib.suppress(ImportError):
    import no_module_that_was_loaded_before
subprocess.run(["true"])
guard.armed = False
print(" ".join(seen.split("(")[0].split()[0] for seen in guard.seen))
"""
    violations = python("-c", code).stdout.split()
    assert violations[:6] == [
        "open",
        "open",
        "socket.__new__",
        "os.truncate",
        "os.listdir",
        "os.chdir",
    ]
    assert "import" in violations and "subprocess.Popen" in violations


def test_the_same_seed_gives_the_same_inputs() -> None:
    code = (
        "import random, hashlib; from tests.fuzz import corpus, mutations\n"
        "seeds = corpus.seeds()\n"
        "inputs = (mutations.package(random.Random(f'1/{n}'), seeds) for n in range(50))\n"
        "print(hashlib.sha256(b''.join(inputs)).hexdigest())"
    )
    first, second = python("-c", code), python("-c", code)
    assert first.stdout and first.stdout == second.stdout
