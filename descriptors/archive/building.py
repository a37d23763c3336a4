# SPDX-License-Identifier: Apache-2.0
"""`build`: from a folder to a CSAR (SOL004, SOL007). The same folder gives the same bytes on any
day and machine.

`software/<name>/` becomes `Files/images/<name>.tar.gz`. What the descriptor must say of a file that
is only made here is written in it as `$sha256(path)` and `$size(path)`."""

from __future__ import annotations

import gzip
import io
import re
import tarfile
import zipfile
from pathlib import Path
from typing import IO

from descriptors import model, reading
from descriptors.archive import csar, meta
from descriptors.package import Finding, Limits, Package

_NOT_PACKED = ("__pycache__", "README.md")
_LEFT = ("~", ".orig", ".swp", ".part", ".pyc")
_PLACEHOLDER = re.compile(rb"\$(sha256|size)\(([^()\s]+)\)")
_EPOCH = (1980, 1, 1, 0, 0, 0)


class BuildError(Exception):
    """The folder makes no valid package; `findings` say why."""

    def __init__(self, folder: Path, findings: list[Finding]) -> None:
        super().__init__(
            f"{folder} makes no valid package:\n"
            + "\n".join(f"  {finding}" for finding in findings)
        )
        self.findings = findings


class Staged(csar.Source):
    """The files of a package to be, in memory or on disk."""

    def __init__(self, name: str, files: dict[str, bytes | Path]) -> None:
        self.files = files
        super().__init__(
            name,
            {
                path: len(item) if isinstance(item, bytes) else item.stat().st_size
                for path, item in files.items()
            },
        )

    def open(self, path: str) -> IO[bytes]:
        item = self.files[path]
        return io.BytesIO(item) if isinstance(item, bytes) else item.open("rb")


def build(folder: str | Path, out: str | Path) -> Path:
    """Makes the CSAR of `folder`; `out` is a file, or a directory that gets `<folder's name>.csar`.
    Gives its path.

    Raises BuildError where the result would have errors.
    """
    folder, out = Path(folder).resolve(), Path(out)
    out = out / f"{folder.name}.csar" if out.is_dir() else out
    files, package = stage(folder)
    if not package.ok:
        raise BuildError(folder, package.errors)
    executable = {
        path
        for path, item in files.items()
        if isinstance(item, Path) and item.stat().st_mode & 0o111
    }
    partial = out.with_name(out.name + ".part")
    try:
        with zipfile.ZipFile(partial, "w", zipfile.ZIP_DEFLATED) as archive:
            for path in sorted(files, key=lambda path: (path != meta.META, path)):
                add(archive, path, files[path], 0o755 if path in executable else 0o644)
        partial.replace(out)
    finally:
        partial.unlink(missing_ok=True)
    return out


def read(path: str | Path, limits: Limits | None = None) -> Package:
    """As `descriptors.read`; of a folder that is yet to be built it reads what would be built of
    it."""
    path = Path(path)
    if path.is_dir() and not (path / meta.META).is_file():
        return stage(path.resolve(), limits)[1]
    return reading.read(path, limits)


def stage(folder: Path, limits: Limits | None = None) -> tuple[dict[str, bytes | Path], Package]:
    """The files that the package will hold, and what reading them gives."""
    files: dict[str, bytes | Path] = {}
    for item in sorted(folder.rglob("*")):
        path = item.relative_to(folder).as_posix()
        if (
            item.is_file()
            and not item.is_symlink()
            and not path.startswith("software/")
            and not _skipped(path)
        ):
            files[path] = item
    for directory in sorted((folder / "software").glob("*/")):
        files[f"Files/images/{directory.name}.tar.gz"] = tarball(directory)
    for path in [path for path in files if path.startswith("Definitions/")]:
        files[path] = _filled(files, path)
    entry = _entry(folder.name, files)
    manifest = f"{folder.name}.mf"
    files.setdefault(meta.META, _tosca_meta(entry, manifest, files))
    files.pop(manifest, None)
    package = reading.read_source(
        Staged(
            folder.name,
            {path: item for path, item in files.items() if path != meta.META}
            | {meta.META: _tosca_meta(entry, "", files)},
        ),
        limits,
    )
    files[manifest] = _manifest(package, files)
    return files, package


def tarball(directory: Path) -> bytes:
    """A .tar.gz of the directory's content: sorted, without times and owners; only the executable
    bit is kept."""
    packed = io.BytesIO()
    with (
        gzip.GzipFile("", "wb", 9, packed, mtime=0) as stream,
        tarfile.open(fileobj=stream, mode="w") as archive,
    ):
        for item in sorted(directory.rglob("*")):
            if _skipped(item.relative_to(directory).as_posix()):
                continue
            archive.inodes = {}  # type: ignore[attr-defined]     # hard links are files like others
            info = archive.gettarinfo(item, item.relative_to(directory).as_posix())
            info.uid = info.gid = info.mtime = 0
            info.uname = info.gname = "root"
            info.mode = 0o755 if item.is_dir() or item.lstat().st_mode & 0o111 else 0o644
            with item.open("rb") if info.isreg() else io.BytesIO() as content:
                archive.addfile(info, content if info.isreg() else None)
    return packed.getvalue()


def _skipped(path: str) -> bool:
    """What is no part of a package: what lies hidden, what editors and builds leave behind, and
    packages made before."""
    parts = path.split("/")
    made = len(parts) == 1 and path.endswith((".csar", ".zip"))
    return (
        made
        or parts[-1].endswith(_LEFT)
        or any(part in _NOT_PACKED or part.startswith((".", "#")) for part in parts)
    )


def _content(item: bytes | Path) -> bytes:
    return item if isinstance(item, bytes) else item.read_bytes()


def _filled(files: dict[str, bytes | Path], path: str) -> bytes | Path:
    """The file with `$sha256(…)` and `$size(…)` replaced; one that has none is left as it is."""

    def value(match: re.Match[bytes]) -> bytes:
        function, name = match[1], match[2].decode()
        if name not in files:
            return match[0]
        return (
            staged.digest(name).encode()
            if function == b"sha256"
            else f"{staged.sizes[name]} B".encode()
        )

    staged = Staged("", files)
    content = _content(files[path])
    filled = _PLACEHOLDER.sub(value, content)
    return files[path] if filled == content else filled


def _entry(name: str, files: dict[str, bytes | Path]) -> str:
    """The YAML file named as the folder, else the only one."""
    candidates = [
        path
        for path in files
        if path.endswith((".yaml", ".yml"))
        and path.count("/") <= 1
        and path.split("/")[0] in ("Definitions", path)
    ]
    named = [path for path in candidates if Path(path).stem == name]
    return (named or candidates or [f"Definitions/{name}.yaml"])[0]


def _tosca_meta(entry: str, manifest: str, files: dict[str, bytes | Path]) -> bytes:
    keys = {
        "TOSCA-Meta-File-Version": "1.1",
        "CSAR-Version": "1.1",
        "Created-By": "descriptors.build",
        "Entry-Definitions": entry,
        "ETSI-Entry-Manifest": manifest,
        "ETSI-Entry-Change-Log": "ChangeLog.txt" if "ChangeLog.txt" in files else "",
        "ETSI-Entry-Licenses": "Licenses"
        if any(path.startswith("Licenses/") for path in files)
        else "",
        "ETSI-Entry-Tests": "Tests" if any(path.startswith("Tests/") for path in files) else "",
    }
    return "".join(f"{key}: {value}\n" for key, value in keys.items() if value).encode()


def _manifest(package: Package, files: dict[str, bytes | Path]) -> bytes:
    """Metadata, then every file with its hash (SOL004 4.3.2, SOL007 4.3.2)."""
    lines = ["metadata:", *(f"  {key}: {value}" for key, value in _metadata(package).items()), ""]
    staged = Staged("", files)
    for path in sorted(files):
        lines += [f"Source: {path}", "Algorithm: SHA-256", f"Hash: {staged.digest(path)}", ""]
    return "\n".join(lines).encode()


def _metadata(package: Package) -> dict[str, str]:
    released = package.released or "1980-01-01T00:00:00Z"
    if isinstance(package.descriptor, model.Vnfd):
        vnfd = package.descriptor
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
    if isinstance(package.descriptor, model.Nsd):
        nsd = package.descriptor
        return {
            "nsd_designer": nsd.designer,
            "nsd_name": nsd.name,
            "nsd_invariant_id": nsd.invariant_id,
            "nsd_file_structure_version": nsd.version,
            "nsd_release_date_time": released,
        }
    pnfd = package.descriptor
    return (
        {
            "pnfd_provider": pnfd.provider,
            "pnfd_name": pnfd.name,
            "pnfd_archive_version": pnfd.version,
            "pnfd_release_date_time": released,
        }
        if pnfd
        else {}
    )


def add(
    archive: zipfile.ZipFile, path: str, item: bytes | Path | IO[bytes], mode: int, size: int = 0
) -> None:
    """Writes a file into a zip without a trace of when and by whom. An open `item`, of `size`
    bytes, is closed."""
    info = zipfile.ZipInfo(path, _EPOCH)
    info.file_size = size or (
        len(item)
        if isinstance(item, bytes)
        else item.stat().st_size
        if isinstance(item, Path)
        else 0
    )
    info.create_system, info.external_attr, info.compress_type = (
        3,
        (0o100000 | mode) << 16,
        zipfile.ZIP_DEFLATED,
    )
    source = (
        io.BytesIO(item)
        if isinstance(item, bytes)
        else item.open("rb")
        if isinstance(item, Path)
        else item
    )
    with source, archive.open(info, "w") as target:
        while chunk := source.read(csar.CHUNK):
            target.write(chunk)
