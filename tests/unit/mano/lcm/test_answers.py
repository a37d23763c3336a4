# SPDX-License-Identifier: Apache-2.0
"""What an answer says of the resource that a request has made."""

from __future__ import annotations

from mano import lcm


def test_the_resource_of_an_answer_is_the_one_that_location_names() -> None:
    answer = lcm.Answer(202, None, {"Location": "/vnflcm/v2/vnf_lcm_op_occs/42"})
    assert answer.resource == "42"


def test_an_answer_stored_before_headers_were_kept_names_its_resource_in_its_body() -> None:
    assert lcm.Answer(202, {"vnfLcmOpOccId": "42"}).resource == "42"
    assert lcm.Answer(202, {"id": "43"}).resource == "43"
