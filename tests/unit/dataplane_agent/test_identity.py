# SPDX-License-Identifier: Apache-2.0
"""Who an agent is survives: its tag is its own, whatever becomes of its state directory."""

import os
import pathlib
import shutil

import pytest
from vim_side import IDLE, Vim, compute, network, port

from dataplane_agent import identity, names, state


def test_a_tag_is_random_and_kept_where_the_directory_goes(tmp_path: pathlib.Path) -> None:
    first, second, moved = (str(tmp_path / name) for name in ("one", "two", "moved"))
    tags = {identity.take(folder, None) for folder in (first, second)}
    assert len(tags) == 2 and all(len(tag) == identity.LENGTH for tag in tags)
    tag = identity.tag(first)
    os.rename(first, moved)
    assert identity.tag(moved) == identity.take(moved, None) == tag


@pytest.mark.parametrize("text", ["[1]", "{", '{"tag": 5}', '{"tag": "../../x"}'])
def test_an_agent_from_before_there_were_kept_tags_has_its_old_one(
    tmp_path: pathlib.Path, text: str
) -> None:
    folder = str(tmp_path)
    state.save(folder, "desired.json", {"desired": {"version": 1}})
    (tmp_path / identity.FILE).write_text(text)
    assert identity.take(folder, None) == names.tag_of(folder)
    os.rename(folder, f"{folder}-moved")
    assert identity.tag(f"{folder}-moved") == names.tag_of(folder)
    shutil.rmtree(f"{folder}-moved")


def test_names_are_short_enough_and_of_one_agent_only() -> None:
    for tag in ("abcdxyz", "abcd"):
        name = names.device(tag, "b", "some resource")
        assert len(name) <= names.LONGEST and names.letter(tag, name) == "b"
        assert names.resource_digest(name) in names.resource_digests("some resource")
    assert names.letter("abcd", names.device("abcdxyz", "b", "r")) == ""
    assert names.letter("abcdxyz", names.device("abcd", "b", "r")) == ""


def test_a_copy_of_the_state_of_an_agent_that_runs_is_refused_and_a_moved_one_goes_on(
    vim: Vim,
) -> None:
    vim.identity = []
    vim.start()
    document = {
        "networks": [network("n1")],
        "images": [vim.image(IDLE)],
        "computes": [compute("c", [port("p", "n1", 3, "out")])],
    }
    before = vim.converged(document)["resources"]["id-c"]
    tag = vim.tag = identity.tag(vim.state)
    assert before["namespace"] == names.space(tag, "id-c")
    original, copy = vim.state, f"{vim.folder}/copy"
    shutil.copytree(vim.state, copy, ignore=shutil.ignore_patterns("root"))
    vim.state = copy
    refused = vim.command("run", "--host", "x", "--bus", vim.url)
    vim.state = original
    assert refused.returncode == 1 and "is a copy of" in refused.stderr
    shutil.rmtree(copy)
    vim.kill()
    os.rename(vim.state, f"{vim.folder}/moved")
    vim.state = f"{vim.folder}/moved"
    vim.start()
    after = vim.converged(document)["resources"]["id-c"]
    assert after["pid"] == before["pid"] and identity.tag(vim.state) == tag
    assert list(vim.found().spaces) == [before["namespace"]]
