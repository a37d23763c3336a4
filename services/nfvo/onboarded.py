# SPDX-License-Identifier: Apache-2.0
"""What was read of the VNF packages and NSDs that are onboarded."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypedDict, cast

from descriptors import Package, model
from mano import store
from mano.problems import Problem
from mano.sol.documents import Body

PACKAGES, NSDS = "vnf_packages", "ns_descriptors"
DETAILS = "details"  # documents <collection>/<id>: Details
NAMES = "descriptor_ids"  # documents <collection>/<vnfdId or nsdId>: {"id"} of who has it
REMEMBERED = 256
# By package: what is onboarded never changes, so each is parsed once per process.
_models: dict[str, Any] = {}


class Details(TypedDict):
    """What was read of a package."""

    model: Body
    files: list[tuple[str, int, str]]  # path, size, SHA-256
    entry: str
    manifest: str | None
    version: int  # of what the VNFM is told of it


def details(tx: store.Transaction, collection: str, id: str) -> Details:
    """What was read of an onboarded package."""
    return cast(Details, tx.get(DETAILS, f"{collection}/{id}").body)


def vnfd(tx: store.Transaction, id: str) -> model.Vnfd:
    """The VNFD of an onboarded VNF package."""
    return cast(model.Vnfd, _parsed_once(tx, PACKAGES, id, model.vnfd))


def nsd(tx: store.Transaction, id: str) -> model.Nsd:
    """An onboarded NSD."""
    return cast(model.Nsd, _parsed_once(tx, NSDS, id, model.nsd))


def ns_flavour(tx: store.Transaction, id: str, flavour: str) -> model.NsDf:
    """A deployment flavour of an onboarded NSD."""
    return nsd(tx, id).flavours[flavour]


def by_vnfd_id(tx: store.Transaction, vnfd_id: str) -> str | None:
    """The id of the onboarded VNF package with that vnfdId."""
    return by_descriptor(tx, PACKAGES, vnfd_id)


def known(tx: store.Transaction, vnfd_id: str, status: int) -> str:
    """The id of the VNF package with that vnfdId; Problem of that status if none is onboarded."""
    package = by_vnfd_id(tx, vnfd_id)
    if package is None:
        raise Problem(status, f"No VNF package with vnfdId {vnfd_id} is onboarded.")
    return package


def usable(tx: store.Transaction, vnfd_id: str, status: int) -> str:
    """The id of the VNF package with that vnfdId, of which a VNF may be instantiated.

    Problem of that status if none is onboarded or it is DISABLED."""
    package = known(tx, vnfd_id, status)
    if tx.get(PACKAGES, package).body["operationalState"] != "ENABLED":
        raise Problem(
            status,
            f"VNF package {package} (vnfdId {vnfd_id}) is DISABLED: no VNF is instantiated from "
            "it; enable it first.",
        )
    return package


def by_nsd_id(tx: store.Transaction, nsd_id: str) -> str | None:
    """The id of the onboarded NSD with that nsdId."""
    return by_descriptor(tx, NSDS, nsd_id)


def by_descriptor(tx: store.Transaction, collection: str, descriptor: str) -> str | None:
    """The id of what is onboarded there with that vnfdId or nsdId."""
    name = tx.look(NAMES, f"{collection}/{descriptor}")
    return name.body["id"] if name else None


def claim(tx: store.Transaction, collection: str, descriptor: str, id: str) -> str:
    """Gives the descriptor's id to a package; that of another one if it is taken."""
    name = tx.look(NAMES, f"{collection}/{descriptor}", lock=True)
    if name is None:
        tx.add(NAMES, f"{collection}/{descriptor}", {"id": id})
        return ""
    return "" if name.body["id"] == id else str(name.body["id"])


def record(tx: store.Transaction, collection: str, id: str, package: Package) -> None:
    """Stores what was read of a package."""
    assert package.descriptor is not None
    details: Body = {
        "model": model.to_dict(package.descriptor),
        "files": [[item.path, item.size, item.checksum] for item in package.files],
        "entry": package.entry,
        "manifest": package.manifest_path,
        "version": tx.next_version(),
    }
    document = tx.look(DETAILS, f"{collection}/{id}", lock=True)
    if document is None:
        tx.add(DETAILS, f"{collection}/{id}", details)
    else:
        document.body = details
        tx.put(document)


def remove(tx: store.Transaction, collection: str, id: str) -> str:
    """Forgets what was read and stored of a package.

    Returns the id of the descriptor that nobody has any more, "" if there is none."""
    tx.remove_content(f"{collection}/{id}")
    details = tx.look(DETAILS, f"{collection}/{id}")
    if details is None:
        return ""
    tx.remove(details)
    descriptor = str(details.body["model"]["id"])
    name = tx.look(NAMES, f"{collection}/{descriptor}")
    if name is None or name.body["id"] != id:
        return ""
    tx.remove(name)
    return descriptor


def _parsed_once(
    tx: store.Transaction, collection: str, id: str, parse: Callable[[Body], Any]
) -> Any:
    if id not in _models:
        if len(_models) >= REMEMBERED:
            _models.clear()
        _models[id] = parse(details(tx, collection, id)["model"])
    return _models[id]
