"""A target that is a folder of Parquet files with a commit record, which lists the files that are its content."""

from __future__ import annotations

import uuid
from dataclasses import replace
from shlex import quote

from strata_glue.contract import Generation, RecordFile
from strata_glue.errors import DatasetError
from strata_glue.fail_points import fail_point
from strata_glue.store import Conflict
from strata_glue.store.local import LocalStore
from strata_glue.target.attempt import Origin, remove_attempts
from strata_glue.target.parquet.attempt import NewContent, ParquetAttempt
from strata_glue.target.parquet.orphans import attempts_in, kept_waste, orphan_files
from strata_glue.target.parquet.publish import settle
from strata_glue.target.parquet.record import KEPT_FOLDER, RECORD_PATH, StoredRecord
from strata_glue.target.parquet.record_file import read_record, to_json
from strata_glue.target.parquet.remedies import command
from strata_glue.target.target import Recovered, Target


class ParquetTarget(Target):
    """Files and their commit record."""

    def begin(self, origin: Origin) -> ParquetAttempt:
        attempt = ParquetAttempt.begin(self.store, self.location, origin)
        if attempt.has_table:
            raise DatasetError(
                "TARGET_LAYOUT",
                f"{self.location} is an Iceberg table, but `format` is parquet: give the dataset another target, or "
                "drop the table and remove its files from the target first",
            )
        return attempt

    def recover(self, dataset: str) -> Recovered:
        """Safe while a job runs, which then cannot commit."""
        before = read_record(self.store, self.location)
        now = settle(self.store, self.location)
        if now.damage is not None:
            raise now.damage
        attempts = sorted(attempts_in(now.there))
        if now.stored is None:
            return self._without_record(dataset, attempts)
        finished = before is not None and not before.record.published
        waste = orphan_files(now.there.data, now.stored.record) | kept_waste(now.there, now.stored.record)
        self.store.delete(self.location, sorted(waste))
        record = self._remove_attempts(now.stored, attempts).record
        removed = len(waste) + len(attempts)
        action = "finished" if finished else "cleaned" if removed else "nothing"
        return Recovered(dataset, self.location, action, record.generation, len(record.files), removed)

    def restore(self, dataset: str, generation: int) -> Recovered:
        origin = Origin("", "", dataset, "", f"recover-{uuid.uuid4().hex[:12]}")
        attempt = ParquetAttempt.begin(self.store, self.location, origin)
        base = attempt.base.record if attempt.base else None
        if base is None and attempt.damage is not None:
            raise attempt.damage
        wanted = next((each for each in base.kept if each.generation == generation), None) if base else None
        if base is None or wanted is None:
            kept = ", ".join(str(each.generation) for each in base.kept) if base and base.kept else "none"
            raise DatasetError(
                "GENERATION_UNKNOWN", f"generation {generation} of {self.location} is not kept; kept: {kept}"
            )
        attempt.origin = replace(origin, pipeline=base.pipeline, stage=base.stage)
        with attempt:
            files = self._staged(attempt, wanted)
            fail_point("copied back")
            record = attempt.commit(NewContent("restore", files, wanted.schema, wanted.partition_by, {}, base.keep))
        return Recovered(dataset, self.location, "restored", record.generation, len(record.files), 0)

    def rebuild(self, dataset: str, accept: bool) -> Recovered:
        # Reads footers with pyarrow, which the rest of recovery does without.
        from strata_glue.target.parquet.rebuild import plan_rebuild, rebuild

        if accept:
            done, record = rebuild(self.store, dataset, self.location)
        else:
            done, record = plan_rebuild(self.store, dataset, self.location)[0], None
        after = record or done.record
        action = "nothing" if done.record is None else "rebuilt" if accept else "would_rebuild"
        result = Recovered(
            dataset,
            self.location,
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

    def generations(self, dataset: str) -> Recovered:
        stored = read_record(self.store, self.location)
        if stored is None:
            return Recovered(dataset, self.location, "listed", generations=[])
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
        return Recovered(dataset, self.location, "listed", now.generation, len(now.files), generations=listed)

    def _without_record(self, dataset: str, attempts: list[str]) -> Recovered:
        """There was no commit yet. On S3 an attempt may be running, and nothing would keep it from committing lost files."""
        if not attempts:
            return Recovered(dataset, self.location, "nothing")
        if not isinstance(self.store, LocalStore):
            message = f"{len(attempts)} attempts and no commit yet: the lifecycle rule removes them"
            return Recovered(dataset, self.location, "nothing", message=message)
        remove_attempts(self.store, self.location, attempts)
        return Recovered(dataset, self.location, "cleaned", removed=len(attempts))

    def _remove_attempts(self, stored: StoredRecord, attempts: list[str]) -> StoredRecord:
        """First raises the generation, so that an attempt that is still running can no longer commit."""
        if not attempts:
            return stored
        name = f"recover-{uuid.uuid4().hex[:12]}"
        moved = replace(stored.record, generation=stored.record.generation + 1, attempt=name)
        try:
            tag = self.store.put_if(self.location, RECORD_PATH, to_json(moved), stored.tag)
        except Conflict:
            raise DatasetError(
                "TARGET_CHANGED", f"{self.location} is being written: recover it after the run"
            ) from None
        remove_attempts(self.store, self.location, attempts)
        return StoredRecord(moved, tag)

    def _staged(self, attempt: ParquetAttempt, wanted: Generation) -> tuple[RecordFile, ...]:
        """Copies a generation's files into the attempt under new names: a name is never reused."""
        named = {}
        visible = {file.path for file in attempt.found}
        for index, file in enumerate(wanted.files):
            folder = file.path.rpartition("/")[0]
            new = f"{folder}/" if folder else ""
            named[file.path] = f"{new}part-{index:05d}-{attempt.origin.attempt}.parquet"
        copies = {
            (path if path in visible else KEPT_FOLDER + path): attempt.folder + new for path, new in named.items()
        }
        try:
            self.store.copy(self.location, copies)
        except FileNotFoundError as error:
            others = command(self.store, f"--datasets {quote(attempt.origin.dataset)} --generations")
            raise DatasetError(
                "TARGET_DAMAGED",
                f"generation {wanted.generation} of {self.location} lacks {error}: {others} lists the others",
            ) from None
        return tuple(
            RecordFile(named[file.path], file.rows, file.bytes, attempt.folder + named[file.path])
            for file in wanted.files
        )
