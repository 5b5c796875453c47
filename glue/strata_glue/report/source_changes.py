"""What changed in a dataset's sources since its last run that succeeded: columns and types, whether they are declared or not."""

from __future__ import annotations

from collections.abc import Sequence

from strata_glue.contract import SourceChange, SourceColumns


def changes(before: Sequence[SourceColumns], now: Sequence[SourceColumns]) -> tuple[SourceChange, ...]:
    """The differences of the tables that both have: columns that are gone or of another type, then new ones. As for Spark,
    case makes no other name."""
    known = {each.table.lower(): each for each in before}
    return tuple(change for table in now if (old := known.get(table.table.lower())) for change in _changed(old, table))


def _changed(before: SourceColumns, now: SourceColumns) -> list[SourceChange]:
    there = {name.lower(): kind for name, kind in now.columns}
    known = {name.lower() for name, _ in before.columns}
    return [
        *[
            SourceChange(now.table, name, kind, there.get(name.lower()))
            for name, kind in before.columns
            if there.get(name.lower()) != kind
        ],
        *[SourceChange(now.table, name, None, kind) for name, kind in now.columns if name.lower() not in known],
    ]
