# SPDX-License-Identifier: Apache-2.0
"""`python -m descriptors build|lint|show`: the toolchain by hand."""
from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

import descriptors
from descriptors import building, meta


def main(arguments: list[str] | None = None) -> int:
    """Exit status: 0 fine, 1 findings that are errors, 2 wrong use."""
    parser = argparse.ArgumentParser(prog="descriptors", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    build = commands.add_parser("build", help="make CSARs of folders; without folders, of all samples")
    build.add_argument("folders", nargs="*", type=Path)
    build.add_argument("-o", "--out", type=Path, default=Path("."), help="directory the CSARs go to")
    build.set_defaults(run=_build)
    lint = commands.add_parser("lint", help="report everything that is wrong with packages, folders or YAML files")
    lint.add_argument("paths", nargs="+", type=Path)
    lint.set_defaults(run=_lint)
    show = commands.add_parser("show", help="print what was read as JSON")
    show.add_argument("path", type=Path)
    show.set_defaults(run=_show)
    options = parser.parse_args(arguments)
    return int(options.run(options))


def samples() -> list[Path]:
    """The folders of the sample packages, VNFs first."""
    root = Path(__file__).parent
    return [*sorted(path.parent for path in root.glob("vnf/*/Definitions")),
            *sorted(path.parent for path in root.glob("ns/*/Definitions"))]


def read(path: Path) -> descriptors.Package:
    """As `descriptors.read`; of a folder that is yet to be built it reads what would be built of it."""
    if path.is_dir() and not (path / meta.META).is_file():
        return building.stage(path.resolve())[1]
    return descriptors.read(path)


def _build(options: argparse.Namespace) -> int:
    options.out.mkdir(parents=True, exist_ok=True)
    for folder in options.folders or samples():
        try:
            print(building.build(folder, options.out))
        except building.BuildError as error:
            print(error, file=sys.stderr)
            return 1
    return 0


def _lint(options: argparse.Namespace) -> int:
    packages = {path: read(path) for path in options.paths}
    for path, package in packages.items():
        for finding in package.findings:
            print(f"{path}: {finding}")
        print(f"{path}: {'ok' if package.ok else 'not ok'}, {len(package.errors)} errors, "
              f"{len(package.findings) - len(package.errors)} warnings")
    return 0 if all(package.ok for package in packages.values()) else 1


def _show(options: argparse.Namespace) -> int:
    package = read(options.path)
    print(json.dumps(package.to_dict(), indent=2, default=str))
    return 0 if package.ok else 1


if __name__ == "__main__":
    sys.exit(main())
