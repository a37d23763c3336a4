# SPDX-License-Identifier: Apache-2.0
"""No loss: the embedded suite is killed again and again while network services are instantiated and
terminated."""

from __future__ import annotations

import pytest

from tests.suite.chaos import contract, embedded, storm


class TestEmbedded(contract.NothingIsLost):
    """The suite, its PostgreSQL, its agent and the VNFCs are killed."""

    @pytest.fixture(scope="class")
    @classmethod
    def report(cls, tmp_path_factory: pytest.TempPathFactory) -> storm.Report:
        return storm.run(
            embedded.Embedded,
            tmp_path_factory.mktemp("embedded"),
            contract.KILLS,
            contract.SEED,
            pace=0.5,
            clients=(3, 2),
        )
