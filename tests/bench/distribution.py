# SPDX-License-Identifier: Apache-2.0
"""The figures of a distributed suite, beside those of an embedded one in the same run."""

from __future__ import annotations

from lab import rabbitmq

from tests.bench import operations, suite
from tests.bench.bench import Bench, Skipped
from tests.bench.results import Result

FACTOR = 1.5  # how much longer over RabbitMQ and PostgreSQL servers


def distributed(bench: Bench) -> list[Result]:
    """VNF, NS and the demo's service: so many times the embedded suite's time."""
    if why := rabbitmq.missing():
        raise Skipped(why)
    figures = (operations.vnf, operations.ns, operations.demo)
    embedded = {
        result.what: result.median
        for figure in figures
        for result in bench.results.get(figure.__name__) or figure(bench)
    }
    other = Bench(suite.Distributed(bench.folder / "distributed"), bench.folder, bench.rounds)
    try:
        other.suite.start()
        results = [result for figure in figures for result in figure(other)]
    finally:
        other.suite.remove()
    for result in results:
        result.reach = FACTOR * embedded[result.what]
        result.times = result.median / embedded[result.what]
        result.what += ", distributed"
    return results
