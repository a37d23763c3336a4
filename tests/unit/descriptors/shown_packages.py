# SPDX-License-Identifier: Apache-2.0
"""Packages to show, and what tables, trees and pictures say of them."""

from __future__ import annotations

import dataclasses
import io
import re
import shutil
from functools import cache
from html import unescape
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from rich.console import Console

import descriptors
from descriptors import building, model
from descriptors.commands import (
    cli,
    targets,
    trees,
)
from descriptors.package import Package

SAMPLES = Path(descriptors.__file__).parent


FOLDERS = [folder.relative_to(SAMPLES).as_posix() for folder in targets.samples()]


needs_dot = pytest.mark.skipif(
    shutil.which("dot") is None, reason="needs the program dot (graphviz)"
)


HUNGRY = model.VnfDf(
    "big",
    default_level="two",
    vdus={
        "fast": model.Vdu(
            "fast",
            "fast",
            vcpus=4,
            memory=2048,
            local_storage=[10],
            storages=["disk"],
            cpds=["a", "b"],
            maximum=2,
            requirements={
                "virtual_cpu_pinning": {"virtual_cpu_pinning_policy": "static"},
                "numa_enabled": True,
                "huge_pages_requirements": [{"hugepage_size": "2 MiB", "requested_size": "1 GiB"}],
            },
        )
    },
    cpds={"a": model.Cpd("a", "fast", vnic_type="direct"), "b": model.Cpd("b", "fast", "inner")},
    ext_cpds={
        "a": model.ExtCpd("a", "a"),
        "exposed": model.ExtCpd("exposed", virtual_link="inner"),
    },
    virtual_links={"inner": model.Vld("inner", cidr="10.0.0.0/24")},
    storages={"disk": model.Storage("disk", size=100)},
    levels={
        "one": model.InstantiationLevel("one", "", {"fast": 1}),
        "two": model.InstantiationLevel("two", "", {"fast": 2}),
    },
)


VNFD = model.Vnfd(
    "id",
    "me & co",
    "<Big>",
    "1",
    "1",
    flavours={
        "big": HUNGRY,
        "small": dataclasses.replace(HUNGRY, id="small", default_level=None, levels={}),
    },
    default_flavour="big",
)


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(cli.group, [str(argument) for argument in arguments])


@cache
def read(folder: str) -> Package:
    return building.read(SAMPLES / folder)


def words(svg: str) -> set[str]:
    """All texts of a picture."""
    return {
        unescape(text).replace("\xa0", " ")
        for text in re.findall(r"<text[^>]*>([^<]*)</text>", svg)
    }


def names(package: Package) -> set[str]:
    """What a picture of the package must show."""
    item = package.descriptor
    names: set[str] = set()
    if isinstance(item, model.Vnfd):
        for df in item.flavours.values():
            names |= {*df.cpds, *df.virtual_links, *df.ext_cpds}
    elif isinstance(item, model.Nsd):
        df = item.flavours[item.default_flavour]
        profiles = [*df.vnf_profiles.values(), *df.pnf_profiles.values(), *df.ns_profiles.values()]
        names = {
            *df.virtual_links,
            *df.sapds,
            *(profile.id for profile in profiles),
            *(cp for item in profiles for cp in item.links),
        }
    return names


def shown_tree(package: Package) -> str:
    console = Console(width=200, record=True, file=io.StringIO())
    console.print(trees.tree(package))
    return console.export_text()


def chain(length: int, paths: int = 1) -> model.Nsd:
    """A service of VNFs one after the other: each with a CP that an internal link holds as well,
    and one at management."""
    links = {f"link-{number}": model.Vld(f"link-{number}") for number in range(length + 1)}
    profiles = {
        f"vnf-{number}": model.VnfProfile(
            f"vnf-{number}",
            "inner-out",
            "df",
            links={"both": f"link-{number}", "out": f"link-{number + 1}", "ops": "control"},
        )
        for number in range(length)
    }
    positions = [
        model.NfpPosition([cps])
        for cps in (
            [model.CpRef("sap")],
            *([model.CpRef("both", name), model.CpRef("out", name)] for name in profiles),
        )
    ]
    graph = model.Vnffgd(
        "graph",
        {f"path-{number}": model.Nfpd(f"path-{number}", positions) for number in range(paths)},
    )
    df = model.NsDf(
        "df",
        vnf_profiles=profiles,
        sapds={"sap": model.Sapd("sap", "link-0")},
        vnffgds={"graph": graph},
        virtual_links={
            **links,
            "control": model.Vld("control", cidr="10.9.0.0/24", management=True),
        },
        affinity=[model.AffinityRule("apart", "anti-affinity", "nfvi_node", ["vnf-0", "vnf-1"])],
        security_groups=[
            model.SecurityGroupRule("web-only", port_min=80, port_max=80, targets=["sap"])
        ],
        aspects={
            "more": model.NsScalingAspect(
                "more",
                levels=[
                    model.NsLevel("0", vnfs={"vnf-0": 1}),
                    model.NsLevel("1", vnfs={"vnf-0": 3}),
                ],
            )
        },
    )
    return model.Nsd("ns", "me", "1", "chain", flavours={"df": df}, default_flavour="df")


INNER_OUT = model.Vnfd(
    "inner-out",
    "me",
    "Inner",
    "1",
    "1",
    default_flavour="df",
    flavours={
        "df": model.VnfDf(
            "df",
            vdus={
                "a": model.Vdu("a", "a", cpds=["both", "ops"]),
                "b": model.Vdu("b", "b", cpds=["b-inner", "out"]),
            },
            cpds={
                "both": model.Cpd("both", "a", "inner", vnic_type="direct"),
                "ops": model.Cpd("ops", "a"),
                "b-inner": model.Cpd("b-inner", "b", "inner"),
                "out": model.Cpd("out", "b"),
            },
            ext_cpds={name: model.ExtCpd(name, name) for name in ("both", "ops", "out")},
            virtual_links={"inner": model.Vld("inner")},
        )
    },
)
