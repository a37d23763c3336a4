# SPDX-License-Identifier: Apache-2.0
"""`read`: from a path to a `Package`.

Bad input is never an exception, always a list of findings."""

from __future__ import annotations

from pathlib import Path

from descriptors import model
from descriptors.archive import csar, meta
from descriptors.archive.sources import Source
from descriptors.findings import Findings, Stop, words
from descriptors.leaves import mapping, text
from descriptors.package import FIELD, Finding, Limits, Package
from descriptors.sol001 import identity, magnitudes, nsd, pnfd, software, subnets, vnfd
from descriptors.tosca import (
    declarations,
    documents,
    flavours,
    grammar,
    imports,
    references,
    standard,
    templates,
)
from descriptors.tosca.flavours import Design
from descriptors.tosca.imports import Unit
from descriptors.tosca.topology import Topology
from descriptors.tosca.typesystem import Types

# What a file that is not there would have defined: each of its names would be a finding of its own.
_OF_IMPORTS = frozenset(
    {
        "sol001-nothing",
        "tosca-unknown-parent",
        "tosca-unknown-type",
        "tosca-unknown-data-type",
        "tosca-unknown-policy-type",
        "tosca-unknown-group-type",
        "tosca-unknown-artifact-type",
        "vnfd-required",
        "nsd-required",
    }
)


def read(path: str | Path, limits: Limits | None = None, profile: str | None = None) -> Package:
    """Reads a CSAR (zip or folder) or a YAML file and reports everything that is wrong with it.

    `profile`: by which it is judged, STRICT or FIELD; None for FIELD."""
    findings = Findings((limits or Limits()).findings, profile or FIELD)
    try:
        source = csar.open_source(path, limits, findings)
    except Stop:
        return Package(findings=list(findings))
    except MemoryError:
        raise  # the pool tries it again in a fresh child, and then says so
    except Exception as error:
        return Package(findings=[*findings, _own_mistake(Path(path).name, error)])
    try:
        return read_source(source, limits, findings)
    finally:
        source.close()


def read_source(
    source: Source,
    limits: Limits | None = None,
    findings: Findings | None = None,
    profile: str | None = None,
) -> Package:
    """The same for files that are open already."""
    if findings is None:
        findings = Findings((limits or Limits()).findings, profile or FIELD)
    package = Package(profile=findings.profile)
    try:
        _read(source, limits or Limits(), package, findings)
    except Stop:
        pass
    except MemoryError:
        raise
    except Exception as error:
        findings.append(_own_mistake(source.name, error))
    finally:
        documents.forget()
    package.findings = sorted(
        findings,
        key=lambda finding: (finding.severity, finding.file, finding.line, finding.column),
    )
    return package


def _own_mistake(name: str, error: Exception) -> Finding:
    """Reported, so that one package cannot stop the others."""
    message = f"{type(error).__name__}: {words(error)}"
    hint = "please report this package as a bug of the toolchain"
    return Finding("parser-crash", "error", name, 0, 0, message, hint)


def _read(source: Source, limits: Limits, package: Package, findings: Findings) -> None:
    package.wrapped, package.signed = source.wrapped, bool(source.wrapped)
    package.files = csar.digests(source, findings)
    package.entry = meta.locate(source, package, findings)
    units = imports.resolve(source, package.entry, limits, findings)
    if _has_error(findings, "tosca-import", "yaml-"):
        findings.silent = _OF_IMPORTS
    top = units[-1]
    package.released = text(mapping(top.document.get("metadata")).get("release_date_time"))
    types = Types(units, findings)
    declarations.check(units, types, findings)
    standard.check(units, findings)
    if _has_error(findings, "tosca-unknown-parent", "tosca-type-depth"):
        findings.silent |= {"sol001-nothing"}
    design = flavours.find(units, types, findings)
    topologies = design.topologies(top, types) if design else [Topology(top, types, {})]
    for topology in topologies:
        references.check(topology, findings)
        templates.check(topology, source, findings)
    if design:
        _describe(design, source, package, findings)
        _check_grammar(units, types, design, findings)


def _has_error(findings: Findings, *rules: str) -> bool:
    """Whether one of these rules, or of groups of rules, is broken."""
    return any(
        finding.severity == "error" and finding.rule.startswith(rules) for finding in findings
    )


def _describe(design: Design, source: Source, package: Package, findings: Findings) -> None:
    package.kind = design.kind
    if design.kind == "vnf":
        images = software.Images(design.flavours, source, findings)
        package.descriptor = vnfd.vnfd(design, images, findings)
        package.images = images.found
    elif design.kind == "ns":
        package.descriptor = nsd.nsd(design, findings)
    else:
        package.descriptor = pnfd.pnfd(design)
    _judge(design, package, findings)


def _judge(design: Design, package: Package, findings: Findings) -> None:
    """What can be seen of a descriptor as a whole before anything is made of it."""
    identity.check_id(design.top, findings)
    identity.check_manifest(package, findings)
    flavours = package.descriptor.flavours if isinstance(package.descriptor, model.Vnfd) else {}
    for name, topology in design.flavours.items():
        df = flavours.get(name)
        subnets.check(topology, df, findings)
        if df is not None:
            magnitudes.check(topology, df, findings)


def _check_grammar(units: list[Unit], types: Types, design: Design, findings: Findings) -> None:
    """tosca-parser comes last and only where nothing else of TOSCA is wrong."""
    errors = (finding for finding in findings if finding.severity == "error")
    if all(finding.rule.startswith("csar-") for finding in errors):
        grammar.check(units, types, design, findings)
