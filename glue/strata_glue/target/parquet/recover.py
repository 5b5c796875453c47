"""`strata recover` for a folder of Parquet files: finishes, cleans, goes back to a kept generation."""

from __future__ import annotations

import uuid
from dataclasses import replace
from shlex import quote

from strata_glue.contract import Generation, RecordFile
from strata_glue.errors import DatasetError
from strata_glue.fail_points import fail_point
from strata_glue.store import Conflict, Store
from strata_glue.store.local import LocalStore
from strata_glue.target.attempt import ATTEMPTS, Origin
from strata_glue.target.parquet.attempt import NewContent, ParquetAttempt
from strata_glue.target.parquet.orphans import attempts_in, kept_waste, orphan_files
from strata_glue.target.parquet.publish import settle
from strata_glue.target.parquet.record import KEPT_FOLDER, RECORD_PATH, StoredRecord
from strata_glue.target.parquet.record_file import read_record, to_json
from strata_glue.target.parquet.remedies import command
from strata_glue.target.target import Recovered


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
    orphans = orphan_files(now.there.data, now.stored.record) | kept_waste(now.there, now.stored.record)
    store.delete(target, sorted(orphans))
    stored = _clean(store, target, now.stored, attempts)
    removed = len(orphans) + len(attempts)
    action = "finished" if finished else "cleaned" if removed else "nothing"
    return Recovered(dataset, target, action, stored.record.generation, len(stored.record.files), removed)


def restore(store: Store, dataset: str, target: str, generation: int) -> Recovered:
    """Makes a kept generation's rows the content again, as a new generation. Raises `DatasetError`."""
    origin = Origin("", "", dataset, "", f"recover-{uuid.uuid4().hex[:12]}")
    attempt = ParquetAttempt.begin(store, target, origin)
    base = attempt.base.record if attempt.base else None
    if base is None and attempt.damage is not None:
        raise attempt.damage
    wanted = next((each for each in base.kept if each.generation == generation), None) if base else None
    if base is None or wanted is None:
        kept = ", ".join(str(each.generation) for each in base.kept) if base and base.kept else "none"
        raise DatasetError("GENERATION_UNKNOWN", f"generation {generation} of {target} is not kept; kept: {kept}")
    origin = replace(origin, pipeline=base.pipeline, stage=base.stage)
    attempt.origin = origin
    with attempt:
        files = _staged(store, target, attempt, wanted)
        fail_point("copied back")
        record = attempt.commit(NewContent("restore", files, wanted.schema, wanted.partition_by, {}, base.keep))
    return Recovered(dataset, target, "restored", record.generation, len(record.files), 0)


def rebuilt(store: Store, dataset: str, target: str, accept: bool) -> Recovered:
    """Makes what is there of a target its content; tells it only, unless `accept`. Raises `DatasetError`."""
    # Reads footers, with pyarrow: nothing else here needs that.
    from strata_glue.target.parquet.rebuild import plan_rebuild, rebuild

    done, record = rebuild(store, dataset, target) if accept else (plan_rebuild(store, dataset, target)[0], None)
    after = record or done.record
    action = "nothing" if done.record is None else "rebuilt" if accept else "would_rebuild"
    result = Recovered(
        dataset,
        target,
        action,
        after.generation if after else done.generation,
        len(done.takes),
        takes=[{"file": file.path, "rows": file.rows, "bytes": file.bytes} for file in done.takes],
        gives_up=list(done.gives_up),
        leaves=list(done.leaves),
        removes=list(done.removes),
        remembers=done.known,
    )
    return result if done.record else replace(result, message="every file of its record is there")


def generations(store: Store, dataset: str, target: str) -> Recovered:
    """The current version and the kept ones. Changes nothing. Raises `DatasetError`."""
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
        tag = store.put_if(target, RECORD_PATH, to_json(moved), stored.tag)
    except Conflict:
        raise DatasetError("TARGET_CHANGED", f"{target} is being written: recover it after the run") from None
    for name in attempts:
        store.delete_tree(f"{target}{ATTEMPTS}{name}/")
    return StoredRecord(moved, tag)


def _staged(store: Store, target: str, attempt: ParquetAttempt, wanted: Generation) -> tuple[RecordFile, ...]:
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
