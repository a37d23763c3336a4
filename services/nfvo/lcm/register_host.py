# SPDX-License-Identifier: Apache-2.0
"""Registration of a bare-metal host: its VIM waits for the agent, and answers with facts."""

from __future__ import annotations

from typing import Any

from mano import lcm
from mano.vim import port
from nfvo.lcm import registration
from nfvo.peers import vims


def _add(op: lcm.Operation[Any]) -> None:
    host = op.occurrence
    vim = op.tx.get(vims.KIND, host["vimId"]).body
    address = port.address(vim["vimType"])
    body = vims.host_state(host)
    what = f"host {host['id']} (its agent: dataplane-agent run --host {host['id']})"
    answer = op.ask(lcm.Ask(address, "add_host", body, "add", what, within=registration.WITHIN))
    host["facts"] = answer.body.get("facts", {})
    op.save()


PLAN = lcm.Plan[Any](
    "register host", (lcm.Step("add", _add),), registration.enter, ends_on_failure=True
)
