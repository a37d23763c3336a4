# SPDX-License-Identifier: Apache-2.0
"""Policies of a topology template, and findings at places in them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from descriptors.findings import Findings
from descriptors.leaves import Tree, mapping, sequence, text
from descriptors.tosca.functions import Functions
from descriptors.tosca.imports import Unit
from descriptors.tosca.typesystem import Types


@dataclass
class Policy:
    """A policy; `targets` are names of nodes or groups."""

    name: str
    type: str
    properties: Tree
    targets: list[str]
    index: int
    unit: Unit
    triggers: Tree = field(default_factory=dict)


def read(value: object, unit: Unit, types: Types, functions: Functions) -> Iterator[Policy]:
    """The policies: a list of maps, or one map."""
    if isinstance(value, dict):
        value = [{name: item} for name, item in value.items()]
    for index, entry in enumerate(sequence(value)):
        for name, raw in mapping(entry).items():
            yield _policy(str(name), mapping(raw), index, unit, types, functions)


def _policy(
    name: str, raw: Tree, index: int, unit: Unit, types: Types, functions: Functions
) -> Policy:
    kind = text(raw.get("type"))
    properties = mapping(functions.resolve("", mapping(raw.get("properties"))))
    return Policy(
        name,
        kind,
        types.with_defaults("policy_types", kind, properties),
        [text(target) for target in sequence(raw.get("targets"))],
        index,
        unit,
        mapping(raw.get("triggers")),
    )


def report(
    policy: Policy, findings: Findings, rule: str, message: str, hint: str, *path: object
) -> None:
    """An error at a place in a policy's properties."""
    words = f"policy {policy.name}: {message}"
    findings.error(rule, policy.unit.path, words, hint, _place(policy, path))


def warn(
    policy: Policy, findings: Findings, rule: str, message: str, hint: str, *path: object
) -> None:
    """A warning at a place in a policy's properties."""
    words = f"policy {policy.name}: {message}"
    findings.warning(rule, policy.unit.path, words, hint, _place(policy, path))


def _place(policy: Policy, path: tuple[object, ...]) -> tuple[int, int]:
    """Line and column of a place in a policy's properties."""
    top = ("topology_template", "policies", policy.index, policy.name, "properties")
    return policy.unit.at(*top, *path)
