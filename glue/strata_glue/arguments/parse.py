"""The job's arguments (docs/architecture.md), from a command line or from the local worker's request."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from strata_glue.arguments.received import received
from strata_glue.errors import JobInputError

MOST_AT_ONCE = 64
"""Datasets at the same time at most: more threads would only wait for the driver."""


@dataclass(frozen=True)
class JobArguments:
    """Arguments as given; `params` and `param_types` are JSON objects as text."""

    group_list: str
    pipeline: str
    stage: str
    execution: str
    plan: str
    params: str
    param_types: str
    datasets: tuple[str, ...]
    store: str | None
    publish: str = "{}"
    state: str | None = None
    concurrency: int | None = None


NAMES = (
    "group_list",
    "pipeline",
    "stage",
    "execution",
    "plan",
    "params",
    "param_types",
    "datasets",
    "store",
    "publish",
    "state",
    "concurrency",
    "arguments_version",
    "digests",
)


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
    return from_mapping(received(values))


def from_mapping(values: Mapping[str, str]) -> JobArguments:
    """Decoded arguments by name, with or without `--`. Raises `JobInputError`."""
    plain = {name.removeprefix("--"): value for name, value in values.items()}
    unknown = sorted(set(plain) - set(NAMES))
    if unknown:
        raise JobInputError(f"unknown argument --{unknown[0]}: use a definition of the job's version of Strata")
    if "group_list" not in plain:
        raise JobInputError("--group_list is missing: start the job through its state machine")
    return JobArguments(
        group_list=plain["group_list"],
        pipeline=plain.get("pipeline", ""),
        stage=plain.get("stage", ""),
        execution=plain.get("execution", ""),
        plan=plain.get("plan", ""),
        params=plain.get("params", "{}"),
        param_types=plain.get("param_types", "{}"),
        datasets=_names(plain.get("datasets", "[]")),
        store=plain.get("store") or None,
        publish=plain.get("publish", "{}"),
        state=plain.get("state") or None,
        concurrency=_concurrency(plain.get("concurrency") or None),
    )


def _concurrency(text: str | None) -> int | None:
    if text is None:
        return None
    if not str(text).isdecimal() or not 1 <= int(text) <= MOST_AT_ONCE:
        raise JobInputError(f"--concurrency is not a number from 1 to {MOST_AT_ONCE}")
    return int(text)


def _names(text: str) -> tuple[str, ...]:
    try:
        names = json.loads(text or "[]")
    except ValueError:
        names = text
    if names is None:
        return ()
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise JobInputError("--datasets is neither a JSON array of names nor null")
    return tuple(names)
