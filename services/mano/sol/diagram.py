# SPDX-License-Identifier: Apache-2.0
"""Draws the state tables: `python -m mano.sol.diagram > docs/states.md`. A test holds the page to
the tables."""

from __future__ import annotations

from mano.sol import states

HEAD = """# States

Drawn from the tables in `services/mano/sol/states.py` by `python -m mano.sol.diagram`: change
those, not this page. An operation's states move by its engine (`mano/lcm/engine.py`) and by clients
(`mano/lcm/events.py`: retry, rollback, fail, cancel).
"""


def page() -> str:
    """The whole page, a mermaid diagram per table."""
    return HEAD + "".join(
        f"\n## {title}\n\n```mermaid\n{diagram(arrows)}```\n"
        for title, arrows in states.TABLES.items()
    )


def diagram(arrows: states.Arrows) -> str:
    """One table as a mermaid state diagram: its first state begins, states without arrows end."""
    lines = ["stateDiagram-v2", f"    [*] --> {next(iter(arrows))}"]
    for state, following in arrows.items():
        lines += [f"    {state} --> {other}" for other in following] or [f"    {state} --> [*]"]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    print(page(), end="")
