# SPDX-License-Identifier: Apache-2.0
"""Whether something fits on a host."""

from __future__ import annotations

import scripted_agent
from hypothesis import given
from hypothesis import strategies as st

from vim_baremetal import fit

FACTS, POLICY = scripted_agent.FACTS, fit.Policy()
CPUS = st.lists(st.integers(0, 31), unique=True, max_size=16).map(
    lambda ids: [{"id": n, "node": n // 8} for n in ids]
)


def test_what_is_short_is_said_with_what_is_taken() -> None:
    used = {"vcpus": 100, "memoryMiB": 8000}
    assert fit.short(FACTS, used, {"vcpus": 28, "memoryMiB": 100}, POLICY) == []
    assert fit.short(FACTS, used, {"vcpus": 29, "memoryMiB": 200}, POLICY) == [
        "vcpus: 100 of 128 taken, 29 wanted",
        "memoryMiB: 8000 of 8192 taken, 200 wanted",
    ]


def test_a_dedicated_cpu_is_lost_to_the_shared_ones() -> None:
    assert fit.short(FACTS, {"vcpus": 100}, {"dedicatedCpus": 1}, POLICY) == []
    assert (
        "would leave only 96" in fit.short(FACTS, {"vcpus": 100}, {"dedicatedCpus": 2}, POLICY)[0]
    )
    assert fit.totals(FACTS, {"dedicatedCpus": 2}, POLICY)["vcpus"] == 96


def test_pages_and_virtual_functions_are_counted() -> None:
    total = fit.totals(FACTS, {}, POLICY)
    assert total["hugepages"] == {"2048": 8} and total["vfs"] == {"eth0": 8}


def test_storage_is_assumed_until_a_host_states_it() -> None:
    assert fit.totals(FACTS, {}, POLICY)["storageMiB"] == POLICY.assumed_storage
    assert fit.short({**FACTS, "storageMiB": 10}, {}, {"storageMiB": 11}, POLICY) == [
        "storageMiB: 0 of 10 taken, 11 wanted"
    ]


def test_cpus_come_from_the_fullest_node_that_has_room() -> None:
    assert fit.choose_cpus(FACTS["cpus"], {1}, 2, POLICY) == [2, 3]
    assert fit.choose_cpus(FACTS["cpus"], {1}, 3, POLICY) == [4, 5, 6]
    assert fit.choose_cpus(FACTS["cpus"], set(), 7, POLICY) == [1, 2, 3, 4, 5, 6, 7]


@given(CPUS, st.sets(st.integers(0, 31)), st.integers(1, 8))
def test_chosen_cpus_are_free_different_and_never_the_hosts_own(
    cpus: list[dict[str, int]], taken: set[int], count: int
) -> None:
    chosen = fit.choose_cpus(cpus, taken, count, POLICY)
    free = {cpu["id"] for cpu in sorted(cpus, key=lambda cpu: cpu["id"])[1:]} - taken
    assert set(chosen) <= free and len(set(chosen)) == len(chosen)
    assert len(chosen) == (count if len(free) >= count else 0)
    if any(sum(id // 8 == node for id in free) >= count for node in range(4)):
        assert len({id // 8 for id in chosen}) == 1


@given(
    *[
        st.dictionaries(
            st.sampled_from(["vcpus", "memoryMiB", "dedicatedCpus"]), st.integers(0, 9000)
        )
    ]
    * 2
)
def test_what_fits_stays_within_the_totals_and_comes_back(
    used: fit.Amounts, need: fit.Amounts
) -> None:
    after = fit.plus(used, need)
    fits = not fit.short(FACTS, used, need, POLICY)
    if fits:
        total = fit.totals(FACTS, after, POLICY)
        assert all(after[what] <= total[what] or not need.get(what) for what in after)
    back = fit.plus(after, need, -1)
    assert all(back[what] == used.get(what, 0) for what in back)
