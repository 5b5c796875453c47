"""`strata recover`: finishes interrupted publishes, removes what killed attempts left, goes back to a kept generation.

python -m strata_glue.target.recover   in: {"store": "<lake>" | "<endpoint>" | null, "to": n | null, "list": bool,
                                     "rebuild": bool, "accept": bool,
                                     "targets": [{"dataset", "location", "table"?}]}
                                    table: {"database", "name"} of an Iceberg table
                                out: a line a target, as `Recovered.as_line`; then, where that is all that can be said of
                                     those that are left, {"fatal": {"message", "help", "busy"?}}, exit 3

With `list` nothing is changed: each line has `generations`, the one that stands first. With `rebuild` nothing is
changed without `accept`: each line has `takes`, `gives_up`, `leaves` and `removes`.
"""

from __future__ import annotations

import json
import sys
import uuid
from dataclasses import asdict, dataclass, replace
from shlex import quote
from typing import Any

from strata_glue.engine.failure import failure_of
from strata_glue.errors import DatasetError
from strata_glue.steps import step
from strata_glue.store import Conflict, Store, open_store
from strata_glue.store.folder import LakeRefused, take_lake
from strata_glue.store.local import LocalStore
from strata_glue.target.iceberg.catalog import IcebergTable
from strata_glue.target.iceberg.recovery import clean_table, generations_of, restore_table
from strata_glue.target.parquet.attempt import Attempt, NewContent, Origin
from strata_glue.target.parquet.leftovers import (
    ATTEMPTS,
    attempts_in,
    kept_waste,
    strays,
)
from strata_glue.target.parquet.publish import settle
from strata_glue.target.parquet.record import (
    KEPT_FOLDER,
    Generation,
    RecordFile,
    StoredRecord,
)
from strata_glue.target.parquet.record import RECORD_PATH as RECORD
from strata_glue.target.parquet.record_file import read_record, to_json
from strata_glue.target.parquet.remedies import command

EXIT_FATAL = 3


@dataclass(frozen=True)
class Recovered:
    """What was done with one target."""

    dataset: str
    target: str
    action: str
    """`nothing`, `finished` (a publish), `cleaned` (leftovers only), `restored` (a generation's rows, as a new generation),
    `rolled_back` (an Iceberg table, to a generation that keeps its number), `rebuilt`, `would_rebuild`, `listed` or
    `failed`."""
    generation: int | None = None
    files: int | None = None
    """Files of the content that stands now."""
    removed: int = 0
    """Attempts and stray files that were removed."""
    message: str | None = None
    generations: list[dict[str, Any]] | None = None
    """What stands and what can be gone back to, newest first."""

    takes: list[dict[str, Any]] | None = None
    """Of a rebuild: files that are the content then, with their rows."""
    gives_up: list[dict[str, Any]] | None = None
    """Files that are content no more, why, and their rows where they are known; what lies there of them is deleted."""
    leaves: list[str] | None = None
    """Files of others, which stay and are not read."""
    removes: list[str] | None = None
    """Leftovers of attempts and of earlier generations."""
    remembers: bool | None = None
    """True if the record could be read: executions and kept generations stay."""

    def as_line(self) -> str:
        """JSON, without what is unknown."""
        return json.dumps({key: value for key, value in asdict(self).items() if value is not None}, ensure_ascii=False)


def recover(store: Store, dataset: str, target: str) -> Recovered:
    """Makes a target whole: exactly its record's files, nothing left aside. Safe beside a running job, which then loses.

    Raises `DatasetError`.
    """
    before = read_record(store, target)
    now = settle(store, target)
    if now.damage is not None:
        raise now.damage
    attempts = sorted(attempts_in(now.there))
    if now.stored is None:
        return _without_record(store, dataset, target, attempts)
    finished = before is not None and not before.record.published
    stray = strays(now.there.data, now.stored.record) | kept_waste(now.there, now.stored.record)
    store.delete(target, sorted(stray))
    stored = _clean(store, target, now.stored, attempts)
    removed = len(stray) + len(attempts)
    action = "finished" if finished else "cleaned" if removed else "nothing"
    return Recovered(dataset, target, action, stored.record.generation, len(stored.record.files), removed)


def restore(store: Store, dataset: str, target: str, generation: int) -> Recovered:
    """Makes a kept generation's rows the content again, as a new generation. Raises `DatasetError`."""
    origin = Origin("", "", dataset, "", f"recover-{uuid.uuid4().hex[:12]}")
    attempt = Attempt.begin(store, target, origin)
    base = attempt.base.record if attempt.base else None
    if base is None and attempt.damage is not None:
        raise attempt.damage
    wanted = next((each for each in base.kept if each.generation == generation), None) if base else None
    if base is None or wanted is None:
        kept = ", ".join(str(each.generation) for each in base.kept) if base and base.kept else "none"
        raise DatasetError("GENERATION_UNKNOWN", f"generation {generation} of {target} is not kept; kept: {kept}")
    origin = replace(origin, pipeline=base.pipeline, stage=base.stage)
    attempt.origin = origin
    try:
        files = _staged(store, target, attempt, wanted)
        step("copied back")
        content = NewContent("restore", files, wanted.schema, wanted.partition_by, {}, base.keep)
        record = attempt.commit(content)
    except BaseException:
        attempt.abandon()
        raise
    return Recovered(dataset, target, "restored", record.generation, len(record.files), 0)


def rebuilt(store: Store, dataset: str, target: str, accept: bool) -> Recovered:
    """Makes what is there of a target its content; tells it only, unless `accept`. Raises `DatasetError`."""
    from strata_glue.target.rebuild import (  # reads footers, with pyarrow: nothing else here needs that
        plan_rebuild,
        rebuild,
    )

    done, record = rebuild(store, dataset, target) if accept else (plan_rebuild(store, dataset, target)[0], None)
    after = record or done.record
    action = "nothing" if done.record is None else "rebuilt" if accept else "would_rebuild"
    told = Recovered(
        dataset,
        target,
        action,
        after.generation if after else done.stands,
        len(done.takes),
        takes=[{"file": file.path, "rows": file.rows, "bytes": file.bytes} for file in done.takes],
        gives_up=list(done.gives_up),
        leaves=list(done.leaves),
        removes=list(done.removes),
        remembers=done.known,
    )
    return told if done.record else replace(told, message="every file of its record is there")


def generations(store: Store, dataset: str, target: str) -> Recovered:
    """What stands and what is kept. Changes nothing. Raises `DatasetError`."""
    stored = read_record(store, target)
    if stored is None:
        return Recovered(dataset, target, "listed", generations=[])
    now = stored.record
    listed = [
        {
            "generation": each.generation,
            "time": each.time,
            "execution": each.execution,
            "rows": sum(file.rows for file in each.files),
            "files": len(each.files),
        }
        for each in (now.as_generation(), *now.kept)
    ]
    return Recovered(dataset, target, "listed", now.generation, len(now.files), generations=listed)


def main() -> int:
    """Reads the request from stdin; answers the exit code."""
    request = json.loads(sys.stdin.read())
    try:
        store = open_store(request.get("store"))
        changes = not request.get("list") and (not request.get("rebuild") or bool(request.get("accept")))
        _lock = take_lake(store.root) if changes and isinstance(store, LocalStore) else None
        failed = False
        for each in request["targets"]:
            done = _one(store, each, request, changes)
            failed = failed or done.action == "failed"
            print(done.as_line(), flush=True)
    except LakeRefused as error:
        return _fatal(error.as_line)
    except Exception as error:
        refusal = _refusal_of_all(error)
        if refusal is None:
            raise
        return _fatal(refusal)
    return 1 if failed else 0


def _fatal(problem: dict[str, Any]) -> int:
    print(json.dumps({"fatal": problem}), flush=True)
    return EXIT_FATAL


def _refusal_of_all(error: Exception) -> dict[str, Any] | None:
    """What S3 would say of every target; None for what is one target's own trouble."""
    if "botocore" not in sys.modules:
        return None
    from strata_glue.store.answers import StoreUnreachable, is_of_caller

    if is_of_caller(error):
        remedy = "log in (`aws sso login`), set AWS_PROFILE, or set the keys of a role"
        return {"message": f"no usable AWS credentials: {' '.join(str(error).split())}", "help": remedy}
    if isinstance(error, StoreUnreachable):
        return {"message": str(error)}
    return None


def _one(store: Store, each: dict[str, Any], request: dict[str, Any], changes: bool) -> Recovered:
    dataset, target, generation = each["dataset"], each["location"], request.get("to")
    try:
        if each.get("table") is not None:
            table = IcebergTable(each["table"]["database"], each["table"]["name"], target)
            return _one_table(store, dataset, table, generation, changes)
        if request.get("rebuild"):
            return rebuilt(store, dataset, target, changes)
        if not changes:
            return generations(store, dataset, target)
        return recover(store, dataset, target) if generation is None else restore(store, dataset, target, generation)
    except Exception as error:  # one target's trouble must not hide the others
        if _refusal_of_all(error) is not None:
            raise
        failure = failure_of(error, "")
        message = (failure.shown or failure.message).replace("--rebuild DATASET", f"--rebuild {quote(dataset)}")
        return Recovered(dataset, target, "failed", message=message)


def _one_table(store: Store, dataset: str, table: IcebergTable, generation: int | None, changes: bool) -> Recovered:
    if not changes:
        return Recovered(dataset, table.location, "listed", generations=generations_of(store, table))
    removed = clean_table(store, table)
    if generation is not None:
        stands, files = restore_table(store, table, generation)
        return Recovered(dataset, table.location, "rolled_back", stands, files, removed)
    now: dict[str, Any] = next(iter(generations_of(store, table)), {})
    action = "cleaned" if removed else "nothing"
    return Recovered(dataset, table.location, action, now.get("generation"), now.get("files"), removed)


def _without_record(store: Store, dataset: str, target: str, attempts: list[str]) -> Recovered:
    """Never committed. Attempts may be under way on S3, and nothing would stop them from committing files that are gone."""
    if not attempts:
        return Recovered(dataset, target, "nothing")
    if not isinstance(store, LocalStore):
        message = f"{len(attempts)} attempts and no commit yet: the lifecycle rule removes them"
        return Recovered(dataset, target, "nothing", message=message)
    for name in attempts:
        store.delete_tree(f"{target}{ATTEMPTS}{name}/")
    return Recovered(dataset, target, "cleaned", removed=len(attempts))


def _clean(store: Store, target: str, stored: StoredRecord, attempts: list[str]) -> StoredRecord:
    """Removes attempts. First the generation moves on, so that one of them that is still alive can commit no more."""
    if not attempts:
        return stored
    moved = replace(stored.record, generation=stored.record.generation + 1, attempt=f"recover-{uuid.uuid4().hex[:12]}")
    try:
        tag = store.put_if(target, RECORD, to_json(moved), stored.tag)
    except Conflict:
        raise DatasetError("TARGET_CHANGED", f"{target} is being written: recover it when the run has ended") from None
    for name in attempts:
        store.delete_tree(f"{target}{ATTEMPTS}{name}/")
    return StoredRecord(moved, tag)


def _staged(store: Store, target: str, attempt: Attempt, wanted: Generation) -> tuple[RecordFile, ...]:
    """Copies a generation's files into the attempt, under new names: a name is never used twice."""
    named = {}
    visible = {file.path for file in attempt.found}
    for index, file in enumerate(wanted.files):
        folder = file.path.rpartition("/")[0]
        new = f"{folder}/" if folder else ""
        named[file.path] = f"{new}part-{index:05d}-{attempt.origin.attempt}.parquet"
    copies = {(path if path in visible else KEPT_FOLDER + path): attempt.folder + new for path, new in named.items()}
    try:
        store.copy(target, copies)
    except FileNotFoundError as error:
        others = command(store, f"--datasets {quote(attempt.origin.dataset)} --generations")
        raise DatasetError(
            "TARGET_DAMAGED", f"generation {wanted.generation} of {target} lacks {error}: {others} lists the others"
        ) from None
    return tuple(
        RecordFile(named[file.path], file.rows, file.bytes, attempt.folder + named[file.path]) for file in wanted.files
    )


if __name__ == "__main__":
    sys.exit(main())
