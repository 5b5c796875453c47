"""Targets whose record or files are lost: each reported remedy works, nothing is lost by accident, and then runs continue."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from targets import T, aside, content, listed, origin, publish, rows, staged, unpublished

from strata_glue.contract import Column
from strata_glue.errors import DatasetError
from strata_glue.read.content import read_content
from strata_glue.store import Store
from strata_glue.store.local import LocalStore
from strata_glue.target.parquet.attempt import ParquetAttempt
from strata_glue.target.parquet.publish import retire
from strata_glue.target.parquet.record import KEPT_FOLDER, RECORD_PATH
from strata_glue.target.parquet.record_file import read_record
from strata_glue.target.parquet.target import ParquetTarget

BROKEN = {
    "cut off": lambda text: text[: text.index(b'"schema"')],
    "no JSON": lambda text: b"<<<<<<< HEAD\n" + text,
    "a key is missing": lambda text: text.replace(b'"partition_by"', b'"partitions"'),
    "empty": lambda text: b"",
}


def record(store: Store) -> Any:
    stored = read_record(store, T)
    assert stored is not None
    return stored.record


def break_record(store: Store, how: str) -> None:
    stored = store.get(T, RECORD_PATH)
    assert stored is not None
    store.put(T, RECORD_PATH, BROKEN[how](stored.content))


def lose(store: Store, index: int = 0) -> str:
    path = record(store).files[index].path
    store.delete(T, [path])
    return str(path)


def two_appends(store: Store, keep: int = 0) -> None:
    publish(store, 1, [1], "append", keep=keep)
    publish(store, 2, [2, 3], "append", keep=keep)


def runs_continue(store: Store, expected: list[int]) -> None:
    """What a rebuilt target is for: append and replace run again, and `recover` has nothing to do."""
    assert rows(store) == listed(store) == expected
    publish(store, 7, [7], "append")
    assert rows(store) == listed(store) == sorted([*expected, 7])
    publish(store, 8, [8])
    assert rows(store) == listed(store) == [8]
    assert ParquetTarget(store, T).recover("d").action == "nothing"
    assert [file.path for file in store.list(T)] == [RECORD_PATH, record(store).files[0].path]


def test_a_file_that_is_gone_is_given_up_when_that_is_accepted(store: Store) -> None:
    two_appends(store)
    lost = lose(store)
    before = store.list(T)
    preview = ParquetTarget(store, T).rebuild("d", accept=False)
    assert (preview.action, preview.gives_up) == ("would_rebuild", [{"file": lost, "rows": 1, "why": "it is gone"}])
    assert [(each["rows"], each["file"]) for each in preview.takes or []] == [(2, record(store).files[1].path)]
    assert store.list(T) == before and record(store).generation == 2
    done = ParquetTarget(store, T).rebuild("d", accept=True)
    assert (done.action, done.generation, done.remembers) == ("rebuilt", 3, True)
    assert record(store).executions == ("p/e1", "p/e2"), "what has committed is not repeated"
    assert ParquetAttempt.begin(store, T, replace(origin(9), execution="e2")).committed_before() is not None
    assert ParquetTarget(store, T).rebuild("d", accept=True).action == "nothing"
    runs_continue(store, [2, 3])


def test_a_file_that_was_cut_off_goes_with_it(store: Store) -> None:
    two_appends(store)
    path = record(store).files[0].path
    store.put(T, path, b"PAR1")
    done = ParquetTarget(store, T).rebuild("d", accept=True)
    assert [(each["file"], "4 bytes instead of" in each["why"]) for each in done.gives_up or []] == [(path, True)]
    runs_continue(store, [2, 3])


def test_a_commit_that_was_never_published_is_given_up(store: Store) -> None:
    publish(store, 1, [1], "append")
    store.delete_tree(unpublished(store, 2, [2], write="append").location)
    with pytest.raises(DatasetError, match="accept the loss"):
        ParquetTarget(store, T).recover("d")
    assert ParquetTarget(store, T).rebuild("d", accept=True).action == "rebuilt"
    runs_continue(store, [1])


def test_a_commit_whose_files_are_all_staged_is_taken(store: Store) -> None:
    publish(store, 1, [1], "append")
    unpublished(store, 2, [2], write="append")
    lose(store)
    assert [each["rows"] for each in ParquetTarget(store, T).rebuild("d", accept=True).gives_up or []] == [1]
    assert aside(store) == []
    runs_continue(store, [2])


@pytest.mark.parametrize("how", BROKEN)
def test_a_record_is_made_of_the_files_that_are_there(store: Store, how: str) -> None:
    two_appends(store)
    theirs = "theirs.parquet"
    store.put(T, theirs, b"x")
    break_record(store, how)
    preview = ParquetTarget(store, T).rebuild("d", accept=False)
    assert (preview.action, preview.remembers, preview.leaves) == ("would_rebuild", False, [theirs])
    assert sorted(each["rows"] for each in preview.takes or []) == [1, 2]
    ParquetTarget(store, T).rebuild("d", accept=True)
    now = record(store)
    assert now.schema == (Column("a", "bigint"),) and now.write == "rebuild"
    assert rows(store) == [1, 2, 3]
    if how != "empty":
        assert now.generation == 3
        assert now.executions == (() if how == "cut off" else ("p/e1", "p/e2"))
    store.delete(T, [theirs])
    runs_continue(store, [1, 2, 3])


def test_a_lost_record_is_neither_complete_nor_an_empty_target(store: Store) -> None:
    """Its files must not be taken for those of another writer, nor for nothing."""
    two_appends(store, keep=1)
    publish(store, 3, [4], keep=1)
    kept = [file.path for file in store.list(T) if file.path.startswith(KEPT_FOLDER)]
    assert kept
    store.delete(T, [RECORD_PATH])
    for use in (
        lambda: ParquetTarget(store, T).recover("d"),
        lambda: publish(store, 4, [5], "append"),
        lambda: ParquetTarget(store, T).restore("d", 2),
    ):
        with pytest.raises(
            DatasetError, match=r"the commit record of .* is missing.*strata recover --rebuild"
        ) as error:
            use()
        assert error.value.kind == "TARGET_DAMAGED"
    assert ParquetTarget(store, T).rebuild("d", accept=False).removes == [*sorted(kept), *sorted(aside(store))]
    ParquetTarget(store, T).rebuild("d", accept=True)
    assert rows(store) == [4]
    ParquetTarget(store, T).recover("d")
    runs_continue(store, [4])


@pytest.mark.parametrize("how", ["gone", *BROKEN])
def test_replace_needs_no_record(store: Store, how: str) -> None:
    """Its result is all of the content; an attempt that began before cannot commit any more, and no number is used twice."""
    publish(store, 1, [1], keep=1)
    publish(store, 2, [2], keep=1)
    slow = ParquetAttempt.begin(store, T, origin(9))
    late = staged(store, slow, [9])
    if how == "gone":
        store.delete(T, [RECORD_PATH])
    else:
        break_record(store, how)
    one, other = (ParquetAttempt.begin(store, T, origin(number)) for number in (3, 4))
    files = staged(store, one, [3]), staged(store, other, [4])
    one.commit(content(files[0]))
    for loser, file in ((other, files[1]), (slow, late)):
        with pytest.raises(DatasetError) as error:
            loser.commit(content(file))
        assert error.value.kind == "TARGET_CHANGED"
        loser.abandon()
    assert how in ("gone", "empty") or record(store).generation == 3
    publish(store, 5, [5])
    runs_continue(store, [5])


@pytest.mark.parametrize("how", ["gone", "no JSON"])
def test_nothing_is_added_where_the_record_is_lost(store: Store, how: str) -> None:
    two_appends(store)
    store.delete(T, [RECORD_PATH]) if how == "gone" else break_record(store, how)
    before = {file.path for file in store.list(T)}
    for write in ("append", "replace_partitions"):
        attempt = ParquetAttempt.begin(store, T, origin(3))
        with pytest.raises(DatasetError, match="--rebuild"):
            attempt.commit(content(staged(store, attempt, [3]), write=write))
        attempt.abandon()
    assert {file.path for file in store.list(T)} == before


def test_partitions_come_from_their_folders(store: Store) -> None:
    for number, folder in ((1, "k=1/"), (2, "k=2/")):
        publish(store, number, [number], "replace" if number == 1 else "replace_partitions", folder=folder)
    store.delete(T, [RECORD_PATH])
    ParquetTarget(store, T).rebuild("d", accept=True)
    assert record(store).partition_by == ("k",)
    assert record(store).schema == (Column("a", "bigint"), Column("k", "int"))
    publish(store, 3, [7], "replace_partitions", folder="k=2/")
    assert rows(store) == listed(store) == [1, 7]


def test_a_writer_that_commits_meanwhile_wins(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    two_appends(store)
    lose(store)
    real, calls = store.put_if, []

    def overtaken(*arguments: Any) -> Any:
        calls.append(arguments)
        if len(calls) == 1:
            publish(store, 5, [5])
        return real(*arguments)

    monkeypatch.setattr(store, "put_if", overtaken)
    with pytest.raises(DatasetError) as error:
        ParquetTarget(store, T).rebuild("d", accept=True)
    assert error.value.kind == "TARGET_CHANGED"
    runs_continue(store, [5])


def test_what_is_not_a_target_of_files_is_refused(store: Store) -> None:
    with pytest.raises(DatasetError, match="neither a commit record nor a file of Strata's"):
        ParquetTarget(store, T).rebuild("d", accept=True)
    store.put(T, RECORD_PATH, b'{"strata": 2}')
    with pytest.raises(DatasetError, match="RECORD_NEWER|has format 2"):
        ParquetTarget(store, T).rebuild("d", accept=True)
    store.delete(T, [RECORD_PATH])
    publish(store, 1, [1])
    retire(store, T, "x")
    with pytest.raises(DatasetError, match="became an Iceberg table"):
        ParquetTarget(store, T).rebuild("d", accept=True)


def test_files_of_different_generations_are_not_mixed(store: Store) -> None:
    import pyarrow as pa
    import pyarrow.parquet as parquet

    two_appends(store)
    store.delete(T, [RECORD_PATH])
    sink = pa.BufferOutputStream()
    parquet.write_table(pa.table({"b": ["x"]}), sink)
    store.put(T, "part-00000-e9-00000000000a.parquet", sink.getvalue().to_pybytes())
    with pytest.raises(DatasetError, match="the columns of .* and .* differ"):
        ParquetTarget(store, T).rebuild("d", accept=True)


def test_kept_files_that_no_generation_has_are_removed(store: Store) -> None:
    """With the next run, or `recover`; those of a generation stay."""
    for number in (1, 2, 3):
        publish(store, number, [number], keep=1)
    orphan = f"{KEPT_FOLDER}part-00000-e9-00000000000a.parquet"
    store.put(T, orphan, b"x")
    assert ParquetTarget(store, T).recover("d").removed == 1
    store.put(T, orphan, b"x")
    ParquetAttempt.begin(store, T, origin(4))
    assert orphan not in [file.path for file in store.list(T)]
    ParquetTarget(store, T).restore("d", 2)
    assert rows(store) == [2]


# The remedies that each state's message names, and that each of them works.

STATES: dict[str, tuple[Callable[[Store], Any], list[str]]] = {
    "replaced, nothing kept": (lambda store: publish(store, 1, [1]), ["replace", "rebuild"]),
    "appended, nothing kept": (two_appends, ["rebuild"]),
    "appended, the lost file is in what is kept": (lambda store: two_appends(store, keep=1), ["rebuild"]),
    "replaced, one kept": (
        lambda store: (publish(store, 1, [1], keep=1), publish(store, 2, [2], keep=1)),
        ["to 1", "replace", "rebuild"],
    ),
    "restored": (
        lambda store: (
            publish(store, 1, [1], keep=1),
            publish(store, 2, [2], keep=1),
            ParquetTarget(store, T).restore("d", 1),
        ),
        ["to 2", "replace", "rebuild"],
    ),
}


def ways(message: str) -> list[str]:
    found = re.findall(r"--to \d+|`write` replace|--rebuild", message)
    return [each.removeprefix("--").removeprefix("`write` ") for each in found]


@pytest.mark.parametrize("who", ["append", "recover", "reader"])
@pytest.mark.parametrize("state", STATES)
def test_every_remedy_that_is_named_works(store: Store, state: str, who: str) -> None:
    make, expected = STATES[state]
    users = {
        "append": lambda: publish(store, 9, [9], "append"),
        "recover": lambda: ParquetTarget(store, T).recover("d"),
        "reader": lambda: read_content(store, T),
    }
    for way in expected:
        store.delete_tree(T)
        make(store)
        lose(store)
        with pytest.raises(DatasetError) as error:
            users[who]()
        message = str(error.value)
        assert ways(message) == expected, message
        assert ("--stack STACK" in message) is not isinstance(store, LocalStore)
        if way == "replace":
            publish(store, 5, [5])
        elif way == "rebuild":
            assert ParquetTarget(store, T).rebuild("d", accept=True).action == "rebuilt"
        else:
            ParquetTarget(store, T).restore("d", int(way.split()[1]))
        assert rows(store) == listed(store)
        publish(store, 6, [6], "append")


def test_a_broken_record_names_versions_only_where_there_are_any(store: Store) -> None:
    publish(store, 1, [1])
    break_record(store, "no JSON")
    with pytest.raises(DatasetError) as error:
        read_content(store, T)
    assert ("earlier version" in str(error.value)) is not isinstance(store, LocalStore)
    assert ways(str(error.value)) == ["replace", "rebuild"]


@pytest.mark.parametrize("moment", ["rebuilding", "rebuilt"])
def test_a_rebuild_that_is_killed_leaves_the_old_or_the_new(
    store: Store, monkeypatch: pytest.MonkeyPatch, moment: str
) -> None:
    from strata_glue.fail_points import unwatch, watch

    two_appends(store)
    lose(store)

    class Killed(BaseException):
        pass

    def kill(name: str) -> None:
        if name == moment:
            raise Killed

    watch(kill)
    try:
        with pytest.raises(Killed):
            ParquetTarget(store, T).rebuild("d", accept=True)
    finally:
        unwatch(kill)
    if moment == "rebuilding":
        assert record(store).generation == 2
        ParquetTarget(store, T).rebuild("d", accept=True)
    else:
        assert ParquetTarget(store, T).recover("d").action == "finished"
    runs_continue(store, [2, 3])
