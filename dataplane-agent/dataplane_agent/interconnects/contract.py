# SPDX-License-Identifier: Apache-2.0
"""What every interconnect must do: a test class that each one's test subclasses (needs pytest,
root and the kernel features that the interconnect states).

A subclass states `type`, the entry point's name. A port that is no interface is tested for reading
back only; traffic then is its own test's business."""

import hashlib
import pathlib
import subprocess
import sys
from collections.abc import Iterator

import pytest

from dataplane_agent import convergence, desired, found, interconnects, names, shares
from dataplane_agent.apply import Toolbox
from dataplane_agent.host import Host
from dataplane_agent.interconnects import Interconnect
from dataplane_agent.port import Desired, Port

RECEIVE = (
    "import socket; s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); s.settimeout(20);"
    "s.bind(('', 7)); print('listening', flush=True); print(s.recv(9).decode())"
)
SEND = (
    "import socket, time; s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)\n"
    "for n in range(20): s.sendto(b'hello', ('10.78.0.2', 7)); time.sleep(0.05)"
)
PATIENCE = 20  # seconds until a datagram must have arrived


class InterconnectContract:
    """Each test has a tag of its own, and leaves nothing behind."""

    type: str

    @pytest.fixture
    def interconnect(self) -> Interconnect:
        """The interconnect as the agent finds it."""
        return interconnects.known()[self.type]

    @pytest.fixture
    def toolbox(self, interconnect: Interconnect, tmp_path: pathlib.Path) -> Iterator[Toolbox]:
        toolbox = self.another(interconnect, tmp_path / "state")
        yield toolbox
        outcome = self.converge({}, toolbox)
        assert not outcome.rest and outcome.found.empty()

    def another(self, interconnect: Interconnect, state: pathlib.Path) -> Toolbox:
        """The tools of an agent that has this interconnect only."""
        tag = hashlib.sha256(str(state).encode()).hexdigest()[:4]
        return Toolbox(Host(tag, (0,), {}, {self.type: interconnect}), str(state))

    def port(self, number: int) -> Port:
        return {
            "id": f"port-{number}",
            "name": f"sap-{number}",
            "network": "net",
            "mac": f"02:00:00:78:00:{number:02x}",
            "addresses": [f"10.78.0.{number}/24"],
            "routes": [],
        }

    def document(self) -> Desired:
        """A network with two SAPs on it."""
        return {
            "networks": [{"id": "net", "name": "net", "mtu": 1500, "type": self.type}],
            "ports": [self.port(1), self.port(2)],
        }

    def converge(self, document: Desired, toolbox: Toolbox) -> convergence.Outcome:
        start = found.read(toolbox.host, toolbox.state)
        outcome = convergence.converge(document, toolbox, start)
        assert not outcome.errors, outcome.errors
        return outcome

    def send(self, toolbox: Toolbox) -> str:
        """Send datagrams from the first SAP to the second: what arrived."""
        inside = [
            ["nsenter", f"--net=/run/netns/{names.space(toolbox.host.tag, f'port-{number}')}"]
            for number in (1, 2)
        ]
        receiver = subprocess.Popen(
            [*inside[1], sys.executable, "-c", RECEIVE], stdout=subprocess.PIPE, text=True
        )
        assert receiver.stdout and receiver.stdout.readline() == "listening\n"
        subprocess.run([*inside[0], sys.executable, "-c", SEND], check=True)
        return receiver.communicate(timeout=PATIENCE)[0].strip()

    def test_nothing_is_held_and_nothing_planned_before_anything_is_desired(
        self, toolbox: Toolbox
    ) -> None:
        outcome = self.converge({}, toolbox)
        assert outcome.changes == [] and list(outcome.found.names()) == []

    def test_a_network_and_its_ports_read_back_as_desired(self, toolbox: Toolbox) -> None:
        outcome = self.converge(self.document(), toolbox)
        assert outcome.rest == []
        interconnect, host = toolbox.host.interconnects[self.type], toolbox.host
        share = self.share(toolbox)
        for point in share.points:
            report = interconnect.report_port(
                point, host.tag, outcome.found.holdings[self.type], outcome.found.spaces
            )
            assert report and report["id"] == point.port["id"]
            assert (report["mac"], report["addresses"]) == (
                point.port["mac"],
                point.port["addresses"],
            )

    def test_what_is_as_desired_is_not_touched_again(self, toolbox: Toolbox) -> None:
        before = self.converge(self.document(), toolbox).found.holdings[self.type]
        again = self.converge(self.document(), toolbox)
        assert again.changes == []
        assert set(again.found.holdings[self.type].names()) == set(before.names())

    def test_ports_of_one_network_reach_each_other(self, toolbox: Toolbox) -> None:
        self.needs_interfaces(toolbox)
        self.converge(self.document(), toolbox)
        assert self.send(toolbox) == "hello"

    def test_a_changed_port_replaces_the_former_one(self, toolbox: Toolbox) -> None:
        self.converge(self.document(), toolbox)
        document = self.document()
        document["ports"][0]["addresses"] = ["10.78.0.9/24"]
        outcome = self.converge(document, toolbox)
        point = self.share(toolbox, document).points[0]
        report = toolbox.host.interconnects[self.type].report_port(
            point, toolbox.host.tag, outcome.found.holdings[self.type], outcome.found.spaces
        )
        assert outcome.rest == [] and report and report["addresses"] == ["10.78.0.9/24"]

    def test_a_port_whose_namespace_was_lost_is_made_anew(self, toolbox: Toolbox) -> None:
        self.converge(self.document(), toolbox)
        space = names.space(toolbox.host.tag, "port-1")
        subprocess.run(["ip", "netns", "del", space], check=True)
        assert self.converge(self.document(), toolbox).rest == []

    def test_a_port_that_leaves_the_document_leaves_the_kernel(self, toolbox: Toolbox) -> None:
        both = self.converge(self.document(), toolbox).found
        document = self.document()
        document["ports"].pop()
        one = self.converge(document, toolbox).found
        gone = names.resource_digests("port-2")
        assert gone & {names.resource_digest(name) for name in both.names()}
        assert not gone & {names.resource_digest(name) for name in one.names()}

    def test_the_objects_of_another_agent_are_left_alone(
        self, toolbox: Toolbox, interconnect: Interconnect, tmp_path: pathlib.Path
    ) -> None:
        other = self.another(interconnect, tmp_path / "other")
        self.converge(self.document(), other)
        self.converge(self.document(), toolbox)
        self.converge({}, toolbox)
        assert self.converge(self.document(), other).changes == []
        assert self.converge({}, other).found.empty()

    def test_a_path_is_counted_and_outlives_a_change_of_nothing(self, toolbox: Toolbox) -> None:
        interconnect = toolbox.host.interconnects[self.type]
        if not interconnect.capabilities.paths:
            pytest.skip(f"{self.type} carries no paths")
        self.needs_interfaces(toolbox)
        document = self.document()
        document["paths"] = [{"id": "way", "hops": [{"from": ["port-1"], "to": ["port-2"]}]}]
        assert self.converge(document, toolbox).rest == []
        self.send(toolbox)
        again = self.converge(document, toolbox)
        report = interconnect.report_path(document["paths"][0], again.found.holdings[self.type])
        assert again.changes == [] and report[0]["packets"] > 0 and report[0]["bytes"] > 0

    def test_what_cannot_be_is_refused_with_the_reason(self, toolbox: Toolbox) -> None:
        document = self.document()
        document["networks"][0]["mtu"] = 1
        possible, reasons = desired.sift(document, toolbox.host)
        assert possible["networks"] == [] and possible["ports"] == []
        assert "mtu 1 " in reasons["net"] and reasons["net"] in reasons["port-1"]

    def share(self, toolbox: Toolbox, document: Desired | None = None) -> interconnects.Share:
        """What of the document this interconnect carries."""
        return shares.share(document or self.document(), self.type, toolbox.host.tag)

    def needs_interfaces(self, toolbox: Toolbox) -> None:
        attaches = toolbox.host.interconnects[self.type].capabilities.attaches
        if attaches != interconnects.INTERFACE:
            pytest.skip(f"{self.type} attaches by {attaches}")
