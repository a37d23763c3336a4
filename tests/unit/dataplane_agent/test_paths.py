# SPDX-License-Identifier: Apache-2.0
"""Forwarding paths on the real kernel: counted traffic passes each hop in order, whatever the
sender believes."""

import os
import shutil
import subprocess
import sys

import pytest
from vim_side import IDLE, Document, Vim, compute, needs, network, port

SERVE = "#!/bin/sh\ncd $HOME; echo $MANO_COMPUTE > index.html\nexec python3 -m http.server 80\n"
ROUTE = "#!/bin/sh\necho 1 > /proc/sys/net/ipv4/ip_forward\nexec sleep 1000\n"
GET = (
    "import sys,urllib.request as u,time\n"
    "for n in range(60):\n"
    "  try:\n"
    "    with u.urlopen('http://10.77.2.4:' + sys.argv[1], timeout=1) as answer:\n"
    "      print(answer.read().decode().strip())\n"
    "    break\n"
    "  except OSError: time.sleep(0.05)\n"
)


def chain(vim: Vim, **path: object) -> Document:
    """Client - router - web. The client's route leads to the idle port `stray`, so only the path
    gets it there."""
    client = port("sap", "n1", 2, routes=[{"to": "10.77.2.0/24", "via": "10.77.1.9"}])
    outside, inside = port("out", "n1", 3, "outside"), port("in", "n2", 3, "inside", net=2)
    back = [{"to": "10.77.1.0/24", "via": "10.77.2.3"}]
    server = port("http", "n2", 4, "http", net=2, routes=back)
    way: Document = {
        "id": "p1",
        "name": "web",
        "match": [{"protocol": "tcp", "destinationPort": [80, 80]}],
        "hops": [
            {"from": ["id-sap"], "to": ["id-out"]},
            {"from": ["id-in"], "to": ["id-http"]},
        ],
        **path,
    }
    return {
        "networks": [network("n1"), network("n2")],
        "images": [vim.image(SERVE, "serve"), vim.image(ROUTE, "route"), vim.image(IDLE, "idle")],
        "ports": [client],
        "computes": [
            compute("fw", [outside, inside], "route"),
            compute("stray", [port("stray", "n1", 9, "eth")], "idle"),
            compute("web", [server], "serve"),
        ],
        "paths": [way],
    }


def get(vim: Vim, number: int = 80) -> str:
    return vim.command("exec", "id-sap", sys.executable, "-c", GET, str(number)).stdout.strip()


def test_traffic_passes_every_hop_in_order_and_is_counted(vim: Vim) -> None:
    needs("nft_bridge")
    vim.start()
    vim.converged(chain(vim))
    assert get(vim) == "id-web"
    hops = vim.fresh()["resources"]["p1"]["hops"]
    assert len(hops) == 2 and all(h["packets"] >= 4 and h["bytes"] > 200 for h in hops)


def test_a_change_of_one_path_keeps_the_counters_of_the_others(vim: Vim) -> None:
    needs("nft_bridge")
    vim.start()
    document = chain(vim)
    document["paths"].append(
        {
            "id": "p2",
            "match": [{"protocol": "tcp", "destinationPort": [81, 81]}],
            "hops": [{"from": ["id-sap"], "to": ["id-out"]}],
        }
    )
    vim.converged(document)
    get(vim)
    before = vim.fresh()["resources"]["p1"]["hops"]
    document["paths"][1]["match"] = [{"protocol": "udp", "source": "10.77.1.0/24"}]
    assert (
        vim.converged(document)["resources"]["p1"]["hops"]
        == before
        != [{"packets": 0, "bytes": 0}] * 2
    )
    document["paths"].pop(1)
    after = vim.converged(document)
    assert after["resources"]["p1"]["hops"] == before and "p2" not in after["resources"]
    document["paths"][0]["hops"].pop()
    assert vim.converged(document)["resources"]["p1"]["hops"] == before[:1]
    assert (
        set(vim.converged({**document, "paths": []})["resources"]) & {"p1"} == set()
        and not vim.holding().table
    )


def test_a_hop_with_several_ends_leaves_a_choice_already_made(vim: Vim) -> None:
    needs("nft_bridge", "nft_bridge_jhash")
    vim.start()
    document = chain(vim)
    document["computes"].append(compute("web2", [port("http2", "n2", 5, "http", net=2)], "serve"))
    document["paths"][0]["hops"][1]["to"].append("id-http2")
    vim.converged(document)
    assert get(vim) == "id-web"


def test_a_path_that_was_tampered_with_is_repaired(vim: Vim) -> None:
    needs("nft_bridge")
    vim.start()
    vim.converged(chain(vim))
    subprocess.run(["nft", "flush", "table", "bridge", f"m{vim.tag}"], check=True)
    vim.fresh(lambda r: not r["plan"])
    assert get(vim) == "id-web"


def test_a_packet_filter_of_the_host_does_not_drop_bridged_frames(vim: Vim) -> None:
    """On a host (a namespace of its own here, not to harm this one) whose firewall drops what it
    would forward."""
    needs("nft_bridge", "nft_inet")
    if not os.path.exists("/proc/sys/net/bridge/bridge-nf-call-iptables"):
        pytest.skip(
            "br_netfilter: not loaded, so bridged frames never meet the host's packet filter"
        )
    host = f"agent-test-{vim.tag}"
    subprocess.run(["ip", "netns", "add", host], check=True)
    try:
        inside = ["nsenter", f"--net=/run/netns/{host}"]
        subprocess.run(
            [
                *inside,
                "sh",
                "-c",
                "echo 1 > /proc/sys/net/bridge/bridge-nf-call-iptables; nft -f -",
            ],
            text=True,
            check=True,
            input="add table inet f\n"
            "add chain inet f c { type filter hook forward priority 0 ; policy drop ; }\n",
        )
        vim.program, vim.elsewhere = [*inside, *vim.program], True
        vim.start()
        vim.converged(chain(vim))
        assert get(vim) == "id-web"
        read = [*inside, "cat", "/proc/sys/net/bridge/bridge-nf-call-iptables"]
        assert subprocess.check_output(read, text=True) == "0\n"
        vim.kill()
        assert vim.command("sweep", "--delete").returncode == 0
        assert subprocess.check_output(read, text=True) == "1\n"
        vim.elsewhere = False
    finally:
        vim.kill()
        subprocess.run(["ip", "netns", "del", host], check=True)


def test_a_missing_program_is_named_with_its_package_and_what_it_is_for(vim: Vim) -> None:
    os.mkdir(f"{vim.folder}/bin")
    for program in ("ip", "nsenter", "unshare", "sh", "sleep", "mount", "mkdir", "true"):
        os.symlink(str(shutil.which(program)), f"{vim.folder}/bin/{program}")
    vim.environment["PATH"] = f"{vim.folder}/bin"
    vim.start()
    vim.desire(chain(vim))
    report = vim.report(lambda r: r["resources"].get("id-fw", {}).get("state") == "ACTIVE")
    assert report["resources"]["p1"]["state"] == "ERROR"
    assert "program `nft` is missing" in report["resources"]["p1"]["why"]
    assert "apt-get install nftables" in report["resources"]["p1"]["why"]
