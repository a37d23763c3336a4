# SPDX-License-Identifier: Apache-2.0
"""Registration of a VIM: its settings are brought to the service of its type, and it answers with
its zones."""

from __future__ import annotations

from typing import Any

from mano import lcm
from mano.vim import port


def _configure(op: lcm.Operation) -> None:
    vim = op.occurrence
    settings = {name: vim[name] for name in ("interfaceInfo", "extra") if name in vim} | {
        "accessInfo": vim.get("_accessInfo", {})
    }
    op.ask(
        lcm.Ask(
            port.address(vim["vimType"]),
            "configure",
            {"vim": vim["id"], "settings": settings},
            "configure",
            f"VIM {vim['id']}",
        )
    )


def _zones(op: lcm.Operation) -> None:
    vim = op.occurrence
    answer = op.ask(
        lcm.Ask(
            port.address(vim["vimType"]),
            "capacity",
            {"vim": vim["id"]},
            "capacity",
            f"VIM {vim['id']}",
        )
    )
    vim["zones"] = answer.body["zones"]
    op.save()


def _enter(op: lcm.Operation, state: str, error: dict[str, Any] | None) -> None:
    op.occurrence["state"] = "ENABLED" if state == "COMPLETED" else "ERROR"
    op.occurrence.pop("error", None)
    if error:
        op.occurrence["error"] = error
    op.save()


PLAN = lcm.Plan(
    "register vim",
    (lcm.Step("configure", _configure), lcm.Step("zones", _zones)),
    _enter,
    ends_on_failure=True,
)
