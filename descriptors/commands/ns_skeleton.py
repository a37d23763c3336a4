# SPDX-License-Identifier: Apache-2.0
"""The parts of a new NSD that depend on the VNFs it is made of: types, links, constituents, path.

Each VNF is linked to the next, from a SAP on; management has a link of its own."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from descriptors import model

MANAGEMENT = ("mgmt", "management")
_LINK = "mgmt"
_LINKABLE = (
    "{ capability: tosca.capabilities.nfv.VirtualLinkable, "
    "relationship: tosca.relationships.nfv.VirtualLinksTo }"
)


@dataclass(frozen=True)
class Constituent:
    """A VNF of the service.

    `cps` as an NSD names them, `data` those without management, `links` {CP: NS virtual link}."""

    name: str
    type: str
    vnfd: model.Vnfd
    cps: list[str]
    data: list[str]
    links: dict[str, str]


def parts(provider: str, vnfds: Sequence[model.Vnfd]) -> dict[str, str]:
    """What stands in the places `types`, `links`, `vnfs` and `path` of the starter."""
    vnfs = _constituents(provider, vnfds)
    last = 1 + sum(len(vnf.data) > 1 for vnf in vnfs)
    links = {f"link-{number}": f"10.30.{number}.0/24" for number in range(1, last + 1)}
    chain = list(_chain(vnfs))
    path = _path(chain, list(links)) if chain else ""
    if any(_LINK in vnf.links.values() for vnf in vnfs):
        links[_LINK] = "10.30.99.0/24"
    return {
        "types": "\n".join(map(_type, vnfs)),
        "links": "".join(_link(name, cidr) for name, cidr in links.items()),
        "vnfs": "\n".join(map(_node, vnfs)),
        "path": path,
    }


def aside(vnfds: Sequence[model.Vnfd]) -> list[str]:
    """Why VNFs of a new network service are not, or not with all CPs, on its path."""
    sentences, end = [], ""
    for vnf in _constituents("", vnfds):
        if end:
            reason = f"it ends at {end}, which has one CP beside management"
            sentences.append(f"{vnf.name} is not on the path: {reason}")
        elif not vnf.data:
            reason = "it has no CP beside management"
            sentences.append(f"{vnf.name} is not on the path: {reason}")
        elif len(vnf.data) > 2:
            first, second, *others = vnf.data
            sentences.append(
                f"{vnf.name}: the path takes {first} and {second}, not {', '.join(others)}"
            )
        end = end or (vnf.name if len(vnf.data) == 1 else "")
    return sentences


def identifier(text: str) -> str:
    """A name as descriptors and folders have them: `load-balancer`.

    ValueError for what makes none."""
    name = re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")
    if not name or name[0].isdigit():
        raise ValueError(f"{text!r} makes no name: begin it with a letter")
    return name


def _constituents(provider: str, vnfds: Sequence[model.Vnfd]) -> list[Constituent]:
    constituents: list[Constituent] = []
    link = 1  # where traffic is before the next VNF
    for vnfd in vnfds:
        name = _unique(vnfd, {vnf.name for vnf in constituents})
        cps = list(vnfd.flavours[vnfd.default_flavour].requirements)
        data = [cp for cp in cps if cp not in MANAGEMENT]
        links = {}
        for index, cp in enumerate(data):
            link += index == 1  # the second CP is where traffic goes on
            links[cp] = f"link-{link}"
        links |= {cp: _LINK for cp in cps if cp in MANAGEMENT}
        kind = "".join(word.capitalize() for word in name.split("-"))
        constituents.append(Constituent(name, f"{provider}.nodes.{kind}", vnfd, cps, data, links))
    return constituents


def _unique(vnfd: model.Vnfd, others: set[str]) -> str:
    """The product's name, numbered where there are more of it."""
    product = identifier(vnfd.product_name)
    names = [product, *(f"{product}-{number}" for number in range(2, 999))]
    return next(name for name in names if name not in others)


def _chain(vnfs: Sequence[Constituent]) -> Iterator[tuple[str, list[str]]]:
    """Who is passed, by which CPs: up to the first that traffic does not leave again."""
    for vnf in vnfs:
        if vnf.data:
            yield vnf.name, vnf.data[:2]
        if len(vnf.data) == 1:
            return


def _type(vnf: Constituent) -> str:
    vnfd = vnf.vnfd
    values = {
        "descriptor_id": vnfd.id,
        "descriptor_version": vnfd.version,
        "provider": vnfd.provider,
        "product_name": vnfd.product_name,
        "software_version": vnfd.software_version,
        "flavour_id": vnfd.default_flavour,
        "flavour_description": vnfd.default_flavour,
    }
    lines = [
        f"  {vnf.type}:",
        "    derived_from: tosca.nodes.nfv.VNF",
        "    properties:",
    ]
    lines += [
        f"      {key}: {{ type: string, default: {_quoted(value)} }}"
        for key, value in values.items()
    ]
    managers = f"default: [ {', '.join(map(_quoted, vnfd.vnfm_info))} ]"
    lines.append(f"      vnfm_info: {{ type: list, {managers}, entry_schema: {{ type: string }} }}")
    if vnf.cps:
        lines.append("    capabilities:")
        lines += [f"      {cp}: {{ type: tosca.capabilities.nfv.Forwarding }}" for cp in vnf.cps]
        lines.append("    requirements:")
        lines += [f"      - {cp}: {_LINKABLE}" for cp in vnf.cps]
    return "\n".join(lines) + "\n"


def _node(vnf: Constituent) -> str:
    links = "".join(f"        - {cp}: {link}\n" for cp, link in vnf.links.items())
    requirements = f"      requirements:\n{links}" if links else ""
    return f"    {vnf.name}:\n      type: {vnf.type}\n{requirements}"


def _quoted(value: str) -> str:
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _link(name: str, cidr: str) -> str:
    metadata = '      metadata: { management: "true" }\n' if name == _LINK else ""
    return f"""    {name}:
      type: tosca.nodes.nfv.NsVirtualLink
{metadata}      properties:
        connectivity_type: {{ layer_protocols: [ ethernet, ipv4 ], flow_pattern: mesh }}
        vl_profile:
          max_bitrate_requirements: {{ root: 1000000000 }}
          min_bitrate_requirements: {{ root: 1000000 }}
          virtual_link_protocol_data:
            - associated_layer_protocol: ipv4
              l3_protocol_data: {{ ip_version: ipv4, cidr: {cidr} }}

"""


def _path(chain: list[tuple[str, list[str]]], links: list[str]) -> str:
    """An NFP from the SAP through the VNFs, a position each, and the rule of what takes it."""
    stops = [("clients", ["forwarding"]), *chain]
    positions = "".join(f"        - nfp_position: at-{name}\n" for name, _ in stops)
    elements = "".join(_element(name, cps) for name, cps in stops)
    members = ", ".join(["way", *(name for name, _ in chain), *links])
    return f"""    # --- the way of HTTP
    way:
      type: tosca.nodes.nfv.NFP
      requirements:
{positions}
{elements}
  groups:
    forwarding:
      type: tosca.groups.nfv.VNFFG
      properties: {{ description: The way of HTTP }}
      members: [ {members} ]

  policies:
    - http:
        type: tosca.policies.nfv.NfpRule
        properties: {{ ether_type: ipv4, protocol: tcp, destination_port_range: [ 80, 80 ] }}
        targets: [ way ]
"""


def _element(name: str, cps: list[str]) -> str:
    lines = [
        f"    at-{name}: {{ type: tosca.nodes.nfv.NfpPosition, "
        f"requirements: [ element: {name}-element ] }}",
        f"    {name}-element:",
        "      type: tosca.nodes.nfv.NfpPositionElement",
        "      requirements:",
        *(f"        - profile_element: {{ node: {name}, capability: {cp} }}" for cp in cps),
    ]
    return "".join(f"{line}\n" for line in lines)
