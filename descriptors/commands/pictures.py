# SPDX-License-Identifier: Apache-2.0
"""`show --graph`: a picture of a VNF or network service in a file, laid out by graphviz."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import graphviz

from descriptors import model, outputs
from descriptors.commands import drawing, ns_scenes, vnf_scenes
from descriptors.commands.scenes import Box, Scene
from descriptors.package import Package

FORMATS = (".svg", ".png", ".pdf", ".dot")
_NO_DOT = (
    "drawing needs the program `dot`: apt-get install graphviz; a .dot file can be written without"
)


def draw(
    package: Package,
    file: Path,
    others: Sequence[model.Vnfd] = (),
    level: str | None = None,
    scale: Mapping[str, int] | None = None,
) -> None:
    """Writes the picture.

    ValueError for an unknown format, level or aspect, RuntimeError where graphviz is missing."""
    if file.suffix not in FORMATS:
        raise ValueError(f"{file.name}: a picture is one of {', '.join(FORMATS)}")
    picture = drawing.graph(scene(package, others, level, scale))
    if file.suffix == ".png":
        picture.graph_attr["dpi"] = "144"
    if file.suffix == ".dot":
        _write(file, picture.source.encode())
        return
    try:
        _write(file, picture.pipe(format=file.suffix[1:], quiet=True))
    except graphviz.ExecutableNotFound as error:
        raise RuntimeError(_NO_DOT) from error
    except graphviz.CalledProcessError as error:
        words = (error.stderr or b"").decode("utf-8", "replace")[:500]
        raise RuntimeError(f"dot could not draw it: {words}") from error


def _write(file: Path, content: bytes) -> None:
    with outputs.replacing(file) as partial:
        partial.write_bytes(content)


def scene(
    package: Package,
    others: Sequence[model.Vnfd] = (),
    level: str | None = None,
    scale: Mapping[str, int] | None = None,
) -> Scene:
    """What is to be seen: all flavours of a VNF, the default one of an NS.

    `others`: VNFs to draw the inside of."""
    match package.descriptor:
        case model.Vnfd() as vnfd:
            return vnf_scenes.of_vnf(vnfd, level, scale)
        case model.Nsd() as nsd:
            vnfds = {vnfd.id: vnfd for vnfd in others}
            return ns_scenes.of_ns(nsd, nsd.flavours[nsd.default_flavour], vnfds, level)
        case model.Pnfd() as pnfd:
            return Scene(boxes={("pnf",): Box("pnf", pnfd.name, ["PNF", pnfd.provider])})
    return Scene()
