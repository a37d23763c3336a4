# SPDX-License-Identifier: Apache-2.0
"""What the VNFM is asked for each VNF of an NS: InstantiateVnfRequests (SOL003 5.5.2.4).

Pure."""

from __future__ import annotations

from collections.abc import Mapping

from mano.sol.documents import Body
from mano.sol.vnf_parameters import NAMESPACE, InstantiateParameters
from nfvo import addressing
from nfvo.network_service import Constituent, NetworkService


def instantiate(
    ns: NetworkService, profile: str, vim: str, networks: Mapping[str, str], parameters: Body
) -> Body:
    """The request for a VNF profile.

    `networks` are the VIM's ids of the NS links, `parameters` those of the NS request."""
    vnf = ns.vnfs[profile]
    body: Body = {
        "flavourId": vnf.flavour.id,
        "additionalParams": {
            **vnf.profile.properties,
            **parameters,
            NAMESPACE: _parameters(ns, vnf),
        },
        "extVirtualLinks": [
            _ext_virtual_link(ns, vnf, link, vim, networks[link])
            for link in dict.fromkeys(vnf.profile.links.values())
        ],
    }
    return body | {"instantiationLevelId": vnf.level} if vnf.level else body


def _parameters(ns: NetworkService, vnf: Constituent) -> InstantiateParameters:
    """What SOL003 has no place for: names, routes, neighbours."""
    profile, links = vnf.profile.id, vnf.profile.links
    return {
        "name": profile,
        "links": {
            link: {"name": link, "cidr": ns.addresses.subnets[link]} for link in links.values()
        },
        "routes": {cp: ns.routes.get((profile, cp), []) for cp in links},
        "neighbours": {
            cp: addressing.neighbours(ns.addresses, profile, cp, link) for cp, link in links.items()
        },
        "chain": ns.chains[profile],
        "sap": [{"sap": sap.id, "addresses": sap_addresses(ns, sap.id)} for sap in ns.saps],
    }


def sap_addresses(ns: NetworkService, sap: str) -> list[str]:
    """The addresses of a SAP, each as 10.0.0.2/24."""
    return [ns.addresses.with_length(cp) for cp in ns.addresses.of(None, sap)]


def _ext_virtual_link(
    ns: NetworkService, vnf: Constituent, link: str, vim: str, network: str
) -> Body:
    cps = [cp for cp, link_of_cp in vnf.profile.links.items() if link_of_cp == link]
    return {
        "id": link,
        "vimConnectionId": vim,
        "resourceId": network,
        "extCps": [_ext_cp(ns.addresses.of(vnf.profile.id, cp), cp) for cp in cps],
    }


def _ext_cp(addresses: list[addressing.CpAddress], cp: str) -> Body:
    return {
        "cpdId": cp,
        "cpConfig": {
            f"{cp}-{item.index}": {"cpProtocolData": [_protocol_data(item.address)]}
            for item in addresses
        },
    }


def _protocol_data(address: str) -> Body:
    ip_address = {"type": ip_type(address), "fixedAddresses": [address]}
    return {
        "layerProtocol": "IP_OVER_ETHERNET",
        "ipOverEthernet": {"ipAddresses": [ip_address]},
    }


def ip_type(address: str) -> str:
    """IPV4 or IPV6."""
    return "IPV6" if ":" in address else "IPV4"
