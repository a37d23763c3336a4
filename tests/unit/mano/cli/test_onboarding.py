# SPDX-License-Identifier: Apache-2.0
"""What `mano nsd delete` and `mano vnf-package delete` leave where the NFVO refuses."""

from __future__ import annotations

from typing import Any, cast

import pytest

from mano.cli import ns_descriptors, onboarding, output
from mano.cli.client import Client, Document
from mano.cli.failures import Failure


class Nfvo:
    """One NSD that an instance uses, as the CLI's client sees it."""

    def __init__(self, state: str) -> None:
        self.nsd: Document = {"id": "nsd-1", "nsdName": "shop", "nsdOperationalState": state}

    def list(self, api: str, path: str, **query: str) -> list[Document]:
        return [self.nsd]

    def get(self, api: str, path: str) -> Document:
        return self.nsd

    def call(self, method: str, api: str, path: str, **content: Any) -> None:
        if method == "DELETE":
            raise Failure("is in use")
        self.nsd |= content["json"]


@pytest.mark.parametrize("state", ["ENABLED", "DISABLED"])
def test_what_may_not_be_deleted_stays_as_it_was(state: str) -> None:
    nfvo = Nfvo(state)
    with pytest.raises(Failure, match="is in use"):
        onboarding.delete(cast("Client", nfvo), ns_descriptors.KIND, "shop")
    assert nfvo.nsd["nsdOperationalState"] == state


def test_a_text_of_several_lines_is_printed_line_by_line(
    capsys: pytest.CaptureFixture[str],
) -> None:
    output.data({"certificate": "-----BEGIN\nMIIE\n", "version": "1.0"}, "yaml")
    assert capsys.readouterr().out.startswith(
        "certificate: |\n  -----BEGIN\n  MIIE\nversion: '1.0'\n"
    )
