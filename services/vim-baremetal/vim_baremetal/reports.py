# SPDX-License-Identifier: Apache-2.0
"""What an agent's report says of a resource (docs/ports.md, section 4). Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mano.sol.documents import Body
from vim_baremetal import desired

if TYPE_CHECKING:
    from dataplane_agent import port as agent_port

# Counters of ports move all the time: they are passed on with host_report, not stored with the
# resource.
COUNTERS = ("rx", "tx")
SPOKEN = ("kind", "state", "why", "log", "ports")


def after(
    vim: str, resource: Body, report: agent_port.Resource | None, version: int
) -> Body | None:
    """The resource as it is after a report of this version; None when nothing is left of it.

    A report that is older than the resource's last change says nothing of it. `report` is None for
    what is not there."""
    if version < resource["inner"]["since"]:
        return resource
    if resource["state"] == "TERMINATING":
        return _leaving(resource, report) if report else None
    if report is None:
        return building(vim, resource)
    news = {**building(vim, resource), "state": report["state"]}
    news["detail"] = _detail(vim, resource, report)
    if report["state"] == "ERROR":
        news["error"] = {"status": 500, "detail": _why(resource, report)}
    return news


def _leaving(resource: Body, report: agent_port.Resource) -> Body:
    """The resource while it is being removed, with the agent's words."""
    why = report.get("why", "")
    return {**resource, "detail": {**resource["detail"], "why": why}} if why else resource


def building(vim: str, resource: Body) -> Body:
    """The resource on its way, nothing read back yet."""
    rest = {key: value for key, value in resource.items() if key != "error"}
    return {**rest, "state": "BUILDING", "detail": assigned(vim, resource)}


def assigned(vim: str, resource: Body) -> Body:
    """The detail that the VIM itself decides."""
    host = {"host": resource["zone"]} if resource["zone"] else {}
    if resource["kind"] == "port":
        return {**desired.interface(vim, resource), **host}
    return host


def _detail(vim: str, resource: Body, report: agent_port.Resource) -> Body:
    detail = assigned(vim, resource) | {
        key: value for key, value in report.items() if key not in SPOKEN
    }
    if report["state"] == "BUILDING" and report.get("why"):
        detail["why"] = report["why"]
    read = {
        item["id"]: {key: value for key, value in item.items() if key not in COUNTERS}
        for item in report.get("ports", [])
    }
    if resource["kind"] == "port":
        return detail | read.get(resource["id"], {})
    return detail


def of_ports(reports: dict[str, agent_port.Resource]) -> dict[str, agent_port.Resource]:
    """What is reported of the ports on computes, by id: as far as the compute is, each is."""
    found: dict[str, agent_port.Resource] = {}
    for report in reports.values():
        for item in report.get("ports", []) if report["kind"] == "compute" else []:
            is_up = report["state"] == "ACTIVE"
            found[item["id"]] = {
                "kind": "port",
                "state": "ACTIVE" if is_up else "BUILDING",
                "ports": [item],
            }
    return found


def _why(resource: Body, report: agent_port.Resource) -> str:
    log = report.get("log") or []
    lines = log if isinstance(log, list) else [log]
    return "\n".join(
        [f"host {resource['zone']}: {report.get('why') or 'the agent gives no reason'}", *lines]
    )
