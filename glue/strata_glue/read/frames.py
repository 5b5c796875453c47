"""From files to the DataFrame that a dataset's SQL sees: the same columns and types on every engine."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import reduce
from typing import TYPE_CHECKING

import pyarrow as pa

from strata_glue.engine.spark.columns import quoted
from strata_glue.engine.spark.footers import FileColumn
from strata_glue.engine.spark.types import Variant, is_called, name_of, spark_schema, spark_type
from strata_glue.errors import DatasetError
from strata_glue.read.content import Content, ContentFile
from strata_glue.read.schema import Shape, SourceSchema
from strata_glue.target.parquet.partitions import spark_reads_alike, values_of

if TYPE_CHECKING:
    from pyspark.sql import Column as Expression
    from pyspark.sql import DataFrame, SparkSession
    from pyspark.sql.types import StructType

EnginePath = Callable[[str, str], str]
"""Location and path of a file → the path or URI that the engine reads."""


def read_recorded(
    content: Content, spark: SparkSession, engine_path: EnginePath, inferred: StructType | None = None
) -> DataFrame:
    """The DataFrame over a committed content: names and types are its record's. `inferred`: what an engine found before."""
    if not content.files:  # partitioned and without rows, so without folders
        columns = [f"CAST(NULL AS {each.type}) AS {quoted(each.name)}" for each in content.schema or ()]
        return spark.sql(f"SELECT {', '.join(columns)} WHERE false")
    recorded = recorded_columns(content)
    known = inferred or (_ddl(recorded) if recorded else None)
    reader = spark.read.schema(known) if known else spark.read
    if not any("/" in file.path for file in content.files):
        return _in_order(reader.parquet(*_places(content.files, content.location, engine_path)), content)
    types = {column.name: column.type for column in content.schema or () if column.name in content.partition_by}
    # Spark itself makes columns of folders (as text: engine/session.py), in one scan however many there are; Sail does not.
    if is_spark(spark) and all(file.place == file.path for file in content.files):
        places = _places(content.files, content.location, engine_path)
        found = spark.read.option("basePath", engine_path(content.location, "")).parquet(*places)
        return _in_order(_cast(found, types), content)
    frames = [
        _with_values(reader.parquet(*_places(files, content.location, engine_path)), values_of(f"{folder}/x"), types)
        for folder, files in _by_folder(content.files).items()
    ]
    return _in_order(_union(frames), content)


def read_files(location: str, schema: SourceSchema, spark: SparkSession, engine_path: EnginePath) -> DataFrame:
    """The DataFrame over files that Strata did not write, with the columns of `schema`."""
    groups = schema.groups
    if is_spark(spark):
        # Spark reads the stored type, whatever Arrow noted beside it.
        alike: dict[tuple[tuple[str, pa.DataType], ...], tuple[Shape, list[ContentFile]]] = {}
        for shape, files in groups:
            alike.setdefault(tuple((each.name, each.type) for each in shape), (shape, []))[1].extend(files)
        groups = tuple((shape, tuple(files)) for shape, files in alike.values())
        frames = [_on_spark(location, schema, *group, spark, engine_path) for group in groups]
    else:
        frames = [
            _on_sail(_places(inside, location, engine_path), folder, schema, shape, spark)
            for shape, files in groups
            for folder, inside in _by_folder(files).items()
        ]
    return _union([frame for each in frames for frame in each])


def _on_spark(
    location: str,
    schema: SourceSchema,
    shape: Shape,
    files: tuple[ContentFile, ...],
    spark: SparkSession,
    engine_path: EnginePath,
) -> Iterable[DataFrame]:
    """Spark reads the given types, and makes columns of folders in one scan, however many there are."""
    partitions = {name.lower() for name in schema.partitions}
    # Spark 3.5 does not read a column of NULLs only.
    read = [each for each in shape if each.name.lower() not in partitions and not pa.types.is_null(each.type)]
    stored = {each.name: each.type for each in read}
    try:
        reader = spark.read.schema(spark_schema(stored))
    except AttributeError:  # PySpark 3.5 has no variant
        raise _cannot("this version of Spark", next(each for each in shape if _is_sparks_own(each))) from None
    folders = _by_folder(files)
    if all(spark_reads_alike(folder) for folder in folders):
        places = _places(files, location, engine_path)
        reader = reader.option("basePath", engine_path(location, "")) if schema.partitions else reader
        yield _selected(reader.parquet(*places), schema, shape, None, True)
        return
    for folder, inside in folders.items():
        frame = reader.parquet(*_places(inside, location, engine_path))
        yield _selected(frame, schema, shape, values_of(f"{folder}/x"), True)


def _on_sail(
    places: list[str], folder: str, schema: SourceSchema, shape: Shape, spark: SparkSession
) -> Iterable[DataFrame]:
    """Sail infers types and fails if others are given: those that differ from Spark's are cast."""
    yield _selected(spark.read.parquet(*places), schema, shape, values_of(f"{folder}/x"), False)


def _selected(
    frame: DataFrame, schema: SourceSchema, shape: Shape, values: dict[str, str | None] | None, on_spark: bool
) -> DataFrame:
    """The source's columns, in order. `values`: those of the files' folder; None: the frame has them as text."""
    from pyspark.sql import functions as F

    by_name = {each.name.lower(): each for each in shape}
    columns: list[Expression] = []
    changed = [each.name for each in shape] != list(schema.columns)
    for name, kind in schema.columns.items():
        column = by_name.get(name.lower())
        if name in schema.partitions:
            found = F.col(quoted(name)) if values is None else F.lit(values[name])
        elif column is None or pa.types.is_null(column.type):
            found = F.lit(None)
        elif column.type == kind if on_spark else is_called(column.noted, name_of(kind)):
            columns.append(F.col(quoted(column.name)).alias(name))
            continue
        else:
            found = F.col(quoted(column.name)) if on_spark else _stored(column)
        changed = True
        columns.append(found.cast(spark_type(kind)).alias(name))
    return frame.select(*columns) if changed else frame


def _stored(column: FileColumn) -> Expression:
    """A column as Sail is to cast it."""
    from pyspark.sql import functions as F

    if _is_sparks_own(column):
        raise _cannot("Sail", column)
    if column.noted is None or not pa.types.is_duration(column.noted):
        return F.col(quoted(column.name))
    # Sail goes by Arrow's note and makes an interval of it; Spark takes the number.
    unit = {"us": 1, "ms": 1_000, "s": 1_000_000}.get(column.noted.unit)
    if unit is None:
        raise _cannot("Sail", column)
    return F.expr(f"unix_micros(TIMESTAMP'1970-01-01 00:00:00' + {quoted(column.name)}) DIV {unit}")


def _is_sparks_own(column: FileColumn) -> bool:
    """True for types that Parquet lacks (engine/spark/footers.py)."""
    return isinstance(column.type, Variant) or bool(pa.types.is_duration(column.type))


def _cannot(engine: str, column: FileColumn) -> DatasetError:
    kind = name_of(column.type) if _is_sparks_own(column) else str(column.noted)
    return DatasetError(
        "ENGINE_CANNOT",
        f"{engine} cannot read column `{column.name}` of type {kind}: run with `--engine spark`, or write the column "
        "as a number or as text",
    )


def is_spark(spark: SparkSession) -> bool:
    """True for a session of Apache Spark in this process."""
    return hasattr(spark, "_jsparkSession")


def recorded_columns(content: Content) -> dict[str, str] | None:
    """The files' columns, if the record has them in a form that every engine parses: no nested types."""
    columns = {column.name: column.type for column in content.schema or () if column.name not in content.partition_by}
    return None if any("<" in kind for kind in columns.values()) else columns or None


def _ddl(columns: dict[str, str]) -> str:
    return ", ".join(f"{quoted(name)} {kind}" for name, kind in columns.items())


def _places(files: Iterable[ContentFile], location: str, engine_path: EnginePath) -> list[str]:
    return [engine_path(location, file.place) for file in files]


def _by_folder(files: Iterable[ContentFile]) -> dict[str, list[ContentFile]]:
    groups: dict[str, list[ContentFile]] = {}
    for file in files:
        groups.setdefault(file.path.rpartition("/")[0], []).append(file)
    return groups


def with_types(frame: DataFrame, types: dict[str, str]) -> DataFrame:
    """The frame with some columns cast, name → type; every column stays in its place."""
    return _cast(frame, types)


def _cast(frame: DataFrame, types: dict[str, str]) -> DataFrame:
    from pyspark.sql import functions as F

    for name, kind in types.items():
        frame = frame.withColumn(name, F.col(quoted(name)).cast(kind))
    return frame


def _with_values(frame: DataFrame, values: dict[str, str | None], types: dict[str, str]) -> DataFrame:
    from pyspark.sql import functions as F

    for name, kind in types.items():
        frame = frame.withColumn(name, F.lit(values.get(name)).cast(kind))
    return frame


def _union(frames: list[DataFrame]) -> DataFrame:
    """As a balanced tree: a plan with a level for each folder overflows the planner's stack."""
    while len(frames) > 1:
        pairs = [frames[start : start + 2] for start in range(0, len(frames), 2)]
        frames = [reduce(lambda one, other: one.unionByName(other, allowMissingColumns=True), pair) for pair in pairs]
    return frames[0]


def _in_order(frame: DataFrame, content: Content) -> DataFrame:
    """Columns as the SQL that wrote them had them: partition columns would else come last."""
    names = [column.name for column in content.schema or ()]
    if not content.partition_by or sorted(names) != sorted(frame.columns):
        return frame
    return frame.select(*[quoted(name) for name in names])
