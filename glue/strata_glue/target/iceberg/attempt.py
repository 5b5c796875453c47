"""One try at one Iceberg table: rows are staged and checked as for Parquet, then one Iceberg commit adds them."""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING

from strata_glue.arguments.settings import file_size
from strata_glue.contract import PublishSettings
from strata_glue.engine.spark.columns import quoted, unused_name
from strata_glue.errors import DatasetError
from strata_glue.fail_points import fail_point
from strata_glue.store import Store, Survey, survey
from strata_glue.target.attempt import Attempt, Origin, Staged, State, Version, say_waste
from strata_glue.target.iceberg.catalog import IcebergTable
from strata_glue.target.iceberg.history import OURS, History
from strata_glue.target.iceberg.tables import Change, Tables, table_changed
from strata_glue.target.iceberg.types import stored_columns
from strata_glue.target.parquet.columns import check_same_columns, check_same_partitions, check_sort_columns
from strata_glue.target.parquet.orphans import attempts_in
from strata_glue.target.parquet.partitions import check_partition_columns
from strata_glue.target.parquet.publish import retire
from strata_glue.target.parquet.record import RECORD_PATH, RETIRED, Record
from strata_glue.target.parquet.record_file import RecordBroken, read_record
from strata_glue.target.parquet.remedies import REPLACE_ONCE, for_record_below_table

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession
    from pyspark.sql.types import StructType


class IcebergAttempt(Attempt):
    """Begun by `begin`; ends by `commit_staged`, or by `abandon`."""

    keeps_intervals = False

    def __init__(
        self,
        store: Store,
        tables: Tables,
        table: IcebergTable,
        origin: Origin,
        base: History | None,
        earlier_attempts: tuple[str, ...],
        before_it: Record | None,
    ) -> None:
        super().__init__(store, table.location, origin, earlier_attempts)
        self.tables, self.table = tables, table
        self.base = base
        """What the attempt started from; None if there was no table."""
        self._before_it = before_it
        """The commit record of the Parquet files that the table replaces; None if there is none, or it is retired."""

    @staticmethod
    def begin(store: Store, tables: Tables, table: IcebergTable, origin: Origin) -> IcebergAttempt:
        """Notes what the attempt starts from."""
        there = survey(store, table.location)
        base = tables.history(table)
        before_it = _parquet_record(store, table, there, origin.dataset)
        if before_it is not None and base is not None and base.current is not None:
            # The attempt that replaced it was killed just before this.
            retire(store, table.location, origin.attempt)
            before_it = None
        fail_point("begun")
        return IcebergAttempt(store, tables, table, origin, base, tuple(sorted(attempts_in(there))), before_it)

    def committed_before(self) -> Version | None:
        if self.base is None or self.base.current is None:
            return None
        if self.base.commit_of(self.origin.pipeline, self.origin.execution) is None:
            return None
        return self.base.current.version()

    def is_whole(self) -> bool:
        """True if there is a snapshot: Iceberg's files exist as long as a snapshot names them."""
        return self.current_version() is not None

    def current_version(self) -> Version | None:
        return self.base.current.version() if self.base and self.base.current else None

    def overtaken(self) -> DatasetError | None:
        now = self.tables.history(self.table)
        current, before = now.current if now else None, self.base.current if self.base else None
        if current == before or (
            now is not None and any(each.attempt == self.origin.attempt for each in now.ancestry())
        ):
            return None
        return table_changed(self.table, now)

    def check(self, schema: StructType, settings: PublishSettings) -> None:
        if settings.write != "replace" and self._before_it is not None and self._before_it.files:
            raise DatasetError(
                "TARGET_LAYOUT",
                f"{self.target} has Parquet files of generation {self._before_it.generation}, but `format` is iceberg, so "
                f"`{settings.write}` would leave them out: give the dataset another target, or {REPLACE_ONCE}",
            )
        if settings.partition_by:
            check_partition_columns(settings.partition_by, schema)
        check_sort_columns(settings.sort_by, schema)
        missing = [name for name in settings.merge_key if name not in schema.names]
        if missing:
            raise DatasetError("RESULT_COLUMNS", f"`merge_key` names `{missing[0]}`, which the result does not have")
        if settings.write == "replace" or self.base is None:
            return
        check_same_columns(stored_columns(schema), self.base.columns())
        check_same_partitions(self.target, self.base.partition_by(), settings.partition_by)

    def layout(self, settings: PublishSettings) -> PublishSettings:
        """Neither divided nor sorted: both is done when the rows are written into the table."""
        return replace(settings, partition_by=(), sort_by=())

    def commit_staged(
        self, staged: Staged, settings: PublishSettings, fingerprints: dict[str, str], session: SparkSession
    ) -> Version:
        """One Iceberg commit of the staged rows. Raises `DatasetError` (`TARGET_CHANGED`) if another writer committed first."""
        frame = staged.read(session)
        if settings.write == "merge":
            _check_keys(frame, settings.merge_key)
        fail_point("committing")
        self.state = State.COMMITTING
        self.tables.commit(self.table, self.base, self._change(settings, staged.rows, fingerprints), frame, session)
        fail_point("committed")
        now = self.tables.history(self.table)
        mine = (each for each in now.ancestry() if each.attempt == self.origin.attempt) if now else iter(())
        done = next(mine, None)
        if done is None:
            raise table_changed(self.table, now)
        self.state = State.COMMITTED
        try:
            if self._before_it is not None:
                retire(self.store, self.target, self.origin.attempt)
            self._clean_up()
        except Exception as error:  # it is committed; the next attempt cleans up
            say_waste(self.target, error)
        return done.version()

    def abandon(self) -> None:
        """Removes the attempt's files; the table does not change."""
        may_stand, self.state = self.state is State.COMMITTING, State.ABANDONED
        with suppress(Exception):  # the next run removes what is left
            self.store.delete_tree(self.location)
            if may_stand:
                self.tables.abandon(self.table, self.origin.attempt)

    def _clean_up(self) -> None:
        self._remove_folders()
        self.tables.clean_up(self.table)
        fail_point("cleaned up")

    def _change(self, settings: PublishSettings, rows: int, fingerprints: dict[str, str]) -> Change:
        origin = self.origin
        properties = {
            "version": "1",
            "generation": str(self.base.next_generation() if self.base else 1),
            "execution": origin.execution,
            "attempt": origin.attempt,
            "pipeline": origin.pipeline,
            "stage": origin.stage,
            "dataset": origin.dataset,
            "write": settings.write,
            "rows": str(rows),
            "partition_by": json.dumps(settings.partition_by),
            "fingerprints": json.dumps(fingerprints, sort_keys=True),
        }
        return Change(
            write=settings.write,
            partition_by=settings.partition_by,
            merge_key=settings.merge_key,
            sort_by=settings.sort_by,
            attempt=origin.attempt,
            properties={f"{OURS}{key}": value for key, value in properties.items()},
            compression="uncompressed" if settings.compression == "none" else settings.compression,
            file_size=file_size(settings),
        )


def _parquet_record(store: Store, table: IcebergTable, there: Survey, dataset: str) -> Record | None:
    if all(file.path != RECORD_PATH for file in there.own):
        return None
    try:
        stored = read_record(store, table.location)
    except RecordBroken as error:
        raise DatasetError(error.kind, f"{error.reason}: {for_record_below_table(store, dataset)}") from None
    return None if stored is None or stored.record.write == RETIRED else stored.record


def _check_keys(frame: DataFrame, names: tuple[str, ...]) -> None:
    """Refuses rows that a merge could not distinguish: with a key that is NULL or duplicated."""
    from pyspark.sql import functions as F

    columns = [F.col(quoted(name)) for name in names]
    unknown = F.lit(False)
    for column in columns:
        unknown = unknown | column.isNull()
    number = unused_name("strata_rows", names)
    keys = frame.groupBy(*columns).agg(F.count(F.lit(1)).alias(number))
    found = keys.agg(
        F.coalesce(F.sum(F.when(unknown, F.col(number)).otherwise(F.lit(0))), F.lit(0)).alias("unknown"),
        F.count_if(~unknown & (F.col(number) > 1)).alias("twice"),
    ).collect()[0]
    key = ", ".join(names)
    unknown_rows, twice = found["unknown"], found["twice"]
    if unknown_rows:
        have = "row of the result has" if unknown_rows == 1 else "rows of the result have"
        raise DatasetError("MERGE_KEY", f"{unknown_rows} {have} NULL in the merge key ({key})")
    if twice:
        values, are = ("value", "is") if twice == 1 else ("values", "are")
        raise DatasetError("MERGE_KEY", f"{twice} {values} of the merge key ({key}) {are} duplicated in the result")
