# SPDX-License-Identifier: Apache-2.0
"""The one place that knows tosca-parser: checks the TOSCA grammar of every flavour.

It gets one template without imports: our merged types and one topology. So it reads no files, opens
no addresses and cannot run into cycles; and because it changes what it is given, it gets a copy.
Some things that the official types say and tosca-parser 2.15 refuses are put into words it
understands first. It is slow to import and not thread-safe: hence the late import and the lock."""

from __future__ import annotations

import logging
import marshal
import re
import threading
from collections.abc import Iterator
from typing import Any

from descriptors.findings import Findings, words
from descriptors.leaves import Tree, mapping, sequence, text
from descriptors.tosca.flavours import Design
from descriptors.tosca.imports import Unit
from descriptors.tosca.topology import Topology
from descriptors.tosca.typesystem import Types
from descriptors.tosca.values import OPTIONAL_NAMES, is_function, optional
from descriptors.tosca.vocabulary import PRIMITIVES, SECTIONS

VERSION = "tosca_simple_yaml_1_3"
_KEYS = ("inputs", "node_templates", "relationship_templates", "policies", "groups", "outputs")
Body = Tree
_QUOTED = re.compile(r'"([^"\n]{1,100})"')
_LOCK = threading.Lock()


def check(units: list[Unit], types: Types, design: Design, findings: Findings) -> None:
    """Adds what tosca-parser refuses, in its own words, at the place it seems to mean."""
    definitions = {
        section: types.sections[section] for section in SECTIONS if types.sections[section]
    }
    for topology in design.topologies(units[-1], types):
        unit = topology.unit
        raw = mapping(unit.document.get("topology_template"))
        template = _copy(
            {
                **definitions,
                "tosca_definitions_version": VERSION,
                "topology_template": {key: raw[key] for key in _KEYS if raw.get(key)},
            }
        )
        _adapt(template, types)
        _simplify(template["topology_template"], topology)
        if any(finding.rule == "tosca-number-for-string" for finding in findings):
            _write_texts(template, types)
        for message in _parse(template):
            findings.error("tosca-grammar", unit.path, message, "", _place(unit, message))


def warm() -> None:
    """Imports the parser, so that the first package does not wait for it."""
    import toscaparser.tosca_template  # type: ignore[import-untyped]  # noqa: F401

    logging.getLogger("tosca").setLevel(logging.CRITICAL)  # it also logs what it raises


def _parse(template: Tree) -> list[str]:
    warm()
    from toscaparser.common import exception  # type: ignore[import-untyped]
    from toscaparser.tosca_template import ToscaTemplate

    with _LOCK:
        try:
            ToscaTemplate(yaml_dict_tpl=template)
            return []
        except exception.ValidationError:
            return [words(error) for error in exception.ExceptionCollector.exceptions]
        except RecursionError:
            return ["is nested too deep for tosca-parser"]
        except Exception as error:  # KeyError, TypeError, … : tosca-parser stumbled over the input
            return [
                *map(words, exception.ExceptionCollector.exceptions),
                f"tosca-parser cannot read this: a value of it is of a kind that its type or "
                f"constraint does not expect ({type(error).__name__}: {words(error)})",
            ]
        finally:
            exception.ExceptionCollector.stop()


def _copy(value: Any) -> Any:
    """A deep copy; format 2 writes shared parts out, so that no alias joins what should be
    apart."""
    return marshal.loads(marshal.dumps(value, 2))


def _adapt(template: Tree, types: Types) -> None:
    # `templates` checks interfaces; tosca-parser knows no inherited operations.
    template.pop("interface_types", None)
    for name, definition in mapping(template.get("data_types")).items():
        _flatten(definition, str(name), types)
    for section in (
        "data_types",
        "node_types",
        "capability_types",
        "policy_types",
        "group_types",
        "artifact_types",
    ):
        for name, definition in mapping(template.get(section)).items():
            for item, schema in mapping(definition.get("properties")).items():
                if isinstance(schema, dict):
                    _adapt_property(
                        str(item), schema, types.properties(section, name).get(item, {})
                    )
    for definition in mapping(template.get("node_types")).values():
        mapping(definition).pop("interfaces", None)
        _relax_occurrences(mapping(definition))


def _simplify(template: Tree, topology: Topology) -> None:
    """Functions that are answered already, and triggers: tosca-parser knows neither all forms of
    the one nor of the other.

    It knows no inputs of data types, and trips over a function inside of a value: there the
    function stands for the whole value, which it then leaves alone."""
    for name, node in mapping(template.get("node_templates")).items():
        mapping(node).pop("interfaces", None)
        capabilities = mapping(mapping(node).get("capabilities")).values()
        for holder in (node, *capabilities):
            properties = mapping(mapping(holder).get("properties"))
            for item, value in properties.items():
                resolved = topology.functions.resolve(str(name), value)
                properties[item] = _copy(_unanswered(resolved) or resolved)
    for entry in sequence(template.get("policies")):
        for policy in mapping(entry).values():
            mapping(policy).pop("triggers", None)
    for definition in mapping(template.get("inputs")).values():
        if (
            isinstance(definition, dict)
            and definition.get("type") in topology.types.sections["data_types"]
        ):
            definition.clear()
            definition["type"] = "map"


def _write_texts(template: Body, types: Types) -> None:
    """Numbers that stand where a text belongs were taken as such; tosca-parser takes none."""
    for holder, key, definition in _assigned(template, types):
        holder[key] = _with_texts(definition, holder[key], types)


def _assigned(template: Body, types: Types) -> Iterator[tuple[Body, str, Body]]:
    """Every value of a property: what holds it, by which key, and the property's definition."""
    for section in SECTIONS:
        for name, definition in mapping(template.get(section)).items():
            known = types.properties(section, str(name))
            for item, schema in mapping(mapping(definition).get("properties")).items():
                if "default" in mapping(schema):
                    yield schema, "default", known.get(item, {})
    topology = mapping(template.get("topology_template"))
    for schema in mapping(topology.get("inputs")).values():
        if "default" in mapping(schema):
            yield schema, "default", schema
    for node in mapping(topology.get("node_templates")).values():
        yield from _assigned_of_capabilities(mapping(node), types)
    for section, instances in (
        ("node_types", mapping(topology.get("node_templates")).values()),
        ("group_types", mapping(topology.get("groups")).values()),
        ("policy_types", _policies(topology)),
    ):
        for instance in map(mapping, instances):
            known = types.properties(section, text(instance.get("type")))
            values = mapping(instance.get("properties"))
            yield from ((values, name, known.get(name, {})) for name in list(values))


def _assigned_of_capabilities(node: Body, types: Types) -> Iterator[tuple[Body, str, Body]]:
    definitions = types.merged("node_types", text(node.get("type")), "capabilities")
    for name, capability in mapping(node.get("capabilities")).items():
        definition = definitions.get(name)
        kind = definition if isinstance(definition, str) else mapping(definition).get("type")
        known = types.properties("capability_types", text(kind))
        values = mapping(mapping(capability).get("properties"))
        yield from ((values, item, known.get(item, {})) for item in list(values))


def _policies(topology: Body) -> list[Any]:
    return [
        policy for entry in sequence(topology.get("policies")) for policy in mapping(entry).values()
    ]


def _with_texts(definition: Tree, value: object, types: Types) -> Any:
    kind = definition.get("type")
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        is_text = isinstance(kind, str) and "string" in types.lineage("data_types", kind)
        return str(value) if is_text else value
    entry = definition.get("entry_schema")
    inner = {"type": entry} if isinstance(entry, str) else mapping(entry)
    if isinstance(value, list) and kind == "list":
        return [_with_texts(inner, item, types) for item in value]
    if isinstance(value, dict) and not is_function(value):
        known = types.properties("data_types", kind) if isinstance(kind, str) else {}
        return {
            name: _with_texts(inner if kind == "map" else mapping(known.get(name)), item, types)
            for name, item in value.items()
        }
    return value


def _unanswered(value: object) -> Any:
    """The first function in a value that has no answer yet, None if there is none."""
    if is_function(value):
        return value
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return next((function for item in inner if (function := _unanswered(item)) is not None), None)


def _flatten(definition: Tree, name: str, types: Types) -> None:
    """What a data type inherits stands in it: tosca-parser looks for a refined property's type in
    the wrong place."""
    lineage = types.lineage("data_types", name)
    if properties := types.properties("data_types", name):
        definition["properties"] = _copy(properties)
    if len(lineage) > 1 and lineage[-1] not in PRIMITIVES:
        definition.pop("derived_from", None)


def _adapt_property(name: str, schema: Tree, inherited: Tree) -> None:
    """A refinement names its type; a default makes it not required; no status, no bounds on
    scalar-units and ranges. What may be absent by a profile is not required."""
    for key in ("type", "entry_schema", "key_schema", "required"):
        if key in inherited:
            schema.setdefault(key, _copy(inherited[key]))
    if "default" in schema or (name.endswith(OPTIONAL_NAMES) and optional(name, schema)):
        schema["required"] = False
    schema.pop("status", None)
    if str(schema.get("type")).startswith(("scalar-unit", "range")):
        schema.pop("constraints", None)
    if schema.get("type") in ("list", "map"):  # it would test each member (SP 3.6.3: the value)
        constraints = sequence(schema.pop("constraints", None))
        if others := [item for item in constraints if "valid_values" not in mapping(item)]:
            schema["constraints"] = others


def _relax_occurrences(definition: Tree) -> None:
    """Requirements may be absent: a VNF is linked by its NS, others are exposed. `references` knows
    which must be met."""
    for entry in sequence(definition.get("requirements")):
        for name, requirement in mapping(entry).items():
            if isinstance(requirement, str):
                requirement = entry[name] = {"capability": requirement}
            if isinstance(requirement, dict):
                upper = (sequence(requirement.get("occurrences")) or [0, "UNBOUNDED"])[-1]
                requirement["occurrences"] = [0, upper]


def _place(unit: Unit, message: str) -> tuple[int, int]:
    """The node or policy that a message names, else the top of the topology."""
    nodes = mapping(mapping(unit.document.get("topology_template")).get("node_templates"))
    for name in _QUOTED.findall(message):
        if name in nodes:
            return unit.at("topology_template", "node_templates", name)
    for name in _QUOTED.findall(message):
        for node, template in nodes.items():
            if name in mapping(mapping(template).get("properties")):
                return unit.at("topology_template", "node_templates", node, "properties", name)
    return unit.at("topology_template")
