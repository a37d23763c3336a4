# SPDX-License-Identifier: Apache-2.0
"""What crosses the agent's border: the desired state and images in, hello, report and requests out.

The bodies of the messages between a bare-metal VIM and an agent. What a VIM sends is checked by
`desired.py` all the same: a type is a promise, not a proof. Additions are `NotRequired`, so that
a document of an older VIM stays valid."""

from typing import Any, Literal, NotRequired, TypedDict

Kind = Literal["network", "port", "compute", "path", "image"]
State = Literal["ACTIVE", "BUILDING", "ERROR"]


# In: message `desired`.


class Route(TypedDict):
    """A static route: the destination as a prefix, the next hop as an address."""

    to: str
    via: str


class Network(TypedDict):
    """A virtual link on this host."""

    id: str
    name: NotRequired[str]
    mtu: NotRequired[int]  # bytes; 1500 where absent
    type: NotRequired[str]  # the interconnect that carries it; "bridge" where absent


class Port(TypedDict):
    """A connection point: a SAP's, or one of a compute."""

    id: str
    name: NotRequired[str]
    cp: NotRequired[str]  # the CP's name: the interface inside is called so
    network: str  # id of a network of the same document
    type: NotRequired[str]  # the interconnect that attaches it; its network's where absent
    mac: str  # unicast, lower case, with colons
    addresses: NotRequired[list[str]]  # with prefix lengths
    routes: NotRequired[list[Route]]


class Compute(TypedDict):
    """A VNFC."""

    id: str
    name: NotRequired[str]
    vnf: NotRequired[str]  # this, vdu and index name it for people
    vdu: NotRequired[str]
    index: NotRequired[int]
    runtime: NotRequired[str]  # "netns" where absent
    image: str  # id of an image of the same document
    vcpus: NotRequired[float]  # CPUs' worth of time
    cpus: NotRequired[list[int] | None]  # dedicated to it; None: those dedicated to nobody
    memoryMiB: NotRequired[int]  # 0 is no bound
    ports: NotRequired[list[Port]]
    userData: NotRequired[dict[str, Any]]  # day-0 configuration, handed on as it is


# Ids of ports: a frame that comes from one of the first goes to one of the second.
Hop = TypedDict("Hop", {"from": list[str], "to": list[str]})


class Path(TypedDict):
    """A forwarding path: frames that match any of `match` (IFA014 NfpRule) go along its hops."""

    id: str
    name: NotRequired[str]
    match: NotRequired[list[dict[str, Any]]]  # [] matches all
    hops: list[Hop]


class Checksum(TypedDict):
    """A digest as SOL states it: SHA-224, -256, -384 or -512, in hexadecimal digits."""

    algorithm: str
    hash: str


class Image(TypedDict):
    """A software image: a tar archive, compressed or not."""

    id: str
    checksum: Checksum
    size: NotRequired[int]  # bytes


class Desired(TypedDict):
    """All that is to be on a host."""

    host: NotRequired[str]
    version: NotRequired[int]  # one lower than that which holds is ignored; 0 where absent
    paused: NotRequired[bool]  # planned and reported, not applied
    networks: NotRequired[list[Network]]
    ports: NotRequired[list[Port]]  # of SAPs
    computes: NotRequired[list[Compute]]
    paths: NotRequired[list[Path]]
    images: NotRequired[list[Image]]


# Out: messages `hello` and `report`.


# Whether the kernel can do something, found by trying it; `why` not, in the refuser's words, and
# what it is needed `for`.
Feature = TypedDict("Feature", {"works": bool, "why": NotRequired[str], "for": NotRequired[str]})


class Cpu(TypedDict):
    """A CPU that the agent may use."""

    id: int
    node: int  # NUMA node's id


class Pages(TypedDict):
    """Huge pages of one size on one node, by number."""

    total: int
    free: int


class Node(TypedDict):
    """A NUMA node."""

    id: int
    cpus: list[int]  # ids
    memoryMiB: int
    hugepages: dict[str, Pages]  # by size in KiB: "2048"


class Nic(TypedDict):
    """A network card."""

    name: str
    driver: str
    pci: str  # its address: "0000:3b:00.0"
    node: int  # NUMA node's id
    speed: int  # Mbit/s; 0 where the kernel does not say
    totalvfs: int  # SR-IOV virtual functions it can have


# A program that is not installed, Debian's package of it, and what it is needed for.
Program = TypedDict("Program", {"program": str, "package": str, "for": str})


class Facts(TypedDict):
    """The host as its kernel states it."""

    cpus: list[Cpu]
    nodes: list[Node]
    memoryMiB: int
    nics: list[Nic]
    kernel: str  # its release
    features: dict[str, Feature]  # by name: "nft_bridge"
    root: NotRequired[bool]  # the agent is root on the host itself
    missing: NotRequired[list[Program]]


class PortReport(TypedDict):
    """A port as it was read back."""

    id: str
    interface: str  # inside the namespace
    mac: str
    addresses: list[str]
    rx: int  # packets, as the VNFC sees them
    tx: int  # packets
    link: NotRequired[str]  # the host's end


class HopReport(TypedDict):
    """What has passed a hop."""

    packets: int
    bytes: int


class Resource(TypedDict):
    """A resource as it was read back. One being removed is BUILDING and says so."""

    kind: Kind
    state: State
    why: NotRequired[str]  # it is not ACTIVE
    bridge: NotRequired[str]  # of a network on a bridge
    namespace: NotRequired[str]  # of a SAP's port or a compute, and so on
    pid: NotRequired[int]  # of a compute's main process, on the host
    cpus: NotRequired[list[int]]  # those it may run on
    limits: NotRequired[dict[str, int | str]]  # memory bytes, cpu µs per 100 ms, cpuset
    restarts: NotRequired[int]  # of a compute, after it ended unasked
    ports: NotRequired[list[PortReport]]
    hops: NotRequired[list[HopReport]]  # of a path, in its order


class Event(TypedDict):
    """Something the agent mended unasked: what others had changed, or what had ended."""

    at: str  # RFC 3339, UTC
    what: str  # the action, as a plan says it
    resource: NotRequired[str]  # its id; absent where it was nobody's
    why: NotRequired[str]  # it could not be done, in the refuser's words


class Report(TypedDict):
    """What was read back from a host, never what was meant."""

    host: str
    version: int  # of the desired state that this is about
    boot: str  # another one: the host's kernel objects were lost
    at: NotRequired[str]  # when: RFC 3339, UTC
    uptime: NotRequired[
        int
    ]  # the same in nanoseconds since the kernel's boot: what is less is late
    facts: Facts
    resources: dict[str, Resource]  # by id
    plan: list[str]  # sentences: what is not yet as desired; [] is converged
    events: NotRequired[list[Event]]  # the last hundred, the newest last


class Hello(TypedDict):
    """Who is here: on start and on each connect."""

    host: str
    facts: Facts
    boot: str  # as in the report
    version: int  # of the desired state it holds
    tag: NotRequired[str]  # in the names of its kernel objects
    agent: NotRequired[str]  # its version
    at: NotRequired[str]  # as in the report
    uptime: NotRequired[int]  # as in the report


# Images: message `image`, the question and its answer.


class ImageRequest(TypedDict):
    """Asks for an image from an offset on, in bytes."""

    host: str
    id: str
    offset: int


class ImagePiece(TypedDict):
    """A piece of an image."""

    id: str
    offset: int
    content: str  # base64
    last: bool
