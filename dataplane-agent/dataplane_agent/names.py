# SPDX-License-Identifier: Apache-2.0
"""Names of kernel objects and folders: from a tag and a resource's id, so that an agent finds its
own and only its own.

A name is `m`, the tag (4 hex digits), a letter and 8 hex digits of the id's SHA-256: 14 characters,
below IFNAMSIZ."""

import hashlib
import re

TAG = re.compile(r"[0-9a-f]{4}\Z")


def digest(text: str, length: int = 8) -> str:
    """The first `length` hex digits of the SHA-256 of `text`."""
    return hashlib.sha256(text.encode()).hexdigest()[:length]


def tag_of(state: str) -> str:
    """The tag of an agent that was given none: from the path of its state directory."""
    return digest(state, 4)


def bridge(tag: str, network: str) -> str:
    """The bridge that is a network."""
    return f"m{tag}b{digest(network)}"


def link(tag: str, port: str) -> str:
    """The host's end of a port."""
    return f"m{tag}p{digest(port)}"


def space(tag: str, resource: str) -> str:
    """The network namespace of a compute or of a SAP's port."""
    return f"m{tag}n{digest(resource)}"


def table(tag: str) -> str:
    """The nft table (family bridge) that holds an agent's forwarding paths."""
    return f"m{tag}"


def path(resource: str) -> str:
    """The nft chain of a forwarding path, within the agent's table; its counters are
    `<chain>h<hop>`."""
    return f"p{digest(resource)}"


def interface(port: dict[str, str]) -> str:
    """The interface inside a namespace: the CP's name, cut to what the kernel takes; `eth0` at a
    SAP."""
    return (port.get("cp") or "eth0")[:15]


def folder(resource: str) -> str:
    """A file name for a resource's id: the id itself where it is a plain word."""
    return (
        resource
        if re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}", resource)
        else digest(resource, 16)
    )
