# SPDX-License-Identifier: Apache-2.0
"""VNFs that were instantiated before there was a ledger: what was noted of them becomes rows, so
that they can be terminated."""

from __future__ import annotations

from collections.abc import Iterator

from mano import store
from mano.composition import Kind, Row
from mano.lcm import ledger
from mano.sol.documents import Body


def adopt(tx: store.Transaction, instance: store.Document) -> None:
    """Rows for the names in `_resources`, which are the VIM's."""
    if ledger.rows(tx, instance.id):
        return
    noted = instance.body.get("_resources", {})
    for vim_name in noted.get("network", []):
        _add(tx, instance, "network", vim_name, "")
    for vim_name in noted.get("compute", []):
        vdu = vim_name.rpartition("/")[2].rpartition("-")[0]
        _add(tx, instance, "compute", vim_name, vdu)
    for vim_name in [*noted.get("port", []), *_ports(instance.body)]:
        _add(tx, instance, "port", vim_name, vim_name.rpartition("/")[2])


def _add(
    tx: store.Transaction, instance: store.Document, kind: Kind, vim_name: str, template: str
) -> None:
    """Incarnation 0: none that is made from now on has its name."""
    name = f"{kind}/{vim_name.partition('/')[2]}.0"
    row = Row(name, kind, "stands", template=template, detail={"name": vim_name})
    ledger.write(tx, instance.id, row)


def _ports(instance: Body) -> Iterator[str]:
    """The names of the ports of its VNFCs, of which nothing was noted."""
    noted = instance.get("_resources", {})
    if "port" in noted:
        return
    names = {name.partition("/")[2]: name for name in noted.get("compute", [])}
    for vnfc in instance.get("instantiatedVnfInfo", {}).get("vnfcResourceInfo", []):
        for cp in vnfc["vnfcCpInfo"]:
            if vnfc["id"] in names:
                yield f"{names[vnfc['id']]}/{cp['cpdId']}"
