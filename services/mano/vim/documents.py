# SPDX-License-Identifier: Apache-2.0
"""What crosses the port towards a VIM: specs, resources, zones.

Amounts of memory and storage are MiB, CPUs are whole numbers, ids are the VIM's."""

from __future__ import annotations

from typing import Any, Literal, NotRequired, TypedDict

Kind = Literal["network", "port", "compute", "storage", "image", "path"]
State = Literal["BUILDING", "ACTIVE", "ERROR", "TERMINATING", "UNKNOWN"]


class Route(TypedDict):
    """A static route: the destination as a prefix, the next hop as an address."""

    to: str
    via: str


class Placed(TypedDict):
    """What every spec may say: whose the resource is, and where it is to be."""

    owner: NotRequired[str]  # id of the NS or VNF instance, or of the package
    zone: NotRequired[str | None]  # id of a zone; without it the VIM chooses


class NetworkSpec(Placed):
    """A virtual link (IFA006 7.4.1.2, VirtualNetworkData)."""

    mtu: NotRequired[int]  # bytes; 1500 where absent
    cidr: NotRequired[str]  # of its subnet


class PortSpec(Placed):
    """An end of a virtual link (IFA005 7.4.1.2, VirtualNetworkPortData).

    It goes to its compute as soon as that is there, and outlives it: what takes the compute's place
    may have it next (`update`). Without a compute it is a SAP's end."""

    network: str  # id of a network
    mac: NotRequired[str]
    addresses: list[str]  # with prefix lengths
    routes: NotRequired[list[Route]]
    compute: NotRequired[str]  # name of the compute that it is on, which may be allocated later
    cp: NotRequired[str]  # the CPD's id: the interface in the compute is called so


class ComputeSpec(Placed):
    """A VNFC (IFA006 7.3.1.2, VirtualCompute with its flavour)."""

    vnf: str  # the VNF profile: "firewall"
    vdu: str  # the VDU's id
    index: int  # of the VNFC among those of its VDU, from 0
    vcpus: int
    memoryMiB: int
    storageMiB: NotRequired[int]  # 0 where absent
    pinning: str  # "none", or "dedicated": each vCPU has a CPU for itself
    image: str  # id of an image
    runtime: str  # how the host runs it: "netns"
    requirements: NotRequired[dict[str, Any]]  # what else the VNFD asks, in its words
    ports: list[str]  # names of its ports, allocated before it; in the order of its interfaces
    userData: dict[str, Any]  # day-0 configuration, handed on as it is


class StorageSpec(Placed):
    """A virtual storage (IFA006 7.5.1.2)."""

    storageMiB: int


class Checksum(TypedDict):
    """A digest as SOL states it, in hexadecimal digits."""

    algorithm: str  # "sha-256", "sha-384", "sha-512"
    hash: str


class ImageSpec(Placed):
    """A software image (IFA005 7.2.2); its bytes come by `add_image`."""

    checksum: Checksum
    size: int  # bytes
    diskFormat: NotRequired[str | None]  # as in the VNFD: "qcow2"
    containerFormat: NotRequired[str | None]


# Names of ports: a frame that comes from one of the first goes to one of the second.
Hop = TypedDict("Hop", {"from": list[str], "to": list[str]})


class PathSpec(Placed):
    """A forwarding path (IFA005 7.4.4.2): what matches any rule goes along the hops."""

    match: list[dict[str, Any]]  # rules as in IFA014 6.4.6 (NfpRule)
    hops: list[Hop]


Spec = NetworkSpec | PortSpec | ComputeSpec | StorageSpec | ImageSpec | PathSpec


class Change(TypedDict, total=False):
    """What `update` may change: in all VIMs userData, in others also the rest."""

    mtu: int  # of a network, bytes
    addresses: list[str]  # of a port
    routes: list[Route]  # of a port
    compute: str  # of a port: the name of the compute that it goes to
    userData: dict[str, Any]  # of a compute
    match: list[dict[str, Any]]  # of a path
    hops: list[Hop]  # of a path


class Error(TypedDict):
    """Why a resource is in ERROR, in the words of HTTP."""

    status: int  # of HTTP
    detail: str  # a sentence


class Resource(TypedDict):
    """A virtualised resource (IFA006 7.3 to 7.5). `detail` is what the VIM says of it.

    UNKNOWN is what was ACTIVE when its host was last heard of, and may be so again.

    A compute's detail: {"host", "namespace", "pid", …}, a port's: {"id", "name", "cp", "network",
    "mac", "addresses", …}, a path's: {"hops": [{"packets", "bytes"}]}. The
    answer on the bus to `allocate` leaves out the spec."""

    kind: str  # a Kind
    id: str  # the VIM's
    name: str  # given by the caller, unique for ever
    owner: str  # as in its spec
    zone: str  # "" where it is nowhere yet, or everywhere
    state: State
    error: NotRequired[Error]  # in ERROR, and in TERMINATING where the removal is overdue
    observedAt: NotRequired[str]  # when it was read back: RFC 3339, UTC; "" where it never was
    spec: Spec
    detail: dict[str, Any]
    poll: NotRequired[float]  # seconds until it is worth to ask again


class Filter(TypedDict, total=False):
    """Which resources `query` looks for; {} finds all of the kind."""

    name: str
    owner: str


class Amounts(TypedDict, total=False):
    """What a zone has, or what is taken of it (IFA005 7.3.4, capacity)."""

    vcpus: int  # on CPUs that are shared
    dedicatedCpus: int  # whole CPUs, for pinned vCPUs
    memoryMiB: int
    storageMiB: int
    hugepages: dict[str, int]  # pages by size in KiB: "2048"
    vfs: dict[str, int]  # SR-IOV virtual functions by NIC


class Zone(TypedDict):
    """A resource zone (IFA005 7.3.5) with its capacity."""

    id: str
    state: str  # "ENABLED", "DISABLED", "UNREACHABLE"
    total: Amounts
    used: Amounts
    features: dict[str, bool]  # what works there: "nft_bridge", …


class Connection(TypedDict):
    """How a VIM is reached (SOL003 4.4.1.6, VimConnectionInfo)."""

    vimId: str
    vimType: str
    interfaceInfo: NotRequired[dict[str, Any]]


class ConnectionSettings(TypedDict, total=False):
    """What `configure` takes of a VIM's registration."""

    interfaceInfo: dict[str, Any]
    accessInfo: dict[str, Any]
    extra: dict[str, Any]


class Capabilities(TypedDict):
    """What a type of VIM can. `capacity` brings it beside the zones."""

    hosts: bool  # an operator adds hosts to it, and their agents report through it
    zonesAreNodes: bool  # a zone is one NFVI node: who is apart by node is apart by zone
    overlay: bool  # virtual links reach from zone to zone
