# SPDX-License-Identifier: Apache-2.0
"""Documents, jobs, outbox, inbox, contents on a real PostgreSQL."""

from __future__ import annotations

import io
import threading

import pytest

from mano.store import Conflict, Stale, Store, Unavailable, content, documents, jobs


def test_a_change_that_was_overtaken_is_stale(store: Store) -> None:
    with store.begin() as tx:
        tx.add("things", "a", {"n": 1})
    with store.begin() as tx:
        mine = tx.get("things", "a")
    with store.begin() as tx:
        tx.put(tx.get("things", "a"))
    with pytest.raises(Stale), store.begin() as tx:
        tx.put(mine)


def test_a_second_document_of_the_same_id_is_a_conflict(store: Store) -> None:
    with store.begin() as tx:
        tx.add("things", "a", {})
    with pytest.raises(Conflict), store.begin() as tx:
        tx.add("things", "a", {})


def test_an_exception_undoes_documents_jobs_and_messages_together(store: Store) -> None:
    woken: list[object] = []
    store.after_commit = woken.append
    with pytest.raises(ZeroDivisionError), store.begin() as tx:
        tx.add("things", "a", {})
        tx.schedule("job", "kind")
        tx.owe({"id": "m", "to": "x"})
        raise ZeroDivisionError
    with store.begin() as tx:
        assert (tx.look("things", "a"), tx.due(), tx.claim("job")) == (None, [], None)
        assert tx.execute("SELECT count(*) FROM {s}.outbox").scalar() == 0
    assert woken == []


def test_find_goes_on_where_a_page_ended(store: Store) -> None:
    with store.begin() as tx:
        for number in range(5):
            tx.add("things", str(number), {})
    with store.begin() as tx:
        first = tx.find("things", limit=2)
        rest = tx.find("things", after=first[-1].seq)
    assert [document.id for document in first + rest] == ["0", "1", "2", "3", "4"]


def test_nul_characters_do_not_break_the_database(store: Store) -> None:
    with store.begin() as tx:
        tx.add("things", "a", {"text": "a\0b"})
        assert tx.get("things", "a").body == {"text": "ab"}


def test_a_job_is_claimed_once_until_it_is_released(store: Store) -> None:
    with store.begin() as tx:
        tx.schedule("job", "kind", {"n": 1})
    with store.begin() as tx:
        job = tx.claim("job")
        assert job and job.state == {"n": 1}
    with store.begin() as tx:
        assert tx.claim("job") is None
    with store.begin() as tx:
        tx.release(job, 0.0)
    with store.begin() as tx:
        assert tx.claim("job")


def test_a_signal_that_comes_while_a_job_runs_makes_it_due_again_with_its_body(
    store: Store,
) -> None:
    with store.begin() as tx:
        tx.schedule("job", "kind")
    with store.begin() as tx:
        job = tx.claim("job")
    assert job
    with store.begin() as tx:
        assert tx.signal("job", {"answer": 42})
    with store.begin() as tx:
        assert tx.release(job, 3600.0) is True
    with store.begin() as tx:
        again = tx.claim("job")
    assert again and again.signals == [{"answer": 42}]


def test_a_signal_stays_until_what_came_of_it_is_stored(store: Store) -> None:
    with store.begin() as tx:
        tx.schedule("job", "kind")
        tx.signal("job", {"answer": 42})
    with store.begin() as tx:
        assert tx.claim("job", lease=-1.0)  # its worker dies: the lease has ended
    with store.begin() as tx:
        job = tx.claim("job")
        assert job and job.signals == [{"answer": 42}]
        tx.release(job, 3600.0)
    with store.begin() as tx:
        assert tx.claim("job") is None


def test_who_lost_its_lease_cannot_commit(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    with store.begin() as tx:
        tx.schedule("job", "kind")
    with store.begin() as tx:
        job = tx.claim("job", lease=-1.0)
    assert job
    monkeypatch.setattr(jobs, "worker", lambda: "another")
    with store.begin() as tx:
        assert tx.claim("job")
    monkeypatch.undo()
    with pytest.raises(jobs.LeaseLost), store.begin() as tx:
        tx.keep(job)


def test_the_jobs_of_a_dead_process_are_free_at_once(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    import socket

    with store.begin() as tx:
        tx.schedule("job", "kind")
    monkeypatch.setattr(jobs, "worker", lambda: f"{socket.gethostname()}:999999999:1")
    with store.begin() as tx:
        assert tx.claim("job", lease=3600.0)
    monkeypatch.undo()
    with store.begin() as tx:
        assert tx.due() == [] and tx.release_dead() == 1 and tx.due() == ["job"]


def test_a_job_with_a_new_signal_is_given_back_instead_of_finished(store: Store) -> None:
    with store.begin() as tx:
        tx.schedule("job", "kind")
    with store.begin() as tx:
        job = tx.claim("job")
    assert job
    with store.begin() as tx:
        tx.signal("job")
    with store.begin() as tx:
        assert tx.finish_unless_signalled(job) is False
    with store.begin() as tx:
        job = tx.claim("job")
        assert job and tx.finish_unless_signalled(job) is True
        assert tx.signal("job") is False


def test_a_message_is_received_once_and_answered_twice(store: Store) -> None:
    with store.begin() as tx:
        assert tx.receive("m") is None
        tx.answer("m", {"status": 201})
    with store.begin() as tx:
        assert tx.receive("m") == {"status": 201}


def test_of_two_copies_at_the_same_time_one_waits_for_the_other(store: Store) -> None:
    entered, go, second = threading.Event(), threading.Event(), []

    def first() -> None:
        with store.begin() as tx:
            assert tx.receive("m") is None
            entered.set()
            go.wait(5)
            tx.answer("m", {"status": 201})

    def other() -> None:
        entered.wait(5)
        with store.begin() as tx:
            second.append(tx.receive("m"))

    threads = [threading.Thread(target=work) for work in (first, other)]
    for thread in threads:
        thread.start()
    entered.wait(5)
    go.set()
    for thread in threads:
        thread.join(10)
    assert second == [{"status": 201}]


def test_what_was_not_sent_in_time_is_sent_by_somebody_else(store: Store) -> None:
    with store.begin() as tx:
        tx.owe({"id": "m", "to": "x"})
    with store.begin() as tx:
        assert tx.unsent() == []
        tx.execute("UPDATE {s}.outbox SET due_at = clock_timestamp()")
        assert [message["id"] for _, message in tx.unsent()] == ["m"]
        assert tx.unsent() == []


def test_a_content_is_read_in_parts(store: Store) -> None:
    data = bytes(range(256)) * (content.CHUNK // 128)
    with store.begin() as tx:
        assert tx.write_content("a", io.BytesIO(data)) == len(data)
        assert (
            b"".join(tx.read_content("a", content.CHUNK - 5, 10))
            == data[content.CHUNK - 5 : content.CHUNK + 5]
        )
        tx.write_content("a", io.BytesIO(b"short"))
        assert b"".join(tx.read_content("a")) == b"short"


def test_a_connection_that_died_unused_is_replaced_unseen(store: Store) -> None:
    with store.begin() as tx:
        mine = tx.execute("SELECT pg_backend_pid()").scalar()
    other = store.database.connect()
    other.cursor().execute("SELECT pg_terminate_backend(%s)", (mine,))
    other.close()
    with store.begin() as tx:
        assert tx.execute("SELECT pg_backend_pid()").scalar() != mine


def test_a_connection_that_dies_in_a_transaction_is_unavailable_and_nothing_is_stored(
    store: Store,
) -> None:
    with pytest.raises(Unavailable), store.begin() as tx:
        tx.add("things", "a", {})
        mine = tx.execute("SELECT pg_backend_pid()").scalar()
        other = store.database.connect()
        other.cursor().execute("SELECT pg_terminate_backend(%s)", (mine,))
        other.close()
        tx.add("things", "b", {})
    with store.begin() as tx:
        assert tx.find("things") == []


def test_documents_are_found_by_what_they_contain(store: Store) -> None:
    ports = [{"network": "n1", "name": "left"}, {"network": "n2", "name": "right"}]
    with store.begin() as tx:
        tx.add("compute", "a", {"zone": "z1", "spec": {"ports": ports, "image": "i"}}, "vim-1")
        tx.add("compute", "b", {"zone": "z1", "spec": {"ports": ports[:1]}}, "vim-2")
        tx.add("port", "c", {"zone": "z2", "spec": {"network": "n1"}}, "vim-1")
        tx.add("nsds", "d", {"vnfPkgIds": ["p", "q"], "state": "IN_USE"})
        tx.add("vims", "e", {"vim": {"vimId": "v"}, "spec": "free text"})

        def found(kinds: str | list[str], part: dict[str, object], owner: str = "") -> list[str]:
            return [each.id for each in tx.containing(kinds, part, owner=owner or None)]

        assert found("compute", {"spec": {"ports": [{"name": "right"}]}}) == ["a"]
        assert found("compute", {"spec": {"ports": [{"network": "n1"}]}}) == ["a", "b"]
        assert found("compute", {"spec": {"image": "i"}}) == ["a"]
        assert found("port", {"spec": {"network": "n1"}}) == ["c"]
        assert found(["port", "compute"], {"zone": "z1"}, "vim-1") == ["a"]
        assert found("nsds", {"state": "IN_USE", "vnfPkgIds": ["q"]}) == ["d"]
        assert found("nsds", {"state": "NOT_IN_USE", "vnfPkgIds": ["q"]}) == []
        assert found("vims", {"vim": {"vimId": "v"}}) == ["e"]
        assert found("vims", {"spec": "free text"}) == ["e"]


def test_what_a_document_points_at_is_found_by_an_index(store: Store) -> None:
    with store.begin() as tx:
        tx.execute(
            "INSERT INTO {s}.document (kind, id, owner, body) SELECT 'compute', n::text, 'vim',"
            " jsonb_build_object('zone', 'z' || n) FROM generate_series(1, 2000) AS n"
        )
        tx.execute("ANALYZE {s}.document")
        plan = tx.execute(
            "EXPLAIN " + documents.CONTAINING, kinds=["compute"], part='{"zone": "z7"}'
        )
        assert "document_links" in str(plan.all())


def test_a_change_leaves_the_indexes_alone_unless_what_it_points_at_changes(
    store: Store,
) -> None:
    with store.begin() as tx:
        tx.add("compute", "a", {"zone": "z", "n": 0})
    with store.begin() as tx:
        document = tx.get("compute", "a")
        document.body["n"] = 1
        tx.put(document)
        updates = "SELECT n_tup_upd, n_tup_hot_upd FROM pg_stat_xact_user_tables"
        counted = tx.execute(
            f"{updates} WHERE schemaname = %(name)s AND n_tup_upd > 0", name=store.name
        )
        assert counted.all() == [(1, 1)]
