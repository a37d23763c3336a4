# SPDX-License-Identifier: Apache-2.0
"""Instantiate NS (SOL005 6.4.4).

Place, bring images, make links and SAPs, create and instantiate VNFs, connect paths."""

from __future__ import annotations

from mano import lcm, store
from mano.sol.documents import Body
from nfvo import addressing, images, network_service, ns_info, reservations, vnf_requests
from nfvo.lcm import designs, links, occurrences, placing, vnfs
from nfvo.lcm.memos import InstantiateMemo
from nfvo.peers import vims, vnfm

Operation = lcm.Operation[InstantiateMemo]


def _place(op: Operation) -> None:
    """Where every VNFC goes (pure, in nfvo.placement), reserved until the operation ends."""
    ns = designs.of(op)
    ns.check()
    params = op.occurrence["operationParams"].get("additionalParamsForNs") or {}
    places = placing.place(op, ns.demands, params.get("vimId"))
    reservations.add(op.tx, op.id, ns.demands, places)
    op.memo["places"] = {vnfc: list(place) for vnfc, place in places.items()}
    op.memo["vim"] = _vim(op, params.get("vimId"))
    instance = _instance(op)
    links.note(instance, ns, op.id, op.memo["vim"])
    op.tx.put(instance)


def _vim(op: Operation, named: str | None) -> str:
    """All VNFCs go to one VIM; without any it is the one named, or the first."""
    for vim, _ in op.memo["places"].values():
        return vim
    return str(vims.enabled(op.tx, named)[0]["id"])


def _undo_place(op: Operation) -> None:
    instance = _instance(op)
    if instance.body.pop("_resources", None):
        op.tx.put(instance)
    reservations.release(op.tx, op.id)


def _images(op: Operation) -> None:
    """The VNFs' software images at the VIM (IFA005 7.2.2)."""
    vim = op.tx.get(vims.KIND, op.memo["vim"]).body
    op.memo["images"] = {
        profile: images.ensure(op, vim, vnf.package, images.of_flavour(vnf.flavour))
        for profile, vnf in designs.of(op).vnfs.items()
    }


def _create(op: Operation) -> None:
    """The VNF instances."""
    instance = _instance(op)
    if instance.body.get("_created_by") != op.id:  # stored before the first request is sent
        instance.body["_created_by"] = op.id
        op.tx.put(instance)
    profiles = network_service.profiles(op.tx, instance.body)
    op.memo["vnfs"] = vnfs.create(op, op.id, profiles, instance.body["nsInstanceName"])
    for profile, vnf in op.memo["vnfs"].items():
        document = {
            "nsInstanceId": instance.id,
            "profile": profile,
            "operations": {},
            "places": _places_of(op, profile),
            "images": op.memo["images"][profile],
        }
        op.tx.add(vnfm.KIND, vnf, document, owner=instance.id)
    instance.body["_vnfs"] = op.memo["vnfs"]
    op.tx.put(instance)


def _undo_create(op: Operation) -> None:
    instance = _instance(op)
    profiles = network_service.profiles(op.tx, instance.body)
    vnfs.remove(op, list(vnfs.of(op, instance.body, profiles).values()))
    for name in ("_vnfs", "_created_by"):
        instance.body.pop(name, None)
    op.tx.put(instance)


def _instantiate(op: Operation) -> None:
    """All VNFs at once (SOL003 5.4.4.3.1); their VNFM says when each has ended."""
    vnfs.instantiate(op, lambda: _requests(op))


def _ports(op: Operation) -> None:
    """Which port each external CP has got: what forwarding paths are made of."""
    answers = vnfs.read(op, op.memo["vnfs"])
    along_paths = addressing.order(designs.of(op).flavour)
    op.memo["vnfInstances"] = [answers[profile] for profile in along_paths if profile in answers]
    op.memo["ports"] = {}
    for profile, instance in answers.items():
        for cp in instance["instantiatedVnfInfo"]["extCpInfo"]:
            if "metadata" in cp:  # one that is connected
                ports = op.memo["ports"].setdefault(f"{profile}/{cp['cpdId']}", [])
                ports.append(cp["metadata"]["portName"])


def _record(op: Operation) -> None:
    """The instance is INSTANTIATED, with what it is made of (SOL005 6.5.2.8)."""
    ns, memo, vim = designs.of(op), op.memo, op.memo["vim"]
    instance = _instance(op)
    occurrences.move_instance(instance, "INSTANTIATED")
    instance.body.update(
        {
            "flavourId": ns.flavour.id,
            "vnfInstance": memo["vnfInstances"],
            "virtualLinkInfo": ns_info.virtual_links(memo["links"], vim),
            "sapInfo": ns_info.saps(memo["saps"], vim),
            "vnffgInfo": ns_info.vnffgs(ns, memo["vnfs"], memo["paths"], vim),
        }
    )
    op.tx.put(instance)
    op.occurrence["resourceChanges"] = {
        "affectedVnfs": ns_info.affected_vnfs(ns.flavour.vnf_profiles, memo["vnfs"], "INSTANTIATE"),
        "affectedVls": ns_info.affected_links(memo["links"]),
    }
    op.save()


PLAN = lcm.Plan[InstantiateMemo](
    "instantiate",
    (
        lcm.Step("place", _place, _undo_place),
        lcm.Step("images", _images),
        lcm.Step("links", links.create_links, links.remove("network")),
        lcm.Step("saps", links.create_saps, links.remove("port")),
        lcm.Step("create", _create, _undo_create),
        lcm.Step("instantiate", _instantiate),
        lcm.Step("ports", _ports),
        lcm.Step("paths", links.create_paths, links.remove("path")),
        lcm.Step("record", _record),
    ),
    occurrences.enter,
)


def _instance(op: Operation) -> store.Document:
    return op.tx.get(network_service.INSTANCES, op.occurrence["nsInstanceId"], lock=True)


def _places_of(op: Operation, profile: str) -> dict[str, list[str]]:
    """By VNFC of a VNF profile, as its VNFM names it in a GrantRequest."""
    places = {}
    for vnfc, place in op.memo["places"].items():
        profile_of_vnfc, _, name = vnfc.partition("/")
        if profile_of_vnfc == profile:
            places[name] = place
    return places


def _requests(op: Operation) -> dict[str, Body]:
    """The InstantiateVnfRequest of every VNF."""
    ns = designs.of(op)
    params = op.occurrence["operationParams"].get("additionalParamsForVnf") or []
    parameters = {item["vnfProfileId"]: item.get("additionalParams") or {} for item in params}
    return {
        op.memo["vnfs"][profile]: vnf_requests.instantiate(
            ns, profile, op.memo["vim"], op.memo["links"], parameters.get(profile, {})
        )
        for profile in ns.vnfs
    }
