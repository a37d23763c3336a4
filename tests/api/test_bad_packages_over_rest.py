# SPDX-License-Identifier: Apache-2.0
"""Bad input over HTTP: each gets a ProblemDetails that says what is wrong, and loses nothing."""

from __future__ import annotations

import functools
import hashlib
import io
import os
import subprocess
import time
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import cast

import pytest

from descriptors import Package
from mano.store import Database, Store
from nfvo import onboarding
from tests import running as suites
from tests import small_disks
from tests.running import Api, Running

PACKAGES, NSDS = "/vnfpkgm/v2/vnf_packages", "/nsd/v2/ns_descriptors"


def changed(content: bytes, change: Callable[[str, bytes], bytes]) -> bytes:
    """A package with other bytes in some files."""
    packed = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as old,
        zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for name in old.namelist():
            new.writestr(name, change(name, old.read(name)))
    return packed.getvalue()


def added(content: bytes, name: str, data: bytes) -> bytes:
    """A package with one file more."""
    packed = io.BytesIO(content)
    with zipfile.ZipFile(packed, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, data)
    return packed.getvalue()


def unlisted(content: bytes, change: Callable[[bytes], bytes]) -> bytes:
    """A package without manifest, its descriptor changed."""
    packed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(packed, "w") as new:
        for name in old.namelist():
            data = old.read(name)
            if name == "Definitions/firewall.yaml":
                data = change(data)
            if name == "TOSCA-Metadata/TOSCA.meta":
                data = b"\n".join(line for line in data.splitlines() if b"Manifest" not in line)
            if not name.endswith(".mf"):
                new.writestr(name, data)
    return packed.getvalue()


BAD: dict[str, tuple[Callable[[bytes], bytes], str]] = {
    "not a zip": (lambda good: b"this is no zip at all", "zip"),
    "a truncated CSAR": (lambda good: good[: len(good) // 2], "zip"),
    "a zip bomb": (lambda good: added(good, "bomb", bytes(200 * 2**20)), "bomb"),
    "a path out of the package": (
        lambda good: added(good, "../../etc/cron.d/evil", b"x"),
        "../../etc/cron.d/evil",
    ),
    "an absolute path": (lambda good: added(good, "/etc/passwd", b"x"), "/etc/passwd"),
    "a wrong hash": (
        lambda good: changed(
            good,
            lambda name, data: data + b"\n# changed" if name.endswith("firewall.yaml") else data,
        ),
        "hash",
    ),
    "broken YAML": (
        lambda good: changed(
            good, lambda name, data: b"a: [b" if name.endswith("firewall.yaml") else data
        ),
        "firewall.yaml",
    ),
}


@pytest.mark.parametrize("what", BAD)
def test_a_bad_package_is_refused_with_what_is_wrong(
    api: Api, another: Callable[..., bytes], what: str
) -> None:
    make, word = BAD[what]
    good = another("0201")
    path = api.upload(PACKAGES, make(good))
    package = api.checked(path)
    failure = package["onboardingFailureDetails"]
    assert (
        package["onboardingState"] == "ERROR"
        and failure["status"] == 422
        and word in failure["detail"]
    ), failure
    assert "Traceback" not in failure["detail"] and "/tmp" not in failure["detail"]
    errors = [finding for finding in package["findings"] if finding["severity"] == "error"]
    assert [finding["message"] in failure["detail"] for finding in errors] == [True] * len(
        failure["detail"].splitlines()
    )
    assert all(finding["rule"] and finding["file"] for finding in errors)
    # nothing is lost: the same package takes a good content
    api.ok(
        "PUT",
        f"{path}/package_content",
        202,
        content=good,
        headers={"Content-Type": "application/zip"},
    )
    package = api.checked(path)
    assert (
        package["onboardingState"] == "ONBOARDED"
        and "onboardingFailureDetails" not in package
        and "findings" not in package
    )
    assert api.patch(path, {"operationalState": "DISABLED"}).status_code == 200
    api.ok("DELETE", path, 204)


def test_a_package_whose_zip_spells_names_in_its_own_way_is_served_by_the_names_read(
    api: Api, another: Callable[..., bytes]
) -> None:
    good = another("0211")
    packed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(good)) as old, zipfile.ZipFile(packed, "w") as new:
        for name in old.namelist():
            new.writestr(f"./{name.replace('/', '//')}", old.read(name))
        files = {name: old.read(name) for name in old.namelist()}
    path = api.upload(PACKAGES, packed.getvalue())
    assert api.checked(path)["onboardingState"] == "ONBOARDED"
    as_zip, as_text = {"Accept": "application/zip"}, {"Accept": "text/plain"}
    vnfd = zipfile.ZipFile(io.BytesIO(api.ok("GET", f"{path}/vnfd", 200, headers=as_zip).content))
    entry = "Definitions/firewall.yaml"
    assert vnfd.read(entry) == files[entry]
    if sum(name.endswith(".yaml") for name in files) == 1:
        assert api.ok("GET", f"{path}/vnfd", 200, headers=as_text).content == files[entry]
    manifest = next(name for name in files if name.endswith(".mf"))
    assert api.ok("GET", f"{path}/manifest", 200).content == files[manifest]
    image = next(name for name in files if name.startswith("Files/images/"))
    assert api.ok("GET", f"{path}/artifacts/{image}", 200).content == files[image]
    assert api.patch(path, {"operationalState": "DISABLED"}).status_code == 200
    api.ok("DELETE", path, 204)


REFUSED = {
    "an id that no URL can carry": ("6f1d2c9b0212", "6f1d2c9b0212/x?", "sol001-id"),
    "memory beyond reason": (
        "virtual_mem_size: ",
        "virtual_mem_size: 9999999999999999",
        "sol001-size",
    ),
    "a key twice": (
        "  node_templates:",
        "  node_templates: {}\n  node_templates:",
        "yaml-ambiguous-key",
    ),
    "vCPUs as YAML 1.1 had them": ("num_virtual_cpu: ", "num_virtual_cpu: 1:", "tosca-value-type"),
}


@pytest.mark.parametrize("what", REFUSED)
def test_what_would_be_read_as_something_else_is_refused_at_onboarding(
    api: Api, another: Callable[..., bytes], what: str
) -> None:
    old, new, rule = REFUSED[what]
    good = another("0212")
    bad = unlisted(good, lambda text: text.replace(old.encode(), new.encode()))
    path = api.upload(PACKAGES, bad)
    package = api.checked(path)
    assert package["onboardingState"] == "ERROR"
    errors = {item["rule"] for item in package["findings"] if item["severity"] == "error"}
    assert errors == {rule}, package["findings"]
    api.ok("DELETE", path, 204)


def test_what_has_one_meaning_is_taken_and_the_findings_say_by_which_profile(
    api: Api, another: Callable[..., bytes]
) -> None:
    package = api.upload(PACKAGES, unlisted(another("0213"), lambda text: text))
    info = api.checked(package)
    assert info["onboardingState"] == "ONBOARDED"
    content = api.ok("GET", f"{package}/package_content", 200).content
    assert info["checksum"] == {
        "algorithm": "SHA-256",
        "hash": hashlib.sha256(content).hexdigest(),
    }
    assert [(item["rule"], item["severity"], item["profile"]) for item in info["findings"]] == [
        ("csar-unguarded", "warning", "field")
    ]
    assert api.patch(package, {"operationalState": "DISABLED"}).status_code == 200
    api.ok("DELETE", package, 204)


def jobs(source: Store, package: str) -> int:
    """The jobs that check a package."""
    with source.begin() as tx:
        query = "SELECT count(*) FROM {s}.job WHERE id = %(id)s"
        [[count]] = tx.execute(query, id=f"onboard/vnf_packages/{package}")
    return int(count)


def test_a_package_that_is_deleted_while_it_is_checked_leaves_no_job_and_no_traceback(
    running: Running,
    api: Api,
    another: Callable[..., bytes],
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    nfvo = running.parts["nfvo"]
    [reader] = cast(functools.partial[bool], nfvo.runners["onboard"]).args
    paths: list[str] = []

    def read_and_delete(path: str) -> Package:
        package = cast(Package, reader.read(path))
        while not paths:
            time.sleep(0.01)
        api.ok("DELETE", paths[0], 204)
        return package

    runner = functools.partial(onboarding.run, onboarding.Reader(read_and_delete, reader.folder))
    monkeypatch.setitem(cast(dict[str, object], nfvo.runners), "onboard", runner)
    paths.append(api.upload(PACKAGES, another("0214")))
    id = paths[0].rpartition("/")[2]
    deadline = time.monotonic() + 10
    while (api.get(paths[0]).status_code, jobs(nfvo.store, id)) != (404, 0):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    assert [record for record in caplog.records if record.exc_info] == []


def test_an_nsd_is_not_a_vnf_package(api: Api, samples: dict[str, bytes]) -> None:
    package = api.checked(api.upload(PACKAGES, samples["secure-web"]))
    assert (
        package["onboardingState"] == "ERROR"
        and "'ns'" in package["onboardingFailureDetails"]["detail"]
    )


def test_a_vnfd_is_onboarded_once(api: Api, nsd: str, samples: dict[str, bytes]) -> None:
    package = api.checked(api.upload(PACKAGES, samples["web"]))
    assert "onboarded already" in package["onboardingFailureDetails"]["detail"]
    assert (
        api.ok(
            "GET",
            "/or-vnfm/vnfpkgm/v2/onboarded_vnf_packages/7a1c0b52-3e0f-4b57-9d0a-6f1d2c9b0003",
            200,
        ).json()["id"]
        != package["id"]
    )
    api.ok("DELETE", f"{PACKAGES}/{package['id']}", 204)
    api.ok(
        "GET",
        "/or-vnfm/vnfpkgm/v2/onboarded_vnf_packages/7a1c0b52-3e0f-4b57-9d0a-6f1d2c9b0003",
        200,
    )


def test_an_nsd_that_names_an_unknown_vnfd_is_refused(api: Api, samples: dict[str, bytes]) -> None:
    def other(name: str, data: bytes) -> bytes:
        return (
            data.replace(b"6f1d2c9b0003", b"6f1d2c9b9999")
            if name.endswith("secure-web.yaml")
            else data
        )

    packed = io.BytesIO(changed(samples["secure-web"], other)).getvalue()
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        text = archive.read(
            next(name for name in archive.namelist() if name.endswith("secure-web.yaml"))
        )
    nsd = api.checked(api.upload(NSDS, text, "text/plain"))
    detail = nsd["onboardingFailureDetails"]["detail"]
    assert nsd["nsdOnboardingState"] == "ERROR"
    assert (
        "7a1c0b52-3e0f-4b57-9d0a-6f1d2c9b9999" in detail
        and "onboard it first" in detail
        and "VNF profile web" in detail
    )


def test_an_upload_that_breaks_off_leaves_the_package_as_it_was(
    api: Api, another: Callable[..., bytes]
) -> None:
    path = api.ok("POST", PACKAGES, 201, {}).headers["Location"]

    def pieces() -> Iterator[bytes]:
        yield b"PK" * 1000
        raise OSError("the client dies")

    with pytest.raises(OSError, match="the client dies"):
        api.call(
            "PUT",
            f"{path}/package_content",
            content=pieces(),
            headers={"Content-Type": "application/zip"},
        )
    time.sleep(0.2)
    assert api.get(path).json()["onboardingState"] == "CREATED"
    api.ok("DELETE", path, 204)


# -- a full disk --
@pytest.fixture
def small_disk(
    database: Database, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[str, Path]]:
    """A PostgreSQL tablespace on a file system of 12 MB."""
    folder = tmp_path_factory.mktemp("small")
    with small_disks.tablespace(database, folder, "12m") as name:
        yield name, folder


def test_a_full_disk_is_said_and_nothing_is_lost(
    small_disk: tuple[str, Path],
    new_store: Callable[[], object],
    tmp_path: Path,
    another: Callable[..., bytes],
) -> None:
    tablespace, folder = small_disk
    running = Running(new_store, tmp_path)  # type: ignore[arg-type]
    small_disks.move_content(running.parts["nfvo"].store, tablespace)
    with suites.started(running):
        api = suites.client(running)
        package = api.onboard(PACKAGES, another("0301"))
        path = api.ok("POST", PACKAGES, 201, {}).headers["Location"]
        answer = api.call(
            "PUT",
            f"{path}/package_content",
            content=os.urandom(20 * 2**20),
            headers={"Content-Type": "application/zip"},
        )
        assert answer.status_code in (503, 507) and "disk" in answer.json()["detail"].lower(), (
            answer.text
        )
        assert api.get(path).json()["onboardingState"] == "CREATED"
        assert api.get(f"{PACKAGES}/{package['id']}/package_content").status_code == 200
        subprocess.run(
            ["mount", "-o", "remount,size=100m", str(folder)], check=True
        )  # somebody makes room
        api.ok(
            "PUT",
            f"{path}/package_content",
            202,
            content=another("0302"),
            headers={"Content-Type": "application/zip"},
        )
        assert api.checked(path)["onboardingState"] == "ONBOARDED"
