# SPDX-License-Identifier: Apache-2.0
"""Who may import whom: the packages' borders, by a walk over the ASTs. And what every file must
be."""

from __future__ import annotations

import ast
import pathlib
import re
import subprocess
import sys
from collections.abc import Iterator

import pytest

ROOT = pathlib.Path(__file__).parents[2]
PROJECTS = [ROOT / "descriptors", ROOT / "dataplane-agent"]
PROJECTS += sorted(path.parent for path in ROOT.glob("services/*/pyproject.toml"))


def module_folder(project: pathlib.Path) -> pathlib.Path:
    """The folder itself is the import package, or, where it bears a hyphen, one within it."""
    inner = project / project.name.replace("-", "_")
    return inner if inner.is_dir() else project


PACKAGES = {path.name: str(path.relative_to(ROOT)) for path in map(module_folder, PROJECTS)}
# mano.cli is a client beside the services, and builds the samples for the demo
MAY = {
    "mano": set(),
    "descriptors": set(),
    "dataplane_agent": set(),
    "nfvo": {"mano", "descriptors"},
    "vnfm": {"mano", "descriptors"},
    **{name: {"mano"} for name in PACKAGES if name.startswith("vim_")},
}
# the bare-metal VIM speaks to agents in their types, and needs no agent beside it
EXTRA = {
    ("services/mano/cli", "descriptors"),
    ("services/vim-baremetal", "dataplane_agent"),
}
# The floors of mano, from the ground up: each stands only on what is below it. An import for types
# alone counts too: what a floor needs of one above, it states as a Protocol.
FLOORS = (
    ("destinations", "disks", "plugins", "problems", "scratch", "threads"),
    ("sol",),
    ("composition",),
    ("store",),
    ("bus",),
    ("lcm",),
    ("service",),
    ("notifications",),
    ("vim",),
    ("rest",),
    ("suite",),
    ("cli",),
)
DRAWERS = {"common", "utils", "util", "helpers", "helper", "base", "manager", "misc"}
NOT_OURS = re.compile(
    r"descriptors/vnf/[^/]+/software/|\.json$|\.md$|\.txt$|LICENSE|\.gitignore|\.git/|\.mf$|\.meta$|\.in$|py\.typed$|\.lock$"
)


def modules(folder: str) -> list[pathlib.Path]:
    return sorted(path for path in (ROOT / folder).rglob("*.py") if "__pycache__" not in path.parts)


def tracked() -> list[pathlib.Path]:
    done = subprocess.run(["git", "-C", str(ROOT), "ls-files"], capture_output=True, text=True)
    if done.returncode:
        pytest.skip("not a git work tree")
    return [ROOT / name for name in done.stdout.splitlines() if (ROOT / name).is_file()]


def imported(path: pathlib.Path) -> Iterator[tuple[int, str]]:
    """(line, top-level package) of every import."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name.partition(".")[0]) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.lineno, node.module.partition(".")[0]


@pytest.mark.parametrize("package", PACKAGES)
def test_a_package_imports_only_what_it_may(package: str) -> None:
    wrong = [
        f"{path.relative_to(ROOT)}:{line} imports {name}"
        for path in modules(PACKAGES[package])
        for line, name in imported(path)
        if name in PACKAGES
        and name not in MAY[package] | {package}
        and not any(
            str(path.relative_to(ROOT)).startswith(folder) and name == allowed
            for folder, allowed in EXTRA
        )
    ]
    assert not wrong, "\n".join(wrong)


def test_every_exemption_is_used() -> None:
    for folder, allowed in EXTRA:
        names = {name for path in modules(folder) for _, name in imported(path)}
        assert allowed in names, f"{folder} does not import {allowed}: take it out of EXTRA"


def test_the_bare_metal_vim_has_the_agents_types_only_to_be_checked_by() -> None:
    code = "import sys, vim_baremetal.service as _; print([*filter(None, map(str, sys.modules))])"
    process = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert "vim_baremetal.desired" in process.stdout, process.stderr
    assert "dataplane_agent" not in process.stdout


def imported_from(package: str, path: pathlib.Path) -> Iterator[str]:
    """What a file imports of a package's folders and modules."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names = [f"{node.module}.{alias.name}" for alias in node.names]
        else:
            continue
        for name in names:
            first, _, below = name.partition(".")
            if first == package and below:
                yield below.partition(".")[0]


def test_the_floors_of_mano_stand_on_those_below() -> None:
    height = {name: floor for floor, names in enumerate(FLOORS) for name in names}
    upwards = []
    for path in modules(PACKAGES["mano"]):
        room = path.relative_to(ROOT / PACKAGES["mano"]).parts[0].removesuffix(".py")
        if room not in ("__init__", "__main__"):
            assert room in height, f"{room} has no floor: give it one in FLOORS"
            upwards += [
                f"{path.relative_to(ROOT)} imports mano.{name}"
                for name in set(imported_from("mano", path)) - {room}
                if height[name] >= height[room]
            ]
    assert not upwards, "\n".join(upwards)


@pytest.mark.parametrize("package", PACKAGES)
def test_modules_and_functions_fit_on_screens(package: str) -> None:
    wrong = []
    for path in modules(PACKAGES[package]):
        text = path.read_text()
        if len(text.splitlines()) > 400:
            wrong.append(f"{path.relative_to(ROOT)} has {len(text.splitlines())} lines")
        wrong += [
            f"{path.relative_to(ROOT)}:{node.lineno} {node.name} does not fit on a screen"
            for node in ast.walk(ast.parse(text))
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
            and node.end_lineno is not None
            and node.end_lineno - node.lineno >= 60
        ]
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("package", PACKAGES)
def test_what_we_start_ourselves_takes_no_module_from_the_current_folder(package: str) -> None:
    wrong = [
        str(path.relative_to(ROOT))
        for path in modules(PACKAGES[package])
        if re.search(r'sys\.executable,\s*"-m"', path.read_text())
    ]
    assert not wrong, f'{wrong}: python imports from where it is started, unless it has "-P"'


def test_nothing_is_called_common_or_utils() -> None:
    wrong = [
        str(path.relative_to(ROOT))
        for folder in PACKAGES.values()
        for path in modules(folder)
        if path.stem in DRAWERS
    ]
    assert not wrong, wrong


def test_every_module_says_what_it_is() -> None:
    wrong = [
        str(path.relative_to(ROOT))
        for folder in PACKAGES.values()
        for path in modules(folder)
        if not ast.get_docstring(ast.parse(path.read_text()))
        and path.name != "__init__.py"
        and "versions" not in path.parts
    ]
    assert not wrong, wrong


def test_every_file_bears_its_licence() -> None:
    wrong = [
        str(path.relative_to(ROOT))
        for path in tracked()
        if path.stat().st_size
        and not NOT_OURS.search(str(path.relative_to(ROOT)))
        and b"SPDX-License-Identifier: Apache-2.0"
        not in b"\n".join(path.read_bytes().split(b"\n", 3)[:3])
    ]
    assert not wrong, wrong


def test_a_folders_readme_is_read_in_a_minute() -> None:
    wrong = [
        f"{path.relative_to(ROOT)}: {len(path.read_text().splitlines())} lines"
        for path in tracked()
        if path.name == "README.md"
        and path.parent != ROOT
        and len(path.read_text().splitlines()) > 80
    ]
    assert not wrong, wrong


def test_head_is_the_newest_migration() -> None:
    from mano.store import schema

    versions = modules("services/mano/store/migrations/versions")
    assert versions and max(path.name.partition("_")[0] for path in versions) == schema.HEAD
    for before, path in zip(
        [None, *(path.name.partition("_")[0] for path in versions)], versions, strict=False
    ):
        text = path.read_text()
        assert f'revision = "{path.name.partition("_")[0]}"' in text
        assert (
            f"down_revision = {None if before is None else repr(before)}".replace("'", '"') in text
        )
