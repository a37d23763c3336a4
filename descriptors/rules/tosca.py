# SPDX-License-Identifier: Apache-2.0
"""Rules of YAML and TOSCA."""

from __future__ import annotations

_YAML = (
    ("yaml-syntax", "The file is no YAML, or says what no database could hold.", "YAML 1.2"),
    (
        "yaml-limit",
        "A YAML file exceeds a limit (`yaml`, `documents`, `nodes`, `aliases`, `depth`), "
        "which the finding names.",
        "",
    ),
    ("yaml-alias", "An alias stands for nothing, or for what it is inside of.", "YAML 1.2 3.2.2.2"),
)
_DOCUMENTS = (
    (
        "yaml-ambiguous-key",
        "A key is there twice with different values.",
        "YAML 1.2 3.2.1.3",
    ),
    ("tosca-not-a-template", "The YAML is not a map, hence no service template.", "SP 3.10"),
    ("tosca-version", "tosca_definitions_version is missing or none of 1.0 to 1.3.", "SP 3.1"),
    (
        "tosca-unknown-key",
        "A key that TOSCA does not know and that is like one it knows.",
        "SP 3.10",
    ),
    ("tosca-imports", "An import that names no file.", "SP 3.6.8"),
    ("tosca-import-remote", "An import by address: nothing is ever fetched.", "SP 3.6.8"),
    ("tosca-import-file", "An import of a file of this machine by `file:`.", "SP 3.6.8"),
    ("tosca-import-path", "An import that leads out of the package.", "SP 3.6.8"),
    ("tosca-import-missing", "An import of a file that is not in the package.", "SP 3.6.8"),
    ("tosca-import-cycle", "A file imports itself, directly or by way of others.", "SP 3.6.8"),
)
_TYPES = (
    (
        "tosca-type-cycle",
        "A type is derived from itself, directly or by way of others.",
        "SP 3.7.1",
    ),
    (
        "tosca-type-depth",
        "A type has more than 50 ancestors; the standard's have five.",
        "SP 3.7.1",
    ),
    ("tosca-unknown-parent", "A type is derived from one that is not defined.", "SP 3.7.1"),
    (
        "tosca-unknown-type",
        "A node, capability, relationship, interface or artifact type is not defined.",
        "SP 3.7",
    ),
    ("tosca-unknown-data-type", "A property is of a data type that is not defined.", "SP 3.7.6"),
    ("tosca-unknown-policy-type", "A policy is of a type that is not defined.", "SP 3.8.6"),
    ("tosca-unknown-group-type", "A group is of a type that is not defined.", "SP 3.8.5"),
    ("tosca-unknown-artifact-type", "An artifact is of a type that is not defined.", "SP 3.6.7"),
    ("tosca-no-type", "A node template or property has no type.", "SP 3.8.3"),
)
_TEMPLATES = (
    ("tosca-value-type", "A value is not of its property's type.", "SP 3.3"),
    (
        "tosca-input-value",
        "A required property or a size is taken of an input that has no value.",
        "SP 3.6.14",
    ),
    ("tosca-constraint", "A value is not allowed by a constraint.", "SP 3.6.3"),
    ("tosca-unknown-property", "A property that the type does not have.", "SP 3.6.11"),
    ("tosca-missing-property", "A required property has no value.", "SP 3.6.10"),
    ("tosca-unknown-capability", "A capability that the node's type does not have.", "SP 3.8.1"),
    ("tosca-unknown-requirement", "A requirement that the node's type does not have.", "SP 3.8.2"),
    (
        "tosca-missing-requirement",
        "A requirement that must be met is neither met nor exposed.",
        "SP 3.7.3",
    ),
    ("tosca-occurrences", "A requirement is there more often than its type allows.", "SP 3.7.3"),
    ("tosca-requirement-target", "A requirement leads to a node of the wrong type.", "SP 3.8.2"),
    (
        "tosca-unknown-node",
        "A requirement, policy or group names a node that is not there.",
        "SP 3.8.2",
    ),
    ("tosca-unknown-interface", "An interface that the node's type does not have.", "SP 3.6.20"),
    ("tosca-unknown-operation", "An operation that the interface does not have.", "SP 3.6.17"),
    (
        "tosca-policy-target",
        "A policy is applied to a node or group of the wrong type.",
        "SP 3.8.6",
    ),
    ("tosca-group-member", "A group has a member of the wrong type.", "SP 3.8.5"),
    (
        "tosca-function",
        "get_input, get_property, get_attribute, concat or token name what is not there.",
        "SP 4",
    ),
    ("tosca-grammar", "What else tosca-parser refuses, in its own words.", ""),
    (
        "substitution-unknown-node",
        "substitution_mappings lead to a node that is not there.",
        "SP 3.8.13",
    ),
    (
        "substitution-unknown-name",
        "substitution_mappings name a requirement or capability that is not there.",
        "SP 3.8.13",
    ),
)
ERRORS = (*_YAML, *_DOCUMENTS, *_TYPES, *_TEMPLATES)
BY_PROFILE = (
    (
        "yaml-duplicate-key",
        "A key is there twice with the same value.",
        "YAML 1.2 3.2.1.3",
    ),
    (
        "tosca-missing-description",
        "A required description has no value.",
        "SP 3.6.10",
    ),
    (
        "tosca-missing-protocol",
        "A connection point lacks `protocol`; its layer_protocols count.",
        "SOL001 6.8",
    ),
    (
        "tosca-number-for-string",
        "A number stands where a string belongs; it is read as it is written.",
        "SP 3.3",
    ),
    (
        "tosca-stray-key",
        "A key that TOSCA does not know and that is like none; nothing reads it.",
        "SP 3.10",
    ),
    (
        "substitution-undeclared-name",
        "substitution_mappings expose a CP by a name that the node type does not declare.",
        "SP 3.8.13",
    ),
)
WARNINGS = (
    (
        "yaml-version",
        "A scalar that YAML 1.1 reads otherwise; it is read by YAML 1.2, as TOSCA 1.3 says.",
        "YAML 1.2 10.3",
    ),
    (
        "types-differ",
        "The package's copy of SOL001's type definitions is not what the standard says.",
        "SOL001 A",
    ),
)
