# SPDX-License-Identifier: Apache-2.0
"""What a resource takes of its host, and gives back."""

from __future__ import annotations

from mano import store
from mano.sol.documents import Body
from vim_baremetal import fit


def take(host: store.Document, resource: Body, policy: fit.Policy) -> None:
    """Takes the resource's need from the locked host, and chooses its CPUs."""
    need = fit.need(resource["kind"], resource["spec"])
    host.body["used"] = fit.plus(host.body["used"], need)
    if need.get("dedicatedCpus"):
        cpus = fit.choose_cpus(
            host.body["facts"]["cpus"],
            {int(cpu) for cpu in host.body["cpus"]},
            need["dedicatedCpus"],
            policy,
        )
        host.body["cpus"].update({str(cpu): resource["id"] for cpu in cpus})
        resource["inner"]["cpus"] = cpus


def give_back(host: store.Document, resource: Body) -> None:
    """The opposite of `take`."""
    host.body["used"] = fit.plus(
        host.body["used"], fit.need(resource["kind"], resource["spec"]), -1
    )
    host.body["cpus"] = {cpu: id for cpu, id in host.body["cpus"].items() if id != resource["id"]}
