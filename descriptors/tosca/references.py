# SPDX-License-Identifier: Apache-2.0
"""Checks of our own on what names refer to, with file, line and column; tosca-parser lets most of
these pass."""

from __future__ import annotations

from typing import Any

from descriptors.findings import Findings
from descriptors.hints import closest
from descriptors.leaves import Tree, mapping, sequence, text
from descriptors.tosca import vocabulary
from descriptors.tosca.flavours import BASES
from descriptors.tosca.topology import Node, Topology

FEATURE = "tosca.capabilities.Node"  # what every node is capable of
RANGE = [1, 1]  # of a requirement that states none (Simple Profile 1.3, 3.7.3)


def check(topology: Topology, findings: Findings) -> None:
    """Types, requirements, substitution mappings, policies and groups of one topology."""
    checks = _References(topology, findings)
    for node in topology.nodes.values():
        checks.node(node)
    checks.substitution()
    checks.policies()
    checks.groups()


class _References:
    def __init__(self, topology: Topology, findings: Findings) -> None:
        self.topology, self.types, self.unit = topology, topology.types, topology.unit
        self._findings = findings
        self._exposed = {tuple(target[:2]) for target in topology.mappings().values()}

    def node(self, node: Node) -> None:
        if not node.type:
            self._error(
                "tosca-no-type",
                f"{node.name} has no type",
                "give it one",
                ["node_templates", node.name],
            )
            return
        if not self._defined("node_types", node.type):
            self._error(
                "tosca-unknown-type",
                f"{node.name}: the type {node.type} is not defined",
                closest(node.type, self.types.sections["node_types"]),
                ["node_templates", node.name, "type"],
            )
            return
        if self.types.is_broken("node_types", node.type):
            return  # its parent is the finding; what it has from there cannot be told
        requirements = self.types.merged("node_types", node.type, "requirements")
        for index, (name, target, requirement) in enumerate(node.requirements):
            self._requirement(node, index, name, target, requirement, requirements)
        self._occurrences(node, requirements)

    def _requirement(
        self,
        node: Node,
        index: int,
        name: str,
        target: str,
        requirement: object,
        requirements: Tree,
    ) -> None:
        place = ["node_templates", node.name, "requirements", index]
        if name not in requirements and name != "dependency":
            self._error(
                "tosca-unknown-requirement",
                f"{node.name}: {node.type} has no requirement {name!r}",
                closest(name, requirements),
                place,
            )
        if not target and not mapping(requirement).get("node_filter"):
            self._error(
                "tosca-missing-requirement",
                f"{node.name}: the requirement {name} names no node",
                f"write `- {name}: <node>`",
                place,
            )
        if not target or target in self.types.sections["node_types"]:
            return
        if target not in self.topology.nodes:
            self._error(
                "tosca-unknown-node",
                f"{node.name}: the requirement {name} names {target!r}, which is no node here",
                closest(target, self.topology.nodes),
                place,
            )
        elif name in requirements and (
            why := self._unfit(requirements[name], self.topology.nodes[target], requirement)
        ):
            self._error(
                "tosca-requirement-target",
                f"{node.name}: the requirement {name} leads to {target}, {why}",
                "name a node that can",
                place,
            )

    def _unfit(self, definition: object, target: Node, requirement: object) -> str:
        """Why the target cannot meet the requirement, "" if it can or if that cannot be told."""
        definition = (
            {"capability": definition} if isinstance(definition, str) else mapping(definition)
        )
        base, capability = text(definition.get("node")), text(definition.get("capability"))
        if (
            base
            and not self.types.is_a("node_types", target.type, base)
            and self._defined("node_types", target.type)
        ):
            return f"a {target.type}, not a {base}"
        capabilities = self.types.merged("node_types", target.type, "capabilities")
        kinds = {
            name: item if isinstance(item, str) else text(mapping(item).get("type"))
            for name, item in capabilities.items()
        }
        chosen = text(mapping(requirement).get("capability"))
        if (
            capability not in self.types.sections["capability_types"]
            or capability == FEATURE
            or not kinds
        ):
            return ""
        if any(
            self.types.is_a("capability_types", kind, capability)
            for name, kind in kinds.items()
            if not chosen or chosen in (name, kind)
        ):
            return ""
        return f"a {target.type}, which has no {capability}" + (
            f" called {chosen}" if chosen in kinds else ""
        )

    def _occurrences(self, node: Node, requirements: Tree) -> None:
        """A VNF, PNF or NS is linked by whoever uses it, hence its requirements may be open
        here."""
        if any(self.types.is_a("node_types", node.type, base) for base in BASES.values()):
            return
        for name, definition in requirements.items():
            low, high = [*sequence(mapping(definition).get("occurrences")), *RANGE][:2]
            count = sum(key == name for key, _, _ in node.requirements)
            place = ["node_templates", node.name]
            if not isinstance(low, int):
                continue
            is_open = count < low and (node.name, name) not in self._exposed
            if is_open and self._is_of_pnf(node, name):
                self._by_profile(
                    "pnfd-open-cp",
                    f"{node.name}: the requirement {name} is not met; the NS links it",
                    f"expose it by substitution_mappings: `{name}: [ {node.name}, {name} ]`",
                    place,
                )
            elif is_open:
                self._error(
                    "tosca-missing-requirement",
                    f"{node.name}: the requirement {name} is not met",
                    f"add `- {name}: <node>`, or expose it by substitution_mappings",
                    place,
                )
            elif isinstance(high, int) and count > high:
                self._error(
                    "tosca-occurrences",
                    f"{node.name}: the requirement {name} is there {count} times, at most "
                    f"{high} are allowed",
                    "remove some",
                    [*place, "requirements"],
                )

    def _is_of_pnf(self, node: Node, requirement: str) -> bool:
        is_cp = self.types.is_a("node_types", node.type, "tosca.nodes.nfv.PnfExtCp")
        return is_cp and requirement == "external_virtual_link"

    def substitution(self) -> None:
        kind, place = text(self.topology.substitution.get("node_type")), ["substitution_mappings"]
        if self.topology.substitution and not self._defined("node_types", kind):
            self._error(
                "tosca-unknown-type",
                f"substitution_mappings: the type {kind or None} is not defined",
                closest(kind, self.types.sections["node_types"]),
                [*place, "node_type"],
            )
            return
        for key in ("requirements", "capabilities"):
            names = self.types.merged("node_types", kind, key)
            for name, target in self.topology.mappings(key).items():
                self._mapping(key, name, target, names, [*place, key, name])

    def _mapping(
        self, key: str, name: str, target: list[str], names: Tree, place: list[Any]
    ) -> None:
        word = key[:-1] if key == "requirements" else "capability"
        node = self.topology.nodes.get(target[0])
        if name not in names:
            self._undeclared(key, name, target, names, place)
        if node is None:
            self._error(
                "substitution-unknown-node",
                f"substitution_mappings: {name} leads to {target[0]!r}, which is no node here",
                closest(target[0], self.topology.nodes),
                place,
            )
        elif len(target) > 1 and self._defined("node_types", node.type):
            members = {
                **self.types.merged("node_types", node.type, key),
                **({"feature": {}} if key == "capabilities" else {}),
            }
            if target[1] not in members:
                self._error(
                    "substitution-unknown-name",
                    f"substitution_mappings: {name} leads to {target[0]}, which has no "
                    f"{word} {target[1]!r}",
                    closest(target[1], members),
                    place,
                )

    def _undeclared(
        self, key: str, name: str, target: list[str], names: Tree, place: list[Any]
    ) -> None:
        """A name that the node type lacks is certain where its target is, and no other is meant."""
        node = self.topology.nodes.get(target[0])
        word = key[:-1] if key == "requirements" else "capability"
        free = set(names) - set(self.topology.mappings(key))
        may_be_another = closest(name, free).startswith("did you mean")
        is_there = (
            node is not None
            and len(target) == 2
            and target[1] in self.types.merged("node_types", node.type, key)
        )
        message = f"substitution_mappings: the node type has no {word} {name!r}"
        if is_there and not may_be_another:
            message += f"; {target[0]} is exposed by it all the same"
            hint = f"declare {name} in the node type"
            self._by_profile("substitution-undeclared-name", message, hint, place)
        else:
            self._error("substitution-unknown-name", message, closest(name, names), place)

    def policies(self) -> None:
        for policy in self.topology.policies:
            place = ["policies", policy.index, policy.name]
            if not self._defined("policy_types", policy.type):
                self._error(
                    "tosca-unknown-policy-type",
                    f"policy {policy.name}: the type {policy.type or None} is not defined",
                    closest(policy.type, self.types.sections["policy_types"]),
                    [*place, "type"],
                )
                continue
            allowed = self._of_lineage("policy_types", policy.type, "targets")
            for index, target in enumerate(policy.targets):
                self._member(
                    f"policy {policy.name}: the target",
                    target,
                    allowed,
                    "tosca-policy-target",
                    [*place, "targets", index],
                )

    def groups(self) -> None:
        for name, group in self.topology.groups.items():
            kind, place = text(group.get("type")), ["groups", name]
            if not self._defined("group_types", kind):
                self._error(
                    "tosca-unknown-group-type",
                    f"group {name}: the type {kind or None} is not defined",
                    closest(kind, self.types.sections["group_types"]),
                    [*place, "type"],
                )
                continue
            allowed = self._of_lineage("group_types", kind, "members")
            for index, member in enumerate(sequence(group.get("members"))):
                self._member(
                    f"group {name}: the member",
                    text(member),
                    allowed,
                    "tosca-group-member",
                    [*place, "members", index],
                )

    def _member(
        self, label: str, name: str, allowed: list[str], rule: str, place: list[Any]
    ) -> None:
        nodes, groups = self.topology.nodes, self.topology.groups
        if name in nodes:
            section, kind = "node_types", nodes[name].type
        elif name in groups:
            section, kind = "group_types", text(groups[name].get("type"))
        else:
            self._error(
                "tosca-unknown-node",
                f"{label} {name!r} is no node or group here",
                closest(name, [*nodes, *groups]),
                place,
            )
            return
        if (
            allowed
            and self._defined(section, kind)
            and not any(self.types.is_a(section, kind, base) for base in allowed)
        ):
            self._error(
                rule, f"{label} {name} is a {kind}", "allowed: " + ", ".join(allowed), place
            )

    def _of_lineage(self, section: str, kind: str, key: str) -> list[str]:
        """`targets` or `members` of the nearest type that states them."""
        values = (
            self.types.sections[section].get(name, {}).get(key)
            for name in self.types.lineage(section, kind)
        )
        return next(([text(item) for item in sequence(value)] for value in values if value), [])

    def _defined(self, section: str, name: str) -> bool:
        return name in self.types.sections[section] or name in vocabulary.OWN[section]

    def _error(self, rule: str, message: str, hint: str, place: list[Any]) -> None:
        self._findings.error(
            rule, self.unit.path, message, hint, self.unit.at("topology_template", *place)
        )

    def _by_profile(self, rule: str, message: str, hint: str, place: list[Any]) -> None:
        at = self.unit.at("topology_template", *place)
        self._findings.by_profile(rule, self.unit.path, message, hint, at)
