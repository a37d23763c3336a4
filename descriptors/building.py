# SPDX-License-Identifier: Apache-2.0
"""`build`: from a folder to a CSAR (SOL004, SOL007).

The same folder gives the same bytes on any day and machine. `software/<name>/` becomes
`Files/images/<name>.tar.gz`. What the descriptor must say of a file that is only made here is
written in it as `$sha256(path)` and `$size(path)`."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path

from descriptors import outputs, reading
from descriptors.archive import listings, meta, tarballs, zips
from descriptors.archive.sources import Draft, Single
from descriptors.package import Finding, Limits, Package

Files = dict[str, bytes | Path]

_PLACEHOLDER = re.compile(rb"\$(sha256|size)\(([^()\s]+)\)")


class BuildError(Exception):
    """The folder makes no valid package; `findings` say why."""

    def __init__(self, folder: Path, findings: list[Finding]) -> None:
        reasons = "\n".join(f"  {finding}" for finding in findings)
        super().__init__(f"{folder} makes no valid package:\n{reasons}")
        self.findings = findings


def build(folder: str | Path, out: str | Path) -> Path:
    """Makes the CSAR of `folder`; `out` is a file, or a directory that gets `<folder's name>.csar`.
    Gives its path.

    Raises BuildError where the result would have errors, OutputError where `out` must be kept.
    """
    folder, out = Path(folder).resolve(), Path(out)
    out = out / f"{folder.name}.csar" if out.is_dir() else out
    files, package = stage(folder)
    if not package.ok:
        raise BuildError(folder, package.errors)
    with (
        outputs.replacing(out) as partial,
        zipfile.ZipFile(partial, "w", zipfile.ZIP_DEFLATED) as archive,
    ):
        for path in sorted(files, key=lambda path: (path != meta.META, path)):
            zips.add(archive, path, files[path], _mode(files[path]))
    return out


def read(path: str | Path, limits: Limits | None = None, profile: str | None = None) -> Package:
    """As `descriptors.read`; of a folder that is yet to be built it reads what would be built."""
    path = Path(path)
    if path.is_dir() and not (path / meta.META).is_file():
        _, package = stage(path.resolve(), limits, profile)
        return package
    if path.suffix in (".yaml", ".yml") and path.is_file():
        return reading.read_source(Single(path, beside=True), limits, profile=profile)
    return reading.read(path, limits, profile)


def stage(
    folder: Path, limits: Limits | None = None, profile: str | None = None
) -> tuple[Files, Package]:
    """The files that the package will hold, and what reading them gives."""
    files = _collected(folder)
    for path in [path for path in files if path.startswith("Definitions/")]:
        files[path] = _filled(files, path)
    entry, manifest = _entry(folder.name, files), f"{folder.name}.mf"
    files.setdefault(meta.META, listings.tosca_meta(entry, manifest, files))
    files.pop(manifest, None)
    # read without a manifest, which is made of what is read
    unlisted = {**files, meta.META: listings.tosca_meta(entry, "", files)}
    package = reading.read_source(Draft(folder.name, unlisted), limits, profile=profile)
    files[manifest] = listings.manifest(package, Draft("", files))
    return files, package


def _collected(folder: Path) -> Files:
    """What lies in the folder and belongs into the package, software as tarballs."""
    files: Files = {}
    for item in sorted(folder.rglob("*")):
        path = item.relative_to(folder).as_posix()
        if item.is_file() and not item.is_symlink() and _is_part(path):
            files[path] = item
    for directory in sorted((folder / "software").glob("*/")):
        files[f"Files/images/{directory.name}.tar.gz"] = tarballs.tarball(directory)
    return files


def _is_part(path: str) -> bool:
    built_before = "/" not in path and path.endswith((".csar", ".zip"))
    elsewhere = path.startswith("software/") or built_before
    return not elsewhere and not tarballs.is_leftover(path)


def _filled(files: Files, path: str) -> bytes | Path:
    """The file with `$sha256(…)` and `$size(…)` replaced; one that has none is left as it is."""
    source, item = Draft("", files), files[path]
    text = item if isinstance(item, bytes) else item.read_bytes()

    def value(match: re.Match[bytes]) -> bytes:
        function, name = match[1], match[2].decode()
        if name not in files:
            return match[0]
        answer = source.digest(name) if function == b"sha256" else f"{source.sizes[name]} B"
        return answer.encode()

    filled = _PLACEHOLDER.sub(value, text)
    return item if filled == text else filled


def _entry(name: str, files: Files) -> str:
    """The YAML file called as the folder, else the only one."""
    candidates = [path for path in files if _may_be_entry(path)]
    namesakes = [path for path in candidates if Path(path).stem == name]
    return (namesakes or candidates or [f"Definitions/{name}.yaml"])[0]


def _may_be_entry(path: str) -> bool:
    folder = path.rpartition("/")[0]
    return path.endswith((".yaml", ".yml")) and folder in ("", "Definitions")


def _mode(item: bytes | Path) -> int:
    executable = isinstance(item, Path) and item.stat().st_mode & 0o111
    return 0o755 if executable else 0o644
