# SPDX-License-Identifier: Apache-2.0
"""No loss: any process of the distributed suite is killed while network services are instantiated
and terminated."""

from __future__ import annotations

import pytest

from tests.lab import rabbitmq
from tests.suite.chaos import contract, distributed, storm


class TestDistributed(contract.NothingIsLost):
    """APIs, workers, VIM services, the agent, VNFCs, RabbitMQ and PostgreSQL are killed."""

    @pytest.fixture(scope="class")
    @classmethod
    def report(cls, tmp_path_factory: pytest.TempPathFactory) -> storm.Report:
        if reason := rabbitmq.missing():
            pytest.skip(reason)
        return storm.run(
            distributed.Distributed,
            tmp_path_factory.mktemp("distributed"),
            contract.KILLS,
            contract.SEED,
            0.7,
            (3, 2),
        )
