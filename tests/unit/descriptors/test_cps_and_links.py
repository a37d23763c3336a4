# SPDX-License-Identifier: Apache-2.0
"""CPs, virtual IPs and links of a VNFD, and the policies that size them."""

from __future__ import annotations

import pytest
from readings import flavour, policy, vnfd
from small_packages import Make

import descriptors
from descriptors import model, resources

CPS = """\
    inner:
      type: tosca.nodes.nfv.VnfVirtualLink
      properties:
        connectivity_type: { layer_protocols: [ ipv4, ipv6 ] }
        vl_profile:
          max_bitrate_requirements: { root: 1000 }
          min_bitrate_requirements: { root: 100, leaf: 10 }
          virtual_link_protocol_data:
            - { associated_layer_protocol: ipv4, l3_protocol_data: { ip_version: ipv4, cidr: 10.0.0.0/24, gateway_ip: 10.0.0.1, dhcp_enabled: true } }
            - associated_layer_protocol: ipv6
              l3_protocol_data:
                ip_version: ipv6
                cidr: 'fd00::/64'
                ipv6_address_mode: slaac
                ip_allocation_pools: [ { start_ip_address: 'fd00::10', end_ip_address: 'fd00::20' } ]
    trunk:
      type: tosca.nodes.nfv.VduCp
      properties:
        layer_protocols: [ ipv4 ]
        description: the trunk
        trunk_mode: true
        order: 1
        protocol:
          - associated_layer_protocol: ipv4
            address_data:
              - { address_type: ip_address, l3_address_data: { ip_address_assignment: false, ip_address_assignment_subtype: dynamic, ip_address_type: ipv4, floating_ip_activated: true, number_of_ip_address: 2 } }
              - { address_type: ip_address, l3_address_data: { floating_ip_activated: false, fixed_ip_address: [ 10.0.0.9 ] } }
              - { address_type: mac_address, l2_address_data: { mac_address_assignment: true } }
      requirements: [ virtual_binding: vdu, virtual_link: inner ]
    port:
      type: tosca.nodes.nfv.VduSubCp
      properties: { layer_protocols: [ ipv4 ], segmentation_type: vlan, segmentation_id: 77 }
      requirements: [ trunk_binding: trunk, virtual_link: inner ]
    shared:
      type: tosca.nodes.nfv.VipCp
      properties: { layer_protocols: [ ipv4 ], vip_function: high_availability, dedicated_ip_address: false }
      requirements: [ target: trunk ]
"""


VIP = ("      out: [ cp, virtual_link ]", "      out: [ shared, virtual_link ]")


def test_cps_have_their_addresses_and_subports_their_trunk(make: Make) -> None:
    df = flavour(make(vnfd=vnfd(VIP) + CPS))
    trunk, port = df.cpds["trunk"], df.cpds["port"]
    assert trunk.addresses == [
        model.AddressData("ip_address", "ipv4", False, "dynamic", "ipv4", 2, [], True),
        model.AddressData("ip_address", "ipv4", fixed=["10.0.0.9"]),
        model.AddressData("mac_address", "ipv4", True),
    ]
    assert (trunk.trunk_mode, trunk.properties) == (True, {"description": "the trunk"})
    assert (port.vdu, port.trunk, port.segmentation_type, port.segmentation_id) == (
        "vdu",
        "trunk",
        "vlan",
        77,
    )
    assert df.vdus["vdu"].cpds == ["cp", "trunk", "port"]


def test_a_virtual_ip_is_read_and_may_be_an_external_cp(make: Make) -> None:
    df = flavour(make(vnfd=vnfd(VIP) + CPS))
    assert df.vip_cpds["shared"] == model.VipCpd(
        "shared", ["trunk"], "high_availability", False, layer_protocols=["ipv4"]
    )
    assert df.requirements == {"out": "shared"}
    assert df.ext_cpds == {
        "cp": model.ExtCpd("cp", "cp", layer_protocols=["ipv4"]),
        "shared": model.ExtCpd("shared", "shared", layer_protocols=["ipv4"]),
    }


def test_a_virtual_link_has_all_its_subnets(make: Make) -> None:
    link = flavour(make(vnfd=vnfd(VIP) + CPS)).virtual_links["inner"]
    assert (link.cidr, link.ip_version, link.gateway) == ("10.0.0.0/24", "ipv4", "10.0.0.1")
    assert link.subnets == [
        model.L3ProtocolData("10.0.0.0/24", "ipv4", "10.0.0.1", True),
        model.L3ProtocolData(
            "fd00::/64",
            "ipv6",
            ipv6_address_mode="slaac",
            pools=[{"start_ip_address": "fd00::10", "end_ip_address": "fd00::20"}],
        ),
    ]


SIZED = "  policies:\n" + "".join(
    (
        policy(
            "aspects",
            "ScalingAspects",
            "{ aspects: { size: { name: size, description: d, max_scale_level: 3, step_deltas: [ one, two ] } } }",
        ),
        policy(
            "vips",
            "VipCpInitialDelta",
            "{ initial_delta: { number_of_instances: 2 } }",
            "[ shared ]",
        ),
        policy(
            "more-vips",
            "VipCpScalingAspectDeltas",
            "{ aspect: size, deltas: { one: { number_of_instances: 1 } } }",
            "[ shared ]",
        ),
        policy(
            "rate",
            "VirtualLinkBitrateInitialDelta",
            "{ initial_delta: { bitrate_requirements: { root: 200 } } }",
            "[ inner ]",
        ),
        policy(
            "more-rate",
            "VirtualLinkBitrateScalingAspectDeltas",
            "{ aspect: size, deltas: { one: { bitrate_requirements: { root: 50 } }, "
            "two: { bitrate_requirements: { root: 5, leaf: 1 } } } }",
            "[ inner ]",
        ),
        policy(
            "levels",
            "InstantiationLevels",
            "{ levels: { small: { description: d }, large: { description: d, scale_info: { size: { scale_level: 1 } } } } }",
        ),
        policy(
            "rate-of-levels",
            "VirtualLinkInstantiationLevels",
            "{ levels: { large: { bitrate_requirements: { root: 250 } } } }",
            "[ inner ]",
        ),
        policy(
            "vips-of-levels",
            "VipCpInstantiationLevels",
            "{ levels: { small: { number_of_instances: 2 } } }",
            "[ shared ]",
        ),
    )
)


def test_vips_and_bit_rates_have_levels_and_steps_as_vnfcs_do(make: Make) -> None:
    df = flavour(make(vnfd=vnfd(VIP) + CPS + SIZED))
    assert [resources.vips(df, scale={"size": level}) for level in range(4)] == [
        {"shared": number} for number in (2, 3, 3, 3)
    ]
    assert [resources.bitrates(df, scale={"size": level})["inner"] for level in range(4)] == [
        {"root": 200, "leaf": 10},
        {"root": 250, "leaf": 10},
        {"root": 255, "leaf": 11},
        {"root": 260, "leaf": 12},
    ]
    assert (resources.vips(df, "large"), resources.bitrates(df, "large")) == (
        {"shared": 3},
        {"inner": {"root": 250, "leaf": 10}},
    )
    assert resources.bitrates(df, "large", {"size": 3}) == resources.bitrates(
        df, "small", {"size": 3}
    )
    assert (resources.instances(df, "large"), df.aspects["size"].description) == ({"vdu": 1}, "d")


@pytest.mark.parametrize(
    ("old", "new", "rule"),
    [
        (
            "aspect: size, deltas: { one: { number",
            "aspect: siz, deltas: { one: { number",
            "vnfd-unknown-aspect",
        ),
        (
            "aspect: size, deltas: { one: { bitrate",
            "aspect: siz, deltas: { one: { bitrate",
            "vnfd-unknown-aspect",
        ),
        ("levels: { large: { bitrate", "levels: { larg: { bitrate", "vnfd-unknown-level"),
        ("levels: { small: { number", "levels: { smal: { number", "vnfd-unknown-level"),
        ("two: { bitrate", "tow: { bitrate", "vnfd-unknown-delta"),
    ],
)
def test_names_of_aspects_levels_and_deltas_are_checked_wherever_they_stand(
    make: Make, old: str, new: str, rule: str
) -> None:
    package = descriptors.read(make(vnfd=vnfd(VIP) + CPS + vnfd((old, new), text=SIZED)))
    assert rule in {finding.rule for finding in package.errors}
