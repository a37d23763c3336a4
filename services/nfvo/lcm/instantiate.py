# SPDX-License-Identifier: Apache-2.0
"""Instantiate NS (SOL005 6.4.4): place, bring images, make links and SAPs, create and instantiate
VNFs, connect paths."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from descriptors import model, resources, sizing
from mano import lcm
from mano.problems import Problem
from mano.sol.vnf_parameters import InstantiateParameters
from mano.vim import asks
from nfvo import addressing, images, onboarding, placement
from nfvo.lcm import occurrences, vnfs
from nfvo.peers import vims, vnfm

GONE = frozenset({404})


def _place(op: lcm.Operation) -> None:
    """Where every VNFC goes (pure, in nfvo.placement), reserved until the operation ends."""
    df, shapes = _flavour(op), _shapes(op)
    params = op.occurrence["operationParams"].get("additionalParamsForNs") or {}
    zones = vims.capacities(op, params.get("vimId"))
    wants = [
        {
            "id": f"{profile}/{vdu}-{index}",
            "what": f"VNF {profile}, VNFC {vdu}-{index}",
            "need": sizing.spec(shape, vdu),
        }
        for profile, (shape, level) in shapes.items()
        for vdu, number in resources.instances(shape, level).items()
        for index in range(number)
    ]
    if not df.vnf_profiles:
        raise Problem(422, f"NS flavour {df.id} has no VNFs; nothing to instantiate.")
    op.tx.lock("placement")
    places = placement.ALGORITHMS["first-fit"](wants, zones, _reserved(op))
    op.tx.add(
        "reservations",
        op.id,
        {"taken": [[*place, taken] for place, taken in placement.total(wants, places).items()]},
    )
    op.memo["places"] = {want: list(place) for want, place in places.items()}
    # What may come to be is noted before it is: whatever happens, terminate finds it.
    instance = op.tx.get("ns_instances", op.occurrence["nsInstanceId"], lock=True)
    instance.body["_resources"] = {
        "vim": _vim(op)["id"],
        "flavour": df.id,
        "network": [f"{op.id}/{id}" for id in df.virtual_links],
        "port": [f"{op.id}/{id}" for id in df.sapds],
        "path": [f"{op.id}/{id}" for id in _path_names(df)],
    }
    op.tx.put(instance)


def _undo_place(op: lcm.Operation) -> None:
    instance = op.tx.get("ns_instances", op.occurrence["nsInstanceId"], lock=True)
    if instance.body.pop("_resources", None):
        op.tx.put(instance)
    if (reservation := op.tx.look("reservations", op.id)) is not None:
        op.tx.remove(reservation)


def _images(op: lcm.Operation) -> None:
    """The VNFs' software images at the VIM (IFA005 7.2.2)."""
    vim = _vim(op)
    op.memo["images"] = {}
    for profile, (shape, _) in _shapes(op).items():
        package = onboarding.by_descriptor(
            op.tx, onboarding.PACKAGES, _flavour(op).vnf_profiles[profile].vnfd_id
        )
        op.memo["images"][profile] = images.ensure(op, vim, str(package), images.of_flavour(shape))


def _links(op: lcm.Operation) -> None:
    """The NS virtual links (IFA005 7.4.1.2)."""
    df, connection, subnets = _flavour(op), vims.connection(_vim(op)), _addresses(op).subnets
    made = op.ask_all(
        [
            asks.allocate(
                connection,
                "network",
                f"{op.id}/{id}",
                {
                    "owner": op.occurrence["nsInstanceId"],
                    "zone": _zone(op),
                    "cidr": subnets[id],
                    "mtu": link.mtu or 1500,
                },
            )
            for id, link in df.virtual_links.items()
        ]
    )
    op.memo["links"] = {
        id: answer.body["id"] for id, answer in zip(df.virtual_links, made, strict=True)
    }


def _undo_links(op: lcm.Operation) -> None:
    if "places" in op.memo:
        op.ask_all(
            [
                asks.terminate(vims.connection(_vim(op)), "network", f"{op.id}/{id}")
                for id in _flavour(op).virtual_links
            ],
            GONE,
        )


def _saps(op: lcm.Operation) -> None:
    """The service access points: ports on their links (IFA005 7.4.1.2, network port)."""
    df, made, connection = _flavour(op), _addresses(op), vims.connection(_vim(op))
    ways = addressing.routes(df, made)
    specs = {
        sap.id: {
            "owner": op.occurrence["nsInstanceId"],
            "zone": _zone(op),
            "network": op.memo["links"][sap.virtual_link],
            "addresses": [made.with_length(end) for end in made.of(None, sap.id)],
            "routes": ways.get((None, sap.id), []),
        }
        for sap in df.sapds.values()
        if sap.virtual_link
    }
    answers = op.ask_all(
        [asks.allocate(connection, "port", f"{op.id}/{id}", spec) for id, spec in specs.items()]
    )
    op.memo["saps"] = {
        id: {
            "id": answer.body["id"],
            "addresses": specs[id]["addresses"],
            "detail": answer.body.get("detail", {}),
        }
        for id, answer in zip(specs, answers, strict=True)
    }


def _undo_saps(op: lcm.Operation) -> None:
    if "places" in op.memo:
        op.ask_all(
            [
                asks.terminate(vims.connection(_vim(op)), "port", f"{op.id}/{id}")
                for id in _flavour(op).sapds
            ],
            GONE,
        )


def _create(op: lcm.Operation) -> None:
    """The VNF instances."""
    instance = op.tx.get("ns_instances", op.occurrence["nsInstanceId"], lock=True)
    if instance.body.get("_created_by") != op.id:  # stored before the first request is sent
        instance.body["_created_by"] = op.id
        op.tx.put(instance)
    op.memo["vnfs"] = vnfs.create(
        op, op.id, _flavour(op), f"of NS {instance.body['nsInstanceName']}"
    )
    for profile, vnf in op.memo["vnfs"].items():
        places = {
            key.partition("/")[2]: place
            for key, place in op.memo["places"].items()
            if key.partition("/")[0] == profile
        }
        op.tx.add(
            vnfm.KIND,
            vnf,
            {
                "nsInstanceId": instance.id,
                "profile": profile,
                "operations": {},
                "places": places,
                "images": op.memo["images"][profile],
            },
            owner=instance.id,
        )
    instance.body["_vnfs"] = op.memo["vnfs"]
    op.tx.put(instance)


def _undo_create(op: lcm.Operation) -> None:
    instance = op.tx.get("ns_instances", op.occurrence["nsInstanceId"], lock=True)
    vnfs.remove(op, list(vnfs.of(op, instance.body, _described(op)).values()))
    for name in ("_vnfs", "_created_by"):
        instance.body.pop(name, None)
    op.tx.put(instance)


def _instantiate(op: lcm.Operation) -> None:
    """All VNFs at once (SOL003 5.4.4.3.1); their VNFM says when each has ended."""
    vnfs.instantiate(
        op, {op.memo["vnfs"][profile]: request for profile, request in _requests(op).items()}
    )


def _ends(op: lcm.Operation) -> None:
    """Which port each external CP has got: what forwarding paths are made of."""
    answers = op.ask_all(
        [
            vnfm.ask("GET", f"/vnf_instances/{vnf}", None, profile, f"VNF {profile}")
            for profile, vnf in op.memo["vnfs"].items()
        ]
    )
    order = addressing.order(_flavour(op))
    op.memo["vnfInstances"] = [
        answer.body
        for _, answer in sorted(
            zip(op.memo["vnfs"], answers, strict=True), key=lambda pair: order.index(pair[0])
        )
    ]
    op.memo["ports"] = {}
    for profile, answer in zip(op.memo["vnfs"], answers, strict=True):
        for end in answer.body["instantiatedVnfInfo"]["extCpInfo"]:
            if "metadata" in end:  # one that is connected
                op.memo["ports"].setdefault(f"{profile}/{end['cpdId']}", []).append(
                    end["metadata"]["portName"]
                )


def _paths(op: lcm.Operation) -> None:
    """The forwarding paths of the VNFFGs (IFA005 7.4.4.2)."""
    connection, specs = vims.connection(_vim(op)), _path_specs(op)
    made = op.ask_all(
        [asks.allocate(connection, "path", f"{op.id}/{id}", spec) for id, spec in specs.items()]
    )
    op.memo["paths"] = {id: answer.body["id"] for id, answer in zip(specs, made, strict=True)}


def _undo_paths(op: lcm.Operation) -> None:
    if "places" in op.memo:
        op.ask_all(
            [
                asks.terminate(vims.connection(_vim(op)), "path", f"{op.id}/{name}")
                for name in _path_names(_flavour(op))
            ],
            GONE,
        )


def _record(op: lcm.Operation) -> None:
    """The instance is INSTANTIATED, with what it is made of (SOL005 6.5.2.8)."""
    df, made = _flavour(op), _addresses(op)
    instance = op.tx.get("ns_instances", op.occurrence["nsInstanceId"], lock=True)
    vim = op.memo["vim"]
    handle = {"vimId": vim}
    occurrences.move_instance(instance, "INSTANTIATED")
    instance.body.update(
        {
            "flavourId": df.id,
            "vnfInstance": op.memo["vnfInstances"],
            "virtualLinkInfo": [
                {
                    "id": id,
                    "nsVirtualLinkDescId": id,
                    "nsVirtualLinkProfileId": id,
                    "resourceHandle": [{**handle, "resourceId": network}],
                }
                for id, network in op.memo["links"].items()
            ],
            "sapInfo": [
                {
                    "id": id,
                    "sapdId": id,
                    "sapName": id,
                    "description": "",
                    "sapProtocolInfo": [_protocol(end)],
                    "resourceHandle": {**handle, "resourceId": op.memo["saps"][id]["id"]},
                }
                for id in op.memo["saps"]
                for end in made.of(None, id)
            ],
            "vnffgInfo": [
                {
                    "id": graph.id,
                    "vnffgdId": graph.id,
                    "vnfInstanceId": [
                        op.memo["vnfs"][name] for name in graph.members if name in op.memo["vnfs"]
                    ],
                    "pnfInfoId": [],
                    "nsVirtualLinkInfoId": [
                        name for name in graph.members if name in df.virtual_links
                    ],
                    "nsCpHandle": [],
                    "nfpInfo": [
                        {
                            "id": nfp.id,
                            "nfpdId": nfp.id,
                            "nfpState": "ENABLED",
                            "nscpHandle": [],
                            "totalCp": sum(len(position.cps) for position in nfp.positions),
                            "nfpRule": {},
                        }
                        for nfp in graph.nfps.values()
                    ],
                }
                for graph in df.vnffgds.values()
            ],
        }
    )
    op.tx.put(instance)
    op.occurrence["resourceChanges"] = {
        "affectedVnfs": [
            {
                "vnfInstanceId": vnf,
                "vnfdId": df.vnf_profiles[profile].vnfd_id,
                "vnfProfileId": profile,
                "vnfName": profile,
                "changeType": "INSTANTIATE",
                "changeResult": "COMPLETED",
            }
            for profile, vnf in op.memo["vnfs"].items()
        ],
        "affectedVls": [
            {
                "nsVirtualLinkInstanceId": id,
                "nsVirtualLinkDescId": id,
                "vlProfileId": id,
                "changeType": "ADD",
                "changeResult": "COMPLETED",
            }
            for id in op.memo["links"]
        ],
    }
    op.save()


PLAN = lcm.Plan(
    "instantiate",
    (
        lcm.Step("place", _place, _undo_place),
        lcm.Step("images", _images),
        lcm.Step("links", _links, _undo_links),
        lcm.Step("saps", _saps, _undo_saps),
        lcm.Step("create", _create, _undo_create),
        lcm.Step("instantiate", _instantiate),
        lcm.Step("ends", _ends),
        lcm.Step("paths", _paths, _undo_paths),
        lcm.Step("record", _record),
    ),
    occurrences.enter,
)


def _flavour(op: lcm.Operation) -> model.NsDf:
    """The NS flavour. The NSD names requirements of VNFs where it links them; here they are
    external CPs."""
    return addressing.by_ext_cp(
        _described(op), {id: shape for id, (shape, _) in _shapes(op).items()}
    )


def _described(op: lcm.Operation) -> model.NsDf:
    instance = op.tx.get("ns_instances", op.occurrence["nsInstanceId"]).body
    return onboarding.ns_flavour(
        op.tx, instance["nsdInfoId"], op.occurrence["operationParams"]["nsFlavourId"]
    )


def _shapes(op: lcm.Operation) -> dict[str, tuple[model.VnfDf, str | None]]:
    """By profile: the VNF flavour and the instantiation level it is to have."""
    result = {}
    for profile in _described(op).vnf_profiles.values():
        package = onboarding.by_descriptor(op.tx, onboarding.PACKAGES, profile.vnfd_id)
        if package is None:
            raise Problem(
                409,
                f"VNF profile {profile.id}: no VNF package with vnfdId {profile.vnfd_id} is onboarded any more.",
            )
        vnfd = onboarding.vnfd(op.tx, package)
        if profile.flavour not in vnfd.flavours:
            raise Problem(
                422,
                f"VNF profile {profile.id} asks for flavour {profile.flavour!r}; VNFD {vnfd.id} has "
                f"{', '.join(sorted(vnfd.flavours))}.",
            )
        result[profile.id] = (vnfd.flavours[profile.flavour], profile.level)
    return result


def _addresses(op: lcm.Operation) -> addressing.Plan:
    numbers = {}
    for profile, (shape, level) in _shapes(op).items():
        count = resources.instances(shape, level)
        numbers[profile] = {
            **{
                ext.id: count.get(shape.cpds[ext.cpd].vdu, 1)
                for ext in shape.ext_cpds.values()
                if ext.cpd in shape.cpds
            },
            **resources.vips(shape, level),
        }
    return addressing.plan(_flavour(op), numbers)


def _reserved(op: lcm.Operation) -> dict[placement.Place, placement.Amounts]:
    result: dict[placement.Place, placement.Amounts] = {}
    for document in op.tx.find("reservations"):
        for vim, zone, taken in document.body["taken"]:
            known = result.setdefault((vim, zone), {})
            for name, amount in taken.items():
                known[name] = known.get(name, 0) + amount
    return result


def _vim(op: lcm.Operation) -> dict[str, Any]:
    op.memo["vim"] = next(iter(op.memo["places"].values()))[0]
    return op.tx.get(vims.KIND, op.memo["vim"]).body


def _zone(op: lcm.Operation) -> str | None:
    """The zone of a network or SAP: where all VNFCs are; none if they are spread."""
    zones = {place[1] for place in op.memo["places"].values()}
    return zones.pop() if len(zones) == 1 else None


def _requests(op: lcm.Operation) -> dict[str, dict[str, Any]]:
    """The InstantiateVnfRequest (SOL003 5.5.2.4) of every VNF."""
    df, made = _flavour(op), _addresses(op)
    ways = addressing.routes(df, made)
    extra = {
        item["vnfProfileId"]: item.get("additionalParams", {})
        for item in op.occurrence["operationParams"].get("additionalParamsForVnf", [])
    }
    requests = {}
    for profile, (shape, level) in _shapes(op).items():
        links = df.vnf_profiles[profile].links
        own: InstantiateParameters = {
            "name": profile,
            "links": {link: {"name": link, "cidr": made.subnets[link]} for link in links.values()},
            "routes": {cp: ways.get((profile, cp), []) for cp in links},
            "neighbours": {
                cp: addressing.neighbours(made, profile, cp, link) for cp, link in links.items()
            },
            "chain": addressing.chain(df, made, profile),
            "sap": [
                {"sap": sap, "addresses": value["addresses"]}
                for sap, value in op.memo["saps"].items()
            ],
            "parameters": {**df.vnf_profiles[profile].properties, **extra.get(profile, {})},
        }
        requests[profile] = {
            "flavourId": shape.id,
            **({"instantiationLevelId": level} if level else {}),
            "additionalParams": own,
            "extVirtualLinks": [
                {
                    "id": link,
                    "vimConnectionId": op.memo["vim"],
                    "resourceId": op.memo["links"][link],
                    "extCps": [
                        {
                            "cpdId": cp,
                            "cpConfig": {
                                f"{cp}-{end.index}": {"cpProtocolData": [_protocol_data(end)]}
                                for end in made.of(profile, cp)
                            },
                        }
                        for cp, own_link in links.items()
                        if own_link == link
                    ],
                }
                for link in dict.fromkeys(links.values())
            ],
        }
    return requests


def _protocol_data(end: addressing.End) -> dict[str, Any]:
    return {
        "layerProtocol": "IP_OVER_ETHERNET",
        "ipOverEthernet": {
            "ipAddresses": [
                {"type": "IPV6" if ":" in end.address else "IPV4", "fixedAddresses": [end.address]}
            ]
        },
    }


def _protocol(end: addressing.End) -> dict[str, Any]:
    return {
        "layerProtocol": "IP_OVER_ETHERNET",
        "ipOverEthernet": {
            "ipAddresses": [
                {"type": "IPV6" if ":" in end.address else "IPV4", "addresses": [end.address]}
            ]
        },
    }


def _path_names(df: model.NsDf) -> list[str]:
    return [f"{graph.id}/{nfp}" for graph in df.vnffgds.values() for nfp in graph.nfps]


def _path_specs(op: lcm.Operation) -> dict[str, dict[str, Any]]:
    return {
        f"{graph.id}/{nfp.id}": {
            "owner": op.occurrence["nsInstanceId"],
            "zone": _zone(op),
            "match": nfp.match,
            "hops": [
                {
                    "from": _ports(op, (out for out, _ in stage)),
                    "to": _ports(op, (into for _, into in stage)),
                }
                for stage in resources.stages(nfp)
            ],
        }
        for graph in _flavour(op).vnffgds.values()
        for nfp in graph.nfps.values()
    }


def _ports(op: lcm.Operation, cps: Iterable[model.CpRef]) -> list[str]:
    """The names of the ports of SAPs and of VNFs' external CPs."""
    return [
        port
        for cp in dict.fromkeys(cps)
        for port in (
            [f"{op.id}/{cp.cp}"]
            if cp.profile is None
            else op.memo["ports"][f"{cp.profile}/{cp.cp}"]
        )
    ]
