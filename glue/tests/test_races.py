"""Interference on both stores: other writers commit, finish, restore or lose files at the worst moment."""

from __future__ import annotations

import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from targets import T, aside, content, listed, origin, publish, rows, staged, unpublished

from strata_glue.errors import DatasetError
from strata_glue.read.content import read_content
from strata_glue.store import Conflict, Store, open_store, survey
from strata_glue.target.parquet.attempt import ParquetAttempt
from strata_glue.target.parquet.publish import finish
from strata_glue.target.parquet.record import KEPT_FOLDER
from strata_glue.target.parquet.record_file import read_record
from strata_glue.target.parquet.target import ParquetTarget


def after_call(patch: pytest.MonkeyPatch, store: Store, name: str, number: int, act: Callable[[], Any]) -> None:
    """Has something happen right after the n-th call of an operation, once."""
    real, calls = getattr(store, name), []

    def call(*arguments: Any) -> Any:
        calls.append(name)
        answer = real(*arguments)
        if len(calls) == number:
            act()
        return answer

    patch.setattr(store, name, call)


def test_many_targets_of_one_job_are_committed_at_once(tmp_path: Path) -> None:
    store = open_store(str(tmp_path))
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)  # threads take turns within a line

    def commit(number: int) -> int:
        attempt = ParquetAttempt.begin(store, f"s3://bkt/t{number}/", origin(number))
        return attempt.commit(content(staged(store, attempt, [number]))).rows

    try:
        with ThreadPoolExecutor(16) as pool:
            assert list(pool.map(commit, range(300))) == [1] * 300
    finally:
        sys.setswitchinterval(interval)


@pytest.mark.parametrize("listing", [1, 2])
@pytest.mark.parametrize("who", ["writer", "recover"])
def test_a_commit_while_another_one_is_finished_loses_no_kept_generation(
    store: Store, monkeypatch: pytest.MonkeyPatch, who: str, listing: int
) -> None:
    """Between a listing and the record another writer commits: what leaves with that commit is not kept yet."""
    publish(store, 1, [1], keep=2)
    unpublished(store, 2, [2])

    def commit() -> None:
        monkeypatch.undo()
        unpublished(store, 3, [3], keep=2)

    after_call(monkeypatch, store, "list", listing, commit)
    if who == "writer":
        ParquetAttempt.begin(store, T, origin(4))
    else:
        ParquetTarget(store, T).recover("d")
    stored = read_record(store, T)
    assert stored is not None and stored.record.kept
    assert rows(store) == listed(store) == [3]
    ParquetTarget(store, T).restore("d", stored.record.kept[0].generation)
    assert rows(store) == listed(store) == [2]


def test_the_same_write_by_another_writer_is_not_damage(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """S3 answers 409 while the same conditional write of another finisher is under way; the record is still the old one."""
    publish(store, 1, [1])
    unpublished(store, 2, [2])
    stored = read_record(store, T)
    assert stored is not None
    real, calls = store.put_if, []

    def busy(*arguments: Any) -> Any:
        calls.append(arguments)
        if len(calls) == 1:
            raise Conflict("409")
        return real(*arguments)

    monkeypatch.setattr(store, "put_if", busy)
    monkeypatch.setattr(store, "swap", lambda *_: False)
    assert finish(store, T, stored).generation == 2
    assert len(calls) == 2
    assert rows(store) == listed(store) == [2]


def test_a_kept_generation_that_is_lost_blocks_nothing(store: Store) -> None:
    first = publish(store, 1, [1], keep=1)
    publish(store, 2, [2], keep=1)
    store.delete(T, [KEPT_FOLDER + first.files[0].path])
    with pytest.raises(DatasetError) as error:
        ParquetTarget(store, T).restore("d", 1)
    assert error.value.kind == "TARGET_DAMAGED"
    assert aside(store) == []
    publish(store, 3, [3], keep=2)
    assert rows(store) == listed(store) == [3]


def lose_staged(store: Store, number: int, values: list[int], keep: int = 0) -> None:
    """Committed, never published, and its folder gone: as by a lifecycle rule after days without a run."""
    store.delete_tree(unpublished(store, number, values, keep=keep).location)


def test_a_commit_whose_files_are_lost_can_be_replaced(store: Store) -> None:
    publish(store, 1, [1])
    lose_staged(store, 2, [2])
    for use in (lambda: read_content(store, T), lambda: ParquetTarget(store, T).recover("d")):
        with pytest.raises(DatasetError, match="accept the loss: `strata recover --rebuild d") as error:
            use()
        assert error.value.kind == "TARGET_DAMAGED"
    assert listed(store) == [1]
    again = ParquetAttempt.begin(store, T, replace(origin(3), execution="e2"))
    assert again.committed_before() is None and not again.is_whole()
    for write in ("append", "replace_partitions"):
        with pytest.raises(DatasetError, match="cannot be promoted"):
            again.commit(content(staged(store, again, [3]), write=write))
    again.commit(content(staged(store, again, [3])))
    assert rows(store) == listed(store) == [3]
    assert aside(store) == []


@pytest.mark.parametrize("how", ["missing", "truncated"])
def test_nothing_is_added_to_a_target_that_lost_a_file(store: Store, how: str) -> None:
    lost = publish(store, 1, [1], keep=2).files[0].path
    publish(store, 2, [2], "append", keep=2)
    store.delete(T, [lost])
    if how == "truncated":
        store.put(T, lost, b"PAR1")
    with pytest.raises(DatasetError, match="is gone|has 4 bytes instead of") as error:
        ParquetTarget(store, T).recover("d")
    assert error.value.kind == "TARGET_DAMAGED"
    again = ParquetAttempt.begin(store, T, replace(origin(3), execution="e2"))
    assert again.committed_before() is None and not again.is_whole()
    for write in ("append", "replace_partitions"):
        with pytest.raises(DatasetError, match="accept the loss: `strata recover --rebuild d") as error:
            again.commit(content(staged(store, again, [3]), write=write))
        assert error.value.kind == "TARGET_DAMAGED"
    record = again.commit(content(staged(store, again, [3]), keep=2))
    assert 2 not in [each.generation for each in record.kept]
    assert rows(store) == listed(store) == [3]
    assert ParquetTarget(store, T).recover("d").action == "nothing"


@pytest.mark.parametrize("who", ["late listing", "another commit"])
def test_an_old_listing_is_not_a_loss(store: Store, monkeypatch: pytest.MonkeyPatch, who: str) -> None:
    publish(store, 1, [1])
    if who == "another commit":

        def commit() -> None:
            monkeypatch.undo()
            publish(store, 2, [2])

        after_call(monkeypatch, store, "list", 1, commit)
    else:
        real, calls = store.list, []

        def first_time_empty(location: str) -> Any:
            calls.append(location)
            return [] if len(calls) == 1 else real(location)

        monkeypatch.setattr(store, "list", first_time_empty)
    attempt = ParquetAttempt.begin(store, T, origin(3))
    assert attempt.is_whole()
    attempt.commit(content(staged(store, attempt, [3]), write="append"))
    assert rows(store) == listed(store) == [2 if who == "another commit" else 1, 3]


def test_generations_before_a_commit_whose_files_are_lost_can_be_restored(store: Store) -> None:
    publish(store, 1, [1], keep=2)
    publish(store, 2, [2], keep=2)
    lose_staged(store, 3, [3], keep=2)
    assert ParquetTarget(store, T).restore("d", 2).action == "restored"
    assert rows(store) == listed(store) == [2]
    assert ParquetTarget(store, T).restore("d", 1).action == "restored"
    assert rows(store) == listed(store) == [1]


def test_a_late_finisher_deletes_nothing_that_is_kept_since(store: Store) -> None:
    """The record that stops keeping must not name files of the content: they may be kept one day."""
    publish(store, 1, [1], "append", keep=1)
    publish(store, 2, [2], "append", keep=1)
    unpublished(store, 3, [3], write="append")
    stale = read_record(store, T)
    assert stale is not None and stale.record.kept_drops == ()
    finish(store, T, stale)
    publish(store, 4, [4], keep=1)
    finish(store, T, stale)  # wakes up an hour later
    ParquetTarget(store, T).restore("d", 3)
    assert rows(store) == listed(store) == [1, 2, 3]


def test_a_response_lost_while_others_append_is_not_a_conflict(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """The record arrived, another writer appended to it, and only then the repeated request is refused: it is committed."""
    attempt = ParquetAttempt.begin(store, T, origin(1))
    file = staged(store, attempt, [1])
    real = store.put_if

    def late(*arguments: Any) -> Any:
        monkeypatch.undo()
        real(*arguments)
        publish(store, 2, [2], "append")
        raise Conflict("412")

    monkeypatch.setattr(store, "put_if", late)
    assert attempt.commit(content(file, write="append")).generation == 2
    assert rows(store) == listed(store) == [1, 2]
    assert ParquetAttempt.begin(store, T, replace(origin(3), execution="e1")).committed_before() is not None


def test_executions_of_two_pipelines_may_have_the_same_name(store: Store) -> None:
    publish(store, 1, [1], "append")
    other = ParquetAttempt.begin(store, T, replace(origin(2), pipeline="other", execution="e1"))
    assert other.committed_before() is None
    other.commit(content(staged(store, other, [2]), write="append"))
    assert rows(store) == [1, 2]


def test_files_that_other_engines_named_remain(store: Store) -> None:
    """`part-<number>-<UUID>.parquet` belongs to no attempt."""
    publish(store, 1, [1], "append")
    theirs = "part-00000-550e8400-e29b-41d4-a716-446655440000.parquet"
    store.put(T, theirs, b"theirs")
    publish(store, 2, [2], "append")
    ParquetTarget(store, T).recover("d")
    assert theirs in [file.path for file in survey(store, T).data]
    assert rows(store) == [1, 2]


def test_a_listing_that_missed_a_file_is_not_damage(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """Pages of a listing are of different moments. A second look that has all of them is believed."""
    publish(store, 1, [1])
    real, calls = store.list, []

    def first_time_empty(location: str) -> Any:
        calls.append(location)
        return [] if len(calls) == 1 else real(location)

    monkeypatch.setattr(store, "list", first_time_empty)
    assert [file.rows for file in read_content(store, T).files] == [1]


@pytest.mark.parametrize("moment", ["before the record", "after the record"])
def test_an_interrupted_restore_is_resumed(store: Store, monkeypatch: pytest.MonkeyPatch, moment: str) -> None:
    publish(store, 1, [1], keep=1)
    publish(store, 2, [2], keep=1)

    def refuse(*_: Any) -> Any:
        raise OSError("the store is away")

    with pytest.MonkeyPatch.context() as patch:
        for name in ("put_if",) if moment == "before the record" else ("swap",):
            patch.setattr(store, name, refuse)
        with pytest.raises((OSError, DatasetError)):
            ParquetTarget(store, T).restore("d", 1)
    assert rows(store) == ([2] if moment == "before the record" else [1])
    ParquetTarget(store, T).recover("d")
    if moment == "before the record":
        ParquetTarget(store, T).restore("d", 1)
    assert rows(store) == listed(store) == [1]
    assert aside(store) == []
