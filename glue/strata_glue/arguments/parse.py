"""The job's arguments (docs/job.md), from a command line or from the local worker's request."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields

from strata_glue.arguments.decode import decode
from strata_glue.arguments.settings import remedy
from strata_glue.contract import JobArguments
from strata_glue.errors import JobInputError
from strata_glue.payload import PayloadError, read

NAMES = tuple(each.name for each in fields(JobArguments))


def parse_command_line(argv: Sequence[str]) -> JobArguments:
    """Reads `--name value` pairs; what Glue adds (`--JOB_ID`, `--TempDir`, …) is left alone. The last of a name counts."""
    values: dict[str, str] = {}
    for index, word in enumerate(argv):
        name, equals, value = word.removeprefix("--").partition("=")
        if not word.startswith("--") or name not in NAMES:
            continue
        if equals:
            values[name] = value
        elif index + 1 < len(argv):
            values[name] = argv[index + 1]
    return from_mapping(decode(values))


def from_mapping(values: Mapping[str, str]) -> JobArguments:
    """Decoded arguments by name, with or without `--`; an empty one is as absent. Raises `JobInputError`."""
    plain = {name.removeprefix("--"): value for name, value in values.items() if value}
    try:
        return read(JobArguments, plain, "--")
    except PayloadError as error:
        raise JobInputError(
            f"{remedy(plain.get('written_by'))}, and start the job through its state machine; nothing was run. {error}"
        ) from None
