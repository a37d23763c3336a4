# SPDX-License-Identifier: Apache-2.0
"""Registration of a VIM: its service takes the settings, and answers with zones."""

from __future__ import annotations

from typing import Any

from mano import lcm
from mano.sol.documents import Body
from mano.vim import port
from nfvo.lcm import registration

Operation = lcm.Operation[Any]


def _configure(op: Operation) -> None:
    vim = op.occurrence
    settings = {"accessInfo": vim.get("_accessInfo", {})}
    settings |= {name: vim[name] for name in ("interfaceInfo", "extra") if name in vim}
    op.ask(_ask(vim, "configure", settings=settings))


def _zones(op: Operation) -> None:
    vim = op.occurrence
    answer = op.ask(_ask(vim, "capacity")).body
    vim["zones"], vim["capabilities"] = answer["zones"], answer["capabilities"]
    op.save()


def _ask(vim: Body, verb: str, **more: object) -> lcm.Ask:
    address = port.address(vim["vimType"])
    what = f"VIM {vim['id']} (its service: mano run {address})"
    body = {"vim": vim["id"], **more}
    return lcm.Ask(address, verb, body, verb, what, within=registration.WITHIN)


PLAN = lcm.Plan[Any](
    "register vim",
    (lcm.Step("configure", _configure), lcm.Step("zones", _zones)),
    registration.enter,
    ends_on_failure=True,
)
