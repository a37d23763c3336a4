# SPDX-License-Identifier: Apache-2.0
"""Images and computes' folders in the state directory: what is fetched and removed. Pure."""

from dataplane_agent import names
from dataplane_agent.actions import Action
from dataplane_agent.found import Found
from dataplane_agent.port import Desired


def removals(desired: Desired, found: Found) -> list[Action]:
    """Folders and images that nothing names any more."""
    folders = {names.folder(compute["id"]) for compute in desired.get("computes", [])}
    images = {names.folder(image["id"]) for image in desired.get("images", [])}
    parts = [name for name in sorted(found.parts) if _image_of(name) not in images]
    return [
        *(
            _removal(f"the files of compute {n}", "computes", n)
            for n in sorted(found.folders - folders)
        ),
        *(_removal(f"image {n}", "images", n) for n in sorted(found.images - images)),
        *(_removal(f"the rest of image {n}", "images", n) for n in parts),
    ]


def fetches(desired: Desired, found: Found) -> list[Action]:
    """Images that are not here."""
    return [
        Action("fetch", f"fetch image {image['id']}", image["id"], target=image)
        for image in desired.get("images", [])
        if names.folder(image["id"]) not in found.images
    ]


def _removal(what: str, folder: str, name: str) -> Action:
    return Action("unfile", f"remove {what}", target=f"{folder}/{name}")


def _image_of(part: str) -> str:
    return part.removesuffix(".part").removesuffix(".new")
