# SPDX-License-Identifier: Apache-2.0
"""Which virtual resources a VNF needs, and what each is told on day 0: documents in, documents out,
no I/O."""

from __future__ import annotations

import ipaddress
from typing import Any, TypedDict, cast

from descriptors import model, resources, sizing
from mano.problems import Problem
from mano.sol.vnf_parameters import InstantiateParameters, Link, Need

INTERNAL = "10.{0}.{1}.0/24"  # subnets of internal VLs that the VNFD gives none


class Network(TypedDict):
    """An internal virtual link at the VIM."""

    id: str
    cidr: str


def flavour(vnfd: model.Vnfd, id: str) -> model.VnfDf:
    """The deployment flavour; Problem 422 names those there are."""
    found = vnfd.flavours.get(id)
    if found is None:
        raise Problem(
            422,
            f"VNFD {vnfd.id} ({vnfd.product_name}) has no flavour {id!r}; it has {', '.join(sorted(vnfd.flavours))}.",
        )
    return found


def wanted(df: model.VnfDf, level: str | None) -> list[dict[str, Any]]:
    """The addResources of a GrantRequest (SOL003 9.5.3.2): every VNFC of an instantiation level,
    "<vdu>-<index>"."""
    try:
        numbers = resources.instances(df, level)
    except ValueError as error:
        raise Problem(422, f"{error}.") from error
    return [
        {"id": f"{vdu}-{index}", "type": "COMPUTE", "vduId": vdu, "resourceTemplateId": vdu}
        for vdu, number in numbers.items()
        for index in range(number)
    ]


def scale_status(df: model.VnfDf, level: str | None) -> list[dict[str, Any]]:
    """ScaleInfo of every aspect at an instantiation level (SOL003 4.4.1.5)."""
    return [
        {"aspectId": aspect, "scaleLevel": at}
        for aspect, at in resources.scale_status(df, level).items()
    ]


def need(df: model.VnfDf, vdu: str) -> Need:
    """What a VNFC of the VDU takes from a host, and what it asks of it."""
    return cast(Need, {**sizing.spec(df, vdu), "requirements": df.vdus[vdu].requirements})


def internal_links(df: model.VnfDf) -> dict[str, dict[str, Any]]:
    """The specs of the internal virtual links, with a subnet each: {vld id: {"cidr", "mtu"}}."""
    used = {cpd.virtual_link for cpd in df.cpds.values()}
    return {
        id: {"cidr": vld.cidr or INTERNAL.format(200, number), "mtu": vld.mtu or 1500}
        for number, (id, vld) in enumerate(sorted(df.virtual_links.items()))
        if id in used
    }


def computes(
    df: model.VnfDf,
    instance: dict[str, Any],
    request: dict[str, Any],
    grant: dict[str, Any],
    networks: dict[str, Network],
    prefix: str,
) -> dict[str, dict[str, Any]]:
    """The spec of every VNFC: {"<vdu>-<index>": spec} (docs/ports.md 3).

    `networks` are the internal links' resources with their cidr, `prefix` begins the names of all
    resources."""
    parameters: InstantiateParameters = request.get("additionalParams", {})
    images = {
        asset["vnfdSoftwareImageId"]: asset["vimSoftwareImageId"]
        for asset in grant.get("vimAssets", {}).get("softwareImages", [])
    }
    external = _external(df, request)
    specs = {}
    for number, granted in enumerate(grant["addResources"]):
        name = granted["resourceDefinitionId"]
        vdu = df.vdus[name.rpartition("-")[0]]
        index = int(name.rpartition("-")[2])
        ports = [
            spec
            for cpd in vdu.cpds
            if (
                spec := _port(
                    df.cpds[cpd], index, number, f"{prefix}/{name}", external, networks, parameters
                )
            )
        ]
        image = resources.image(df, vdu.id)
        specs[name] = {
            "owner": instance["id"],
            "zone": granted.get("zoneId"),
            "vdu": vdu.id,
            "index": index,
            "vnf": instance.get("vnfInstanceName") or instance["vnfProductName"],
            **need(df, vdu.id),
            "image": images.get(image.id) if image else None,
            "ports": ports,
            "runtime": next(iter(image.virtualisation_environments), "") if image else "",
        }
    _add_day0(specs, df, instance, parameters, networks)
    return specs


def _external(df: model.VnfDf, request: dict[str, Any]) -> dict[str, list[dict[str, Any]]]:
    """By VDU CP: the external link's network and, per instance, the addresses that the request
    sets."""
    found: dict[str, list[dict[str, Any]]] = {}
    for link in request.get("extVirtualLinks", []):
        for ext in link.get("extCps", []):
            ext_cpd = df.ext_cpds.get(ext["cpdId"])
            if ext_cpd is None:
                raise Problem(
                    422,
                    f"extVirtualLinks names the external CP {ext['cpdId']!r}; flavour {df.id} has "
                    f"{', '.join(sorted(df.ext_cpds))}.",
                )
            configs = ext.get("cpConfig", {})
            found[ext_cpd.cpd or ext_cpd.id] = [
                {
                    "extCp": ext_cpd.id,
                    "network": link["resourceId"],
                    "extVl": link["id"],
                    **_protocol_data(configs[id]),
                }
                for id in sorted(configs)
            ] or [
                {
                    "extCp": ext_cpd.id,
                    "network": link["resourceId"],
                    "extVl": link["id"],
                    "addresses": [],
                }
            ]
    return found


def _protocol_data(config: dict[str, Any]) -> dict[str, Any]:
    result: dict[str, Any] = {"addresses": []}
    for data in config.get("cpProtocolData", []):
        ethernet = data.get("ipOverEthernet", {})
        if ethernet.get("macAddress"):
            result["mac"] = ethernet["macAddress"]
        for entry in ethernet.get("ipAddresses", []):
            result["addresses"] += entry.get("fixedAddresses", [])
    return result


def _port(
    cpd: model.Cpd,
    index: int,
    number: int,
    prefix: str,
    external: dict[str, list[dict[str, Any]]],
    networks: dict[str, Network],
    parameters: InstantiateParameters,
) -> dict[str, Any] | None:
    port: dict[str, Any] = {"name": f"{prefix}/{cpd.id}", "cp": cpd.id}
    if configs := external.get(cpd.id):
        config = configs[min(index, len(configs) - 1)]
        link = parameters.get("links", {}).get(config["extVl"], Link())
        length = ipaddress.ip_network(link["cidr"]).prefixlen if link.get("cidr") else 24
        port |= {
            "network": config["network"],
            "addresses": [f"{address}/{length}" for address in config["addresses"]],
            "routes": parameters.get("routes", {}).get(config["extCp"], []),
            "extCp": config["extCp"],
            "link": link.get("name", config["extVl"]),
        }
        return {**port, "mac": config["mac"]} if "mac" in config else port
    if cpd.virtual_link in networks:
        network = networks[cpd.virtual_link]
        subnet = ipaddress.ip_network(network["cidr"])
        return {
            **port,
            "network": network["id"],
            "addresses": [f"{subnet[number + 2]}/{subnet.prefixlen}"],
            "routes": [],
            "link": cpd.virtual_link,
        }
    return None  # an external CP that nobody connected


def _add_day0(
    specs: dict[str, dict[str, Any]],
    df: model.VnfDf,
    instance: dict[str, Any],
    parameters: InstantiateParameters,
    networks: dict[str, Network],
) -> None:
    """Adds each VNFC's day-0 document (docs/ports.md), which names the others on its links."""
    for name, spec in specs.items():
        ports = []
        for port in spec["ports"]:
            near = [
                {"vnf": spec["vnf"], "cp": other["cp"], "addresses": other["addresses"]}
                for sibling, peer in specs.items()
                if sibling != name
                for other in peer["ports"]
                if other["network"] == port["network"]
            ]
            far = parameters.get("neighbours", {}).get(port.get("extCp", ""), [])
            ports.append(
                {
                    "cp": port["cp"],
                    "extCp": port.get("extCp"),
                    "mac": port.get("mac"),
                    "addresses": port["addresses"],
                    "interface": port["cp"][:15],
                    "link": port["link"],
                    "neighbours": near + far,
                }
            )
        spec["userData"] = {
            "vnf": spec["vnf"],
            "vnfInstanceId": instance["id"],
            "vdu": spec["vdu"],
            "index": spec["index"],
            "name": name,
            "ports": ports,
            "chain": parameters.get("chain", {"previous": [], "next": []}),
            "sap": parameters.get("sap", []),
            "parameters": {
                **instance.get("vnfConfigurableProperties", {}),
                **parameters.get("parameters", {}),
            },
        }
