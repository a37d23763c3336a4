# SPDX-License-Identifier: Apache-2.0
"""VNF packages (SOL005 clause 9, SOL003 clause 10) and NSDs (SOL005 clause 5) over HTTP."""

from __future__ import annotations

import io
import os
import time
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests import running as suites
from tests.running import Api, Running

PACKAGES, NSDS, ONBOARDED = (
    "/vnfpkgm/v2/vnf_packages",
    "/nsd/v2/ns_descriptors",
    "/or-vnfm/vnfpkgm/v2/onboarded_vnf_packages",
)
BESIDE = Path(__file__).resolve().parents[3] / "shared"
SHARED = Path(os.environ.get("MANO_SHARED") or BESIDE) / "packages"
VNFD = "7a1c0b52-3e0f-4b57-9d0a-6f1d2c9b0001"


@pytest.fixture(scope="module")
def firewall(api: Api, nsd: str) -> str:
    """The path of the sample firewall's package."""
    [package] = api.get(PACKAGES, params={"filter": f"(eq,vnfdId,{VNFD})"}).json()
    return f"{PACKAGES}/{package['id']}"


@pytest.fixture(scope="module")
def secure_web(api: Api, nsd: str) -> str:
    """The path of the sample NSD."""
    [info] = api.get(NSDS, params={"filter": f"(eq,nsdId,{nsd})"}).json()
    return f"{NSDS}/{info['id']}"


@pytest.mark.parametrize(
    "collection, state", [(PACKAGES, "onboardingState"), (NSDS, "nsdOnboardingState")]
)
def test_what_is_announced_has_no_content_yet(api: Api, collection: str, state: str) -> None:
    answer = api.ok("POST", collection, 201, {"userDefinedData": {"owner": "me"}})
    path = answer.headers["Location"]
    assert answer.json()[state] == "CREATED" and answer.json()["userDefinedData"] == {"owner": "me"}
    for part in (
        ("vnfd", "package_content", "manifest")
        if collection == PACKAGES
        else ("nsd", "nsd_content", "manifest")
    ):
        assert "CREATED" in api.ok("GET", f"{path}/{part}", 409).json()["detail"]
    api.ok("DELETE", path, 204)
    api.ok("GET", path, 404)


def test_an_onboarded_package_says_what_it_holds(api: Api, firewall: str) -> None:
    package = api.ok("GET", firewall, 200).json()
    assert (package["onboardingState"], package["operationalState"]) == ("ONBOARDED", "ENABLED")
    assert (
        package["vnfdId"] == VNFD
        and package["vnfProductName"] == "Firewall"
        and package["vnfProvider"] == "example"
    )
    [image] = package["softwareImages"]
    age = datetime.now(UTC) - datetime.fromisoformat(image["createdAt"])
    assert timedelta() < age < timedelta(hours=1)  # it was made when it was onboarded
    assert image["checksum"]["hash"] and image["containerFormat"] and image["imagePath"]
    [brief] = api.get(PACKAGES, params={"filter": f"(eq,vnfdId,{VNFD})"}).json()
    assert "softwareImages" not in brief and "additionalArtifacts" not in brief


def test_a_package_comes_back_as_it_was_sent(
    api: Api, firewall: str, samples: dict[str, bytes]
) -> None:
    answer = api.ok("GET", f"{firewall}/package_content", 200)
    assert (
        answer.content == samples["firewall"]
        and answer.headers["Content-Type"] == "application/zip"
    )


def test_a_range_of_a_package_is_206_and_beyond_its_end_416(
    api: Api, firewall: str, samples: dict[str, bytes]
) -> None:
    size = len(samples["firewall"])
    part = api.ok("GET", f"{firewall}/package_content", 206, headers={"Range": "bytes=10-19"})
    assert (
        part.content == samples["firewall"][10:20]
        and part.headers["Content-Range"] == f"bytes 10-19/{size}"
    )
    beyond = api.ok("GET", f"{firewall}/package_content", 416, headers={"Range": f"bytes={size}-"})
    assert beyond.headers["Content-Range"] == f"bytes */{size}"


def test_the_vnfd_comes_as_zip_or_text(api: Api, firewall: str) -> None:
    answer = api.ok("GET", f"{firewall}/vnfd", 200, headers={"Accept": "application/zip"})
    names = zipfile.ZipFile(io.BytesIO(answer.content)).namelist()
    assert "Definitions/firewall.yaml" in names and not any(
        name.startswith("software") for name in names
    )
    text = api.ok("GET", f"{firewall}/vnfd", 200, headers={"Accept": "text/plain"})
    assert text.headers["Content-Type"].startswith("text/plain")
    assert text.content == zipfile.ZipFile(io.BytesIO(answer.content)).read(
        "Definitions/firewall.yaml"
    )


def test_manifest_and_artifacts_are_had_one_by_one(
    api: Api, firewall: str, samples: dict[str, bytes]
) -> None:
    archive = zipfile.ZipFile(io.BytesIO(samples["firewall"]))
    manifest = next(name for name in archive.namelist() if name.endswith(".mf"))
    assert api.ok("GET", f"{firewall}/manifest", 200).content == archive.read(manifest)
    image = api.get(firewall).json()["softwareImages"][0]["imagePath"]
    assert api.ok("GET", f"{firewall}/artifacts/{image}", 200).content == archive.read(image)
    assert (
        api.ok("GET", f"{firewall}/artifacts/{image}", 206, headers={"Range": "bytes=0-3"}).content
        == archive.read(image)[:4]
    )
    assert (
        "nothing.here" in api.ok("GET", f"{firewall}/artifacts/nothing.here", 404).json()["detail"]
    )


@pytest.mark.parametrize("path", ["../../../etc/passwd", "%2e%2e/%2e%2e/etc/passwd", "/etc/passwd"])
def test_artifacts_outside_the_package_are_not_there(api: Api, firewall: str, path: str) -> None:
    assert api.get(f"{firewall}/artifacts/{path}").status_code == 404


def test_content_is_taken_once(api: Api, firewall: str, samples: dict[str, bytes]) -> None:
    answer = api.ok(
        "PUT",
        f"{firewall}/package_content",
        409,
        content=samples["web"],
        headers={"Content-Type": "application/zip"},
    )
    assert "ONBOARDED" in answer.json()["detail"]
    assert api.get(f"{firewall}/package_content").content == samples["firewall"]


def test_a_package_is_switched_off_and_deleted(api: Api, another: Callable[..., bytes]) -> None:
    package = api.onboard(PACKAGES, another("0101"))
    path = f"{PACKAGES}/{package['id']}"
    assert "DISABLED first" in api.ok("DELETE", path, 409).json()["detail"]
    assert "already" in api.patch(path, {"operationalState": "ENABLED"}).json()["detail"]
    etag = api.get(path).headers["ETag"]
    assert (
        api.patch(path, {"operationalState": "DISABLED"}, **{"If-Match": '"99"'}).status_code == 412
    )
    changed = api.patch(
        path, {"operationalState": "DISABLED", "userDefinedData": {"a": "b"}}, **{"If-Match": etag}
    )
    assert changed.status_code == 200 and changed.json() == {
        "operationalState": "DISABLED",
        "userDefinedData": {"a": "b"},
    }
    assert api.patch(path, {"userDefinedData": {"a": None, "c": "d"}}).status_code == 200
    assert api.get(path).json()["userDefinedData"] == {"c": "d"}
    api.ok("DELETE", path, 204)
    assert api.get(f"{ONBOARDED}/{package['vnfdId']}").status_code == 404


def test_a_package_deleted_is_forgotten_by_the_vnfm(
    api: Api, another: Callable[..., bytes]
) -> None:
    content = another("0103")
    package = api.onboard(PACKAGES, content)
    body = {"vnfdId": package["vnfdId"]}
    vnf = api.ok("POST", "/vnflcm/v2/vnf_instances", 201, body).headers["Location"]
    api.ok("DELETE", vnf, 204)
    path = f"{PACKAGES}/{package['id']}"
    api.patch(path, {"operationalState": "DISABLED"})
    api.deleted(path)
    again = api.onboard(
        PACKAGES, content
    )  # waits for the VNFM, so it has heard of the deletion before
    assert again["id"] != package["id"] and again["vnfdId"] == package["vnfdId"]
    api.ok("POST", "/vnflcm/v2/vnf_instances", 201, body)


def test_what_is_in_use_is_not_deleted(api: Api, nsd: str, firewall: str, secure_web: str) -> None:
    ns = api.ns(nsd)
    for path, state in ((firewall, "operationalState"), (secure_web, "nsdOperationalState")):
        assert api.patch(path, {state: "DISABLED"}).status_code == 200
        assert "in use" in api.ok("DELETE", path, 409).json()["detail"]
        assert api.patch(path, {state: "ENABLED"}).status_code == 200
    api.ok("DELETE", ns, 204)


def test_of_a_disabled_nsd_no_instance_is_made(api: Api, nsd: str, secure_web: str) -> None:
    assert api.patch(secure_web, {"nsdOperationalState": "DISABLED"}).status_code == 200
    answer = api.ok(
        "POST", "/nslcm/v2/ns_instances", 409, {"nsdId": nsd, "nsName": "n", "nsDescription": ""}
    )
    assert "DISABLED" in answer.json()["detail"]
    assert api.patch(secure_web, {"nsdOperationalState": "ENABLED"}).status_code == 200


def test_an_nsd_of_many_files_is_not_to_be_had_as_plain_text(api: Api, secure_web: str) -> None:
    assert api.get(f"{secure_web}/nsd_content", headers={"Accept": "text/plain"}).status_code == 406
    assert (
        api.ok(
            "GET", f"{secure_web}/nsd_content", 200, headers={"Accept": "application/zip"}
        ).content[:2]
        == b"PK"
    )
    assert (
        api.ok("GET", f"{secure_web}/nsd", 200, headers={"Accept": "application/zip"}).content[:2]
        == b"PK"
    )


def test_a_vnfm_sees_onboarded_packages_by_vnfd(
    api: Api, firewall: str, samples: dict[str, bytes]
) -> None:
    path = f"{ONBOARDED}/{VNFD}"
    assert api.ok("GET", path, 200).json()["id"] == firewall.rpartition("/")[2]
    assert all(
        one["onboardingState"] == "ONBOARDED" for one in api.ok("GET", ONBOARDED, 200).json()
    )
    assert api.ok("GET", f"{path}/package_content", 200).content == samples["firewall"]
    assert (
        api.ok("GET", f"{path}/vnfd", 200, headers={"Accept": "application/zip"}).content[:2]
        == b"PK"
    )
    for method in ("POST", "PUT", "PATCH", "DELETE"):
        assert api.ok(method, path, 405).headers["Allow"] == "GET, HEAD, OPTIONS"
    assert "nobody" in api.ok("GET", f"{ONBOARDED}/nobody", 404).json()["detail"]


def test_a_filter_of_the_vnfms_keeps_to_onboarded_packages(api: Api) -> None:
    path = api.ok("POST", PACKAGES, 201, {}).headers["Location"]
    ids = [
        one["id"]
        for one in api.ok(
            "GET", ONBOARDED, 200, params={"filter": "(neq,vnfProvider,nobody)"}
        ).json()
    ]
    assert path.rpartition("/")[2] not in ids
    api.ok("DELETE", path, 204)


@pytest.mark.parametrize(
    "path, allow",
    [
        (PACKAGES, {"GET", "POST"}),
        (f"{PACKAGES}/none", {"GET", "PATCH", "DELETE"}),
        (f"{PACKAGES}/none/vnfd", {"GET"}),
        (f"{PACKAGES}/none/package_content", {"GET", "PUT"}),
        (f"{NSDS}/none", {"GET", "PATCH", "DELETE"}),
        (f"{NSDS}/none/nsd_content", {"GET", "PUT"}),
        (ONBOARDED, {"GET"}),
    ],
)
def test_what_a_resource_has_not_is_405_with_allow(api: Api, path: str, allow: set[str]) -> None:
    for method in {"GET", "POST", "PUT", "PATCH", "DELETE"} - allow:
        stated = set(api.ok(method, path, 405).headers["Allow"].split(", "))
        assert stated - {"HEAD", "OPTIONS"} == allow


@pytest.mark.parametrize("path", [f"{PACKAGES}/none", f"{NSDS}/none", f"{ONBOARDED}/none"])
def test_an_unknown_id_is_404(api: Api, path: str) -> None:
    api.ok("GET", path, 404)
    if path.startswith("/or-vnfm"):
        return
    assert api.patch(path, {}).status_code == 404
    api.ok("DELETE", path, 404)
    part = "nsd_content" if path.startswith(NSDS) else "package_content"
    api.ok("PUT", f"{path}/{part}", 404, content=b"PK", headers={"Content-Type": "application/zip"})


# -- packages that users own today --
@pytest.fixture(scope="module")
def shared() -> Path:
    if not SHARED.exists():
        pytest.skip(f"{SHARED} is not here")
    return SHARED


REAL = sorted(path.name for path in (SHARED / "vnf").glob("*.zip")) or ["no real packages at hand"]


@pytest.mark.parametrize("name", REAL)
def test_a_real_package_is_onboarded_or_refused_with_its_findings(
    api: Api, shared: Path, name: str
) -> None:
    package = api.checked(api.upload(PACKAGES, (shared / "vnf" / name).read_bytes()))
    if package["onboardingState"] == "ERROR":
        same = "with the same descriptor id" in package["onboardingFailureDetails"]["detail"]
        assert same or ".yaml" in package["onboardingFailureDetails"]["detail"], package
    else:
        assert api.ok("GET", f"{ONBOARDED}/{package['vnfdId']}", 200).json()["id"] == package["id"]


def test_a_real_nsd_is_onboarded_after_its_vnfd(api: Api, shared: Path) -> None:
    def sent(collection: str, text: str) -> dict[str, Any]:
        return dict(api.checked(api.upload(collection, text.encode(), "text/plain")))

    vnfd, nsd = (
        (shared / "nsd" / name).read_text() for name in ("TopologyVNFD.yaml", "TopologyNSD.yaml")
    )
    ids = ("ID_VNF", "b1bb0ce7-ebca-4fa7-95ed-4840d70a2233")  # which the VNFD beside it is not
    early = sent(NSDS, nsd)
    assert early["nsdOnboardingState"] == "ERROR" and all(
        id in early["onboardingFailureDetails"]["detail"] for id in ids[:1]
    )
    packages = []
    for id in ids:
        vnf = sent(PACKAGES, vnfd.replace("abcd-0123456789", id))
        assert vnf["onboardingState"] == "ONBOARDED", vnf
        packages.append(vnf["id"])
    ns = sent(NSDS, nsd)
    assert ns["nsdOnboardingState"] == "ONBOARDED", ns["onboardingFailureDetails"]
    answer = api.ok("GET", f"{NSDS}/{ns['id']}/nsd_content", 200, headers={"Accept": "text/plain"})
    assert answer.text == nsd and answer.headers["Content-Type"].startswith("text/plain")
    assert set(ns["vnfPkgIds"]) <= set(packages) and ns["vnfPkgIds"]


def test_who_may_only_read_may_not_onboard(running: Running, api: Api) -> None:
    reader = suites.client(running, "reader")
    assert reader.get(PACKAGES).status_code == 200 and reader.post(PACKAGES, {}).status_code == 403


def test_the_images_of_a_deleted_package_are_removed_from_the_vims(
    running: Running, api: Api, another: Callable[..., bytes]
) -> None:
    package = api.onboard(PACKAGES, another("0105"))
    vnf = api.ok("POST", "/vnflcm/v2/vnf_instances", 201, {"vnfdId": package["vnfdId"]}).headers[
        "Location"
    ]
    api.ended(
        api.ok("POST", f"{vnf}/instantiate", 202, {"flavourId": "default"}).headers["Location"]
    )
    api.ended(
        api.ok("POST", f"{vnf}/terminate", 202, {"terminationType": "FORCEFUL"}).headers["Location"]
    )
    api.ok("DELETE", vnf, 204)

    def images() -> int:
        with running.parts["vim-simulated"].store.begin() as tx:
            return len(
                tx.find(
                    "image", where="body->>'owner' = %(package)s", values={"package": package["id"]}
                )
            )

    assert images() == 1
    path = f"{PACKAGES}/{package['id']}"
    api.patch(path, {"operationalState": "DISABLED"})
    api.deleted(path)
    until = time.monotonic() + 20
    while images() and time.monotonic() < until:
        time.sleep(0.05)
    assert images() == 0
