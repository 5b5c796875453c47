"""A source's columns, the same on every engine: those of its files, with the types that the author declared.

Columns go by name, whatever their case: those of the first file, then new ones. A file that lacks one has NULL there. A
type that differs is widened to the one that holds both as they are; where there is none, the source is broken.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pyarrow as pa

from strata_glue.engine.spark.columns import same_but_for_case
from strata_glue.engine.spark.footers import FileColumn
from strata_glue.engine.spark.type_names import plain_name
from strata_glue.engine.spark.types import is_nested, name_of, type_of, widened
from strata_glue.errors import DatasetError
from strata_glue.read.content import ContentFile
from strata_glue.target.parquet.partitions import partition_names, partition_type, values_of

Shape = tuple[FileColumn, ...]
"""A file's columns."""


@dataclass(frozen=True)
class SourceSchema:
    """The columns that SQL sees of a source, and the files by their own columns."""

    columns: dict[str, pa.DataType]
    """In order, with partition columns."""
    partitions: dict[str, pa.DataType]
    """Columns whose values are in the folders' names."""
    groups: tuple[tuple[Shape, tuple[ContentFile, ...]], ...]
    """Files by their columns."""

    @property
    def is_uniform(self) -> bool:
        """True if every file has the source's columns, as they are and in order."""
        columns = [*self.columns.items()]
        return all([(each.name, each.type) for each in shape] == columns for shape, _ in self.groups)


def decide(
    called: str, location: str, files: Sequence[tuple[ContentFile, Shape]], declared: Mapping[str, str]
) -> SourceSchema:
    """The source's columns. `called`: the table's name in messages. `declared`: types by column, as the author wrote them;
    they take precedence. Raises `DatasetError` (`SOURCE_BROKEN`)."""
    names = {name.lower(): kind for name, kind in declared.items()}
    groups: dict[Shape, list[ContentFile]] = {}
    for file, shape in files:
        groups.setdefault(shape, []).append(file)
    try:
        columns = _merged({shape: members[0].path for shape, members in groups.items()}, names)
        partitions = _partitions([file.path for file, _ in files], names)
    except _Broken as problem:
        raise DatasetError("SOURCE_BROKEN", f"{called} ({location}): {problem}") from None
    by_name = {name.lower(): name for name in partitions}
    merged = {by_name.get(name.lower(), name): kind for name, kind in columns.items()}
    return SourceSchema(
        {**merged, **partitions}, partitions, tuple((shape, tuple(members)) for shape, members in groups.items())
    )


class _Broken(Exception):
    """What is wrong, and what to do."""


def _merged(shapes: dict[Shape, str], declared: dict[str, str]) -> dict[str, pa.DataType]:
    """Columns of all files. `shapes`: each with the first file that has it."""
    found: dict[str, tuple[str, pa.DataType, str]] = {}
    for shape, path in shapes.items():
        twice = same_but_for_case([column.name for column in shape])
        if twice:
            raise _Broken(
                f"{path} has the columns `{twice[0]}` and `{twice[1]}`, which are equal for Spark and Athena: rename one"
            )
        for column in shape:
            key = column.name.lower()
            if key in declared:
                kind = _as_declared(column, path, declared[key])
                found.setdefault(key, (column.name, kind, path))
                continue
            name, before, first = found.get(key, (column.name, column.type, path))
            both = widened(before, column.type)
            if both is None:
                raise _Broken(
                    f"column `{name}` is {name_of(before)} in {first} and {name_of(column.type)} in {path}, and no type "
                    "holds both without loss: rewrite one of the files, or put them into separate folders and "
                    "cast in SQL"
                )
            found[key] = (name, both, first if both == before else path)
    return {name: kind for name, kind, _ in found.values()}


def _as_declared(column: FileColumn, path: str, declared: str) -> pa.DataType:
    """The declared type, if it holds the file's values as they are."""
    wanted = type_of(declared)
    if wanted is not None and widened(column.type, wanted) == wanted:
        return wanted
    if wanted is None and is_nested(column.type) and plain_name(name_of(column.type)) == plain_name(declared):
        return column.type
    raise _Broken(
        f"column `{column.name}` is {name_of(column.type)} in {path}, and `sources` in pipeline.yaml declares it as "
        f"{declared}, which cannot represent every {name_of(column.type)}: declare the files' type and cast in "
        "SQL, or write the file again"
    )


def _partitions(paths: Sequence[str], declared: dict[str, str]) -> dict[str, pa.DataType]:
    """Partition columns of all folders."""
    folders = dict.fromkeys(path.rpartition("/")[0] for path in paths)
    first = next(iter(folders))
    names = partition_names(first)
    for folder in folders:
        here = partition_names(folder)
        if "" in here or "" in values_of(f"{folder}/x").values():
            raise _Broken(f"the folder {folder}/ has no name before its `=`, or no value after it: rename it")
        twice = same_but_for_case(here)
        if twice:
            raise _Broken(
                f"the folder {folder}/ names the partition column `{twice[0]}` twice: give every level of folders a different column"
            )
        if here != names:
            raise _Broken(
                f"files in {_shown(first)} and {_shown(folder)} have different partition columns: give every "
                "file the same `column=value` folders, in the same order and case"
            )
    values = [values_of(f"{folder}/x") for folder in folders]
    found = {}
    for name in names:
        try:
            found[name] = partition_type([each[name] for each in values], declared.get(name.lower()))
        except ValueError as problem:
            raise _Broken(f"partition column `{name}`: {problem}") from None
    return found


def _shown(folder: str) -> str:
    return f"{folder}/" if folder else "the table's own folder"
