# SPDX-License-Identifier: Apache-2.0
"""Names of kernel objects and folders: from a tag and a resource's id, so that an agent finds its
own and only its own.

A name is `m`, the tag (7 letters and digits), a letter and 6 letters and digits of the id's
SHA-256: 15 characters, as many as the kernel takes. Older agents have tags of 4 hex digits and 8 of
the id: 14 characters, so that no name is one of both kinds."""

import hashlib
import re

from dataplane_agent.port import Port

DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
TAG = re.compile(r"([0-9a-f]{4}|[0-9a-z]{7})\Z")
LONGEST = 15  # characters of a name


def digest(text: str, length: int = 8) -> str:
    """The first `length` hex digits of the SHA-256 of `text`."""
    return hashlib.sha256(text.encode()).hexdigest()[:length]


def tag_of(state: str) -> str:
    """The tag of an agent that has none of its own (identity.py): from its state directory's
    path."""
    return digest(state, 4)


def device(tag: str, letter: str, resource: str) -> str:
    """A kernel object of a kind, which the letter tells: n is a namespace; b and p are a bridge and
    the host's end of a port; others are free for other interconnects."""
    return f"m{tag}{letter}{_ending(tag, resource)}"


def letter(tag: str, name: str) -> str:
    """The kind of a kernel object that bears the tag; "" for any other name."""
    ending = "[0-9a-f]{8}" if len(tag) == 4 else "[0-9a-z]{6}"
    match = re.fullmatch(rf"m{tag}([a-z]){ending}", name)
    return match[1] if match else ""


def resource_digest(name: str) -> str:
    """What of the resource's id a name ends with, whatever kind it is of."""
    return name[-6:] if len(name) == LONGEST else name[-8:]


def resource_digests(resource: str) -> set[str]:
    """What names of a resource may end with."""
    return {digest(resource), _short(resource)}


def _ending(tag: str, resource: str) -> str:
    return digest(resource) if len(tag) == 4 else _short(resource)


def _short(resource: str) -> str:
    """Six digits to the base 36 of the SHA-256 of an id: 31 bits."""
    number, text = int(digest(resource, 16), 16), ""
    for _ in range(6):
        number, digit = divmod(number, len(DIGITS))
        text += DIGITS[digit]
    return text


def space(tag: str, resource: str) -> str:
    """The network namespace of a compute or of a SAP's port."""
    return device(tag, "n", resource)


def group(compute: str) -> str:
    """The control group of a compute, within the agent's."""
    return digest(compute)


def interface(port: Port) -> str:
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


def alias(text: str) -> str:
    """A name as the kernel keeps it beside an object, for people who look with `ip link`."""
    return re.sub(r"[^\w./:~-]", "_", text)[-120:]
