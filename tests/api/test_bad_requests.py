# SPDX-License-Identifier: Apache-2.0
"""Bad requests over HTTP: each gets a ProblemDetails that says what is wrong."""

from __future__ import annotations

import pytest

from tests.running import Api

PACKAGES = "/vnfpkgm/v2/vnf_packages"


@pytest.mark.parametrize(
    "body, word",
    [
        (b"not json", "not JSON"),
        (b"", "body"),
        (b"[]", "object"),
        (b'{"nsName": 1}', "nsdId"),
        (b'{"nsdId": NaN}', "NaN"),
        (b'{"a": ' * 2000, "nested"),
        (b'{"nsdId": "a", "nsName": "b\\u0000", "nsDescription": ""}', "NUL"),
        (b'{"nsdId": "a", "nsName": "b", "nsDescription": "", "nsName": "c"}', "twice"),
        (b'{"nsdId": "a", "nsDescription": "", "nsName": "%s"}' % (b"b" * 2**17), "characters"),
    ],
)
def test_a_body_that_is_not_what_it_should_be_is_400(api: Api, body: bytes, word: str) -> None:
    answer = api.call(
        "POST", "/nslcm/v2/ns_instances", content=body, headers={"Content-Type": "application/json"}
    )
    assert (
        answer.status_code == 400 and answer.headers["Content-Type"] == "application/problem+json"
    ), answer.text
    assert word in answer.text and answer.json()["status"] == 400


def test_a_body_of_many_megabytes_is_413(api: Api) -> None:
    body = {"nsdId": "a", "nsDescription": "", "nsName": "b" * 15 * 2**20}
    assert "bytes" in api.ok("POST", "/nslcm/v2/ns_instances", 413, body).json()["detail"]


@pytest.mark.parametrize(
    "path",
    [
        "/nslcm/v2/ns_instances/%00",
        "/nslcm/v2/ns_instances/a%00b",
        "/vnflcm/v2/vnf_instances/%00",
        "/vnfpkgm/v2/vnf_packages/%00/package_content",
        "/nslcm/v2/subscriptions/%00",
        "/admin/v1/hosts/%00",
    ],
)
def test_what_no_id_can_be_is_404(api: Api, path: str) -> None:
    api.ok("GET", path, 404)


@pytest.mark.parametrize(
    "query", ["nextpage_opaque_marker=%00", "filter=(eq,id,%00)", "fields=%00", "%00=a"]
)
def test_a_query_with_nul_is_400(api: Api, query: str) -> None:
    api.ok("GET", f"/nslcm/v2/ns_instances?{query}", 400)


def test_another_media_type_is_415(api: Api) -> None:
    assert (
        api.call(
            "POST",
            "/nslcm/v2/ns_instances",
            content=b"<a/>",
            headers={"Content-Type": "application/xml"},
        ).status_code
        == 415
    )
    path = api.ok("POST", PACKAGES, 201, {}).headers["Location"]
    assert (
        api.call(
            "PUT", f"{path}/package_content", content=b"x", headers={"Content-Type": "image/png"}
        ).status_code
        == 415
    )
    assert (
        "empty"
        in api.ok(
            "PUT",
            f"{path}/package_content",
            400,
            content=b"",
            headers={"Content-Type": "application/zip"},
        ).json()["detail"]
    )
    assert api.get(path).json()["onboardingState"] == "CREATED"
    api.ok("DELETE", path, 204)


def test_who_takes_json_only_gets_errors_as_json(api: Api) -> None:
    answer = api.ok(
        "GET", "/nslcm/v2/ns_instances/none", 404, headers={"Accept": "application/json"}
    )
    assert answer.headers["Content-Type"] == "application/json" and answer.json()["status"] == 404
