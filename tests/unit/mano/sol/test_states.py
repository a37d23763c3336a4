# SPDX-License-Identifier: Apache-2.0
"""The tables of states, and the page that is drawn from them."""

from __future__ import annotations

import pathlib

import pytest

from mano.problems import Problem
from mano.sol import diagram, states

ROOT = pathlib.Path(__file__).parents[4]


def test_the_page_of_states_is_what_the_tables_say() -> None:
    assert (ROOT / "docs" / "states.md").read_text() == diagram.page()


@pytest.mark.parametrize("arrows", states.TABLES.values(), ids=states.TABLES)
def test_every_arrow_leads_to_a_state_of_its_table(arrows: states.Arrows) -> None:
    assert {to for following in arrows.values() for to in following} <= set(arrows)


@pytest.mark.parametrize("arrows", [states.VNF_LCM_OPERATION, states.NS_LCM_OPERATION])
def test_an_operation_that_has_ended_stays_as_it_is(arrows: states.Arrows) -> None:
    assert {state for state, following in arrows.items() if not following} == states.ENDED & set(
        arrows
    )


def test_a_refused_move_names_what_is_possible() -> None:
    with pytest.raises(Problem, match="possible from here: PROCESSING, ROLLING_BACK, FAILED"):
        states.check(states.VNF_LCM_OPERATION, "FAILED_TEMP", "COMPLETED", "The operation")
