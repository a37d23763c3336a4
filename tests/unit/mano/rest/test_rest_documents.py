# SPDX-License-Identifier: Apache-2.0
"""Documents are read, completed and checked once, and kept by the hash of what they are."""

from __future__ import annotations

import pathlib
import threading

import pytest
import rest_example
from connexion.exceptions import InvalidSpecification

from mano import store
from mano.rest import document_cache, documents
from mano.rest.app import make_app
from mano.rest.dispatch import Table
from mano.rest.documents import Document

THINGS = pathlib.Path(rest_example.THINGS.path)


@pytest.fixture
def source(tmp_path: pathlib.Path) -> pathlib.Path:
    """The example's document where nothing was kept of it yet."""
    copy = tmp_path / "things.yaml"
    copy.write_text(THINGS.read_text())
    return copy


def serve(source: pathlib.Path, store: store.Store) -> None:
    document = Document(source, "rest_example.api", "/things-api/v2")
    make_app(Table([document]), store, rest_example.SETTINGS)


def cached(source: pathlib.Path) -> list[pathlib.Path]:
    return list((source.parent / "__pycache__").iterdir())


def test_a_document_that_was_served_is_not_checked_again(
    source: pathlib.Path, things_store: store.Store
) -> None:
    first = documents.load(source)
    serve(source, things_store)
    second = documents.load(source)
    assert (first.checked, second.checked) == (False, True)
    assert second.content == first.content
    serve(source, things_store)


def test_a_document_that_was_changed_is_checked(
    source: pathlib.Path, things_store: store.Store
) -> None:
    serve(source, things_store)
    source.write_text(THINGS.read_text().replace("info: {title: things, ", "info: {"))
    assert not documents.load(source).checked
    with pytest.raises(InvalidSpecification, match="'title' is a required property"):
        serve(source, things_store)
    assert not documents.load(source).checked


def test_what_was_kept_of_an_older_document_goes(
    source: pathlib.Path, things_store: store.Store
) -> None:
    serve(source, things_store)
    old = cached(source)
    source.write_text(THINGS.read_text() + "\n# changed\n")
    serve(source, things_store)
    assert len(old) == len(cached(source)) == 1 and old != cached(source)


@pytest.mark.parametrize("damage", [b"", b"{}", b"\0" * 100, b"half"])
def test_what_is_damaged_is_made_anew(
    source: pathlib.Path, things_store: store.Store, damage: bytes
) -> None:
    serve(source, things_store)
    whole = cached(source)[0].read_bytes()
    cached(source)[0].write_bytes(whole[: len(whole) // 2] if damage == b"half" else damage)
    assert not documents.load(source).checked
    serve(source, things_store)
    assert documents.load(source).checked and cached(source)[0].read_bytes() == whole


def test_where_nothing_can_be_kept_documents_are_served_all_the_same(
    source: pathlib.Path, things_store: store.Store
) -> None:
    (source.parent / "__pycache__").write_text("not a folder")
    serve(source, things_store)
    serve(source, things_store)
    assert not documents.load(source).checked


def test_a_document_that_json_would_change_is_not_kept(source: pathlib.Path) -> None:
    for content in ({"responses": {200: "a number as a key"}}, {"a set": {1}}):
        document_cache.write(source, "digest", content)
    assert document_cache.read(source, "digest") is None


def test_starts_at_the_same_time_see_the_document_whole_or_not_at_all(
    source: pathlib.Path,
) -> None:
    definition = documents.load(source)
    threads = [threading.Thread(target=definition.keep) for _ in range(8)]
    for thread in threads:
        thread.start()
    contents = [documents.load(source).content for _ in range(50)]
    for thread in threads:
        thread.join()
    assert all(content == definition.content for content in contents)
    assert documents.load(source).checked and len(cached(source)) == 1
