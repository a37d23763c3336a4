# SPDX-License-Identifier: Apache-2.0
"""Our compact OpenAPI documents against ETSI's own, where those are at hand."""

from __future__ import annotations

import fnmatch
import os
import pathlib
import re
import sys
from collections.abc import Iterator
from typing import Any

import pytest

from mano.rest import app, documents

sys.path.insert(0, str(pathlib.Path(__file__).parent))
import etsi

ROOT = pathlib.Path(__file__).parents[2]
SHARED = pathlib.Path(os.environ.get("MANO_SHARED", ROOT.parent / "shared")) / "etsi" / "openapi"
SOL003, SOL005 = SHARED / "nfv-sol002-sol003" / "SOL003", SHARED / "nfv-sol005" / "SOL005"
THEIRS = {
    "vnfm/openapi/vnflcm.yaml": SOL003 / "VNFLifecycleManagement/VNFLifecycleManagement.yaml",
    "nfvo/openapi/nslcm.yaml": SOL005 / "NSLifecycleManagement/NSLifecycleManagement.yaml",
    "nfvo/openapi/vnfpkgm.yaml": SOL005 / "VNFPackageManagement/VNFPackageManagement.yaml",
    "nfvo/openapi/nsd.yaml": SOL005 / "NSDManagement/NSDManagement.yaml",
    "nfvo/openapi/grant.yaml": SOL003
    / "VNFLifecycleOperationGranting/VNFLifecycleOperationGranting.yaml",
    "nfvo/openapi/onboarded.yaml": SOL003 / "VNFPackageManagement/VNFPackageManagement.yaml",
}
EVERY = sorted(
    path.relative_to(ROOT / "services").as_posix()
    for path in ROOT.glob("services/*/openapi/*.yaml")
)
# Where ETSI's file contradicts ETSI's own text, its other files or itself: pattern of "place: what"
# -> why.
DEVIATIONS = {
    "<-: array instead of object": "their file answers these lists with one item",
    "<-: object instead of array": "SOL003's file answers a POST of one subscription with a list",
    "*/filter/operationalState: array instead of string": "0..N in the text, a list in SOL005's file",
    "*/filter/usageState: array instead of string": "0..N in the text, a list in SOL005's file",
    "*/scaleToLevel: missing": "the name is scaleLevel, as their own `required` says",
    "*/vnfcResourceInfo/parentCpId: missing": "belongs to vnfcCpInfo, where SOL005's file has it",
    "*/ipOverEthernet/[tais]*: missing": "attributes of ipAddresses, repeated one level too high",
    "*/ipOverEthernet/m*Address: missing": "attributes of ipAddresses, repeated one level too high",
    "*/vipCpInfo/metadata: object instead of array": "SOL003's file has one set of pairs",
    "*/currentVnfExtCpData: array instead of object": "SOL003's file has a list; one link has many CPs",
    "*/pnfInfo/cpInfo: array instead of object": "a PNF has several CPs",
    "*/vnffgInfo/pnfInfoId: not required": "there need not be a PNF; their attributes do not even name it",
    "*/vnffgInfo/nsCpHandle: array instead of object": "a VNFFG has many CPs",
    "*/terminateVnfData/vnfInstanceId: required": "their file makes TerminateVnfData a time",
    "*/operationParams: object instead of string": "the parameters are the request's body",
    "*/coordinationResult: enum *CANCELLED*": "misspelt",
    "*/notificationTypes: enum *NsLcmOperationOccurrenceNotification*": "misspelt in their filter; both are taken",
    "*/notificationTypes: enum *NsdOnBoardingFailureNotification*": "spelt in two ways by them; both are taken",
    "*/lcmOpOccStatusImpactingNsComponent: enum *START*": "their file repeats the names of the operations",
    "*/pnfdOnboardingState: enum *ONBOARDED*": "the state is ONBOARDED, as elsewhere",
    "*/compatibleSpecificationVersions: array instead of string": "SOL003's file has a list",
    "*/notificationTypes: array instead of string": "every other filter has a list",
    "*/vnfProductsFromProviders/vnfProductsFromProviders: missing": "the name is vnfProducts, as in SOL003's file",
    "*/userDefinedData: object instead of array": "key-value pairs, as in NsdInfo",
    "*checksum: object instead of string": "SOL005's file defines it, SOL003's says it found no definition",
    "*/softwareImages/diskFormat: enum *ARI*": "SOL005's file has it",
    "*/additionalArtifacts/artifactPath: not required": "an external artifact has an artifactURI only",
    "*/additionalArtifacts/artifactURI: string instead of array": "one, as in SOL005's file",
}

needs_etsi = pytest.mark.skipif(
    not SHARED.is_dir(), reason=f"ETSI's OpenAPI documents are not at {SHARED} (MANO_SHARED)"
)


def operations(document: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, item in document["paths"].items():
        for method in documents.METHODS:
            if method in item:
                yield method, path, item[method]


def their_operation(their: etsi.Node, method: str, path: str) -> etsi.Node:
    # Some of their paths bear the prefix of an older major version, and parameters are named as
    # they like.
    for name, item in their.get("paths").items():
        if _shape(re.sub(r"^/\w+/v\d/", "/", name)) == _shape(path):
            return item.get(method)
    return etsi.Node(None, their.file)


def _shape(path: str) -> str:
    return re.sub(r"{\w+}", "{}", path)


def pairs(name: str) -> Iterator[tuple[str, dict[str, Any], etsi.Node]]:
    ours = documents.resolve(documents.load(ROOT / "services" / name).content)
    theirs = etsi.document(THEIRS[name])
    for method, path, operation in operations(ours):
        yield f"{method.upper()} {path}", operation, their_operation(theirs, method, path)


def schema(content: dict[str, Any]) -> dict[str, Any]:
    return next(
        (value.get("schema", {}) for media, value in content.items() if media.endswith("json")), {}
    )


def their_schema(content: etsi.Node) -> etsi.Node:
    nothing = etsi.Node(None, content.file)
    return next(
        (value.get("schema") for media, value in content.items() if media.endswith("json")), nothing
    )


def body_differences(name: str) -> Iterator[str]:
    for where, ours, theirs in pairs(name):
        sent = ours.get("requestBody", {}).get("content", {})
        if schema(sent):
            yield from (
                f"{where} ->{found}"
                for found in etsi.differences(
                    schema(sent),
                    their_schema(theirs.get("requestBody").get("content")),
                    request=True,
                )
            )
        for status, answer in ours["responses"].items():
            if status.startswith("2") and schema(answer.get("content", {})):
                answered = theirs.get("responses").get(status).get("content")
                yield from (
                    f"{where} <-{found}"
                    for found in etsi.differences(
                        schema(answer["content"]), their_schema(answered), request=False
                    )
                )


def stated(difference: str, pattern: str) -> bool:
    return fnmatch.fnmatchcase(difference.split(" ", 2)[2], pattern)


@pytest.mark.parametrize("name", EVERY)
def test_a_document_of_ours_resolves(name: str) -> None:
    document = documents.resolve(documents.load(ROOT / "services" / name).content)
    assert list(operations(document))


@pytest.mark.parametrize("name", EVERY)
def test_a_document_of_ours_is_valid_openapi(name: str) -> None:
    """A start does not check it again, where it was found valid once."""
    app.connexion.spec.Specification.load(documents.load(ROOT / "services" / name).content)


def test_every_document_of_a_standard_is_compared_with_it() -> None:
    assert set(EVERY) - set(THEIRS) == {"nfvo/openapi/admin.yaml"}


@needs_etsi
@pytest.mark.parametrize("name", THEIRS)
def test_every_path_and_method_we_serve_is_the_standards(name: str) -> None:
    assert [where for where, _, theirs in pairs(name) if not theirs.value] == []


@needs_etsi
@pytest.mark.parametrize("name", THEIRS)
def test_success_is_told_by_the_standards_status_codes(name: str) -> None:
    for where, ours, theirs in pairs(name):
        theirs_stated = {
            status for status, _ in theirs.get("responses").items() if status.startswith("2")
        }
        assert {
            status for status in ours["responses"] if status.startswith("2")
        } == theirs_stated, where


@needs_etsi
@pytest.mark.parametrize("name", THEIRS)
def test_attributes_enums_and_mandatory_attributes_are_the_standards(name: str) -> None:
    unstated = [
        found
        for found in body_differences(name)
        if not any(stated(found, pattern) for pattern in DEVIATIONS)
    ]
    assert unstated == []


@needs_etsi
def test_every_deviation_we_state_is_one() -> None:
    found = [found for name in THEIRS for found in body_differences(name)]
    assert [
        pattern
        for pattern in DEVIATIONS
        if not any(stated(difference, pattern) for difference in found)
    ] == []
