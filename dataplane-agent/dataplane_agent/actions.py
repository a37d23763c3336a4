# SPDX-License-Identifier: Apache-2.0
"""What a plan consists of: actions, each a sentence. Who does them is told by their tool."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Action:
    """One thing to do; prints as a sentence.

    `tool` says who does it (apply.TOOLS, and an interconnect's own), `resource` for which resource
    ("" for an orphan), `lines` are what the tool is fed, `space` the namespace they run in ("" is
    the host's), `target` what a tool needs beyond lines."""

    tool: str
    sentence: str
    resource: str = ""
    lines: tuple[str, ...] = ()
    space: str = ""
    target: Any = None

    def __str__(self) -> str:
        return self.sentence


# Does neighbouring actions of one kind together, given the agent's tag: what was refused, in the
# refuser's words, by the action's number in the list.
KernelTool = Callable[[list[Action], str], Mapping[int, str]]
