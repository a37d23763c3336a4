# SPDX-License-Identifier: Apache-2.0
"""NS life cycle management (SOL005 clause 6) over HTTP, on the simulated VIM."""
from __future__ import annotations

from tests import running as suites
from tests.running import Api, Running


def test_a_network_service_comes_up_and_leaves_nothing(api: Api, running: Running, nsd: str) -> None:
    vim = api.vim()
    ns = api.ns(nsd)
    assert api.get(ns).json()["nsState"] == "NOT_INSTANTIATED"
    done = api.ended(api.instantiate(ns, vim))
    assert done["operationState"] == "COMPLETED", done
    found = api.get(ns).json()
    assert found["nsState"] == "INSTANTIATED" and len(found["vnfInstance"]) == 3
    assert suites.left(running, vim)
    api.removed(ns)
    assert suites.left(running, vim) == []
    assert api.get(ns).status_code == 404
