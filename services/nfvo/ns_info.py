# SPDX-License-Identifier: Apache-2.0
"""What an NsInstance says once it is INSTANTIATED (SOL005 6.5.2.8), an operation of changes.

Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from descriptors import model
from mano.sol.documents import Body
from nfvo import vnf_requests
from nfvo.lcm.memos import SapMemo
from nfvo.network_service import NetworkService


def virtual_links(networks: Mapping[str, str], vim: str) -> list[Body]:
    """NsVirtualLinkInfo of each link; `networks` are the VIM's ids."""
    return [
        {
            "id": id,
            "nsVirtualLinkDescId": id,
            "nsVirtualLinkProfileId": id,
            "resourceHandle": [{"vimId": vim, "resourceId": network}],
        }
        for id, network in networks.items()
    ]


def saps(ports: Mapping[str, SapMemo], vim: str) -> list[Body]:
    """SapInfo of each SAP that was made."""
    return [
        {
            "id": id,
            "sapdId": id,
            "sapName": id,
            "description": "",
            "sapProtocolInfo": [_protocol_info(port)],
            "resourceHandle": {"vimId": vim, "resourceId": port["id"]},
        }
        for id, port in ports.items()
    ]


def vnffgs(
    ns: NetworkService, vnfs: Mapping[str, str], paths: Mapping[str, str], vim: str
) -> list[Body]:
    """VnffgInfo of each forwarding graph.

    `vnfs` are instances by profile, `paths` the VIM's ids."""
    return [
        {
            "id": graph.id,
            "vnffgdId": graph.id,
            "vnfInstanceId": [vnfs[name] for name in graph.members if name in vnfs],
            "pnfInfoId": [],
            "nsVirtualLinkInfoId": [
                name for name in graph.members if name in ns.flavour.virtual_links
            ],
            "nsCpHandle": [],
            "nfpInfo": [
                _nfp(nfp, {"vimId": vim, "resourceId": paths[f"{graph.id}/{nfp.id}"]})
                for nfp in graph.nfps.values()
            ],
        }
        for graph in ns.flavour.vnffgds.values()
    ]


def affected_vnfs(
    profiles: Mapping[str, model.VnfProfile], vnfs: Mapping[str, str], change: str
) -> list[Body]:
    """AffectedVnf of each instance."""
    return [
        {
            "vnfInstanceId": vnf,
            "vnfdId": profiles[profile].vnfd_id,
            "vnfProfileId": profile,
            "vnfName": profile,
            "changeType": change,
            "changeResult": "COMPLETED",
        }
        for profile, vnf in vnfs.items()
    ]


def affected_links(links: Iterable[str]) -> list[Body]:
    """AffectedVirtualLink of each link that was added."""
    return [
        {
            "nsVirtualLinkInstanceId": id,
            "nsVirtualLinkDescId": id,
            "vlProfileId": id,
            "changeType": "ADD",
            "changeResult": "COMPLETED",
        }
        for id in links
    ]


def _nfp(nfp: model.Nfpd, handle: Body) -> Body:
    """NfpInfo; the resource handle is ours beside SOL005's attributes."""
    return {
        "id": nfp.id,
        "nfpdId": nfp.id,
        "nfpState": "ENABLED",
        "nscpHandle": [],
        "totalCp": sum(len(position.cps) for position in nfp.positions),
        "nfpRule": {},
        "resourceHandle": handle,
    }


def _protocol_info(port: SapMemo) -> Body:
    """CpProtocolInfo; the VIM's subnets are its networks', and have no id of their own."""
    addresses = [address.partition("/")[0] for address in port["addresses"]]
    info: Body = {
        "ipAddresses": [
            {"type": vnf_requests.ip_type(address), "addresses": [address]} for address in addresses
        ]
    }
    if mac := port["detail"].get("mac"):
        info["macAddress"] = mac
    return {"layerProtocol": "IP_OVER_ETHERNET", "ipOverEthernet": info}
