# SPDX-License-Identifier: Apache-2.0
"""The program `openssl`, on streams of any size and with files for what it takes only as such."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

CONTENT = "content"  # an argument: where the content is read
_CHUNK = 1 << 20
# The reason's field in a line of errors, `…:error:<code>:<library>:<reason>:<file>:<line>:`; from
# version 3 on a function stands before it.
_REASON, _REASON_AFTER_FUNCTION = 4, 5


class NoOpenssl(Exception):
    """The program openssl is not there."""


@dataclass(frozen=True)
class Answer:
    """How a run ended: `words` is what it said on its standard error."""

    status: int
    output: bytes
    words: str

    @property
    def reasons(self) -> str:
        """Its reasons without numbers and source files: `digest failure`."""
        lines = [line.split(":") for line in self.words.splitlines()]
        reasons = [
            parts[_REASON_AFTER_FUNCTION if len(parts) > 7 else _REASON]
            for parts in lines
            if len(parts) > 5
        ]
        line = " ".join(self.words.split())[:300]
        return "; ".join(dict.fromkeys(filter(None, reasons))) or line


@contextmanager
def files(**contents: bytes) -> Iterator[dict[str, str]]:
    """Files for openssl, by name, until the end of the block."""
    with tempfile.TemporaryDirectory(prefix="mano-cms-") as folder:
        for name, content in contents.items():
            (Path(folder) / name).write_bytes(content)
        yield {name: str(Path(folder) / name) for name in contents}


def run(arguments: list[str], content: IO[bytes] | None = None) -> Answer:
    """Runs openssl. Raises NoOpenssl.

    It reads `content` at the argument CONTENT: not as its standard input, where it would look
    for passphrases."""
    program = shutil.which("openssl")
    if program is None:
        raise NoOpenssl("the program openssl is needed for signatures: apt-get install openssl")
    with tempfile.TemporaryFile() as output, tempfile.TemporaryFile() as words:
        reads, writes = os.pipe()
        process = subprocess.Popen(
            [program, *(f"/dev/fd/{reads}" if word == CONTENT else word for word in arguments)],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=words,
            pass_fds=[reads],
        )
        os.close(reads)
        _feed(writes, content)
        status = process.wait()
        output.seek(0)
        words.seek(0)
        return Answer(status, output.read(), words.read().decode("utf-8", "replace"))


def _feed(descriptor: int, content: IO[bytes] | None) -> None:
    try:
        with os.fdopen(descriptor, "wb") as pipe:
            while content is not None and (chunk := content.read(_CHUNK)):
                pipe.write(chunk)
    except BrokenPipeError:
        pass  # it has seen enough; its status says why
