# SPDX-License-Identifier: Apache-2.0
"""Lists over HTTP: filter, selectors, paging."""

from __future__ import annotations

import httpx
import pytest

PARTS = [
    {
        "name": "wheel",
        "tags": ["round", "black"],
        "maker": {"name": "acme", "uri": "http://acme.example"},
    },
    {"name": "lamp", "maker": {"name": "glow"}},
]


def _names(answer: httpx.Response) -> list[str]:
    assert answer.status_code == 200, answer.text
    return [thing["name"] for thing in answer.json()]


@pytest.fixture
def three(boss: httpx.Client) -> httpx.Client:
    for thing in (
        {"name": "car", "size": 4, "parts": PARTS, "metadata": {"colour": "red"}},
        {"name": "bike", "size": 2, "parts": PARTS[:1], "spare": True},
        {"name": "it's, (odd)", "weight": 1.5},
    ):
        assert boss.post("/things", json=thing).status_code == 201
    return boss


@pytest.mark.parametrize(
    ("asked", "names"),
    [
        ("(eq,name,car)", ["car"]),
        ("(in,name,car,bike)", ["car", "bike"]),
        ("(neq,name,car)", ["bike", "it's, (odd)"]),
        ("(gt,size,2)", ["car"]),
        ("(lte,size,4);(neq,name,car)", ["bike"]),
        ("(eq,parts/maker/name,glow)", ["car"]),
        ("(eq,parts/tags,black)", ["car", "bike"]),
        ("(cont,name,ik,odd)", ["bike", "it's, (odd)"]),
        ("(ncont,name,a)", ["bike", "it's, (odd)"]),
        ("(eq,name,'it''s, (odd)')", ["it's, (odd)"]),
        ("(eq,spare,true)", ["bike"]),
        ("(eq,weight,1.50)", ["it's, (odd)"]),
        ("(eq,metadata/colour,red)", ["car"]),
        ("(eq,metadata/@key,colour)", ["car"]),
        ("(nin,parts/name,lamp)", ["bike", "it's, (odd)"]),
    ],
)
def test_a_filter_chooses(three: httpx.Client, asked: str, names: list[str]) -> None:
    assert _names(three.get("/things", params={"filter": asked})) == names


def test_plain_attributes_filter_as_in_version_1(three: httpx.Client) -> None:
    assert _names(three.get("/things?name=car")) == ["car"]
    assert _names(three.get("/things?parts.maker.name=glow")) == ["car"]
    assert _names(three.get("/things?size.gt=2&name=car,bike")) == ["car"]


@pytest.mark.parametrize(
    "query",
    [
        {"filter": "(eq,nothing,1)"},
        {"filter": "(eq,parts/nothing,1)"},
        {"filter": "(eq,parts,1)"},
        {"filter": "(is,name,1)"},
        {"filter": "(eq,name)"},
        {"filter": "eq,name,1"},
        {"filter": "(eq,name,a"},
        {"filter": "(eq,name,'a)"},
        {"filter": ""},
        {"filter": "(eq,name,a,b)"},
        {"filter": "(eq,size,big)"},
        {"filter": "(gt,spare,true)"},
        {"filter": "(eq,name,\0)"},
        {"filter": "(eq,,a)"},
        {"filter": "(eq,name,a)(eq,name,b)"},
        {"fields": "nothing"},
        {"exclude_fields": "parts/nothing"},
        {"fields": "name", "exclude_fields": "size"},
        {"colour": "red"},
        {"nextpage_opaque_marker": "invented"},
    ],
)
def test_a_query_that_makes_no_sense_is_400(boss: httpx.Client, query: dict[str, str]) -> None:
    answer = boss.get("/things", params=query)
    assert answer.status_code == 400 and answer.json()["detail"], query


def test_selectors_reduce_but_never_drop_what_is_mandatory(three: httpx.Client) -> None:
    def car(query: str) -> dict[str, object]:
        return dict(three.get("/things?filter=(eq,name,car)&" + query).json()[0])

    assert set(car("")) == {
        "id",
        "name",
        "state",
        "size",
        "parts",
        "_links",
    }  # metadata: left out by default
    assert set(car("all_fields")) == {"id", "name", "state", "size", "parts", "metadata", "_links"}
    assert set(car("fields=size")) == {"id", "name", "state", "size"}
    assert set(car("exclude_fields=name,size,parts")) == {
        "id",
        "name",
        "state",
        "metadata",
        "_links",
    }
    assert "metadata" not in car("exclude_default") and "metadata" in car(
        "exclude_default&fields=metadata"
    )
    assert car("fields=parts/maker/uri")["parts"] == [
        {"name": "wheel", "maker": {"name": "acme", "uri": "http://acme.example"}},
        {"name": "lamp", "maker": {"name": "glow"}},
    ]
    assert car("exclude_fields=parts/maker")["parts"] == [
        {"name": "wheel", "tags": ["round", "black"]},
        {"name": "lamp"},
    ]


def test_pages_lose_and_repeat_nothing_while_others_create_and_delete(boss: httpx.Client) -> None:
    made = [boss.post("/things", json={"name": f"n{number}"}).json()["id"] for number in range(8)]
    seen: list[str] = []
    url = "/things?filter=(cont,name,n)&fields=name"
    while url:
        answer = boss.get(url)
        seen += [thing["id"] for thing in answer.json()]
        assert all(set(thing) == {"id", "name", "state"} for thing in answer.json())
        url = answer.links.get("next", {}).get("url", "")
        if len(seen) == 3:
            boss.delete("/things/" + seen[2])  # the one the next page begins after
            made.append(boss.post("/things", json={"name": "new"}).json()["id"])
    assert seen == made
