# SPDX-License-Identifier: Apache-2.0
"""Every rule a finding can name: what it means and which clause says so. `python -m descriptors
rules` prints the page.

SP is the TOSCA Simple Profile in YAML 1.3; SOL001, SOL004 and SOL007 are ETSI's.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Rule:
    """`severity` is error (the package is refused) or warning."""

    id: str
    severity: str
    meaning: str
    clause: str = ""


def _table(severity: str, *rows: tuple[str, str, str]) -> dict[str, Rule]:
    return {name: Rule(name, severity, meaning, clause) for name, meaning, clause in rows}


RULES: dict[str, Rule] = {
    **_table(
        "error",
        # --- the archive
        ("csar-unreadable", "There is no such file or folder, or it may not be read.", ""),
        ("csar-not-a-zip", "The file is neither a zip nor a TOSCA YAML file.", "SOL004 4.1"),
        ("csar-truncated", "The file begins as a zip but its end is missing.", ""),
        ("csar-corrupt", "A file of the archive cannot be unpacked.", ""),
        (
            "csar-limit",
            "The archive exceeds a limit (`entries`, `total`, `ratio`), which the finding names.",
            "",
        ),
        ("csar-unsafe-path", "A name in the archive leads out of the package.", "SOL004 4.1"),
        ("csar-symlink", "The package holds a symbolic link.", ""),
        (
            "csar-encrypted",
            "A file is encrypted by the zip; SOL004 encrypts with CMS.",
            "SOL004 5.1",
        ),
        (
            "csar-method",
            "A file is compressed in another way than by deflation; how large it becomes cannot be limited.",
            "SOL004 4.1",
        ),
        ("csar-overlap", "Files of the archive share bytes.", ""),
        ("csar-duplicate", "A name is twice in the archive.", ""),
        (
            "csar-option2",
            "A zip that wraps a CSAR with its signature holds something else besides, or lacks a part.",
            "SOL004 5.1",
        ),
        # --- TOSCA.meta and the manifest
        (
            "csar-no-entry",
            "Nothing says which YAML file is the entry, or it is not there.",
            "SOL004 4.1.2",
        ),
        (
            "csar-no-manifest",
            "TOSCA.meta names a manifest that is not in the package.",
            "SOL004 4.3",
        ),
        ("csar-manifest", "The manifest has no metadata.", "SOL004 4.3.2"),
        (
            "csar-missing-file",
            "A file that TOSCA.meta or the manifest lists is not in the package.",
            "SOL004 4.3.2",
        ),
        (
            "csar-algorithm",
            "The hash algorithm is none of SHA-224, SHA-256, SHA-384, SHA-512.",
            "SOL004 4.3.2",
        ),
        ("csar-hash", "A file's hash is not the one stated.", "SOL004 5.3"),
        (
            "csar-missing-artifact",
            "A descriptor names an artifact or a script that is not in the package.",
            "SOL004 4.1",
        ),
        (
            "csar-artifact-path",
            "A descriptor names an artifact outside of the package.",
            "SP 3.6.7",
        ),
        # --- signatures, where they are checked
        ("signature-missing", "A signature is required, or named, and not there.", "SOL004 5.1"),
        (
            "signature-invalid",
            "What was signed was changed, or the signature is none.",
            "SOL004 5.1",
        ),
        (
            "signature-certificate",
            "The signer's certificate is neither in the signature nor beside it.",
            "SOL004 5.1",
        ),
        (
            "signature-expired",
            "The certificate of the signer, or of an authority above, is not valid now.",
            "RFC 5280 6.1",
        ),
        (
            "signature-revoked",
            "The signer's certificate was revoked by a list among the trust anchors.",
            "RFC 5280 6.3",
        ),
        (
            "signature-uncovered",
            "The manifest is signed but has no hash of a file.",
            "SOL004 4.3.2",
        ),
        (
            "signature-unchecked",
            "Signatures cannot be checked here: openssl, or the file of trust anchors, is missing.",
            "",
        ),
        ("signature-untrusted", "No trust anchor vouches for the signer.", "RFC 5280 6.1"),
        # --- YAML
        ("yaml-syntax", "The file is no YAML, or says what no database could hold.", "YAML 1.2"),
        (
            "yaml-limit",
            "A YAML file exceeds a limit (`yaml`, `documents`, `nodes`, `aliases`, `depth`), which the finding names.",
            "",
        ),
        (
            "yaml-alias",
            "An alias stands for nothing, or for what it is inside of.",
            "YAML 1.2 3.2.2.2",
        ),
        # --- TOSCA: documents and imports
        ("tosca-not-a-template", "The YAML is not a map, hence no service template.", "SP 3.10"),
        ("tosca-version", "tosca_definitions_version is missing or none of 1.0 to 1.3.", "SP 3.1"),
        ("tosca-unknown-key", "A key that TOSCA does not know; nothing would read it.", "SP 3.10"),
        ("tosca-imports", "An import that names no file.", "SP 3.6.8"),
        ("tosca-import-remote", "An import by address: nothing is ever fetched.", "SP 3.6.8"),
        ("tosca-import-file", "An import of a file of this machine by `file:`.", "SP 3.6.8"),
        ("tosca-import-path", "An import that leads out of the package.", "SP 3.6.8"),
        ("tosca-import-missing", "An import of a file that is not in the package.", "SP 3.6.8"),
        ("tosca-import-cycle", "A file imports itself, directly or by way of others.", "SP 3.6.8"),
        # --- TOSCA: types
        (
            "tosca-type-cycle",
            "A type is derived from itself, directly or by way of others.",
            "SP 3.7.1",
        ),
        ("tosca-unknown-parent", "A type is derived from one that is not defined.", "SP 3.7.1"),
        (
            "tosca-unknown-type",
            "A node, capability, relationship, interface or artifact type is not defined.",
            "SP 3.7",
        ),
        (
            "tosca-unknown-data-type",
            "A property is of a data type that is not defined.",
            "SP 3.7.6",
        ),
        ("tosca-unknown-policy-type", "A policy is of a type that is not defined.", "SP 3.8.6"),
        ("tosca-unknown-group-type", "A group is of a type that is not defined.", "SP 3.8.5"),
        (
            "tosca-unknown-artifact-type",
            "An artifact is of a type that is not defined.",
            "SP 3.6.7",
        ),
        ("tosca-no-type", "A node template or property has no type.", "SP 3.8.3"),
        # --- TOSCA: templates
        ("tosca-value-type", "A value is not of its property's type.", "SP 3.3"),
        ("tosca-constraint", "A value is not allowed by a constraint.", "SP 3.6.3"),
        ("tosca-unknown-property", "A property that the type does not have.", "SP 3.6.11"),
        ("tosca-missing-property", "A required property has no value.", "SP 3.6.10"),
        (
            "tosca-unknown-capability",
            "A capability that the node's type does not have.",
            "SP 3.8.1",
        ),
        (
            "tosca-unknown-requirement",
            "A requirement that the node's type does not have.",
            "SP 3.8.2",
        ),
        (
            "tosca-missing-requirement",
            "A requirement that must be met is neither met nor exposed.",
            "SP 3.7.3",
        ),
        (
            "tosca-occurrences",
            "A requirement is there more often than its type allows.",
            "SP 3.7.3",
        ),
        (
            "tosca-requirement-target",
            "A requirement leads to a node of the wrong type.",
            "SP 3.8.2",
        ),
        (
            "tosca-unknown-node",
            "A requirement, policy or group names a node that is not there.",
            "SP 3.8.2",
        ),
        (
            "tosca-unknown-interface",
            "An interface that the node's type does not have.",
            "SP 3.6.20",
        ),
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
        # --- SOL001
        ("sol001-nothing", "The descriptor describes no VNF, NS or PNF.", "SOL001 5.1"),
        (
            "sol001-flavour-twice",
            "Two templates describe the same deployment flavour.",
            "SOL001 6.7",
        ),
        (
            "sol001-unknown-flavour",
            "A deployment flavour that the VNF's or NS's type does not allow, or that nothing describes.",
            "SOL001 6.7",
        ),
        ("vnfd-required", "A required attribute of the VNF is missing or empty.", "SOL001 6.8.1"),
        (
            "vnfd-unknown-aspect",
            "A policy names a scaling aspect that is not declared.",
            "SOL001 6.10.3",
        ),
        (
            "vnfd-unknown-delta",
            "A scaling aspect names a step delta that no policy has.",
            "SOL001 6.10.5",
        ),
        (
            "vnfd-unknown-level",
            "A policy names an instantiation level that is not declared.",
            "SOL001 6.10.2",
        ),
        (
            "vnfd-scale-level",
            "A scale level is over the aspect's max_scale_level.",
            "SOL001 6.10.2",
        ),
        (
            "vnfd-unknown-coordination",
            "An LCM coordination action of this VNFD is named that is not declared.",
            "SOL001 6.10",
        ),
        (
            "vnfd-unknown-component",
            "A package change maps to a component that this VNFD does not have.",
            "SOL001 6.10",
        ),
        ("nsd-required", "A required attribute of the NS is missing or empty.", "SOL001 7.8.1"),
        (
            "nsd-not-a-link",
            "A constituent is linked to something that is no NsVirtualLink.",
            "SOL001 7.8",
        ),
        (
            "nsd-nfp-cp",
            "An NFP position names a connection point that the constituent does not have.",
            "SOL001 7.8",
        ),
        (
            "nsd-unknown-aspect",
            "A policy names an NS scaling aspect that is not declared.",
            "SOL001 7.10",
        ),
        ("nsd-unknown-level", "A policy names an NS level that is not declared.", "SOL001 7.10"),
        # --- NSD and VNFDs together
        (
            "nsd-unknown-flavour",
            "A VNF profile names a deployment flavour that the VNFD does not have.",
            "IFA014 6.3.3",
        ),
        (
            "nsd-unknown-vnf-level",
            "A VNF profile names an instantiation level that the VNFD's flavour does not have.",
            "IFA014 6.3.3",
        ),
        (
            "nsd-unknown-cp",
            "A VNF profile links an external CP that the VNFD's flavour does not have.",
            "IFA014 6.3.3",
        ),
        # --- the parser itself
        ("parser-timeout", "Reading took longer than `timeout` or `cpu` allow.", ""),
        ("parser-crash", "The parser ended, or the package needs more than `memory` allows.", ""),
        ("parser-limit", "There are more findings than `findings` allows.", ""),
    ),
    **_table(
        "warning",
        (
            "csar-meta-syntax",
            "A line of TOSCA.meta or the manifest is not `Name: value`.",
            "SOL004 4.1.2",
        ),
        (
            "csar-meta-key",
            "TOSCA.meta has a key nobody knows, or lacks one that must be there.",
            "SOL004 4.1.2.3",
        ),
        (
            "csar-manifest-key",
            "The manifest's metadata lack what SOL004 or SOL007 require.",
            "SOL004 4.3.2",
        ),
        (
            "csar-unlisted",
            "A file is not listed in the manifest, hence guarded by no hash.",
            "SOL004 4.3.2",
        ),
        ("csar-hash-weak", "MD5 guards against nothing.", "SOL004 4.3.2"),
        (
            "signature-unknown",
            "The signature holds, but no trust anchors are there to vouch for its signer.",
            "RFC 5280 6.1",
        ),
        ("yaml-duplicate-key", "A key is there twice; the last one counts.", "YAML 1.2 3.2.1.3"),
        (
            "types-differ",
            "The package's copy of SOL001's type definitions is not what the standard says.",
            "SOL001 A",
        ),
        (
            "vnfd-image-checksum",
            "The VNFD states another checksum of an image than the file has.",
            "SOL001 6.3",
        ),
        (
            "vnfd-level-twice",
            "Two policies give different numbers for a VDU, VIP or link at a level; the first counts.",
            "SOL001 6.10.4",
        ),
        (
            "vnfd-level-scale",
            "A level states another number or bit rate than its scale levels make.",
            "SOL001 6.10.4",
        ),
        (
            "vnfd-no-step-deltas",
            "An aspect has several deltas and does not say which step takes which; the first counts.",
            "SOL001 6.10",
        ),
        (
            "vnfd-no-initial-delta",
            "A VDU is scaled, and nothing says from which number; its minimum counts.",
            "SOL001 6.10",
        ),
        (
            "vnfd-instances",
            "A level or aspect asks for more VNFCs of a VDU than its vdu_profile allows.",
            "SOL001 6.10.2",
        ),
        (
            "nsd-unknown-vnfd",
            "A VNF profile names a VNFD that is not among those given; onboarding refuses it.",
            "IFA014 6.3.3",
        ),
        ("vnfd-no-compute", "A VDU does not say which CPUs and memory it needs.", "SOL001 6.8.3"),
    ),
}


def page() -> str:
    """The table as docs/rules.md."""
    lines = [
        "# Rules of the TOSCA toolchain",
        "",
        "What `mano package lint` and onboarding find; the same offline and online. Made by `python -m descriptors rules`",
        "from `descriptors/rules.py`. SP: TOSCA Simple Profile in YAML 1.3.",
        "",
        "| rule | severity | meaning | clause |",
        "|---|---|---|---|",
    ]
    lines += [
        f'| <a id="{rule.id}"></a>`{rule.id}` | {rule.severity} | {rule.meaning} | {rule.clause} |'
        for rule in RULES.values()
    ]
    return "\n".join(lines) + "\n"
