# SPDX-License-Identifier: Apache-2.0
"""The software images that nodes of a VNFD name, and whether the package really holds them."""
from __future__ import annotations

import dataclasses
import posixpath

from descriptors import model
from descriptors.archive import csar
from descriptors.findings import Findings
from descriptors.scalars import mapping, mebibytes, text, texts
from descriptors.tosca.topology import Node
from descriptors.tosca.typesystem import Types

ARTIFACT = "tosca.artifacts.nfv.SwImage"


class Images:
    """Reads images node by node and remembers them: `found` has each of them once, by its id."""

    def __init__(self, source: csar.Source, types: Types, findings: Findings) -> None:
        self._source, self._types, self._findings = source, types, findings
        self.found: dict[str, model.SwImage] = {}

    def of(self, node: Node) -> model.SwImage | None:
        """The image of a VDU or storage. Its data stood in `sw_image_data` before SOL001 2.7.1, now in the artifact."""
        for name, artifact in node.artifacts.items():
            kind = text(artifact.get("type"))
            if self._types.is_a("artifact_types", kind, ARTIFACT) or not kind and name == "sw_image":
                data = {**mapping(node.properties.get("sw_image_data")), **mapping(artifact.get("properties"))}
                return self._remembered(node, self._image(node, name, data, artifact))
        return None

    def _remembered(self, node: Node, image: model.SwImage) -> model.SwImage:
        """Its id is the node's name; where flavours have nodes of one name and different images, with the template's before it."""
        known = self.found.setdefault(node.name, image)
        if known != image:
            image = dataclasses.replace(image, id=f"{posixpath.splitext(posixpath.basename(node.unit.path))[0]}/{node.name}")
            self.found[image.id] = image
        return image

    def _image(self, node: Node, name: str, data: dict[str, object], artifact: dict[str, object]) -> model.SwImage:
        checksum = {key: text(value).lower() for key, value in mapping(data.get("checksum")).items()}
        path = self._path(node, name, artifact)
        if path and checksum.get("hash"):
            self._compare(node, path, checksum)
        return model.SwImage(
            id=node.name,
            name=text(data.get("name")) or node.name,
            version=text(data.get("version")),
            checksum=checksum,
            container_format=text(data.get("container_format")) or None,
            disk_format=text(data.get("disk_format")) or None,
            min_disk=mebibytes(data.get("min_disk")),
            min_ram=mebibytes(data.get("min_ram")),
            size=mebibytes(data.get("size")),
            path=path,
            virtualisation_environments=texts(data.get("supported_virtualisation_environments")),
            provider=text(data.get("provider")),
            operating_system=text(data.get("operating_system")),
        )

    def _path(self, node: Node, name: str, artifact: dict[str, object]) -> str | None:
        written = text(artifact.get("file"))
        for path in (node.file(written), written.removeprefix("./")):
            if path and path in self._source.sizes:
                return path
        return None

    def _compare(self, node: Node, path: str, checksum: dict[str, str]) -> None:
        """A warning only: real packages state hashes of images they do not carry. What counts is the manifest."""
        algorithm = checksum.get("algorithm", "")
        if algorithm not in csar.ALGORITHMS:
            self._findings.warning(
                "vnfd-image-checksum",
                node.unit.path,
                f"{node.name}: unknown algorithm {algorithm!r}",
                "use sha-256 or sha-512",
                node.at(),
            )
        elif self._source.digest(path, algorithm) != checksum["hash"]:
            self._findings.warning("vnfd-image-checksum", node.unit.path, f"{node.name}: {path} has {algorithm} "
                                   f"{self._source.digest(path, algorithm)}, the VNFD says {checksum['hash']}",
                                   "correct the checksum in the VNFD", node.at())
