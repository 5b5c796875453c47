"""Remedies for a target whose content or record is damaged: only those that are possible in its state."""

from __future__ import annotations

from shlex import quote

from strata_glue.store import Store, Survey
from strata_glue.store.local import LocalStore
from strata_glue.target.parquet.record import KEPT_FOLDER, RETIRED, STAYS, Record

REPLACE_ONCE = "set `write` to replace in its `strata` for one run, whose result is then the whole content"
"""For a dataset whose rows cannot be added to the existing ones."""


def command(store: Store, arguments: str) -> str:
    """A `strata recover` for a store: a lake's, or a stack's."""
    stack = "" if isinstance(store, LocalStore) else " --stack STACK"
    return f"`strata recover {arguments}{stack}`"


def for_damage(store: Store, record: Record, there: Survey) -> str:
    """Remedies for a record of which files are missing."""
    files = there.by_path
    whole = [
        each.generation
        for each in record.kept
        if all(file.path in files or KEPT_FOLDER + file.path in files for file in each.files)
    ]
    name = quote(record.dataset) if record.dataset else "DATASET"
    ways = []
    if whole:
        ways.append(f"go back to generation {whole[0]}: {command(store, f'--datasets {name} --to {whole[0]}')}")
    if record.write not in (*STAYS, RETIRED):
        ways.append("if the dataset still has `write` replace, run it, which writes the whole content again")
    ways.append(f"accept the loss: {command(store, f'--rebuild {name}')} first lists what is lost")
    return "; or ".join(ways)


def for_record_below_table(store: Store, name: str) -> str:
    """Remedies where an Iceberg table is to replace Parquet files whose record cannot be read."""
    return (
        "give the dataset another target; or set its `format` to parquet, rebuild the record from the existing files with "
        f"{command(store, f'--rebuild {quote(name)}')}, and set its `format` back to iceberg"
    )


def for_record(store: Store, name: str = "DATASET") -> str:
    """Remedies where the record is missing or cannot be read."""
    versions = (
        "" if isinstance(store, LocalStore) else "; or restore an earlier version of it, if the bucket keeps versions"
    )
    return (
        "if its dataset has `write` replace, run it, which writes the whole content again; or rebuild the record from the existing "
        f"files: {command(store, f'--rebuild {name}')} first lists what it takes{versions}"
    )
