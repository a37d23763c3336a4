# SPDX-License-Identifier: Apache-2.0
"""Software images of VNF packages at VIMs (IFA005 7.2): each is brought to a VIM once."""

from __future__ import annotations

import base64
import contextlib
from collections.abc import Mapping
from typing import Any, cast

from descriptors import model, resources
from mano import bus, lcm, store
from mano.sol.documents import Body
from mano.store.content import CHUNK
from mano.vim import asks
from mano.vim.documents import Checksum, Connection, ImageSpec
from nfvo import contents, onboarded
from nfvo.peers import vims

# Documents <vim>/<package>/<image>, owned by the package: {"vimSoftwareImageId", "vim", "name"}
KIND = "vim_images"


def of_flavour(df: model.VnfDf) -> dict[str, model.SwImage]:
    """The images that a flavour's VDUs start from and that the package carries.

    One that is only named is never brought to a VIM, which would wait for its bytes."""
    images = (resources.image(df, vdu) for vdu in df.vdus)
    return {image.id: image for image in images if image and image.path}


def ensure(
    op: lcm.Operation[Any], vim: Body, package: str, images: Mapping[str, model.SwImage]
) -> list[dict[str, str]]:
    """The VimSoftwareImages (SOL003 9.5.3.10) of a package's images at a VIM.

    Brings those that are not there."""
    ids = {id: f"{vim['id']}/{package}/{id}" for id in images}
    missing = [image for id, image in images.items() if op.tx.look(KIND, ids[id]) is None]
    connection = vims.connection(vim)
    allocations = [_allocation(op, connection, package, image) for image in missing]
    _check_room(op, allocations)
    answers = op.ask_all(allocations)
    for image, answer in zip(missing, answers, strict=True):
        if image.path and not answer.body["detail"].get("complete"):
            _send(op, connection, package, image)
        document = {
            "vimSoftwareImageId": answer.body["id"],
            "vim": connection,
            "name": f"{package}/{image.id}",
        }
        with contextlib.suppress(store.Conflict):  # another operation has brought it meanwhile
            op.tx.add(KIND, ids[image.id], document, owner=package)
    return [
        {
            "vimConnectionId": vim["id"],
            "vnfdSoftwareImageId": id,
            "vimSoftwareImageId": op.tx.get(KIND, ids[id]).body["vimSoftwareImageId"],
        }
        for id in images
    ]


def forget(tx: store.Transaction, package: str) -> None:
    """The package is deleted: its images are removed from the VIMs (IFA005 7.2.6)."""
    for document in tx.find(KIND, owner=package):
        ask = asks.terminate(document.body["vim"], "image", document.body["name"])
        tx.owe(bus.request(ask.to, ask.operation, ask.body, id=f"image-removed/{document.id}"))
        tx.remove(document)


def leave_at(tx: store.Transaction, vim: str) -> None:
    """The VIM is not ours any more: its images stay there.

    They are looked for anew should it, or another, bear its id again."""
    for document in tx.containing(KIND, {"vim": {"vimId": vim}}):
        tx.remove(document)


def _check_room(op: lcm.Operation[Any], allocations: list[lcm.Ask]) -> None:
    """Fails where a VIM's copy of an image would take what the suite needs of its disk."""
    answers = op.answers(allocations)
    asks = (ask for ask, answer in zip(allocations, answers, strict=True) if answer is None)
    size = sum(ask.body["spec"]["size"] for ask in asks)
    if size and (shortage := op.service.settings.disks().shortage(size)):
        raise lcm.Failed(507, f"{size} bytes of images cannot be brought to the VIM: {shortage}")


def _allocation(
    op: lcm.Operation[Any], connection: Connection, package: str, image: model.SwImage
) -> lcm.Ask:
    size, checksum = _measured(op, package, image)
    spec: ImageSpec = {
        "owner": package,
        "size": size,
        "checksum": checksum,
        "diskFormat": image.disk_format,
        "containerFormat": image.container_format,
    }
    return asks.allocate(connection, "image", f"{package}/{image.id}", spec)


def _measured(op: lcm.Operation[Any], package: str, image: model.SwImage) -> tuple[int, Checksum]:
    """Size and checksum of the image as it is in the package, whatever the VNFD says.

    Of an external one, the VNFD's."""
    for path, size, checksum in onboarded.details(op.tx, onboarded.PACKAGES, package)["files"]:
        if path == image.path:
            return size, {"algorithm": "sha-256", "hash": checksum}
    return 0, cast(Checksum, image.checksum)


def _send(
    op: lcm.Operation[Any], connection: Connection, package: str, image: model.SwImage
) -> None:
    """The image's bytes, piece by piece, the next when the one before has arrived."""
    with (
        contents.archive(op.tx, f"{onboarded.PACKAGES}/{package}") as files,
        files.open(cast(str, image.path)) as file,
    ):
        piece, offset = file.read(CHUNK), 0
        while True:
            following = file.read(CHUNK)
            op.ask(
                asks.add_image(
                    connection,
                    f"{package}/{image.id}",
                    offset,
                    base64.b64encode(piece).decode(),
                    not following,
                )
            )
            if not following:
                return
            piece, offset = following, offset + len(piece)
