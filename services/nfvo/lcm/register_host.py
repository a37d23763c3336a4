# SPDX-License-Identifier: Apache-2.0
"""Registration of a bare-metal host: its VIM waits for the agent's first words, and answers with
the host's facts."""

from __future__ import annotations

from typing import Any

from mano import lcm
from mano.vim import port
from nfvo.peers import vims


def _add(op: lcm.Operation) -> None:
    host = op.occurrence
    vim = op.tx.get(vims.KIND, host["vimId"]).body
    answer = op.ask(
        lcm.Ask(
            port.address(vim["vimType"]),
            "add_host",
            {"vim": vim["id"], "host": host["id"]},
            "add",
            f"host {host['id']}",
        )
    )
    host["facts"] = answer.body.get("facts", {})
    op.save()


def _enter(op: lcm.Operation, state: str, error: dict[str, Any] | None) -> None:
    op.occurrence["state"] = "ENABLED" if state == "COMPLETED" else "ERROR"
    op.occurrence.pop("error", None)
    if error:
        op.occurrence["error"] = error
    op.save()


PLAN = lcm.Plan("register host", (lcm.Step("add", _add),), _enter, ends_on_failure=True)
