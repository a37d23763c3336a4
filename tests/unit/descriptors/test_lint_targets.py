# SPDX-License-Identifier: Apache-2.0
"""What `lint` takes for a package: folders of them, single files, parts of one."""

from __future__ import annotations

from pathlib import Path

import pytest
from linted import BAD, folder, run
from small_packages import VNFD, Make

from descriptors import pool
from descriptors.commands import inspection, skeletons


def test_a_folder_of_packages_stands_for_all_of_them(
    children: pool.Pool, make: Make, tmp_path: Path
) -> None:
    (tmp_path / "all").mkdir()
    make(vnfd=BAD).rename(tmp_path / "all" / "a.csar")
    folder(tmp_path / "all" / "b")
    folder(tmp_path / "all" / "c", VNFD)
    assert {
        finding.file.split("/all/")[1]
        for finding in inspection.lint([tmp_path / "all"], pool=children)
    } == {"a.csar!/Definitions/vnfd.yaml", "b/Definitions/vnfd.yaml"}


def test_packages_are_found_however_deep_and_the_last_line_counts_them(tmp_path: Path) -> None:
    folder(tmp_path / "all/deep/deeper/a", VNFD)
    folder(tmp_path / "all/b", VNFD)
    folder(tmp_path / "all/.git/c")
    (tmp_path / "all/compose.yaml").write_text("services: {}")
    assert run(tmp_path / "all") == (0, "2 packages: 0 errors, 0 warnings\n")


def test_a_package_given_twice_is_linted_once(tmp_path: Path) -> None:
    path = folder(tmp_path / "a")
    assert run(path, f"{path}/", path)[1] == run(path)[1]


def test_descriptors_that_lie_side_by_side_are_linted_each_by_itself(tmp_path: Path) -> None:
    for name in ("one", "two"):
        (tmp_path / f"{name}.yaml").write_text(VNFD)
    assert run(tmp_path) == (0, "2 packages: 0 errors, 0 warnings\n")


def test_a_folder_without_a_package_is_wrong_use(tmp_path: Path) -> None:
    code, output = run(tmp_path)
    assert code == 2 and "no package here: no Definitions/*.yaml" in output


@pytest.mark.parametrize("place", ["Definitions/mine.yaml", "Definitions"])
def test_the_yaml_one_is_editing_is_linted_as_a_part_of_its_package(
    place: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    skeletons.start("vnf", tmp_path / "mine")
    file = tmp_path / "mine/Definitions/mine.yaml"
    assert run(tmp_path / "mine" / place) == (0, "1 package: 0 errors, 0 warnings\n")
    file.write_text(file.read_text().replace("virtual_binding: mine", "virtual_binding: min"))
    monkeypatch.chdir(tmp_path / "mine/Definitions")
    code, output = run("mine.yaml")
    assert code == 1 and output.startswith("mine.yaml:")
    assert "$size" not in output and output.endswith("1 package: 2 errors, 0 warnings\n")


def test_findings_in_other_files_of_the_package_are_only_counted(tmp_path: Path) -> None:
    path = folder(
        tmp_path / "vnfd", VNFD.replace("vnfd_types.yaml ]", "vnfd_types.yaml, more.yaml ]")
    )
    (path / "Definitions/more.yaml").write_text(
        "tosca_definitions_version: tosca_simple_yaml_1_3\n"
        "node_types: { x: { derived_from: nothing } }\n"
    )
    assert run(path / "Definitions/vnfd.yaml") == (
        0,
        "1 package: 0 errors, 0 warnings; 1 finding in other files\n",
    )
    assert run(path / "Definitions/more.yaml")[0] == 1


def test_a_yaml_that_the_package_does_not_read_is_linted_alone(tmp_path: Path) -> None:
    path = folder(tmp_path / "vnfd", VNFD)
    (path / "Definitions/other.yaml").write_text(BAD)
    assert run(path / "Definitions/other.yaml")[0] == 1
