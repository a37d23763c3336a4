# SPDX-License-Identifier: Apache-2.0
"""The settings of a suite's processes, read from an environment."""

from __future__ import annotations

import json
import pathlib

import pytest

from mano import plugins
from mano.suite import credentials, misspelt, requirements, settings
from tests import small_disks


@pytest.mark.parametrize("environment", [{}, {"MANO_PLACEMENT": ""}])
def test_no_plug_in_is_looked_for_where_no_placement_is_named(
    environment: dict[str, str], tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delattr(plugins, "names")
    assert settings.read(environment, tmp_path).placement == "first-fit"


def test_a_placement_that_is_not_installed_is_refused_with_those_that_are(
    tmp_path: pathlib.Path,
) -> None:
    with pytest.raises(settings.Wrong, match="'best' is none of first-fit"):
        settings.read({"MANO_PLACEMENT": "best"}, tmp_path)


@pytest.mark.parametrize("variable", ["MANO_TOKEN_KEY", "MANO_TOKEN_KEY_FILE"])
def test_a_token_key_that_can_be_guessed_is_refused(variable: str, tmp_path: pathlib.Path) -> None:
    file = tmp_path / "key"
    file.write_text("k" * 31 + "\n")
    value = str(file) if variable.endswith("_FILE") else "k" * 31
    with pytest.raises(settings.Wrong, match="31 bytes, and 32 are the least"):
        settings.read({variable: value}, tmp_path)
    assert settings.read({"MANO_TOKEN_KEY": "k" * 32}, tmp_path).token_key == "k" * 32


def test_own_credentials_whose_key_can_be_guessed_are_refused(tmp_path: pathlib.Path) -> None:
    own = credentials.ensure(tmp_path)
    (tmp_path / "credentials.json").write_text(json.dumps({**own, "key": "k"}))
    with pytest.raises(credentials.Unreadable, match="less than 32 bytes"):
        credentials.look(tmp_path)


@pytest.mark.parametrize(("text", "size"), [("4096", 4096), ("512M", 512 * 2**20), ("2G", 2**31)])
def test_sizes_are_bytes_or_have_a_letter(text: str, size: int, tmp_path: pathlib.Path) -> None:
    assert settings.read({"MANO_UPLOAD_LIMIT": text}, tmp_path).rest("nfvo").upload_limit == size


@pytest.mark.parametrize("text", ["0", "-1", "2 G", "2GB", "many"])
def test_what_is_no_size_is_refused(text: str, tmp_path: pathlib.Path) -> None:
    with pytest.raises(settings.Wrong, match="is no size"):
        settings.read({"MANO_DISK_RESERVE": text}, tmp_path)


def test_links_of_each_service_begin_with_its_own_url(tmp_path: pathlib.Path) -> None:
    environment = {"MANO_NFVO_URL": "https://nfvo.example.com/"}
    suite = settings.read(environment, tmp_path)
    assert suite.rest("nfvo").api_root == suite.url("nfvo") == "https://nfvo.example.com"
    assert suite.rest("vnfm").api_root == ""  # the address that a client has connected to
    for wrong in ("nfvo.example.com", "ftp://x", "https://", "https://x/?a", "https://u@x"):
        with pytest.raises(settings.Wrong, match="is not a URL"):
            settings.read({"MANO_NFVO_URL": wrong}, tmp_path)


@pytest.mark.parametrize(
    "name, mended",
    [
        ("laptop", "laptop"),
        ("MyLaptop", "mylaptop"),
        ("build_01.Example.ORG", "build-01.example.org"),
        ("-_-", "localhost"),
        ("x" * 80, "x" * 63),
    ],
)
def test_a_machine_of_any_name_has_one_that_the_api_takes(name: str, mended: str) -> None:
    assert settings.host_name(name) == mended


def test_a_variable_that_is_like_a_setting_and_none_is_found() -> None:
    environment = {
        "MANO_NFVO_ADRESS": "",
        "MANO_TOKEN_KEYS": "",
        "MANO_NFVO_ADDRESS": "",
        "MANO_TOKEN_KEY_FILE": "",
        "MANO_CLIENT_ID": "",
        "MANO_SECRETS": "",
        "MANO_IMAGE": "",
        "MANO_NFVO_PORT": "",
    }
    assert misspelt.look(environment) == {
        "MANO_NFVO_ADRESS": "MANO_NFVO_ADDRESS",
        "MANO_TOKEN_KEYS": "MANO_TOKEN_KEY",
    }


def test_a_full_disk_is_said_before_anything_is_begun(
    tmp_path: pathlib.Path,
) -> None:
    with small_disks.disk(tmp_path, "80m"):
        requirements.check_disk(tmp_path)
        (tmp_path / "another's").write_bytes(bytes(20 << 20))
        with pytest.raises(RuntimeError, match=f"the disk with {tmp_path} is full: 60 MiB"):
            requirements.check_disk(tmp_path)
        (tmp_path / "pg").mkdir()
        (tmp_path / "pg" / "PG_VERSION").touch()
        requirements.check_disk(tmp_path)  # a suite that was there goes on


def test_answers_are_kept_for_as_long_as_a_message_may_come_again(tmp_path: pathlib.Path) -> None:
    with pytest.raises(settings.Wrong, match="MANO_RETENTION_MESSAGES='60' is not a number above"):
        settings.read({"MANO_RETENTION_MESSAGES": "60"}, tmp_path)
    ages = settings.read({"MANO_RETENTION_HISTORY": "60"}, tmp_path).database("postgresql://").ages
    assert (ages.history, ages.messages) == (60, 86400)
