# SPDX-License-Identifier: Apache-2.0
"""A type of VIM that lives outside the tree: installed as a package, it is used as ours are."""

from __future__ import annotations

import importlib
import pathlib
import shutil
import sys
from collections.abc import Callable, Iterator

import pytest
from click.testing import CliRunner

from mano import plugins
from mano.cli import group
from mano.store import Store
from mano.suite import distributed, parts
from mano.vim import contract, port, types
from tests import running as suites
from tests.api import sample_packages
from tests.running import Api, Running

SOURCE = pathlib.Path(__file__).with_name("tiny_vim.py")
ENTRY_POINTS = "[mano.vims]\ntiny = elsewhere_tiny_vim:TYPE\n"
METADATA = "Metadata-Version: 2.1\nName: elsewhere-tiny-vim\nVersion: 1\n"


@pytest.fixture(scope="module", autouse=True)
def package(tmp_path_factory: pytest.TempPathFactory) -> Iterator[pathlib.Path]:
    """The package as an installer leaves it, in a folder on the path."""
    folder = tmp_path_factory.mktemp("site")
    shutil.copy(SOURCE, folder / "elsewhere_tiny_vim.py")
    metadata = folder / "elsewhere_tiny_vim-1.dist-info"
    metadata.mkdir()
    (metadata / "METADATA").write_text(METADATA)
    (metadata / "entry_points.txt").write_text(ENTRY_POINTS)
    sys.path.insert(0, str(folder))
    importlib.invalidate_caches()
    plugins.forget()
    yield folder
    sys.path.remove(str(folder))
    plugins.forget()


@pytest.fixture(scope="module")
def running(
    new_store: Callable[[], Store], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Running]:
    """A suite of all services that are installed."""
    suite = WithTiny(new_store, tmp_path_factory.mktemp("suite"))
    with suites.started(suite):
        yield suite


class WithTiny(Running):
    services = ("nfvo", "vnfm", "vim-tiny")


@pytest.fixture(scope="module")
def api(running: Running) -> Api:
    return suites.client(running)


class TestTiny(contract.VimContract):
    """It keeps the promises of the port."""

    @pytest.fixture
    def vim(self) -> port.Vim:
        vim: port.Vim = importlib.import_module("elsewhere_tiny_vim").vim("contract")
        return vim


def test_it_is_a_part_and_a_process_of_the_suite(package: pathlib.Path) -> None:
    module = importlib.import_module("elsewhere_tiny_vim")
    assert str(module.__file__).startswith(str(package))
    assert "tiny" in types.names() and "vim-tiny" in parts.names()
    assert distributed.roles()["vim-tiny"] == distributed.Role("vim-tiny", False)


def test_a_type_that_is_not_installed_is_422_and_names_those_that_are(api: Api) -> None:
    vim = {"id": "cloud", "vimType": "nimbus"}
    detail = api.ok("POST", "/admin/v1/vims", 422, vim).json()["detail"]
    assert "nimbus" in detail and "baremetal, simulated, tiny" in detail


def test_a_registration_without_what_the_type_needs_is_422(api: Api) -> None:
    vim = {"id": "cloud", "vimType": "tiny"}
    detail = api.ok("POST", "/admin/v1/vims", 422, vim).json()["detail"]
    assert "accessInfo.secret" in detail


def test_no_host_is_added_to_a_vim_that_has_none(api: Api) -> None:
    register(api, "hostless")
    host = {"id": "host-1", "vimId": "hostless"}
    assert "tiny" in api.ok("POST", "/admin/v1/hosts", 422, host).json()["detail"]


def test_a_network_service_comes_up_on_it_and_leaves_nothing(
    api: Api, tmp_path: pathlib.Path
) -> None:
    register(api, "little")
    sample_packages.onboard(api, sample_packages.build(tmp_path))
    ns = api.ns(sample_packages.NSD_ID)
    operation = api.ended(api.instantiate(ns, "little"))
    assert operation["operationState"] == "COMPLETED", operation
    vim: port.Vim = importlib.import_module("elsewhere_tiny_vim").vim("little")
    assert vim.query("compute", {}) and vim.query("network", {})
    api.removed(ns)
    assert not vim.query("compute", {}) and not vim.query("network", {})


def test_it_is_registered_from_the_command_line(
    api: Api, running: Running, monkeypatch: pytest.MonkeyPatch, tmp_path: pathlib.Path
) -> None:
    monkeypatch.setenv("MANO_URL", running.settings.url("nfvo"))
    monkeypatch.setenv("MANO_DATA", str(tmp_path))
    monkeypatch.setenv("MANO_CLIENT_ID", "oss")
    monkeypatch.setenv("MANO_CLIENT_SECRET", suites.SECRET)
    request = tmp_path / "request.json"
    request.write_text('{"accessInfo": {"secret": "s"}}')
    words = ["vim", "add", "by-hand", "--type", "tiny", "--request", str(request)]
    result = CliRunner().invoke(group.root, words)
    assert result.exit_code == 0, result.output
    enabled(api, "by-hand")


def register(api: Api, id: str) -> None:
    vim = {"id": id, "vimType": "tiny", "accessInfo": {"secret": "s"}}
    api.ok("POST", "/admin/v1/vims", 201, vim)
    enabled(api, id)


def enabled(api: Api, id: str) -> None:
    vim = api.until(f"/admin/v1/vims/{id}", lambda vim: vim["state"] == "ENABLED")
    assert vim["capabilities"] == {"hosts": False, "zonesAreNodes": False, "overlay": True}
