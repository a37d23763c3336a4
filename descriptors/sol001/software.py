# SPDX-License-Identifier: Apache-2.0
"""The software images that nodes of a VNFD name, and whether the package really holds them."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping

from descriptors import model
from descriptors.archive.sources import ALGORITHMS, Source
from descriptors.findings import Findings
from descriptors.leaves import mapping, text, texts
from descriptors.tosca.topology import Node, Topology
from descriptors.units import mebibytes

ARTIFACT = "tosca.artifacts.nfv.SwImage"

_ADDRESSES = ("http://", "https://", "ftp://", "ftps://")


class Images:
    """The images of all flavours: `of` by flavour and node, `found` each once, in order.

    An image's id is the node's name; where flavours give nodes of one name different images, the
    flavour stands before."""

    def __init__(
        self, flavours: Mapping[str, Topology], source: Source, findings: Findings
    ) -> None:
        self._source, self._findings = source, findings
        read = {
            flavour: {
                name: image
                for name, node in topology.nodes.items()
                if (image := self._of(topology, node))
            }
            for flavour, topology in flavours.items()
        }
        self.of = {
            flavour: {name: self._named(read, flavour, image) for name, image in images.items()}
            for flavour, images in read.items()
        }
        self.found = list(
            {image.id: image for images in self.of.values() for image in images.values()}.values()
        )

    @staticmethod
    def _named(
        read: dict[str, dict[str, model.SwImage]], flavour: str, image: model.SwImage
    ) -> model.SwImage:
        same = all(images.get(image.id, image) == image for images in read.values())
        return image if same else dataclasses.replace(image, id=f"{flavour}/{image.id}")

    def _of(self, topology: Topology, node: Node) -> model.SwImage | None:
        """The image of a VDU, container or storage. Its data stood in `sw_image_data` before SOL001
        2.7.1, now in the artifact."""
        for name, artifact in node.artifacts.items():
            kind = text(artifact.get("type"))
            if topology.types.is_a("artifact_types", kind, ARTIFACT) or (
                not kind and name == "sw_image"
            ):
                data = {
                    **mapping(node.properties.get("sw_image_data")),
                    **mapping(artifact.get("properties")),
                }
                self._check_carried(node, name, artifact)
                return self._image(node, name, data, artifact)
        if data := mapping(node.properties.get("sw_image_data")):
            self._report_named(node, text(data.get("name")) or node.name)
        return None

    def _check_carried(self, node: Node, name: str, artifact: dict[str, object]) -> None:
        """Nothing is ever fetched: what is not in the package cannot be brought to a VIM."""
        file = text(artifact.get("file"))
        if file.lower().startswith(_ADDRESSES):
            self._findings.error(
                "vnfd-image-remote",
                node.unit.path,
                f"{node.name}: the image {name} is at {file[:200]}, and nothing is fetched",
                "put the image into the package, and its path there",
                node.at("artifacts", name),
            )
        elif self._path(node, artifact) is None and (artifact.get("repository") or ":" in file):
            self._report_named(node, file)

    def _report_named(self, node: Node, image: str) -> None:
        """A reference of a registry, or a name at the VIM."""
        self._findings.by_profile(
            "vnfd-image-named",
            node.unit.path,
            f"{node.name} only names its image {image[:200]}; the package does not carry it",
            "put the image into the package as an artifact of the node",
            node.at(),
        )

    def _image(
        self, node: Node, name: str, data: dict[str, object], artifact: dict[str, object]
    ) -> model.SwImage:
        checksum = {
            key: text(value).lower() for key, value in mapping(data.get("checksum")).items()
        }
        path = self._path(node, artifact)
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

    def _path(self, node: Node, artifact: dict[str, object]) -> str | None:
        name = text(artifact.get("file"))
        for path in (node.file(name), name.removeprefix("./")):
            if path and path in self._source.sizes:
                return path
        return None

    def _compare(self, node: Node, path: str, checksum: dict[str, str]) -> None:
        """A warning only: real packages state hashes of images they do not carry. What counts is
        the manifest."""
        algorithm = checksum.get("algorithm", "")
        if algorithm not in ALGORITHMS:
            self._findings.warning(
                "vnfd-image-checksum",
                node.unit.path,
                f"{node.name}: unknown algorithm {algorithm!r}",
                "use sha-256 or sha-512",
                node.at(),
            )
        elif self._source.digest(path, algorithm) != checksum["hash"]:
            self._findings.warning(
                "vnfd-image-checksum",
                node.unit.path,
                f"{node.name}: {path} has {algorithm} "
                f"{self._source.digest(path, algorithm)}, the VNFD says {checksum['hash']}",
                "correct the checksum in the VNFD",
                node.at(),
            )
