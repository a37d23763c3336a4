# SPDX-License-Identifier: Apache-2.0
"""The programs through which the kernel's network is read and changed: `ip` and `nft`, in batches,
one fork each."""

import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from typing import Any

NEEDS = {
    "ip": ("iproute2", "networks, ports and namespaces"),
    "nft": ("nftables", "forwarding paths"),
    "nsenter": ("util-linux", "starting a VNFC in its namespace"),
    "setpriv": ("util-linux", "taking a VNFC's rights"),
    "taskset": ("util-linux", "CPU pinning"),
    "unshare": ("util-linux", "running without root, and probing the kernel"),
}


class Failed(Exception):
    """A program refused: its own words."""


class MissingProgram(Failed):
    """A program is not installed: which Debian package has it, and what it is for."""

    def __init__(self, program: str) -> None:
        package, purpose = NEEDS.get(program, (program, "the data plane"))
        super().__init__(
            f"program `{program}` is missing, needed for {purpose}: apt-get install {package}"
        )


def run(argv: list[str], text: str = "", timeout: float = 20) -> subprocess.CompletedProcess[str]:
    """Run a program with `text` on its standard input; its exit code is the caller's business."""
    try:
        return subprocess.run(
            argv, input=text, capture_output=True, text=True, timeout=timeout, check=False
        )
    except FileNotFoundError:
        raise MissingProgram(argv[0]) from None
    except subprocess.TimeoutExpired:
        raise Failed(f"`{' '.join(argv[:4])}` did not end within {timeout:g} s") from None


def ip(lines: list[str], space: str = "") -> dict[int, str]:
    """Run the lines through one `ip -batch` in a namespace ("" is the agent's own); errors by line
    number (from 0)."""
    where = ["-n", space] if space else []
    process = run(["ip", *where, "-force", "-batch", "-"], "\n".join(lines) + "\n")
    errors: dict[int, str] = {}
    words: list[str] = []
    for line in process.stderr.splitlines():
        failed = re.match(r"Command failed -:(\d+)", line)
        if failed:
            errors[int(failed[1]) - 1] = " ".join(words) or "refused"
            words = []
        else:
            words.append(line.strip())
    if (
        words and process.returncode
    ):  # a line that `ip` cannot parse ends the whole batch, unnumbered
        errors.update({n: " ".join(words) for n in range(len(lines)) if n not in errors})
    return errors


def show(space: str, *commands: str, family: str = "") -> list[list[dict[str, Any]]]:
    """What `ip -j` shows for each command in a namespace, with details and statistics; [] for one
    that failed."""
    where = (["-n", space] if space else []) + ([family] if family else [])
    if not shutil.which("ip"):
        return [[]] * len(commands)
    process = run(
        ["ip", *where, "-j", "-d", "-s", "-force", "-batch", "-"], "\n".join(commands) + "\n"
    )
    answers = list(_answers(process.stdout))
    return answers + [[]] * (len(commands) - len(answers))


def _answers(text: str) -> Iterator[Any]:
    """The JSON documents that a program printed one after the other."""
    decoder, text = json.JSONDecoder(), text.strip()
    while text:
        answer, end = decoder.raw_decode(text)
        yield answer
        text = text[end:].lstrip()


def nft(script: str) -> str:
    """Run a script as one transaction; "" or nft's own words."""
    process = run(["nft", "-f", "-"], script)
    if process.returncode == 0:
        return ""
    return process.stderr.strip() or f"nft ended with {process.returncode}"


def nft_list(*what: str) -> list[dict[str, Any]]:
    """The objects that nft lists of each; [] where there is nothing of that name, or no nft."""
    if not shutil.which("nft"):
        return []
    process = run(["nft", "-j", "; ".join(f"list {words}" for words in what)])
    if process.returncode:
        return []
    return [item for answer in _answers(process.stdout) for item in answer["nftables"]]


def read(path: str) -> str:
    """The text of a file of /proc or /sys, stripped; "" where it does not exist or may not be
    read."""
    try:
        with open(path) as f:
            return f.read().strip()
    except OSError:
        return ""


def write(path: str, value: str) -> str:
    """Write a file of /proc or /sys; "" or the kernel's words."""
    try:
        with open(path, "w") as f:
            f.write(value)
    except OSError as e:
        return f"{path}: {e.strerror}"
    return ""
