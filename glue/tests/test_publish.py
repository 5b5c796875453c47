"""The commit record: what a target consists of, with any writer, after any number of commits, and beside any orphan files."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from targets import T, aside, content, listed, origin, publish, rows, staged, unpublished

from strata_glue.errors import DatasetError
from strata_glue.read.content import read_content
from strata_glue.store import Conflict, Store
from strata_glue.target.attempt import State
from strata_glue.target.parquet.attempt import ParquetAttempt
from strata_glue.target.parquet.publish import finish
from strata_glue.target.parquet.record import RECORD_PATH
from strata_glue.target.parquet.record_file import from_json, read_record, to_json
from strata_glue.target.parquet.target import ParquetTarget


def test_replaces_all_content_and_leaves_nothing_staged(store: Store) -> None:
    for number, values in ((1, [1, 2]), (2, [3])):
        record = publish(store, number, values)
        assert (record.generation, record.rows) == (number, len(values))
        assert rows(store) == listed(store) == values
        assert aside(store) == []
    now = read_record(store, T)
    assert now is not None and now.record.published and now.record.executions == ("p/e1", "p/e2")


def test_replaces_what_others_put_there(store: Store) -> None:
    store.put(T, "theirs.parquet", b"x")
    store.put(T, "_SUCCESS", b"")
    publish(store, 1, [1])
    assert listed(store) == [1]
    assert store.get(T, "_SUCCESS") is not None


def test_appends_and_replaces_partitions(store: Store) -> None:
    publish(store, 1, [1], "append")
    publish(store, 2, [2], "append")
    assert rows(store) == listed(store) == [1, 2]
    publish(store, 3, [3])
    for number, value, folder in ((4, 10, "k=1/"), (5, 20, "k=2/"), (6, 11, "k=1/")):
        publish(store, number, [value], "replace" if number == 4 else "replace_partitions", folder=folder)
    assert rows(store) == listed(store) == [11, 20]


def test_what_leaves_its_block_badly_is_abandoned_and_the_error_names_the_cause(store: Store) -> None:
    """Before the commit nothing is left; a writer whose files another commit removed fails with that reason; a commit stays."""

    def leave(number: int, problem: BaseException, overtaken: bool = False, committed: bool = False) -> None:
        attempt = ParquetAttempt.begin(store, T, origin(number))
        assert attempt.state is State.BEGUN
        with attempt:
            file = staged(store, attempt, [number])
            if overtaken:
                publish(store, number + 1, [number + 1])
            if committed:
                attempt.commit(content(file))
            raise problem

    for problem in (ValueError("a mistake of the query"), KeyboardInterrupt()):
        with pytest.raises(type(problem)):
            leave(1, problem)
        assert aside(store) == []
    assert rows(store) == listed(store) == []
    with pytest.raises(DatasetError, match="execution e3 committed generation 1"):
        leave(2, FileNotFoundError("part.parquet"), overtaken=True)
    with pytest.raises(DatasetError, match="its own reason"):
        leave(4, DatasetError("EXPECTATIONS_FAILED", "its own reason"), overtaken=True)
    assert (rows(store), aside(store)) == ([5], [])
    with pytest.raises(ValueError, match="afterwards"):
        leave(6, ValueError("afterwards"), committed=True)
    assert rows(store) == listed(store) == [6]
    assert aside(store) == []


def test_of_two_writers_one_commits_and_the_other_fails_with_the_reason(store: Store) -> None:
    slow = ParquetAttempt.begin(store, T, origin(1))
    file = staged(store, slow, [1])
    publish(store, 2, [2])
    assert slow.overtaken()
    with pytest.raises(DatasetError, match="execution e2 committed generation 1") as error:
        slow.commit(content(file))
    assert error.value.kind == "TARGET_CHANGED"
    slow.abandon()
    assert rows(store) == listed(store) == [2]
    assert aside(store) == []


def test_a_writer_that_slept_cannot_bring_back_anything(store: Store) -> None:
    """It wakes after others have committed twice, its files gone with theirs."""
    publish(store, 1, [1])
    slow = ParquetAttempt.begin(store, T, origin(2))
    file = staged(store, slow, [2])
    publish(store, 3, [3])
    publish(store, 4, [4])
    with pytest.raises(DatasetError):
        slow.commit(content(file))
    slow.abandon()
    publish(store, 5, [5])
    assert rows(store) == listed(store) == [5]


def test_a_lost_response_is_not_a_conflict(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """The record arrives, the response does not, the client repeats the request: 412 for its own write."""
    attempt = ParquetAttempt.begin(store, T, origin(1))
    file = staged(store, attempt, [1])
    real, calls = store.put_if, []

    def twice(location: str, path: str, body: bytes, tag: str | None) -> str:
        calls.append(tag)
        real(location, path, body, tag)
        if len(calls) == 1:
            raise Conflict("the answer was lost")
        return "x"

    monkeypatch.setattr(store, "put_if", twice)
    assert attempt.commit(content(file)).generation == 1
    monkeypatch.undo()
    assert rows(store) == listed(store) == [1]


def test_an_error_while_committing_keeps_the_files_that_may_be_content(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    attempt = ParquetAttempt.begin(store, T, origin(1))
    file = staged(store, attempt, [1])
    real = store.put_if

    def unsure(*arguments: object) -> str:
        real(*arguments)  # type: ignore[arg-type]
        raise OSError("the connection was reset")

    monkeypatch.setattr(store, "put_if", unsure)
    with pytest.raises(OSError, match="reset"):
        attempt.commit(content(file))
    attempt.abandon()
    monkeypatch.undo()
    assert rows(store) == [1]


@pytest.mark.parametrize("who", ["reader", "writer", "recover"])
def test_an_unfinished_publish_is_finished(store: Store, who: str) -> None:
    publish(store, 1, [1])
    unpublished(store, 2, [2])
    assert listed(store) == [1]
    if who == "reader":
        assert rows(store) == [2]
    elif who == "writer":
        assert ParquetAttempt.begin(store, T, origin(2)).committed_before() is not None
    else:
        assert ParquetTarget(store, T).recover("d").action == "finished"
    assert listed(store) == rows(store) == [2]


def test_a_reader_that_may_not_write_reads_the_committed_files_where_they_are(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(store, 1, [1])
    unpublished(store, 2, [2])

    def denied(*_: object) -> None:
        raise PermissionError("no")

    for name in ("copy", "swap", "put_if", "delete"):
        monkeypatch.setattr(store, name, denied)
    assert rows(store) == [2]
    assert listed(store) == [1]


def test_finishing_twice_and_late_harms_no_writer(store: Store) -> None:
    publish(store, 1, [1])
    unpublished(store, 2, [2])
    stale = read_record(store, T)
    assert stale is not None
    finish(store, T, stale)
    publish(store, 3, [3])
    finish(store, T, stale)  # wakes up an hour later
    assert rows(store) == listed(store) == [3]


def test_what_killed_attempts_left_goes_after_the_next_commit(store: Store) -> None:
    publish(store, 1, [1])
    killed = ParquetAttempt.begin(store, T, origin(2))
    staged(store, killed, [2])
    assert len(aside(store)) == 1
    publish(store, 3, [3])
    assert aside(store) == []
    killed = ParquetAttempt.begin(store, T, origin(4))
    file = staged(store, killed, [4])
    done = ParquetTarget(store, T).recover("d")
    assert (done.action, done.removed, done.generation) == ("cleaned", 1, 3)
    assert aside(store) == [] and rows(store) == [3]
    with pytest.raises(DatasetError, match="TARGET_CHANGED|changed"):
        killed.commit(content(file))  # it was alive after all, and its files are gone
    assert rows(store) == listed(store) == [3]
    assert ParquetTarget(store, T).recover("d").action == "nothing"


def test_an_old_file_of_the_target_that_came_back_is_removed(store: Store) -> None:
    """A copy that was under way when its publisher was killed may arrive after everything else."""
    publish(store, 1, [1])
    store.put(T, "part-00000-e9-00000000000a.parquet", b"late")
    assert rows(store) == [1]
    assert ParquetTarget(store, T).recover("d").removed == 1
    assert listed(store) == [1]


def test_an_execution_commits_once(store: Store) -> None:
    publish(store, 1, [1], "append")
    again = ParquetAttempt.begin(store, T, replace(origin(2), execution="e1"))
    before = again.committed_before()
    assert before is not None and before.generation == 1
    publish(store, 3, [3], "append")
    assert ParquetAttempt.begin(store, T, replace(origin(4), execution="e1")).committed_before() is not None
    assert ParquetAttempt.begin(store, T, replace(origin(5), execution="new")).committed_before() is None


def test_keeps_generations_and_restores_them(store: Store) -> None:
    for number in range(1, 6):
        publish(store, number, [number], keep=2)
    record = read_record(store, T)
    assert record is not None and [each.generation for each in record.record.kept] == [4, 3]
    assert listed(store) == [5]
    kept = [file.path for file in store.list(T) if file.path.startswith("_strata/kept/")]
    assert len(kept) == 2
    done = ParquetTarget(store, T).restore("d", 3)
    assert (done.action, done.generation) == ("restored", 6)
    assert rows(store) == listed(store) == [3]
    with pytest.raises(DatasetError, match="generation 1 .* kept: 5, 4"):
        ParquetTarget(store, T).restore("d", 1)
    ParquetTarget(store, T).restore("d", 5)
    assert rows(store) == listed(store) == [5]
    publish(store, 9, [9])
    assert [file.path for file in store.list(T) if "kept" in file.path] == []


def test_lists_the_current_and_the_kept_generations_and_changes_nothing(store: Store) -> None:
    assert ParquetTarget(store, T).generations("d").generations == []
    for number in range(1, 4):
        publish(store, number, [number] * number, keep=1)
    before = store.list(T)
    listing = ParquetTarget(store, T).generations("d")
    assert (listing.action, listing.generation) == ("listed", 3)
    known = [(each["generation"], each["rows"], each["files"], each["execution"]) for each in listing.generations or []]
    assert known == [(3, 3, 1, "e3"), (2, 2, 1, "e2")]
    assert store.list(T) == before


def test_remembers_the_executions_of_the_longest_backfill(store: Store) -> None:
    publish(store, 1, [1])
    stored = read_record(store, T)
    assert stored is not None
    days = tuple(f"p/day-{number}" for number in range(3660))
    store.put_if(T, RECORD_PATH, to_json(replace(stored.record, executions=days)), stored.tag)
    publish(store, 2, [2], "append")
    assert ParquetAttempt.begin(store, T, replace(origin(3), execution="day-0")).committed_before() is not None


def test_keeps_generations_of_appends(store: Store) -> None:
    for number in range(1, 4):
        publish(store, number, [number], "append", keep=5)
    ParquetTarget(store, T).restore("d", 2)
    assert rows(store) == listed(store) == [1, 2]
    ParquetTarget(store, T).restore("d", 3)
    assert rows(store) == listed(store) == [1, 2, 3]


@pytest.mark.parametrize("how", ["missing", "truncated"])
def test_a_damaged_target_is_reported_and_not_read(store: Store, how: str) -> None:
    record = publish(store, 1, [1, 2, 3])
    path = record.files[0].path
    store.delete(T, [path])
    if how == "truncated":
        store.put(T, path, b"PAR1")
    with pytest.raises(DatasetError, match="is gone|has 4 bytes") as error:
        read_content(store, T)
    assert error.value.kind == "SOURCE_BROKEN"
    publish(store, 2, [4])
    assert rows(store) == listed(store) == [4]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        (b"{", "RECORD_BROKEN"),
        (b"{}", "RECORD_BROKEN"),
        (b"[]", "RECORD_BROKEN"),
        (b'{"strata": 1}', "RECORD_BROKEN"),
        (b"", "RECORD_BROKEN"),
        (b"\xff\x00PAR1", "RECORD_BROKEN"),
        (b"[" * 100_000, "RECORD_BROKEN"),
        (b'{"strata": 2}', "RECORD_NEWER"),
        (b'{"strata": 1' + b"0" * 400 + b"}", "RECORD_NEWER"),
    ],
)
def test_a_record_that_is_not_understood_is_never_guessed_at(store: Store, text: bytes, kind: str) -> None:
    store.put(T, RECORD_PATH, text)

    def append() -> None:
        attempt = ParquetAttempt.begin(store, T, origin(1))
        attempt.commit(content(staged(store, attempt, [1]), write="append"))

    for use in (lambda: read_content(store, T), append, lambda: ParquetTarget(store, T).recover("d")):
        with pytest.raises(DatasetError) as error:
            use()
        assert error.value.kind == kind
    stored = store.get(T, RECORD_PATH)
    assert stored is not None and stored.content == text


LEADS_OUT = ["../../x.parquet", "a/../../../x", "/etc/passwd", "", ".", "a//b", "_strata/attempts/../../../x"]


@pytest.mark.parametrize("key", ["files", "staged", "drops", "kept", "kept_drops", "attempt"])
def test_a_record_with_a_path_that_leads_out_of_its_target_is_reported_and_repaired(store: Store, key: str) -> None:
    good = publish(store, 1, [1])
    store.put("s3://bkt/", "x.parquet", b"another owner's")
    for path in LEADS_OUT:
        if key == "attempt" and not path:
            continue  # of a rebuilt record
        value = json.loads(to_json(replace(good, published=False)))
        file = {"path": path, "rows": 1, "bytes": 15}
        if key == "staged":
            value["files"][0]["staged"] = path
        elif key == "attempt":
            value["attempt"] = path
        elif key == "kept":
            old = {"generation": 0, "time": "", "execution": "", "files": [file], "schema": [], "partition_by": []}
            value["kept"] = [old]
        else:
            value[key] = [file] if key == "files" else [path]
        store.put(T, RECORD_PATH, json.dumps(value).encode())
        for use in (lambda: read_content(store, T), lambda: ParquetTarget(store, T).recover("d")):
            with pytest.raises(DatasetError) as error:
                use()
            message = str(error.value)
            assert f"{T}{RECORD_PATH} names the file {path!r}, which is outside its target" in message
            assert "--rebuild" in message
    publish(store, 2, [2])
    assert rows(store) == [2]
    assert [file.path for file in store.list("s3://bkt/") if file.path == "x.parquet"], "what is not its own stays"


def test_the_record_is_read_as_it_was_written(store: Store) -> None:
    publish(store, 1, [1], keep=1)
    record = publish(store, 2, [2], keep=1)
    assert from_json(to_json(record), T) == record
    assert json.loads(to_json(record))["strata"] == 1


def test_the_clock_decides_nothing(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """A writer whose clock is years behind commits and cleans like any other."""
    import strata_glue.target.parquet.attempt as module

    publish(store, 1, [1])

    class Behind(module.datetime):
        @classmethod
        def now(cls, tz=None):  # type: ignore[no-untyped-def]
            return module.datetime(1999, 1, 1, tzinfo=tz)

    monkeypatch.setattr(module, "datetime", Behind)
    slow = ParquetAttempt.begin(store, T, origin(2))
    staged(store, slow, [2])
    publish(store, 3, [3])
    assert rows(store) == listed(store) == [3] and aside(store) == []


@pytest.mark.parametrize(
    ("key", "value", "why"),
    [
        ("generation", "1e400", "which is not a whole number from 0 to 9007199254740991"),
        ("generation", "-1", "which is not a whole number from 0 to 9007199254740991"),
        ("generation", "1.5", "which is not a whole number from 0 to 9007199254740991"),
        ("generation", '"1"', "which is not a whole number from 0 to 9007199254740991"),
        ("generation", "true", "which is not a whole number from 0 to 9007199254740991"),
        ("keep", "null", "which is not a whole number from 0 to 9007199254740991"),
        ("published", "1", "which is neither true nor false"),
        ("execution", "{}", "which is not a text"),
        ("files", "3", "which is not a list"),
        ("executions", "[1]", "which is not a text"),
        ("keep", r'"\u001b[2J\ud800"', "which is not a whole number"),
        ("fingerprints", "[]", "which is not an object"),
    ],
)
def test_what_is_wrong_with_a_record_is_reported_by_its_keys(store: Store, key: str, value: str, why: str) -> None:
    text = json.dumps({**json.loads(to_json(publish(store, 1, [1]))), key: "strata_value"})
    store.put(T, RECORD_PATH, text.replace('"strata_value"', value).encode())
    with pytest.raises(DatasetError, match=rf"is not a valid commit record: `{key}(\[0\])?` is .*, {why}") as error:
        read_content(store, T)
    assert error.value.kind == "RECORD_BROKEN" and str(error.value).isprintable()


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (b"", "it is empty"),
        (b"{", "it is not JSON"),
        (b"\xff\x00PAR1", "it is not JSON"),
        (b"[" * 100_000, "it is not JSON"),
        (b"[]", "it is not an object"),
        (b"{}", "`strata` is missing"),
        (b'{"strata": null}', "`strata` is missing"),
        (b'{"strata": 1}', "`generation` is missing; `published` is missing; .*; and [0-9]+ more:"),
        (b'{"strata": 0}', "`strata` is `0`, but this job knows only 1"),
    ],
)
def test_what_is_not_a_record_is_reported_without_words_of_python(store: Store, text: bytes, why: str) -> None:
    store.put(T, RECORD_PATH, text)
    with pytest.raises(DatasetError, match=f"is not a valid commit record: {why}"):
        read_content(store, T)
