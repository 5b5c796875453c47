"""A source as a run reads it: its content, and what is known of it without an engine."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from strata_glue.arguments.group import called
from strata_glue.contract import Source
from strata_glue.engine.spark.types import name_of
from strata_glue.read.content import Content
from strata_glue.read.declared import Difference, undeclared
from strata_glue.read.frames import EnginePath, read_files, read_recorded, recorded_columns
from strata_glue.read.schema import SourceSchema
from strata_glue.target.attempt import Version
from strata_glue.target.iceberg.catalog import IcebergTable
from strata_glue.target.iceberg.history import Snapshot
from strata_glue.target.iceberg.tables import Tables

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession
    from pyspark.sql.types import StructType


@dataclass(frozen=True)
class ResolvedSource:
    """A source table of files: at least one file, or a commit record of an empty content."""

    source: Source
    content: Content
    schema: SourceSchema | None = None
    """Of files that Strata did not write."""
    counted: int | None = None
    """Rows of files that Strata did not write."""
    differences: tuple[Difference, ...] = ()
    """What is not as `sources` in pipeline.yaml declares it."""
    casts: dict[str, str] = field(default_factory=dict)
    """Columns of a table with recorded types that SQL sees with the declared one."""

    @property
    def foreign(self) -> bool:
        """True for files that Strata did not write."""
        return self.content.schema is None

    @property
    def pipeline(self) -> str | None:
        """The pipeline of Strata that wrote it; None for other writers."""
        return self.content.record.pipeline if self.content.record else None

    @property
    def may_change(self) -> bool:
        """True for files that other writers may replace while they are read."""
        return self.content.record is None and bool(self.content.files)

    @property
    def size(self) -> int:
        """Bytes."""
        return sum(file.size for file in self.content.files)

    @property
    def rows(self) -> int | None:
        """Number of rows: from the record, else from the footers."""
        return self.counted if self.content.rows is None else self.content.rows

    @property
    def identity(self) -> list[Any]:
        """Equal for equal content: the record's generation, else every file with the tag that changes with it."""
        record = self.content.record
        if record is not None:
            return [record.generation, record.attempt]
        return [[file.path, file.size, file.tag] for file in self.content.files]

    @property
    def columns(self) -> dict[str, str] | None:
        """Name → type of the files' columns, if each file has exactly these, and SQL sees them so; None for partitions and
        nested types."""
        if self.casts or any("/" in file.path for file in self.content.files):
            return None
        if self.schema is None:
            return recorded_columns(self.content)
        names = {name: name_of(kind) for name, kind in self.schema.columns.items()}
        return names if self.schema.is_uniform else None

    @property
    def known(self) -> dict[str, str]:
        """Name → type of the columns that are known without an engine."""
        recorded = {column.name: column.type for column in self.content.schema or ()}
        foreign = self.schema.columns if self.schema else {}
        return {**recorded, **self.casts, **{name: name_of(kind) for name, kind in foreign.items()}}

    @property
    def warnings(self) -> list[str]:
        """What the author should know of it."""
        new, passed_over = undeclared(called(self.source), self.differences), self.content.passed_over
        if not passed_over:
            return new
        return [
            f"{called(self.source)}: files in {shown(passed_over)} are not read, as on Spark: only folders "
            "`column=value` belong to a table; Athena reads them",
            *new,
        ]

    @property
    def is_inferred(self) -> bool:
        """True if the engine infers the types at each read, which is a job on Spark."""
        return self.schema is None and recorded_columns(self.content) is None and not self.content.partition_by

    def read(self, spark: SparkSession, engine_path: EnginePath, inferred: StructType | None) -> DataFrame:
        """The DataFrame over exactly the files. `inferred`: the schema that an engine inferred before."""
        if self.schema is not None:
            return read_files(self.content.location, self.schema, spark, engine_path)
        return read_recorded(self.content, spark, engine_path, inferred)


@dataclass(frozen=True)
class PinnedTable(ResolvedSource):
    """An Iceberg table at one snapshot, whose files stay whatever is committed meanwhile."""

    table: IcebergTable = field(kw_only=True)
    snapshot: Snapshot = field(kw_only=True)
    tables: Tables = field(kw_only=True)
    recorded: dict[str, str] = field(kw_only=True)
    """Name → type of its columns, as SQL sees them."""

    foreign = may_change = is_inferred = False
    columns = None

    @property
    def pipeline(self) -> str | None:
        return self.snapshot.pipeline or None

    @property
    def known(self) -> dict[str, str]:
        return self.recorded

    @property
    def size(self) -> int:
        return self._version.bytes or 0

    @property
    def rows(self) -> int | None:
        return self._version.rows

    @property
    def identity(self) -> list[Any]:
        return ["iceberg", self.snapshot.id]

    @property
    def _version(self) -> Version:
        return self.snapshot.version()

    def read(self, spark: SparkSession, engine_path: EnginePath, inferred: StructType | None) -> DataFrame:
        return self.tables.read(self.table, self.snapshot.id, spark)


def shown(folders: tuple[str, ...]) -> str:
    """Up to three folders, and how many more there are."""
    most = 3
    more = f" and {len(folders) - most} more" if len(folders) > most else ""
    return ", ".join(f"`{folder}/`" for folder in folders[:most]) + more
