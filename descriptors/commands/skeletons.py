# SPDX-License-Identifier: Apache-2.0
"""A folder to begin a package of one's own with; it builds and lints clean as it is."""

from __future__ import annotations

import datetime
import re
import uuid
from collections.abc import Sequence
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
    for path, text in files.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        path.chmod(0o755 if path.name == "run" else 0o644)
    return list(files)


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
