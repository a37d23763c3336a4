# SPDX-License-Identifier: Apache-2.0
"""What must hold: that what is INSTANTIATED runs, that each side knows the same of it, that nothing
is left at the end."""

from __future__ import annotations

import contextlib
import pathlib
import subprocess
import sys
import time
from collections.abc import Callable
from typing import Any

import psycopg2

from mano.cli import traffic
from mano.cli.failures import Failure
from tests.suite.chaos.client import Broken, Client
from tests.suite.chaos.processes import until, vnfcs

SCHEMAS = ("nfvo", "vnfm", "vim-baremetal", "vim-simulated")
RESOURCES = ("network", "port", "compute", "storage", "path")
# Kinds of documents of which none may be left once every network service is deleted
INSTANCES = ("ns_instances", "vnf_instances", "vnfs", "other_vnfs", "reservations")
NONE_LEFT = (*RESOURCES, *INSTANCES, "ledger", "compositions", "legs", "cleanups")
STANDING = ("desired", "tell", "check", "added")  # kinds of jobs that a host has for ever
QUEUES = {  # tables that must be empty, and what of a row tells what it is
    "outbox": "message->>'operation'",
    "notice": "body->>'notificationType'",
    "signal": "job",
}
SERVERS = {"web-0", "web-1"}
PATIENCE = 40.0  # seconds until what was killed must work again
DIAGNOSES = {
    "job": "SELECT id, kind, attempts, due_at - now(), lease_by, lease_until - now(),"
    " left(state::text, 3000) FROM {s}.job",
    "signal": "SELECT job, left(body::text, 300) FROM {s}.signal",
    "outbox": "SELECT id, due_at - now(), attempts, left(message::text, 300) FROM {s}.outbox",
    "host": "SELECT id, body - 'facts' FROM {s}.document WHERE kind = 'hosts'",
    "report": "SELECT id, body FROM {s}.document WHERE kind = 'reports'",
    "resource": "SELECT kind, body->>'name', body->>'state', body->'inner' FROM {s}.document"
    " WHERE kind IN ('network', 'port', 'compute', 'path')",
}


class Database:
    """The suite's database, read by SQL; away now and then."""

    def __init__(self, url: Callable[[], str]):
        self.url = url

    def rows(self, sql: str, *values: Any) -> list[tuple[Any, ...]]:
        """The rows of a query, which is repeated while the database is away."""
        end = time.monotonic() + PATIENCE
        while True:
            try:
                with (
                    contextlib.closing(
                        psycopg2.connect(self.url(), connect_timeout=3)
                    ) as connection,
                    connection.cursor() as cursor,
                ):
                    cursor.execute(sql, values)
                    return list(cursor.fetchall())
            except psycopg2.OperationalError:
                if time.monotonic() > end:
                    raise
                time.sleep(0.2)

    def ids(self, schema: str, kind: str, owners: list[str]) -> dict[str, str]:
        """The VIM's resources of some owners: id -> name."""
        sql = (
            f"SELECT id, body->>'name' FROM \"{schema}\".document"
            " WHERE kind = %s AND body->>'owner' = ANY(%s)"
        )
        return dict(self.rows(sql, kind, owners))

    def occurrences(self, schema: str, kind: str) -> list[dict[str, Any]]:
        """The LCM operation occurrences of a service, in the order in which they were accepted."""
        sql = f'SELECT body FROM "{schema}".document WHERE kind = %s ORDER BY seq'
        return [body for (body,) in self.rows(sql, kind)]

    def left(self) -> list[str]:
        """What should not be there any more, in words."""
        return [finding for schema in SCHEMAS for finding in self._left(schema)]

    def diagnosis(self) -> str:
        """What is under way: jobs, messages, hosts; for who has to find out why something did not
        end."""
        lines = []
        for schema in SCHEMAS:
            for what, sql in DIAGNOSES.items():
                lines += [
                    f"{schema} {what}: {row}" for row in self.rows(sql.format(s=f'"{schema}"'))
                ]
        return "\n".join(lines)

    def _left(self, schema: str) -> list[str]:
        return [
            *self._documents(schema),
            *self._jobs(schema),
            *(line for table, what in QUEUES.items() for line in self._queue(schema, table, what)),
            *self._usage(schema),
        ]

    def _documents(self, schema: str) -> list[str]:
        sql = f'SELECT kind, count(*) FROM "{schema}".document WHERE kind = ANY(%s) GROUP BY kind'
        rows = self.rows(sql, list(NONE_LEFT))
        return [f"{schema}: {count} documents of {kind}" for kind, count in rows]

    def _jobs(self, schema: str) -> list[str]:
        sql = (
            f'SELECT kind, count(*), min(id) FROM "{schema}".job'
            " WHERE kind <> ALL(%s) GROUP BY kind"
        )
        rows = self.rows(sql, list(STANDING))
        return [f"{schema}: {count} jobs of kind {kind}, {id} for one" for kind, count, id in rows]

    def _queue(self, schema: str, table: str, what: str) -> list[str]:
        sql = f'SELECT count(*), min({what}) FROM "{schema}".{table} HAVING count(*) > 0'
        rows = self.rows(sql)
        return [f"{schema}: {count} rows in {table}, {one} for one" for count, one in rows]

    def _usage(self, schema: str) -> list[str]:
        sql = (
            f"SELECT kind, id, coalesce(body->'used', body) FROM \"{schema}\".document"
            " WHERE kind = 'usage' OR kind = 'hosts' AND body ? 'used'"
        )
        return [
            f"{schema}: {kind} {id} still says {body}"
            for kind, id, body in self.rows(sql)
            if any(body.values())
        ]


class Proof:
    """That a network service really runs."""

    def __init__(
        self,
        client: Client,
        database: Database,
        data: pathlib.Path,
        agent_state: pathlib.Path,
        bare: str,
    ):
        self.client, self.database = client, database
        self.data, self.state, self.bare = data, agent_state, bare

    def __call__(self, ns: str, vim: str) -> None:
        """Broken unless the resources of NFVO, VNFM, VIM and kernel are the same, and HTTP
        passes."""
        instance = self.client.get(f"/nslcm/v2/ns_instances/{ns}")
        if instance["nsState"] != "INSTANTIATED":
            raise Broken(f"NS {ns} is {instance['nsState']} after its instantiation was COMPLETED")
        vnfs = [
            self.client.get(f"/vnflcm/v2/vnf_instances/{vnf['id']}")
            for vnf in instance["vnfInstance"]
        ]
        vnfcs = [vnfc for vnf in vnfs for vnfc in vnf["instantiatedVnfInfo"]["vnfcResourceInfo"]]
        computes = {vnfc["computeResource"]["resourceId"] for vnfc in vnfcs}
        links = {
            handle["resourceId"]
            for link in instance["virtualLinkInfo"]
            for handle in link["resourceHandle"]
        }
        saps = {sap["resourceHandle"]["resourceId"] for sap in instance["sapInfo"]}
        schema = "vim-baremetal" if vim == self.bare else "vim-simulated"
        owners = [ns, *(vnf["id"] for vnf in vnfs)]
        for kind, recorded in (("compute", computes), ("network", links)):
            resources = self.database.ids(schema, kind, owners)
            if set(resources) != recorded:
                raise Broken(
                    f"NS {ns}: NFVO and VNFM say its {kind} resources are {sorted(recorded)}, "
                    f"the VIM has {resources}"
                )
        ports = self.database.ids(schema, "port", owners)
        cps = sum(len(vnfc["vnfcCpInfo"]) for vnfc in vnfcs)
        if not saps <= set(ports) or len(ports) != len(saps) + cps:
            raise Broken(f"NS {ns}: {len(saps)} SAPs and {cps} CPs have the ports {ports}")
        paths = self.database.ids(schema, "path", owners)
        if len(paths) != sum(len(graph["nfpInfo"]) for graph in instance["vnffgInfo"]):
            raise Broken(f"NS {ns}: its forwarding paths at the VIM are {paths}")
        if vim == self.bare:
            self._runs(ns, computes)
            self._answers(ns, next(iter(saps)), _front(vnfs))

    def _runs(self, ns: str, computes: set[str]) -> None:
        if not until(lambda: computes <= self._running(), PATIENCE):
            raise Broken(
                f"NS {ns}: no process runs for the VNFCs {sorted(computes - self._running())}"
            )

    def _running(self) -> set[str]:
        return set(vnfcs(self.state).values())

    def _answers(self, ns: str, sap: str, address: str) -> None:
        end = time.monotonic() + PATIENCE
        while True:
            try:
                traffic.answering(traffic.Source(self.data, "", sap), address, SERVERS)
                return
            except Failure as failure:
                if time.monotonic() > end:
                    raise Broken(f"NS {ns}: {failure}") from failure


def kernel(state: pathlib.Path) -> list[str]:
    """The kernel objects and processes of the agent that are left."""
    process = subprocess.run(
        [sys.executable, "-m", "dataplane_agent", "sweep", "--state", str(state)],
        capture_output=True,
        text=True,
    )
    if process.returncode not in (0, 1):
        return [f"the sweep itself failed: {process.stderr.strip()}"]
    return process.stdout.splitlines() if process.returncode else []


def remove(state: pathlib.Path) -> None:
    """Removes what a failed run has left in the kernel; the agent must not run."""
    subprocess.run(
        [sys.executable, "-m", "dataplane_agent", "sweep", "--delete", "--state", str(state)],
        capture_output=True,
    )


def files(state: pathlib.Path) -> list[str]:
    """Folders of VNFCs that are left in the agent's state directory."""
    return [str(path) for path in (state / "computes").glob("*")]


def temporary(folder: pathlib.Path) -> list[str]:
    """What is left where the suite's temporary files go, once it has ended as a user ends it."""
    return [str(path) for path in folder.rglob("*")]


def _front(vnfs: list[dict[str, Any]]) -> str:
    """The address of the load balancer towards the clients."""
    for vnf in vnfs:
        for vnfc in vnf["instantiatedVnfInfo"]["vnfcResourceInfo"]:
            for cp in vnfc["vnfcCpInfo"]:
                if cp["cpdId"] == "front":
                    return str(
                        cp["cpProtocolInfo"][0]["ipOverEthernet"]["ipAddresses"][0]["addresses"][0]
                    )
    raise Broken("no VNFC has the connection point front")
