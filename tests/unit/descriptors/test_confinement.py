# SPDX-License-Identifier: Apache-2.0
"""What has taken over a parser finds no secret, no file of ours and nobody to talk to."""

from __future__ import annotations

import ctypes
import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from small_packages import Make

import descriptors
from descriptors import confinement
from descriptors.pool import Pool

ABOVE = str(Path(descriptors.__file__).parent.parent)


def in_a_child(folder: Path, code: str) -> str:
    """What code that runs confined to the folder says last."""
    begin = f"from descriptors import confinement; confinement.confine({str(folder)!r}); "
    child = subprocess.run(
        [sys.executable, "-P", "-c", begin + code],
        capture_output=True,
        text=True,
        env={"PYTHONPATH": ABOVE, "PATH": os.environ["PATH"]},
    )
    return (child.stdout + child.stderr).strip().splitlines()[-1]


@pytest.fixture
def landlock() -> None:
    version = ctypes.CDLL(None).syscall(confinement._CREATE_RULESET, None, 0, 1)
    if version < 1:
        pytest.skip("the kernel has no Landlock")


def test_a_child_knows_no_secret_of_its_parent(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("MANO_CLIENT_SECRET", "hush-hush")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "hush-hush")
    pool = Pool(folder=str(tmp_path))
    pool.warm()
    [child] = pool.pids()
    environment = Path(f"/proc/{child}/environ").read_bytes()
    pool.close()
    assert b"hush" not in environment and b"MANO" not in environment and b"PATH=" in environment


@pytest.mark.usefixtures("landlock")
def test_files_of_others_cannot_be_read(tmp_path: Path) -> None:
    folder, secret = tmp_path / "folder", tmp_path / "secret"
    folder.mkdir()
    secret.write_text("very-secret")
    for file in (secret, "/etc/passwd", f"/proc/{os.getpid()}/environ"):
        assert "PermissionError" in in_a_child(folder, f"open('{file}')"), file
    assert "PermissionError" in in_a_child(folder, f"__import__('os').listdir('{tmp_path}')")
    (folder / "package").write_text("its own")
    assert in_a_child(folder, f"print(open('{folder}/package').read())") == "its own"


@pytest.mark.usefixtures("landlock")
def test_nothing_is_written_but_in_the_folder(tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    for file in (tmp_path / "new", Path(ABOVE) / "descriptors" / "new.py"):
        assert "PermissionError" in in_a_child(folder, f"open('{file}', 'w')")
        assert not file.exists()
    assert in_a_child(folder, f"print(open('{folder}/new', 'w').write('abc'))") == "3"


def test_nobody_can_be_called(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        call = f"__import__('socket').create_connection(('127.0.0.1', {port}), 5)"
        if "connection" in in_a_child(tmp_path, call + "; print('connection')"):
            pytest.skip("the kernel gives neither a network namespace nor Landlock's rules of TCP")
        server.settimeout(0.2)
        with pytest.raises(TimeoutError):
            server.accept()


def test_a_package_in_the_folder_is_read_as_ever(make: Make, tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    package = make()
    inside = folder / package.name
    inside.write_bytes(package.read_bytes())
    pool = Pool(folder=str(folder))
    assert pool.read(inside) == descriptors.read(inside)
    pool.close()
