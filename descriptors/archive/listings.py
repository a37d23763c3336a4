# SPDX-License-Identifier: Apache-2.0
"""TOSCA.meta and the manifest of a package to be (SOL004 4.1.2, 4.3; SOL007 4.3)."""

from __future__ import annotations

from collections.abc import Iterable

from descriptors import model
from descriptors.archive.sources import Source
from descriptors.package import Package

_UNRELEASED = "1980-01-01T00:00:00Z"


def tosca_meta(entry: str, manifest: str, paths: Iterable[str]) -> bytes:
    """The keys of a package with these files; `manifest` may be "" where there is none yet."""
    paths = set(paths)
    folders = {path.split("/")[0] for path in paths if "/" in path}
    keys = {
        "TOSCA-Meta-File-Version": "1.1",
        "CSAR-Version": "1.1",
        "Created-By": "descriptors.build",
        "Entry-Definitions": entry,
        "ETSI-Entry-Manifest": manifest,
        "ETSI-Entry-Change-Log": "ChangeLog.txt" if "ChangeLog.txt" in paths else "",
        "ETSI-Entry-Licenses": "Licenses" if "Licenses" in folders else "",
        "ETSI-Entry-Tests": "Tests" if "Tests" in folders else "",
    }
    return "".join(f"{key}: {value}\n" for key, value in keys.items() if value).encode()


def manifest(package: Package, source: Source) -> bytes:
    """Metadata, then every file with its hash."""
    lines = ["metadata:", *(f"  {key}: {value}" for key, value in _metadata(package).items()), ""]
    for path in sorted(source.sizes):
        lines += [f"Source: {path}", "Algorithm: SHA-256", f"Hash: {source.digest(path)}", ""]
    return "\n".join(lines).encode()


def _metadata(package: Package) -> dict[str, str]:
    released = package.released or _UNRELEASED
    match package.descriptor:
        case model.Vnfd() as vnfd:
            return _of_vnf(vnfd, released)
        case model.Nsd() as nsd:
            return _of_ns(nsd, released)
        case model.Pnfd() as pnfd:
            return _of_pnf(pnfd, released)
    return {}


def _of_vnf(vnfd: model.Vnfd, released: str) -> dict[str, str]:
    return {
        "vnfd_id": vnfd.id,
        "vnf_provider_id": vnfd.provider,
        "vnf_product_name": vnfd.product_name,
        "vnf_software_version": vnfd.software_version,
        "vnf_package_version": vnfd.version,
        "vnfm_info": ",".join(vnfd.vnfm_info),
        "compatible_specification_versions": "4.4.1",
        "vnf_release_date_time": released,
    }


def _of_ns(nsd: model.Nsd, released: str) -> dict[str, str]:
    return {
        "nsd_designer": nsd.designer,
        "nsd_name": nsd.name,
        "nsd_invariant_id": nsd.invariant_id,
        "nsd_file_structure_version": nsd.version,
        "nsd_release_date_time": released,
    }


def _of_pnf(pnfd: model.Pnfd, released: str) -> dict[str, str]:
    return {
        "pnfd_provider": pnfd.provider,
        "pnfd_name": pnfd.name,
        "pnfd_archive_version": pnfd.version,
        "pnfd_release_date_time": released,
    }
