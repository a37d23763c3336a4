# SPDX-License-Identifier: Apache-2.0
"""`mano demo`: as a REST client would, onboard, instantiate and prove the sample network
service."""

from __future__ import annotations

import contextlib
import importlib
import os
import pathlib
import shutil
import socket
import sys
import tempfile
import time
from collections.abc import Iterator
from typing import Any

import click

from mano.cli import onboarding, output, progress, traffic, tree
from mano.cli.client import Client
from mano.cli.failures import Failure
from mano.cli.suite import suite_settings
from mano.suite import paths, running

VIM, NS, NSD = "baremetal", "demo", "secure-web"
VNFS = {"firewall": "Firewall", "loadbalancer": "Loadbalancer", "web": "Web"}
HEARD = 30  # seconds until the agent of this host must have been heard


@click.command()
@click.option(
    "--host",
    default=lambda: os.environ.get("MANO_HOST") or socket.gethostname(),
    show_default="this machine's name",
    help="The NFVI host, by the name under which its agent runs.",
)
@click.option(
    "--through",
    envvar="MANO_DEMO_EXEC",
    default="",
    help="Command that runs another in a namespace of the host, "
    "up to the resource, where the host is not this machine: docker exec agent dataplane-agent exec --state DIR",
)
@click.pass_context
def demo(context: click.Context, host: str, through: str) -> None:
    """Onboard the sample packages, instantiate the network service, send traffic through it, and
    show what runs where."""
    begun = time.monotonic()
    data = context.find_root().obj
    with _step("suite") as say:
        say(_suite(data))
    client = Client(data)
    with _step("packages") as say:
        say(_onboard(client))
    with _step("host") as say:
        say(_host(client, host))
    with _step("network service") as say:
        ns, text = _instantiate(client)
        say(text)
    before = tree.gather(client, ns)
    source = traffic.Source(client.settings.data, through, before["saps"][0]["resource"])
    address = _front(before)
    with _step("HTTP") as say:
        answers = traffic.answering(source, address, _servers(before))
        say(
            f"http://{address}/ from the SAP: 200, answered by "
            + ", ".join(f"{name} ({count}×)" for name, count in answers.items())
        )
    with _step("forbidden port") as say:
        say(
            f"http://{address}:{traffic.FORBIDDEN}/ is blocked ({traffic.blocked(source, address)})"
        )
    with _step("path") as say:
        after = traffic.counted(
            client, ns, before, lambda: source.ask(address, traffic.OPEN, traffic.REQUESTS)
        )
        say("every VNF of the chain was passed in order")
    console = output.console()
    console.print()
    console.print(tree.draw(after))
    console.print(
        f"\n[bold green]All proofs hold[/], after {time.monotonic() - begun:.1f} s. What to type next:\n"
    )
    _next(console, data, host)


def _suite(data: pathlib.Path | None) -> str:
    if os.environ.get("MANO_URL"):
        return f"at {os.environ['MANO_URL']}"
    from mano.suite import background

    given = suite_settings(data)
    if running.is_locked(given.data):
        return f"runs already on {given.data}"
    try:
        record = background.start(given.data)
    except (RuntimeError, OSError) as error:
        raise Failure(str(error)) from error
    return f"started: NFVO {record['nfvo']}, VNFM {record['vnfm']}, data in {given.data}"


def _onboard(client: Client) -> str:
    there = {
        info.get("vnfProductName")
        for info in client.list("vnfpkgm", "/vnf_packages", filter="(eq,onboardingState,ONBOARDED)")
    }
    lacking = {folder: product for folder, product in VNFS.items() if product not in there}
    nsds = [
        info
        for info in client.list(
            "nsd", "/ns_descriptors", filter="(eq,nsdOnboardingState,ONBOARDED)"
        )
        if info.get("nsdName") == NSD
    ]
    if not lacking and nsds:
        return "onboarded already"
    with tempfile.TemporaryDirectory() as folder:
        for name in lacking:
            onboarding.onboard(client, onboarding.VNF_PACKAGE, _built(f"vnf/{name}", folder))
        if not nsds:
            onboarding.onboard(client, onboarding.NSD, _built(f"ns/{NSD}", folder))
    return f"built and onboarded {', '.join(lacking)}{' and ' if lacking else ''}{'the NSD ' + NSD if not nsds else ''}"


def _built(sample: str, folder: str) -> pathlib.Path:
    """The CSAR of a sample; by name, for the runtime imports no other package of ours."""
    try:
        building = importlib.import_module("descriptors.building")
    except ImportError as error:
        raise Failure(
            f"the package with the samples is not installed ({error}): run `make demo` in the repository"
        ) from error
    made: pathlib.Path = building.build(
        pathlib.Path(str(building.__file__)).parent / sample, folder
    )
    return made


def _host(client: Client, host: str) -> str:
    if VIM not in [vim["id"] for vim in client.list("admin", "/vims")]:
        client.call("POST", "admin", "/vims", json={"id": VIM, "vimType": "baremetal"})
    if host not in [known["id"] for known in client.list("admin", "/hosts")]:
        client.call("POST", "admin", "/hosts", json={"id": host, "vimId": VIM})
    try:
        found = progress.until(
            lambda: client.get("admin", f"/hosts/{host}"),
            lambda known: known["state"] == "ENABLED",
            lambda known: f"host {host}: {known['state']}",
            HEARD,
        )
    except Failure as failure:
        log = paths.agent_log(client.settings.data)
        raise Failure(
            f"the agent of host {host} is not heard: see `mano status` and {log}"
        ) from failure
    facts = found.get("facts", {})
    lacks = [
        f"{name} ({answer.get('for', '')}: {answer.get('why', '')})"
        for name, answer in facts.get("features", {}).items()
        if name in ("netns", "bridge", "veth", "nft_bridge") and not answer.get("works")
    ]
    if lacks:
        raise Failure(
            f"host {host} cannot bear the sample service; its kernel lacks {'; '.join(lacks)}"
        )
    return (
        f"{host} is ENABLED: {len(facts.get('cpus', []))} CPUs, {facts.get('memoryMiB', 0)} MiB, "
        f"kernel {facts.get('kernel', '?')}"
    )


def _instantiate(client: Client) -> tuple[str, str]:
    """The id of the network service, which is INSTANTIATED, and what was done for it."""
    begun = time.monotonic()
    known = client.list("nslcm", "/ns_instances", filter=f"(eq,nsInstanceName,{NS})")
    if known and known[0]["nsState"] == "INSTANTIATED":
        return known[0]["id"], "runs already"
    if known:
        ns = known[0]["id"]
    else:
        nsd = next(
            info["nsdId"]
            for info in client.list("nsd", "/ns_descriptors")
            if info.get("nsdName") == NSD
        )
        body = {"nsdId": nsd, "nsName": NS, "nsDescription": "the sample network service"}
        ns = client.call("POST", "nslcm", "/ns_instances", json=body).json()["id"]
    progress.operation(
        client, "nslcm", f"/ns_lcm_op_occs/{_operation(client, ns)}", "instantiate", 120
    )
    return ns, f"INSTANTIATED in {time.monotonic() - begun:.1f} s"


def _operation(client: Client, ns: str) -> str:
    """The id of the operation that instantiates: one that was begun and has not ended, or a new
    one."""
    for occurrence in client.list("nslcm", "/ns_lcm_op_occs", filter=f"(eq,nsInstanceId,{ns})"):
        state = occurrence["operationState"]
        if occurrence["lcmOperationType"] == "INSTANTIATE" and state in (
            "STARTING",
            "PROCESSING",
            "FAILED_TEMP",
        ):
            if state == "FAILED_TEMP":
                client.call("POST", "nslcm", f"/ns_lcm_op_occs/{occurrence['id']}/retry")
            return str(occurrence["id"])
    return client.follow(
        client.call(
            "POST",
            "nslcm",
            f"/ns_instances/{ns}/instantiate",
            json={"nsFlavourId": "default", "additionalParamsForNs": {"vimId": VIM}},
        )
    )


def _front(found: dict[str, Any]) -> str:
    """The address of the load balancer towards the clients."""
    return next(
        str(cp["addresses"][0])
        for vnf in found["vnfs"]
        if vnf["product"] == "Loadbalancer"
        for vnfc in vnf["vnfcs"]
        for cp in vnfc["cps"]
        if cp["cp"] == "front"
    )


def _servers(found: dict[str, Any]) -> set[str]:
    return {
        vnfc["name"] for vnf in found["vnfs"] if vnf["product"] == "Web" for vnfc in vnf["vnfcs"]
    }


@contextlib.contextmanager
def _step(name: str) -> Iterator[Any]:
    """One line per step: what it is, what came of it, how long it took."""
    console, begun, said = output.console(), time.monotonic(), [""]
    try:
        yield lambda text: said.__setitem__(0, text)
    except Failure:
        console.print(f"[red]✗[/] {name}")
        raise
    console.print(
        f"[green]✓[/] [bold]{name:<16}[/] {said[0]} [dim]{time.monotonic() - begun:.1f} s[/]",
        soft_wrap=True,
    )


def _next(console: Any, data: pathlib.Path | None, host: str) -> None:
    mano = (
        "mano"
        if shutil.which("mano")
        else os.path.relpath(pathlib.Path(sys.executable).with_name("mano"))
    )
    if data and os.environ.get("MANO_DATA") != str(data):
        mano += f" --data {data}"
    lines = {
        f"{mano} status": "what runs, and with which memory",
        f"{mano} ns tree {NS}": "this tree again",
        f"{mano} host plan {host}": "what the agent would change; nothing, if all is as desired",
        f"{mano} ns terminate {NS} --wait": "end the network service; nothing of it is left",
        f"{mano} down": "end the suite; network services go on",
        f"{mano} down --purge": "end and remove everything",
    }
    width = max(map(len, lines)) + 2
    for command, text in lines.items():
        console.print(f"  {command:<{width}} [dim]{text}[/]", soft_wrap=True)
