"""From a result to the attempt's files: the engine writes them, then they are resized, counted and named."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.parquet as parquet

from strata_glue.arguments.settings import file_size
from strata_glue.contract import Column, PublishSettings, RecordFile
from strata_glue.engine.spark.columns import columns_of, in_order, unused_name
from strata_glue.engine.spark.footers import Unreadable
from strata_glue.engine.spark.footers import columns_of as columns_in
from strata_glue.engine.spark.types import is_nested, name_of
from strata_glue.errors import DatasetError
from strata_glue.read.content import Content, ContentFile
from strata_glue.read.frames import is_spark, read_recorded
from strata_glue.read.rows import to_parquet
from strata_glue.read.sources import footer_rows
from strata_glue.store import DataFile, Store
from strata_glue.target.attempt import Attempt, Staged
from strata_glue.target.parquet.columns import check_sort_columns
from strata_glue.target.parquet.partitions import check_partition_columns, final_folder, with_partition_texts
from strata_glue.target.parquet.record import NOTHING
from strata_glue.target.resize import resize, wants_resize

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession
    from pyspark.sql.types import StructType


@dataclass(frozen=True)
class EngineResult:
    """A result that the engine computes while it is written."""

    frame: DataFrame
    schema: StructType
    store: Store

    def write(self, attempt: Attempt, settings: PublishSettings) -> Staged:
        """Has the engine write it into the attempt's folder. Raises `DatasetError` if a target cannot hold the result."""
        frame, names, texts, store = self.frame, settings.partition_by, list[str](), self.store
        if names:
            check_partition_columns(names, self.schema)
            frame, texts = with_partition_texts(frame, names)
        if settings.sort_by:
            check_sort_columns(settings.sort_by, self.schema)
            if not texts and not is_spark(frame.sparkSession):
                frame, texts = _in_one_file(frame)
            frame = in_order(frame, (*texts, *(name for name in settings.sort_by if name not in names)))
        codec = "uncompressed" if settings.compression == "none" else settings.compression
        writer = frame.write.mode("append").option("compression", codec)
        (writer.partitionBy(*texts) if texts else writer).parquet(store.engine_path(attempt.location))
        files = _files(attempt, settings, store, self.schema)
        if files and not is_spark(frame.sparkSession):
            _check_types(files[0], self.schema, attempt, store)
        content = staged_content(attempt, files, columns_of(self.schema), names)

        def read(session: SparkSession) -> DataFrame:
            return read_recorded(content, session, store.engine_path)

        return Staged(files, columns_of(self.schema), names, read)


def _in_one_file(frame: DataFrame) -> tuple[DataFrame, list[str]]:
    """The frame with a partition column of one value: Sail 0.7 distributes the batches of a sorted result to four files, but
    never those of a partition."""
    from pyspark.sql import functions as F

    name = unused_name("strata_file", frame.columns)
    return frame.withColumn(name, F.lit("v")), [name]


def staged_content(
    attempt: Attempt, files: tuple[RecordFile, ...], schema: tuple[Column, ...], names: tuple[str, ...] = ()
) -> Content:
    """An attempt's files as a reader of the target would see them, at their present paths. `names`: partition columns."""
    there = tuple(ContentFile(file.staged or file.path, file.path, file.bytes, file.rows) for file in files)
    return Content(attempt.target, there, replace(NOTHING, files=files, schema=schema, partition_by=names))


def write_rows(rows: pa.Table, attempt: Attempt, settings: PublishSettings) -> RecordFile:
    """Writes rows that are in memory into the attempt's folder, as one file."""
    name, content = "rows.parquet", to_parquet(rows, settings.compression)
    attempt.put(name, content)
    return RecordFile(_final_path(name, 0, attempt, settings), rows.num_rows, len(content), attempt.folder + name)


def _check_types(file: RecordFile, schema: StructType, attempt: Attempt, store: Store) -> None:
    """Sail does not always write the type that it reports: for `if(c, 1, 0.5)` it reports INT and writes a DECIMAL."""
    with store.open(attempt.location, (file.staged or file.path).removeprefix(attempt.folder)) as stream:
        try:
            stored = columns_in(parquet.read_metadata(stream))
        except Unreadable as problem:
            raise DatasetError(
                "ENGINE_CANNOT",
                f"column `{problem.column}` is {problem.kind} on Sail, which Spark does not support: if DATEs and TIMESTAMPs "
                "are mixed, write CAST(… AS TIMESTAMP) around each, or run with --engine spark",
            ) from None
    said = {column.name: column.type for column in columns_of(schema)}
    plain = [column for column in stored if not is_nested(column.type)]
    for name, kind in ((column.name, name_of(column.type)) for column in plain):
        if said.get(name, kind) != kind:
            raise DatasetError(
                "ENGINE_CANNOT",
                f"column `{name}` mixes types: Sail writes {kind} but reports {said[name]}: cast the parts of "
                f"the expression to one type, for example CAST(… AS {said[name]}), or run with --engine spark",
            )


def _files(attempt: Attempt, settings: PublishSettings, store: Store, schema: StructType) -> tuple[RecordFile, ...]:
    """The attempt's files, of the wanted size, with rows and final names."""
    found = attempt.written()
    if not found and settings.partition_by:
        return ()  # no row, and therefore no partition
    if not found:
        # Sail writes no file for a result without rows; Spark writes one that has the schema.
        store.put(attempt.location, "empty.parquet", _empty_file(schema, settings.compression))
        found = attempt.written()
    if not found:
        raise DatasetError("RESULT_MISSING", "the engine wrote no file")
    counted = _counted(_resized(found, attempt, settings, store), attempt, store)
    return tuple(
        RecordFile(_final_path(file.path, index, attempt, settings), file.rows, file.bytes, attempt.folder + file.path)
        for index, file in enumerate(counted)
    )


def _final_path(path: str, index: int, attempt: Attempt, settings: PublishSettings) -> str:
    folder = f"{final_folder(path.rpartition('/')[0], settings.partition_by)}/" if settings.partition_by else ""
    return f"{folder}part-{index:05d}-{attempt.origin.attempt}.parquet"


def _resized(found: list[DataFile], attempt: Attempt, settings: PublishSettings, store: Store) -> list[DataFile]:
    folders: dict[str, list[DataFile]] = {}
    for file in found:
        folders.setdefault(file.path.rpartition("/")[0], []).append(file)
    wanting = {folder for folder, files in folders.items() if wants_resize(files, file_size(settings))}
    for folder in wanting:
        location, size, codec = attempt.location, file_size(settings), settings.compression
        folders[folder] = resize(store, location, folders[folder], size, codec)
    if wanting:
        attempt.written()  # what `clean_up` removes
    return [file for files in folders.values() for file in files]


def _counted(files: list[DataFile], attempt: Attempt, store: Store) -> list[RecordFile]:
    """Files with their rows, from the footers. Files without rows are dropped, except one if there is no other."""
    with ThreadPoolExecutor(16) as pool:
        rows = list(pool.map(lambda file: footer_rows(store, attempt.location, file.path), files))
    counted = [RecordFile(file.path, count, file.size) for file, count in zip(files, rows, strict=True)]
    return [file for file in counted if file.rows > 0] or counted[:1]


def _empty_file(schema: StructType, compression: str) -> bytes:
    from pyspark.sql.pandas.types import to_arrow_schema

    return to_parquet(to_arrow_schema(schema).empty_table(), compression)
