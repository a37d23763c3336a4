# SPDX-License-Identifier: Apache-2.0
"""`read`: from a path to a `Package`. Bad input is never an exception, always a list of
findings."""

from __future__ import annotations

from pathlib import Path

from descriptors.archive import csar, meta
from descriptors.archive.sources import Source
from descriptors.findings import Findings, Stop, words
from descriptors.leaves import mapping, text
from descriptors.package import Finding, Limits, Package
from descriptors.sol001 import nsd, pnfd, software, vnfd
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


def read(path: str | Path, limits: Limits | None = None) -> Package:
    """Reads a CSAR (zip or folder) or a single YAML file and reports everything that is wrong with
    it."""
    findings = Findings((limits or Limits()).findings)
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
    source: Source, limits: Limits | None = None, findings: Findings | None = None
) -> Package:
    """The same for files that are open already."""
    findings = Findings((limits or Limits()).findings) if findings is None else findings
    package = Package()
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
        findings, key=lambda item: (item.severity, item.file, item.line, item.column)
    )
    return package


def _own_mistake(name: str, error: Exception) -> Finding:
    """Reported, so that one package cannot stop the others."""
    return Finding(
        "parser-crash",
        "error",
        name,
        0,
        0,
        f"{type(error).__name__}: {words(error)}",
        "please report this package as a bug of the toolchain",
    )


def _read(source: Source, limits: Limits, package: Package, findings: Findings) -> None:
    package.wrapped, package.signed = source.wrapped, bool(source.wrapped)
    package.files = csar.digests(source, findings)
    package.entry = meta.locate(source, package, findings)
    units = imports.resolve(source, package.entry, limits, findings)
    if any(
        finding.rule.startswith(("tosca-import", "yaml-")) and finding.severity == "error"
        for finding in findings
    ):
        findings.silent = _OF_IMPORTS
    package.released = text(mapping(units[-1].document.get("metadata")).get("release_date_time"))
    types = Types(units, findings)
    declarations.check(units, types, findings)
    standard.check(units, findings)
    if any(finding.rule == "tosca-unknown-parent" for finding in findings):
        findings.silent |= {"sol001-nothing"}
    design = flavours.find(units, types, findings)
    for topology in (
        design.topologies(units[-1], types) if design else [Topology(units[-1], types, {})]
    ):
        references.check(topology, findings)
        templates.check(topology, source, findings)
    if design is None:
        return
    package.kind = design.kind
    if design.kind == "vnf":
        images = software.Images(design.flavours, source, findings)
        package.descriptor = vnfd.vnfd(design, images, findings)
        package.images = images.found
    elif design.kind == "ns":
        package.descriptor = nsd.nsd(design, findings)
    else:
        package.descriptor = pnfd.pnfd(design)
    if not any(
        finding.severity == "error" and not finding.rule.startswith("csar-") for finding in findings
    ):
        grammar.check(units, types, design, findings)
