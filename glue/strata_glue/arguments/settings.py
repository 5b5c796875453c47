"""How datasets are checked and published: the job's argument `--publish` (docs/job.md), which the compiler makes."""

from __future__ import annotations

import json
from collections.abc import Iterator

from strata_glue.contract import VERSION, PublishSettings
from strata_glue.errors import JobInputError
from strata_glue.payload import SHOWN_MISTAKES, PayloadError, read

MIB = 1024 * 1024


def file_size(settings: PublishSettings) -> int:
    """Bytes that output files aim at."""
    return settings.file_size_mib * MIB


def parse_publish(text: str, written_by: str | None = None) -> dict[str, PublishSettings]:
    """Reads the argument: settings by dataset. `written_by`: the version of Strata that compiled it.

    Raises `JobInputError` with every mistake, and for anything that this version does not know: what a newer compiler
    asks for must not become something else.
    """
    try:
        value = json.loads(text or "{}")
    except (ValueError, RecursionError) as error:
        raise JobInputError(f"--publish is not JSON: {error}") from None
    if not isinstance(value, dict):
        raise JobInputError("--publish is not a JSON object of datasets")
    found, problems = {}, []
    for name, each in value.items():
        try:
            found[name] = read(PublishSettings, each)
            problem = "; ".join(_together(found[name]))
        except PayloadError as error:
            problem = str(error)
        if problem:
            problems.append(f"--publish of {name}: {problem}")
    if problems:
        # The remedy first: consoles cut the job's first line.
        more = len(problems) - SHOWN_MISTAKES
        shown = [*problems[:SHOWN_MISTAKES], *([f"and of {more} more datasets"] if more > 0 else [])]
        raise JobInputError(f"{remedy(written_by)}; nothing was run. {'; '.join(shown)}")
    return found


def _together(settings: PublishSettings) -> Iterator[str]:
    """What one key says must fit the others: each of these would else be done as something that loses rows."""
    if (settings.format == "iceberg") != (settings.table is not None):
        yield "`table` belongs to the format iceberg, and only to it"
    if settings.write == "merge" and settings.format != "iceberg":
        yield "`write` merge needs the format iceberg"
    if settings.write == "merge" and not settings.merge_key:
        yield "`write` merge needs a `merge_key`"
    if settings.write == "replace_partitions" and not settings.partition_by:
        yield "`write` replace_partitions needs `partition_by`"


def remedy(written_by: str | None) -> str:
    """What to do where this version does not know what `written_by` asks for."""
    if written_by in (None, VERSION):
        return f"this is the job of Strata {VERSION}: compile the pipeline with the same version (deploy again)"
    return (
        f"this is the job of Strata {VERSION}, but Strata {written_by} compiled the pipeline: "
        "deploy the job of that version (deploy again)"
    )
