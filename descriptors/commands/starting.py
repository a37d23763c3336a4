# SPDX-License-Identifier: Apache-2.0
"""`init`: a folder to begin a package of one's own with; it builds and lints clean as it is.

A network service starts from the VNF packages it is made of: each is linked to the next, from a SAP
on; management has a link of its own."""

from __future__ import annotations

import datetime
import re
import uuid
from collections.abc import Sequence
from pathlib import Path
from string import Template

from descriptors import model

STARTERS = Path(__file__).parent.parent / "starters"
MANAGEMENT = ("mgmt", "management")


def start(
    kind: str, folder: Path, provider: str = "example", vnfds: Sequence[model.Vnfd] = ()
) -> list[Path]:
    """Writes the files of a new package of kind vnf, ns or pnf; gives their paths. ValueError,
    FileExistsError."""
    name = _name(folder.resolve().name)
    names = {
        "name": name,
        "provider": _name(provider),
        "title": name.replace("-", " ").capitalize(),
        "type": "".join(word.capitalize() for word in name.split("-")),
        "id": str(uuid.uuid4()),
        "invariant": str(uuid.uuid4()),
        "released": f"{datetime.datetime.now(datetime.UTC):%Y-%m-%dT00:00:00Z}",
    }
    if vnfds and kind != "ns":
        raise ValueError("only a network service is made of VNFs")
    if folder.exists() and any(folder.iterdir()):
        raise FileExistsError(f"{folder} is there already and not empty")
    parts = _service(names["provider"], vnfds) if kind == "ns" else {}
    files = {
        folder / "Definitions" / f"{name}.yaml": _filled(f"{kind}.yaml.in", {**names, **parts}),
        folder / "ChangeLog.txt": "1.0: first version\n",
    }
    if kind == "vnf":
        files[folder / "software" / name / "run"] = (STARTERS / "run").read_text()
    for path, content in files.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)
        path.chmod(0o755 if path.name == "run" else 0o644)
    return list(files)


def aside(vnfds: Sequence[model.Vnfd]) -> list[str]:
    """Why VNFs of a new network service are not, or not with all CPs, on its path."""
    found, used, end = [], dict[str, str](), ""
    for vnfd in vnfds:
        name, data = _unique(vnfd, used)[0], _data(vnfd)
        if end or not data:
            why = (
                f"it ends at {end}, which has one CP beside management"
                if end
                else "it has no CP beside management"
            )
            found.append(f"{name} is not on the path: {why}")
        elif len(data) > 2:
            found.append(
                f"{name}: the path takes {data[0]} and {data[1]}, not {', '.join(data[2:])}"
            )
        end = end or (name if len(data) == 1 else "")
    return found


def _data(vnfd: model.Vnfd) -> list[str]:
    """Where its default flavour is linked, without management."""
    return [cp for cp in vnfd.flavours[vnfd.default_flavour].requirements if cp not in MANAGEMENT]


def _name(text: str) -> str:
    found = re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")
    if not found or found[0].isdigit():
        raise ValueError(f"{text!r} makes no name: begin it with a letter")
    return found


def _filled(starter: str, names: dict[str, str]) -> str:
    text = Template((STARTERS / starter).read_text()).substitute(names)
    return re.sub(r"\n{3,}", "\n\n", text).rstrip("\n") + "\n"


def _service(provider: str, vnfds: Sequence[model.Vnfd]) -> dict[str, str]:
    """The parts of an NSD that depend on the VNFs: types, links, constituents and the way through
    them."""
    types, vnfs, chain, link, ended = [], [], [], 1, False
    used: dict[str, str] = {}
    for vnfd in vnfds:
        profile, kind = _unique(vnfd, used)
        df = vnfd.flavours[vnfd.default_flavour]
        data = _data(vnfd)
        types.append(_type(f"{provider}.nodes.{kind}", vnfd, list(df.requirements)))
        links = {}
        for number, cp in enumerate(data):
            link += number == 1
            links[cp] = f"link-{link}"
        links |= {cp: "mgmt" for cp in df.requirements if cp in MANAGEMENT}
        linked = "".join(f"        - {cp}: {to}\n" for cp, to in links.items())
        vnfs.append(
            f"    {profile}:\n      type: {provider}.nodes.{kind}\n"
            + (f"      requirements:\n{linked}" if links else "")
        )
        if data and not ended:
            chain.append((profile, data[:2]))
            ended = len(data) == 1
    numbered = [(f"link-{number}", f"10.30.{number}.0/24") for number in range(1, link + 1)]
    managed = any(
        cp in MANAGEMENT
        for vnfd in vnfds
        for cp in vnfd.flavours[vnfd.default_flavour].requirements
    )
    every = [*numbered, *([("mgmt", "10.30.99.0/24")] if managed else [])]
    return {
        "types": "\n".join(types),
        "links": "".join(_link(*item) for item in every),
        "vnfs": "\n".join(vnfs),
        "path": _path(chain, [name for name, _ in numbered]) if chain else "",
    }


def _unique(vnfd: model.Vnfd, used: dict[str, str]) -> tuple[str, str]:
    """A profile's name and its type's: the product's, numbered where there are more of it."""
    product = _name(vnfd.product_name)
    name = next(
        name
        for name in [product, *(f"{product}-{number}" for number in range(2, 999))]
        if name not in used
    )
    used[name] = vnfd.id
    return name, "".join(word.capitalize() for word in name.split("-"))


def _type(name: str, vnfd: model.Vnfd, cps: list[str]) -> str:
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
        f"  {name}:",
        "    derived_from: tosca.nodes.nfv.VNF",
        "    properties:",
        *(
            f"      {key}: {{ type: string, default: {_quoted(value)} }}"
            for key, value in values.items()
        ),
        f"      vnfm_info: {{ type: list, default: [ {', '.join(map(_quoted, vnfd.vnfm_info))} ], "
        "entry_schema: { type: string } }",
    ]
    if cps:
        link = (
            "{ capability: tosca.capabilities.nfv.VirtualLinkable, "
            "relationship: tosca.relationships.nfv.VirtualLinksTo }"
        )
        lines += [
            "    capabilities:",
            *(f"      {cp}: {{ type: tosca.capabilities.nfv.Forwarding }}" for cp in cps),
            "    requirements:",
            *(f"      - {cp}: {link}" for cp in cps),
        ]
    return "\n".join(lines) + "\n"


def _quoted(value: str) -> str:
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _link(name: str, cidr: str) -> str:
    marked = '      metadata: { management: "true" }\n' if name == "mgmt" else ""
    return f"""    {name}:
      type: tosca.nodes.nfv.NsVirtualLink
{marked}      properties:
        connectivity_type: {{ layer_protocols: [ ethernet, ipv4 ], flow_pattern: mesh }}
        vl_profile:
          max_bitrate_requirements: {{ root: 1000000000 }}
          min_bitrate_requirements: {{ root: 1000000 }}
          virtual_link_protocol_data:
            - associated_layer_protocol: ipv4
              l3_protocol_data: {{ ip_version: ipv4, cidr: {cidr} }}

"""


def _path(chain: list[tuple[str, list[str]]], links: list[str]) -> str:
    """An NFP from the SAP through the VNFs, one position each, and the rule that says what takes
    it."""
    stops = [("clients", ["forwarding"]), *chain]
    positions = "".join(f"        - nfp_position: at-{name}\n" for name, _ in stops)
    elements = "".join(
        f"    at-{name}: {{ type: tosca.nodes.nfv.NfpPosition, requirements: [ element: {name}-element ] }}\n"
        f"    {name}-element:\n      type: tosca.nodes.nfv.NfpPositionElement\n      requirements:\n"
        + "".join(
            f"        - profile_element: {{ node: {name}, capability: {cp} }}\n" for cp in cps
        )
        for name, cps in stops
    )
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
