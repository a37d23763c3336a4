# SPDX-License-Identifier: Apache-2.0
"""Resources of the bare-metal VIM, by messages."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable
from typing import Any

import scripted_agent

from mano.store.content import CHUNK

Until = Callable[..., None]


def add_image(
    site: Any, name: str = "op/image", content: bytes = b"software", hash: str = ""
) -> tuple[int, Any]:
    """The answers to `allocate` and the last piece."""
    checksum = {"algorithm": "sha-512", "hash": hash or hashlib.sha512(content).hexdigest()}
    assert (
        site.answer("allocate", kind="image", name=name, spec={"owner": "o", "checksum": checksum})[
            0
        ]
        == 201
    )
    for offset in range(0, len(content), CHUNK):
        answer = site.answer(
            "add_image",
            name=name,
            offset=offset,
            last=offset + CHUNK >= len(content),
            content=base64.b64encode(content[offset : offset + CHUNK]).decode(),
        )
    return tuple(answer)


def compute(image: dict[str, Any], **more: Any) -> dict[str, Any]:
    small = {"owner": "o", "vnf": "v", "vdu": "d", "vcpus": 1, "memoryMiB": 64}
    return {**small, "image": image["id"], "ports": [], **more}


def with_port(
    site: Any, name: str, network: dict[str, Any], image: dict[str, Any], **more: Any
) -> tuple[int, Any]:
    """The answer to the request for a compute with a port, which is allocated before."""
    port = {"owner": "o", "cp": "a", "network": network["id"], "addresses": ["10.0.0.2/24"]}
    allocated = site.answer(
        "allocate", kind="port", name=f"{name}/p", spec={**port, "compute": name}
    )
    assert (allocated[0], allocated[1]["state"]) == (201, "ACTIVE")
    spec = compute(image, ports=[f"{name}/p"], **more)
    return tuple(site.answer("allocate", kind="compute", name=name, spec=spec))


def test_an_image_of_several_pieces_reaches_the_agent_whole(site: Any) -> None:
    content = bytes(range(256)) * (2 * CHUNK // 256 + 3)
    agent = site.host("host-1")
    status, image = add_image(site, content=content)
    assert (status, image["state"], image["detail"]) == (
        200,
        "ACTIVE",
        {"complete": True, "size": len(content)},
    )
    assert site.answer("allocate", kind="compute", name="op/a", spec=compute(image))[0] == 201
    assert agent.images[image["id"]] == content


def test_wrong_bytes_are_refused_and_may_be_sent_anew(site: Any) -> None:
    status, problem = add_image(site, hash="ab" * 64)
    assert status == 422 and "ab" * 64 in problem["detail"]
    assert site.found("image", "op/image")["state"] == "ERROR"
    assert add_image(site)[1]["state"] == "ACTIVE"


def test_an_image_that_could_never_be_checked_is_refused(site: Any) -> None:
    spec = {"owner": "o", "checksum": {"algorithm": "md5", "hash": "aa"}}
    status, problem = site.answer("allocate", kind="image", name="op/image", spec=spec)
    assert status == 400 and "sha-256" in problem["detail"]


def test_a_piece_out_of_order_is_refused(site: Any) -> None:
    spec = {"owner": "o", "checksum": {"algorithm": "sha-256", "hash": "aa"}}
    site.answer("allocate", kind="image", name="op/image", spec=spec)
    assert site.answer("add_image", name="op/image", offset=CHUNK, content="", last=True)[0] == 409
    assert site.answer("add_image", name="op/image", offset=5, content="", last=True)[0] == 400


def test_a_compute_waits_for_its_image_and_needs_one(site: Any) -> None:
    site.host("host-1")
    spec = {"owner": "o", "checksum": {"algorithm": "sha-256", "hash": "aa"}}
    _, image = site.answer("allocate", kind="image", name="op/image", spec=spec)
    assert site.answer("allocate", kind="compute", name="op/a", spec=compute(image))[0] == 503
    assert (
        site.answer("allocate", kind="compute", name="op/b", spec=compute({"id": "none"}))[0] == 404
    )


def test_dedicated_cpus_are_each_given_once_and_come_back(site: Any) -> None:
    agent = site.host("host-1")
    image = add_image(site)[1]
    for name, count in (("op/a", 2), ("op/b", 3)):
        spec = compute(image, pinning="dedicated", vcpus=count)
        assert site.answer("allocate", kind="compute", name=name, spec=spec)[0] == 201
    pinned = [item["cpus"] for item in agent.got[-1]["computes"]]
    assert (
        sorted(map(len, pinned)) == [2, 3]
        and len({*pinned[0], *pinned[1]}) == 5
        and 0 not in pinned[0] + pinned[1]
    )
    assert site.zone("host-1")["used"]["dedicatedCpus"] == 5
    status, problem = site.answer(
        "allocate", kind="compute", name="op/c", spec=compute(image, pinning="dedicated", vcpus=3)
    )
    assert status == 507 and "dedicatedCpus: 5 of 7 taken, 3 wanted" in problem["detail"]
    assert site.answer("terminate", kind="compute", name="op/a")[0] == 204
    assert site.zone("host-1")["used"]["dedicatedCpus"] == 3


def test_the_first_host_with_room_is_taken_and_all_are_named_if_none_has(site: Any) -> None:
    site.host("host-1")
    site.host("host-2")
    image = add_image(site)[1]
    zones = [
        site.answer(
            "allocate", kind="compute", name=f"op/{n}", spec=compute(image, memoryMiB=5000)
        )[1]["zone"]
        for n in range(2)
    ]
    assert zones == ["host-1", "host-2"]
    status, problem = site.answer(
        "allocate", kind="compute", name="op/3", spec=compute(image, memoryMiB=5000)
    )
    assert status == 507
    assert all(
        f"{host} (memoryMiB: 5000 of 8192 taken, 5000 wanted)" in problem["detail"]
        for host in zones
    )


def test_parallel_allocations_never_overfill_a_host(site: Any) -> None:
    site.host("host-1")
    image = add_image(site)[1]
    keys = [
        site.ask(
            "allocate", kind="compute", name=f"op/{n % 20}", spec=compute(image, memoryMiB=800)
        )
        for n in range(40)
    ]
    answers = [site.answered(key) for key in keys]
    assert sorted({status for status, _ in answers}) == [201, 507]
    assert len({body["id"] for status, body in answers if status == 201}) == 10
    assert site.zone("host-1")["used"]["memoryMiB"] == 8000


def test_a_network_is_where_its_first_port_is_and_nowhere_else(site: Any) -> None:
    one, _ = site.host("host-1"), site.host("host-2")
    image = add_image(site)[1]
    _, net = site.answer("allocate", kind="network", name="op/net", spec={"owner": "o"})
    assert net["zone"] == "" and one.got[-1]["networks"] == []
    assert with_port(site, "op/a", net, image, zone="host-2")[0] == 201
    assert site.found("network", "op/net")["zone"] == "host-2"
    status, problem = with_port(site, "op/b", net, image, zone="host-1")
    assert status == 422 and "overlays" in problem["detail"]
    status, sap = site.answer(
        "allocate",
        kind="port",
        name="op/sap",
        spec={"owner": "o", "network": net["id"], "addresses": ["10.0.0.9/24"]},
    )
    assert (status, sap["zone"]) == (201, "host-2")


def test_a_path_is_where_its_ports_are_and_counts(site: Any) -> None:
    site.host("host-1")
    site.host("host-2")
    image = add_image(site)[1]
    _, net = site.answer("allocate", kind="network", name="op/net", spec={"owner": "o"})
    for name in ("op/a", "op/b"):
        assert with_port(site, name, net, image, zone="host-2")[0] == 201
    spec = {"owner": "o", "match": [], "hops": [{"from": ["op/a/p"], "to": ["op/b/p"]}]}
    status, path = site.answer("allocate", kind="path", name="op/path", spec=spec)
    assert (status, path["zone"], path["detail"]["hops"]) == (
        201,
        "host-2",
        [{"packets": 7, "bytes": 700}],
    )
    spec["hops"][0]["to"] = ["op/c/p"]
    status, problem = site.answer("allocate", kind="path", name="op/path2", spec=spec)
    assert status == 404 and "op/c/p" in problem["detail"]


def test_what_is_in_use_is_not_terminated(site: Any) -> None:
    site.host("host-1")
    image = add_image(site)[1]
    _, net = site.answer("allocate", kind="network", name="op/net", spec={"owner": "o"})
    assert with_port(site, "op/a", net, image)[0] == 201
    users = {"network": ("op/net", "port op/a/p"), "image": ("op/image", "compute op/a")}
    for kind, (name, user) in users.items():
        status, problem = site.answer("terminate", kind=kind, name=name)
        assert status == 409 and user in problem["detail"]
    order = (("compute", "op/a"), ("port", "op/a/p"), ("network", "op/net"), ("image", "op/image"))
    for kind, name in order:
        assert site.answer("terminate", kind=kind, name=name)[0] == 204


def test_a_port_goes_with_its_compute_and_is_nowhere_without_it(site: Any) -> None:
    agent = site.host("host-1")
    image = add_image(site)[1]
    _, net = site.answer("allocate", kind="network", name="op/net", spec={"owner": "o"})
    assert with_port(site, "op/a", net, image)[0] == 201
    port = site.found("port", "op/a/p")
    assert (port["state"], port["zone"], port["detail"]["interface"]) == ("ACTIVE", "host-1", "a")
    assert [item["name"] for item in agent.got[-1]["computes"][0]["ports"]] == ["op/a/p"]
    assert agent.got[-1]["ports"] == []
    assert site.answer("terminate", kind="compute", name="op/a")[0] == 204
    port = site.found("port", "op/a/p")
    assert (port["state"], port["zone"], port["spec"]["compute"]) == ("ACTIVE", "", "op/a")


def test_a_compute_takes_over_the_port_of_one_that_is_gone_and_of_no_other(site: Any) -> None:
    site.host("host-1")
    image = add_image(site)[1]
    _, net = site.answer("allocate", kind="network", name="op/net", spec={"owner": "o"})
    assert with_port(site, "op/a", net, image)[0] == 201
    spec = compute(image, ports=["op/a/p"])
    assert site.answer("allocate", kind="compute", name="op/b", spec=spec)[0] == 201
    assert site.found("port", "op/a/p")["spec"]["compute"] == "op/a"
    for name in ("op/a", "op/b"):
        assert site.answer("terminate", kind="compute", name=name)[0] == 204
    assert site.answer("allocate", kind="compute", name="op/c", spec=spec)[0] == 201
    assert site.found("port", "op/a/p")["spec"]["compute"] == "op/c"


def test_a_port_that_is_moved_is_asked_of_the_agent_before_it_is_answered(site: Any) -> None:
    agent = site.host("host-1")
    image = add_image(site)[1]
    _, net = site.answer("allocate", kind="network", name="op/net", spec={"owner": "o"})
    assert with_port(site, "op/a", net, image)[0] == 201
    spec = compute(image)
    assert site.answer("allocate", kind="compute", name="op/b", spec=spec)[0] == 201
    change = {"compute": "op/b"}
    status, port = site.answer("update", kind="port", name="op/a/p", change=change)
    assert (status, port["state"]) == (200, "ACTIVE")
    computes = {item["name"]: item["ports"] for item in agent.got[-1]["computes"]}
    assert computes["op/a"] == [] and [item["name"] for item in computes["op/b"]] == ["op/a/p"]


def test_a_path_through_a_port_that_is_nowhere_waits(site: Any) -> None:
    site.host("host-1")
    _, net = site.answer("allocate", kind="network", name="op/net", spec={"owner": "o"})
    port = {"owner": "o", "network": net["id"], "addresses": ["10.0.0.2/24"], "compute": "op/a"}
    assert site.answer("allocate", kind="port", name="op/a/p", spec=port)[0] == 201
    spec = {"owner": "o", "match": [], "hops": [{"from": ["op/a/p"], "to": ["op/a/p"]}]}
    status, problem = site.answer("allocate", kind="path", name="op/path", spec=spec)
    assert status == 503 and "nowhere yet" in problem["detail"]


def test_an_error_is_answered_with_the_agents_reason_and_tried_anew(site: Any) -> None:
    agent = site.host("host-1")
    agent.says["op/a"] = {
        "kind": "compute",
        "state": "ERROR",
        "why": "no program run",
        "log": ["sh: not found"],
    }
    image = add_image(site)[1]
    status, problem = site.answer("allocate", kind="compute", name="op/a", spec=compute(image))
    assert status == 500 and problem["detail"] == "host host-1: no program run\nsh: not found"
    agent.says.clear()
    assert site.answer("allocate", kind="compute", name="op/a", spec=compute(image))[0] == 201
    assert site.zone("host-1")["used"]["vcpus"] == 1


def test_what_becomes_of_an_active_resource_is_told_by_query(site: Any, eventually: Until) -> None:
    agent = site.host("host-1")
    image = add_image(site)[1]
    assert site.answer("allocate", kind="compute", name="op/a", spec=compute(image))[0] == 201
    for said, state in (
        ({"kind": "compute", "state": "ERROR", "why": "it ends again and again"}, "ERROR"),
        ({"kind": "compute", "state": "BUILDING", "why": "restarts"}, "BUILDING"),
        ({"kind": "compute", "state": "ACTIVE"}, "ACTIVE"),
    ):
        agent.says["op/a"] = said
        agent.report()
        eventually(lambda state=state: site.found("compute", "op/a")["state"] == state)


def test_a_termination_ends_when_the_kernel_has_nothing_left(site: Any, eventually: Until) -> None:
    agent = site.host("host-1")
    image = add_image(site)[1]
    _, made = site.answer("allocate", kind="compute", name="op/a", spec=compute(image))
    agent.lingers[made["id"]] = "compute"
    key = site.ask("terminate", kind="compute", name="op/a")
    eventually(lambda: agent.got[-1]["computes"] == [])
    assert site.found("compute", "op/a")["state"] == "TERMINATING" and key not in site.answers
    assert site.zone("host-1")["used"]["memoryMiB"] == 64
    agent.lingers.clear()
    agent.report()
    assert site.answered(key)[0] == 204
    assert site.zone("host-1")["used"]["memoryMiB"] == 0


def test_a_removal_that_is_refused_is_answered_with_the_agents_words_and_ends_when_asked_again(
    site: Any, eventually: Until
) -> None:
    agent = site.host("host-1")
    image = add_image(site)[1]
    _, made = site.answer("allocate", kind="compute", name="op/a", spec=compute(image))
    agent.lingers[made["id"]] = "compute"
    agent.refusal = "is being removed: could not remove control group x: Device or resource busy"
    status, problem = site.answer("terminate", kind="compute", name="op/a")
    assert status == 504 and "Device or resource busy" in problem["detail"]
    assert "host-1 has not removed compute op/a" in problem["detail"]
    eventually(lambda: agent.got[-1]["computes"] == [])
    key = site.ask("terminate", kind="compute", name="op/a")
    agent.lingers.clear()
    agent.report()
    assert site.answered(key)[0] == 204


def test_of_a_silent_host_it_is_unknown_what_is_on_it_and_said_since_when(
    site: Any, eventually: Until
) -> None:
    agent = site.host("host-1")
    image = add_image(site)[1]
    site.answer("allocate", kind="compute", name="op/a", spec=compute(image))
    agent.report()
    found = site.found("compute", "op/a")
    assert found["state"] == "ACTIVE" and found["observedAt"].endswith("Z")
    agent.silent = True
    eventually(lambda: site.found("compute", "op/a")["state"] == "UNKNOWN")
    last = site.found("compute", "op/a")["observedAt"]
    assert last >= found["observedAt"]
    status, problem = site.answer("terminate", kind="compute", name="op/a")
    assert status == 504 and "UNREACHABLE" in problem["detail"] and last in problem["detail"]
    agent.silent = False
    agent.report()
    eventually(lambda: site.answer("query", kind="compute", filter={"name": "op/a"})[1] == [])


def test_only_what_can_be_changed_is_updated(site: Any) -> None:
    agent = site.host("host-1")
    image = add_image(site)[1]
    site.answer("allocate", kind="compute", name="op/a", spec=compute(image))
    status, problem = site.answer("update", kind="compute", name="op/a", change={"vcpus": 4})
    assert status == 409 and "userData" in problem["detail"]
    status, changed = site.answer(
        "update", kind="compute", name="op/a", change={"userData": {"b": 2}}
    )
    assert (status, changed["state"]) == (200, "ACTIVE")  # answered when the agent has done it
    assert agent.got[-1]["computes"][0]["userData"] == {"b": 2}


def test_storage_is_room_that_is_taken(site: Any) -> None:
    agent = site.host("host-1")
    agent.facts = {**agent.facts, "storageMiB": 100}
    agent.report()
    for name, status in (("op/a", 201), ("op/b", 507)):
        assert (
            site.answer(
                "allocate", kind="storage", name=name, spec={"owner": "o", "storageMiB": 60}
            )[0]
            == status
        )
    assert site.answer("terminate", kind="storage", name="op/a")[0] == 204
    assert site.zone("host-1")["used"]["storageMiB"] == 0


def test_without_any_host_the_refusal_says_so(site: Any) -> None:
    status, problem = site.answer(
        "allocate", kind="storage", name="op/a", spec={"owner": "o", "storageMiB": 1}
    )
    assert status == 507 and "has no host yet" in problem["detail"]


def test_a_service_that_comes_back_answers_what_was_asked_before(
    site: Any, restarted: Callable[[Any], Any], eventually: Until
) -> None:
    agent = site.host("host-1")
    agent.silent = True
    key = site.ask("allocate", kind="network", name="op/net", spec={"owner": "o", "zone": "host-1"})
    eventually(lambda: site.answer("query", kind="network", filter={"name": "op/net"})[1])
    assert site.found("network", "op/net")["state"] == "BUILDING" and key not in site.answers
    other = restarted(site)
    scripted_agent.ScriptedAgent(other.carrier, "host-1").hello()
    status, network = other.answered(key)
    assert (status, network["state"]) == (201, "ACTIVE")
