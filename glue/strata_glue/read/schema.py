"""A source's columns, the same on every engine: those of its files, with the types that the author declared.

Columns go by name, whatever their case: those of the first file, then new ones. A file that lacks one has NULL there. A
type that differs is widened to the one that holds both as they are; where there is none, the source is broken. What is not
as the author declared it is a difference (read/declared.py).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pyarrow as pa

from strata_glue.engine.spark.columns import same_but_for_case
from strata_glue.engine.spark.footers import FileColumn
from strata_glue.engine.spark.types import name_of, widened
from strata_glue.errors import DatasetError
from strata_glue.read.content import ContentFile
from strata_glue.read.declared import Declared, Difference
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
    differences: tuple[Difference, ...] = ()
    """What is not as it is declared. Such a column has the type of its files."""

    @property
    def is_uniform(self) -> bool:
        """True if every file has the source's columns, as they are and in order."""
        columns = [*self.columns.items()]
        return all([(each.name, each.type) for each in shape] == columns for shape, _ in self.groups)


def decide(called: str, location: str, files: Sequence[tuple[ContentFile, Shape]], declared: Declared) -> SourceSchema:
    """The source's columns. `called`: the table's name in messages. Types that the author declared take precedence.
    Raises `DatasetError` (`SOURCE_BROKEN`)."""
    groups: dict[Shape, list[ContentFile]] = {}
    for file, shape in files:
        groups.setdefault(shape, []).append(file)
    differences: dict[str, Difference] = {}
    try:
        columns = _merged({shape: members[0].path for shape, members in groups.items()}, declared, differences)
        partitions = _partitions([file.path for file, _ in files], declared, differences)
    except _Broken as problem:
        raise DatasetError("SOURCE_BROKEN", f"{called} ({location}): {problem}") from None
    by_name = {name.lower(): name for name in partitions}
    merged = {by_name.get(name.lower(), name): kind for name, kind in columns.items()} | partitions
    names = {name: name_of(kind) for name, kind in merged.items()}
    others = declared.others(names, files[0][0].path, len(files))
    grouped = tuple((shape, tuple(members)) for shape, members in groups.items())
    return SourceSchema(merged, partitions, grouped, (*differences.values(), *others))


class _Broken(Exception):
    """What is wrong, and what to do."""


def _merged(shapes: dict[Shape, str], declared: Declared, differences: dict[str, Difference]) -> dict[str, pa.DataType]:
    """Columns of all files. `shapes`: each with the first file that has it. Adds what is not as declared to `differences`,
    by name in lower case."""
    found: dict[str, tuple[str, pa.DataType, str]] = {}
    for shape, path in shapes.items():
        twice = same_but_for_case([column.name for column in shape])
        if twice:
            raise _Broken(
                f"{path} has the columns `{twice[0]}` and `{twice[1]}`, which are equal for Spark and Athena: rename one"
            )
        for column in shape:
            key = column.name.lower()
            problem = declared.type_problem(column.name, column.type, path)
            if problem is not None:
                differences.setdefault(key, problem)
            name, before, first = found.get(key, (column.name, column.type, path))
            both = widened(before, column.type)
            if both is None and key not in differences:
                raise _Broken(
                    f"column `{name}` is {name_of(before)} in {first} and {name_of(column.type)} in {path}, and no type "
                    "holds both without loss: rewrite one of the files, or put them into separate folders and "
                    "cast in SQL"
                )
            both = before if both is None else both
            found[key] = (name, both, first if both == before else path)
    return {name: declared.as_declared(name, kind) or kind for name, kind, _ in found.values()}


def _partitions(paths: Sequence[str], declared: Declared, differences: dict[str, Difference]) -> dict[str, pa.DataType]:
    """Partition columns of all folders. What is not as declared replaces what `differences` has of a file's column."""
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
        differences.pop(name.lower(), None)  # the folders' values replace the files'
        texts, kind = [each[name] for each in values], declared.text(name)
        found[name] = partition_type(texts, None)
        if kind is None:
            continue
        try:
            found[name] = partition_type(texts, kind)
        except ValueError as problem:
            why = f"in the names of folders, where {problem}"
            differences[name.lower()] = Difference("type", name, kind, name_of(found[name]), _shown(first), why=why)
    return found


def _shown(folder: str) -> str:
    return f"{folder}/" if folder else "the table's own folder"
