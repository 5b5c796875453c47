"""Iceberg tables on Apache Spark with Iceberg's runtime: Glue, Spark 4.1 here.

A change of an existing table is written to a branch of the attempt's own, which begins at the snapshot that the attempt
started from. Then `main` is moved to the branch's end, which Iceberg does only if no other writer moved `main` meanwhile.
That one metadata commit is the commit: no reader sees anything before it, and it brings properties, rows and files.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from strata_glue.engine.session import ClassicEngine
from strata_glue.engine.spark.columns import columns_of, in_order, quoted
from strata_glue.errors import DatasetError
from strata_glue.fail_points import fail_point
from strata_glue.store import Store
from strata_glue.store.local import LocalStore
from strata_glue.target.iceberg.bounds import check_files, check_metadata
from strata_glue.target.iceberg.catalog import CATALOG, IcebergTable, catalog_settings, given_location, identifier
from strata_glue.target.iceberg.evolution import Evolution, evolution_of
from strata_glue.target.iceberg.history import OURS, History
from strata_glue.target.iceberg.lake import LakeMetadata
from strata_glue.target.iceberg.tables import (
    BRANCH,
    TABLE_PROPERTIES,
    Change,
    file_properties,
    table_changed,
    with_remaining_rows,
)

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, DataFrameWriterV2, SparkSession

TRIES = 5
"""Tries of a metadata commit while the rows are unchanged: another writer may set properties meanwhile."""


class SparkTables:
    """Tables by the catalog `strata`, partly through Iceberg's Java API, whose commits state what must not have changed."""

    def __init__(self, engine: ClassicEngine, store: Store) -> None:
        self._store = store
        self._settings = catalog_settings(store)
        self._session = engine.new_session()
        self._prepare(self._session)
        self._iceberg = self._session._jvm.org.apache.iceberg
        if type(self._iceberg.spark.Spark3Util).__name__ != "JavaClass":
            raise DatasetError(
                "ENGINE_CANNOT",
                f"{engine.name} has no Iceberg: on Glue the job needs the argument `--datalake-formats iceberg`",
            )
        self._session.sql(f"USE {CATALOG}")  # loads it: the Java API looks among those that are loaded

    def _prepare(self, session: SparkSession) -> None:
        """Makes a session see the catalog."""
        for key, value in self._settings.items():
            session.conf.set(key, value)

    def history(self, table: IcebergTable) -> History | None:
        loaded = self._load(table)
        if loaded is None:
            return None
        parser = self._iceberg.TableMetadataParser
        metadata = json.loads(parser.toJson(loaded.operations().current()))
        check_metadata(self._store, table, metadata)
        return History(metadata)

    def read(self, table: IcebergTable, snapshot: int, session: SparkSession) -> DataFrame:
        self._prepare(session)
        check_files(self._store, table, self.history, snapshot)
        # Not the option `versionAsOf`: Spark 3.5 ignores it and reads the current snapshot.
        return session.sql(f"SELECT * FROM {identifier(table, self._store)} VERSION AS OF {snapshot}")

    def commit(
        self, table: IcebergTable, base: History | None, change: Change, frame: DataFrame, session: SparkSession
    ) -> None:
        self._prepare(session)
        if change.order and change.write == "merge" and base is not None and base.current is not None:
            # MERGE sorts by a table's sort order only. Iceberg 1.11 cannot write a table that ever had one of a column that is
            # gone, so the tables have none, and all rows are written again.
            frame = with_remaining_rows(self.read(table, base.current.id, session), frame, change)
        frame = in_order(frame, change.order)
        if base is None or base.current is None:
            self._create(table, base, change, frame)
            return
        evolution = self._prepared(table, base, change, frame)
        branch = BRANCH + change.attempt
        before = base.current.id
        check_files(self._store, table, self.history, before)  # a merge reads them, too
        self._load(table).manageSnapshots().createBranch(branch, before).commit()
        fail_point("branched")
        self._write(f"{identifier(table, self._store)}.`branch_{branch}`", change, evolution.renamed(frame), session)
        fail_point("branch written")
        if evolution.is_needed or not self._has_properties(table, branch, change):
            self._settle(table, base, change, lambda: self._take_files(table, branch, evolution, change, before))
        else:
            self._settle(table, base, change, lambda: self._fast_forward(table, branch))

    def roll_back(self, table: IcebergTable, base: History, snapshot: int) -> None:
        operations = self._load(table).operations()
        now = operations.current()
        current = History(json.loads(self._iceberg.TableMetadataParser.toJson(now)))
        if current.current != base.current:
            raise table_changed(table, current)
        schema, spec = current.layout_of(snapshot)
        # Not Iceberg's own rollback, which would keep the newer columns.
        builder = self._iceberg.TableMetadata.buildFrom(now).setBranchSnapshot(snapshot, "main")
        changed = builder.setCurrentSchema(schema).setDefaultPartitionSpec(spec).build()
        try:
            operations.commit(now, changed)
        except Exception as error:
            raise table_changed(table, self.history(table)) from error

    def abandon(self, table: IcebergTable, attempt: str) -> None:
        loaded = self._load(table)
        if loaded is not None and BRANCH + attempt in loaded.refs():
            loaded.manageSnapshots().removeBranch(BRANCH + attempt).commit()

    def clean_up(self, table: IcebergTable) -> None:
        loaded = self._load(table)
        waste = [str(name) for name in loaded.refs() if str(name).startswith(BRANCH)] if loaded is not None else []
        for name in waste:
            loaded.manageSnapshots().removeBranch(name).commit()

    def _load(self, table: IcebergTable) -> Any:
        """Iceberg's own object, fresh; None if there is no such table."""
        try:
            return self._iceberg.spark.Spark3Util.loadIcebergTable(
                self._session._jsparkSession, identifier(table, self._store)
            )
        except Exception as error:
            if "TABLE_OR_VIEW_NOT_FOUND" in str(error) or "NoSuchTable" in str(error):
                return None
            if isinstance(self._store, LocalStore):
                LakeMetadata(self._store).history(table)  # raises a better error for a file that is not metadata
            raise

    def _create(self, table: IcebergTable, base: History | None, change: Change, frame: DataFrame) -> None:
        """Creates table and rows by one commit. An existing table without a snapshot is another user's, and is not replaced."""
        from pyspark.sql import functions as F

        if base is not None:
            raise DatasetError(
                "TARGET_LAYOUT",
                f"the Iceberg table {table.location} has no snapshot, so Strata did not create it: drop it, or "
                "give the dataset another target",
            )
        writer = frame.writeTo(identifier(table, self._store)).using("iceberg")
        for key, value in {**TABLE_PROPERTIES, **file_properties(change)}.items():
            writer = writer.tableProperty(key, value)
        location = given_location(table, self._store)
        if location is not None:
            writer = writer.tableProperty("location", location)
        if change.partition_by:
            writer = writer.partitionedBy(*[F.col(quoted(name)) for name in change.partition_by])
        try:
            _with_options(writer, change).create()
        except Exception as error:
            if not self._is_ours(table, change) and self._load(table) is not None:
                raise table_changed(table, self.history(table)) from error
            if not self._is_ours(table, change):
                raise

    def _prepared(self, table: IcebergTable, base: History, change: Change, frame: DataFrame) -> Evolution:
        """Adds the columns that a replacing result needs: until the commit they exist and are NULL."""
        loaded = self._load(table)
        if change.write == "replace":
            evolution = evolution_of(base, columns_of(frame.schema), change)
        else:
            evolution = Evolution.none(base)
        if evolution.orphan_columns:
            if set(evolution.orphan_columns) & set(base.partition_by()):
                self._divide(
                    loaded, tuple(each for each in base.partition_by() if each not in evolution.orphan_columns)
                )
            update = loaded.updateSchema()
            for name in evolution.orphan_columns:
                update.deleteColumn(name)
            update.commit()
        there = {column.name for column in base.declared_columns()} - set(evolution.orphan_columns)
        missing = {name: temporary for name, temporary in evolution.added.items() if temporary not in there}
        if missing:
            converted = self._iceberg.spark.SparkSchemaUtil.convert(frame._jdf.schema()).asStruct()
            update = loaded.updateSchema()
            for name, temporary in missing.items():
                update.addColumn(temporary, converted.field(name).type())
            update.commit()
        if change.write == "replace" and base.partition_by() != change.partition_by:
            self._divide(self._load(table), change.partition_by)
        return evolution

    def _divide(self, loaded: Any, names: tuple[str, ...]) -> None:
        """Partitions new files by other columns; existing files do not change."""
        update = loaded.updateSpec()
        for field in loaded.spec().fields():
            update.removeField(field.name())
        for name in names:
            update.addField(name)
        update.commit()

    def _write(self, name: str, change: Change, frame: DataFrame, session: SparkSession) -> None:
        from pyspark.sql.functions import lit

        if change.write == "merge" and not change.order:
            self._merge(name, change, frame, session)
            return
        writer = _with_options(frame.writeTo(name), change)
        if change.write == "append":
            writer.append()
        elif change.write == "replace_partitions":
            writer.overwritePartitions()
        else:
            writer.overwrite(lit(True))

    def _merge(self, name: str, change: Change, frame: DataFrame, session: SparkSession) -> None:
        """MERGE has no options: they are settings of the session, which is this dataset's own."""
        view = "strata_merged"
        frame.createOrReplaceTempView(view)
        for key, value in _options(change).items():
            with suppress(Exception):  # sizes are not settable in every version; properties are
                session.conf.set(f"spark.sql.iceberg.{key}", value)
        keys = " AND ".join(f"target.{quoted(each)} = merged.{quoted(each)}" for each in change.merge_key)
        session.sql(
            f"MERGE INTO {name} AS target USING {view} AS merged ON {keys} "
            "WHEN MATCHED THEN UPDATE SET * WHEN NOT MATCHED THEN INSERT *"
        )

    def _settle(self, table: IcebergTable, base: History, change: Change, publish: Any) -> None:
        """Tries the commit while the rows are those that the attempt started from."""
        problem: Exception | None = None
        for _ in range(TRIES):
            now = self.history(table)
            if now is not None and now.current is not None and now.current.attempt == change.attempt:
                return  # it is committed: only the response was lost
            if now is None or now.current != base.current:
                raise table_changed(table, now) from problem
            try:
                publish()
                return
            except Exception as error:
                if "for type: unknown" in str(error):
                    raise _dropped_partition(table) from error
                problem = error
        if problem is not None and not self._is_ours(table, change):
            raise problem

    def _has_properties(self, table: IcebergTable, branch: str, change: Change) -> bool:
        """False after a MERGE on Iceberg 1.10, which ignores the session's properties."""
        loaded = self._load(table)
        summary = loaded.snapshot(loaded.refs()[branch].snapshotId()).summary()
        return bool(summary.get(f"{OURS}attempt") == change.attempt)

    def _fast_forward(self, table: IcebergTable, branch: str) -> None:
        self._load(table).manageSnapshots().fastForwardBranch("main", branch).removeBranch(branch).commit()

    def _take_files(self, table: IcebergTable, branch: str, evolution: Evolution, change: Change, before: int) -> None:
        """Applies the branch's changes to the table in one transaction, with its new columns and Strata's properties."""
        loaded = self._load(table)
        written = loaded.snapshot(loaded.refs()[branch].snapshotId())
        transaction = loaded.newTransaction()
        for update in evolution.updates():
            pending = transaction.updateSchema()
            for method, names in update:
                getattr(pending, method)(*names)
            pending.commit()
        overwrite = transaction.newOverwrite()
        everything = self._iceberg.expressions.Expressions.alwaysTrue()
        if change.write == "replace":
            overwrite.overwriteByRowFilter(everything)
        else:
            overwrite.conflictDetectionFilter(everything)
            for file in _each(written.removedDataFiles(loaded.io())):
                overwrite.deleteFile(file)
        for file in _each(written.addedDataFiles(loaded.io())):
            overwrite.addFile(file)
        for key, value in change.properties.items():
            overwrite.set(key, value)
        overwrite.validateFromSnapshot(before).validateNoConflictingData().validateNoConflictingDeletes().commit()
        transaction.manageSnapshots().removeBranch(branch).commit()
        transaction.commitTransaction()

    def _is_ours(self, table: IcebergTable, change: Change) -> bool:
        """True if the commit arrived, even if its response was an error."""
        now = self.history(table)
        return now is not None and any(each.attempt == change.attempt for each in now.ancestry())


def _each(files: Any) -> Iterator[Any]:
    """Elements of a Java `Iterable`."""
    iterator = files.iterator()
    while iterator.hasNext():
        yield iterator.next()


def _options(change: Change) -> dict[str, str]:
    """Write options of Iceberg's."""
    properties = {f"snapshot-property.{key}": value for key, value in change.properties.items()}
    return {
        **properties,
        "compression-codec": change.compression,
        "target-file-size-bytes": str(change.file_size),
        # The rows come in their order; Iceberg would sort them by the partition alone.
        **({"use-table-distribution-and-ordering": "false"} if change.order else {}),
    }


def _dropped_partition(table: IcebergTable) -> DatasetError:
    """Iceberg 1.10 cannot read a table's older partitions any more once their column is gone."""
    return DatasetError(
        "ENGINE_CANNOT",
        f"a column that {table.location} was partitioned by is not in the result, which Iceberg before 1.11 (Glue 5.1) "
        "cannot do: keep the column, use Glue 6.0, or give the dataset another target",
    )


def _with_options(writer: DataFrameWriterV2, change: Change) -> DataFrameWriterV2:
    for key, value in _options(change).items():
        writer = writer.option(key, value)
    return writer
