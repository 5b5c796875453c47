"""A stage's group: the array of dataset objects that the job gets as `--group_list`."""

from __future__ import annotations

import json
from dataclasses import replace

from strata_glue.contract import Dataset, Source
from strata_glue.errors import JobInputError
from strata_glue.payload import PayloadError, read


def parse_group(text: str) -> list[Dataset]:
    """Reads the array. Unknown keys are the user's own and are left alone. Raises `JobInputError`."""
    try:
        datasets = [_whole(each) for each in read(tuple[Dataset, ...], json.loads(text))]
    except (ValueError, RecursionError) as error:
        raise JobInputError(f"--group_list is not JSON: {error}") from None
    except PayloadError as error:
        raise JobInputError(f"--group_list: {error}") from None
    names = [dataset.name for dataset in datasets]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise JobInputError(f"--group_list contains {', '.join(twice)} twice")
    return datasets


class TableOfCommand(Source):
    """A table that a command reads, which is not a dataset's source."""


def called(source: Source) -> str:
    """What messages call it."""
    kind = "table" if isinstance(source, TableOfCommand) else "source table"
    return f"{kind} `{source.table}`"


def folder(location: str) -> str:
    """A location with exactly one closing slash."""
    return location.rstrip("/") + "/"


def _whole(dataset: Dataset) -> Dataset:
    """With its locations as all others are: authors may leave out the closing slash."""
    sources = tuple(replace(each, location=folder(each.location)) for each in dataset.sources)
    return replace(dataset, sources=sources, target=folder(dataset.target) if dataset.target else None)
