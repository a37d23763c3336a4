# SPDX-License-Identifier: Apache-2.0
"""A folder to begin a package of one's own with; it builds and lints clean as it is."""

from __future__ import annotations

import contextlib
import datetime
import re
import uuid
from collections.abc import Mapping, Sequence
from pathlib import Path
from string import Template

from descriptors import model
from descriptors.commands import ns_skeleton
from descriptors.commands.ns_skeleton import identifier

STARTERS = Path(__file__).parent.parent / "starters"


def start(
    kind: str, folder: Path, provider: str = "example", vnfds: Sequence[model.Vnfd] = ()
) -> list[Path]:
    """Writes the files of a new package of kind vnf, ns or pnf; gives their paths.

    ValueError, FileExistsError."""
    name = identifier(folder.resolve().name)
    values = _values(name, identifier(provider))
    if vnfds and kind != "ns":
        raise ValueError("only a network service is made of VNFs")
    if folder.exists() and any(folder.iterdir()):
        raise FileExistsError(f"{folder} is there already and not empty")
    if kind == "ns":
        values |= ns_skeleton.parts(values["provider"], vnfds)
    files = {
        folder / "Definitions" / f"{name}.yaml": _filled(f"{kind}.yaml.in", values),
        folder / "ChangeLog.txt": "1.0: first version\n",
    }
    if kind == "vnf":
        files[folder / "software" / name / "run"] = (STARTERS / "run").read_text()
    _write(folder, files)
    return list(files)


def _write(folder: Path, files: Mapping[Path, str]) -> None:
    """All of them, or none: what was begun would hinder the next try."""
    is_new, began = not folder.exists(), list[Path]()
    try:
        for path, text in files.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            began.append(path)
            path.write_text(text)
            path.chmod(0o755 if path.name == "run" else 0o644)
    except OSError:
        _remove(folder, began, is_new)
        raise


def _remove(folder: Path, began: Sequence[Path], is_new: bool) -> None:
    for path in began:
        path.unlink(missing_ok=True)
    folders = {parent for path in began for parent in path.parents if folder in parent.parents}
    for parent in sorted(folders, reverse=True) + ([folder] if is_new else []):
        with contextlib.suppress(OSError):
            parent.rmdir()


def _values(name: str, provider: str) -> dict[str, str]:
    """What the starters leave open."""
    return {
        "name": name,
        "provider": provider,
        "title": name.replace("-", " ").capitalize(),
        "type": "".join(word.capitalize() for word in name.split("-")),
        "id": str(uuid.uuid4()),
        "invariant": str(uuid.uuid4()),
        "released": f"{datetime.datetime.now(datetime.UTC):%Y-%m-%dT00:00:00Z}",
    }


def _filled(starter: str, values: dict[str, str]) -> str:
    text = Template((STARTERS / starter).read_text()).substitute(values)
    return re.sub(r"\n{3,}", "\n\n", text).rstrip("\n") + "\n"
