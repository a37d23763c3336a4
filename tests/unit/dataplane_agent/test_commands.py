# SPDX-License-Identifier: Apache-2.0
"""The agent's commands by hand: what they refuse, and in which words."""

from __future__ import annotations

import pathlib
import subprocess

import pytest
from vim_side import AGENT, PATH, Vim, network


def typed(*words: str, text: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*AGENT, *words], input=text, capture_output=True, text=True, env={"PYTHONPATH": PATH}
    )


@pytest.mark.parametrize("document", ["[]", "null", '"nope"', '{"computes": [{}]}', "", "{"])
def test_a_plan_of_what_is_no_desired_document_is_wrong_usage(
    document: str, tmp_path: pathlib.Path
) -> None:
    answer = typed("plan", "--state", str(tmp_path), "--desired", "-", text=document)
    assert answer.returncode == 2
    assert "--desired <stdin> is no" in answer.stderr and "Traceback" not in answer.stderr


@pytest.mark.parametrize(
    "words", [("sweep",), ("sweep", "--delete"), ("facts",), ("exec", "a", "b")]
)
def test_a_state_directory_that_is_not_there_is_wrong_usage_and_not_made(
    words: tuple[str, ...], tmp_path: pathlib.Path
) -> None:
    verb, *rest = words
    for folder in (str(tmp_path / "typo"), ""):
        answer = typed(verb, "--state", folder, *rest)
        assert answer.returncode == 2 and "is no directory" in answer.stderr
    assert list(tmp_path.iterdir()) == []


def test_what_a_running_agent_keeps_is_not_swept(vim: Vim) -> None:
    vim.start()
    vim.converged({"networks": [network("n1")]})
    answer = vim.command("sweep", "--delete")
    assert answer.returncode == 1 and "end it first" in answer.stderr
    assert not vim.found().empty()


def test_help_is_given_by_the_short_option_too() -> None:
    assert typed("-h").returncode == 0
