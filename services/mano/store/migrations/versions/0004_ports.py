# SPDX-License-Identifier: Apache-2.0
"""Ports of computes are resources of their own: those that lie within a compute's spec become
documents, and the spec names them."""

from __future__ import annotations

import json
import uuid
from typing import Any

import sqlalchemy
from alembic import op

revision = "0004"
down_revision = "0003"

NAMESPACE = uuid.UUID("6d616e6f-0000-4000-8000-76696d000000")  # as in mano.vim.port.resource_id
WITHIN = """
SELECT id, owner, body FROM document
WHERE kind = 'compute' AND jsonb_typeof(body->'spec'->'ports'->0) = 'object'
"""
ADD = """
INSERT INTO document (kind, id, owner, body) VALUES ('port', :id, :owner, CAST(:body AS jsonb))
ON CONFLICT DO NOTHING
"""
NAME = "UPDATE document SET body = CAST(:body AS jsonb) WHERE kind = 'compute' AND id = :id"


def upgrade() -> None:
    connection = op.get_bind()
    for id, vim, body in connection.execute(sqlalchemy.text(WITHIN)).all():
        ports = body["spec"]["ports"]
        for item in ports:
            port = _port(vim, body, item)
            values = {"id": port["id"], "owner": vim, "body": json.dumps(port)}
            connection.execute(sqlalchemy.text(ADD), values)
        body["spec"]["ports"] = [item["name"] for item in ports]
        connection.execute(sqlalchemy.text(NAME), {"id": id, "body": json.dumps(body)})


def downgrade() -> None:
    """There is no way back: a port may have outlived its compute."""


def _port(vim: str, compute: dict[str, Any], item: dict[str, Any]) -> dict[str, Any]:
    spec = {key: value for key, value in item.items() if key != "name"}
    details = compute.get("detail", {}).get("ports", [])
    return {
        "kind": "port",
        "id": str(uuid.uuid5(NAMESPACE, f"{vim}/port/{item['name']}")),
        "name": item["name"],
        "owner": compute["owner"],
        "zone": compute["zone"],
        "state": "ACTIVE",
        "spec": {**spec, "owner": compute["owner"], "compute": compute["name"]},
        "detail": next((detail for detail in details if detail["name"] == item["name"]), {}),
        "inner": {"since": compute.get("inner", {}).get("since", 0)},
    }
