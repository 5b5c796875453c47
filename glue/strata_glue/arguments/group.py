"""A stage's group: the array of dataset objects that the job gets as `--group_list`."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from strata_glue.errors import JobInputError


@dataclass(frozen=True)
class Source:
    """A source table: the view's name and the location of the Parquet files behind it."""

    table: str
    location: str

    @property
    def called(self) -> str:
        """What messages call it."""
        return f"source table `{self.table}`"


@dataclass(frozen=True)
class Dataset:
    """One SELECT and the table it writes. `target` is None for a dataset that is run and counted only."""

    name: str
    sql: str
    sources: tuple[Source, ...]
    target: str | None


def parse_group(text: str) -> list[Dataset]:
    """Reads the array. Unknown keys are the user's own and are left alone. Raises `JobInputError`."""
    try:
        items = json.loads(text)
    except ValueError as error:
        raise JobInputError(f"--group_list is not JSON: {error}") from None
    if not isinstance(items, list):
        raise JobInputError("--group_list is not a JSON array of datasets")
    datasets = [_dataset(item, index) for index, item in enumerate(items)]
    names = [dataset.name for dataset in datasets]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise JobInputError(f"--group_list contains {', '.join(twice)} twice")
    return datasets


def waits_for(datasets: list[Dataset], references: Mapping[str, list[str]]) -> dict[str, list[str]]:
    """For each dataset the others of the group whose targets it reads, in its SQL or (`references`: locations by
    dataset) in its expectations. A dataset that reads its own target waits for none."""
    reads = {
        each.name: [*(source.location for source in each.sources), *references.get(each.name, ())] for each in datasets
    }
    return {
        reader.name: [
            writer.name
            for writer in datasets
            if writer is not reader
            and writer.target is not None
            and any(_overlap(location, writer.target) for location in reads[reader.name])
        ]
        for reader in datasets
    }


def folder(location: str) -> str:
    """A location with exactly one closing slash."""
    return location.rstrip("/") + "/"


def _overlap(one: str, other: str) -> bool:
    one, other = folder(one), folder(other)
    return one.startswith(other) or other.startswith(one)


def _dataset(item: Any, index: int) -> Dataset:
    if not isinstance(item, dict):
        raise JobInputError(f"item {index} of --group_list is not an object")
    name = item.get("sql_name")
    sql = item.get("sql_text")
    tables = item.get("tables", [])
    target = item.get("s3_target")
    if not isinstance(name, str) or not isinstance(sql, str) or not isinstance(tables, list):
        raise JobInputError(f"item {index} of --group_list needs `sql_name`, `sql_text` and `tables`")
    if target is not None and not isinstance(target, str):
        raise JobInputError(f"`s3_target` of {name} is no text")
    return Dataset(name, sql, tuple(_source(table, name) for table in tables), folder(target) if target else None)


def _source(table: Any, name: str) -> Source:
    if (
        not isinstance(table, dict)
        or not isinstance(table.get("table_name"), str)
        or not isinstance(table.get("s3_path"), str)
    ):
        raise JobInputError(f"a table of {name} needs `table_name` and `s3_path`")
    return Source(table["table_name"], folder(table["s3_path"]))
