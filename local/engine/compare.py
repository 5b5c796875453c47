"""Two contents of one target, of two lakes: columns, types, and rows as multisets, compared by Sail."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import pyarrow.parquet as parquet
from cells import cells
from strata_glue.engine.session import Engine, dataset_session
from strata_glue.engine.spark.columns import quoted, unused_name
from strata_glue.engine.spark.footers import columns_of
from strata_glue.engine.spark.types import name_of
from strata_glue.errors import DatasetError
from strata_glue.read.sources import ResolvedSource
from strata_glue.store import Store, open_store
from tables import LakeTables, Table

EXAMPLES = 5
"""Most examples of different rows."""

SIDES = ("sail", "spark")
"""In the order in which a side comes first."""


@dataclass(frozen=True)
class _Column:
    name: str
    type: str
    """Spark's, as the record or the table has it."""
    stored: str | None
    """As the files have it; None where there is none, or where they say nothing else."""


@dataclass(frozen=True)
class _Side:
    lake: LakeTables
    resolved: ResolvedSource | None
    """None for a target that is not there."""
    columns: tuple[_Column, ...]


def compare(lakes: Mapping[str, str], table: Table, key: Sequence[str], engine: Engine) -> dict[str, Any]:
    """`{"equal", "rows": {side: number}, "columns": [{"name", side: type or null}], "examples": [{side: row or null}]}`.

    `key`: columns that pair different rows; empty: all of them. A row's values are text. Where columns differ, rows are not
    compared. Raises `DatasetError` for a target that cannot be read.
    """
    sides = {side: _side(open_store(lakes[side]), table, engine) for side in SIDES}
    columns = _column_differences(sides)
    if columns:
        rows = {side: each.resolved.rows if each.resolved else 0 for side, each in sides.items()}
        return {"equal": False, "rows": rows, "columns": columns, "examples": []}
    with dataset_session(engine) as session:
        counted = {side: _register(side, each, session) for side, each in sides.items()}
        examples = _examples(sides["sail"].columns or sides["spark"].columns, key, session)
    equal = not examples and counted["sail"] == counted["spark"]
    return {"equal": equal, "rows": counted, "columns": [], "examples": examples}


def _side(store: Store, table: Table, engine: Engine) -> _Side:
    lake = LakeTables(store, engine, [table])
    try:
        resolved = lake.resolve(table)
    except DatasetError as problem:
        if problem.kind not in ("SOURCE_MISSING", "SOURCE_EMPTY"):
            raise
        return _Side(lake, None, ())
    stored = _stored(store, resolved)
    columns = tuple(_Column(name, kind, stored.get(name)) for name, kind in lake.columns(table).items())
    return _Side(lake, resolved, columns)


def _stored(store: Store, resolved: ResolvedSource) -> dict[str, str]:
    """Types in the first file; a target's files are alike."""
    first = next(iter(resolved.content.files), None)
    if first is None:
        return {}
    with store.open(resolved.content.location, first.place) as stream:
        return {each.name: name_of(each.type) for each in columns_of(parquet.read_metadata(stream))}


def _register(side: str, each: _Side, session: Any) -> int:
    """Registers the side's rows as a view with its name; returns their number."""
    if each.resolved is None:
        return 0
    frame = each.lake.read(each.resolved, session)
    frame.createOrReplaceTempView(side)
    return int(frame.count())


def _column_differences(sides: Mapping[str, _Side]) -> list[dict[str, str | None]]:
    """Columns that a side lacks, whose type is another one, or that have another position."""
    one, other = (list(sides[side].columns) for side in SIDES)
    if not one or not other:
        return []  # a target that is not there: every row of the other is a difference
    names = dict.fromkeys(each.name for each in (*one, *other))
    same_names = len(one) == len(other) == len(names)
    found = []
    for name in names:
        pair = [next((each for each in columns if each.name == name), None) for columns in (one, other)]
        types = _differs(pair[0], pair[1], one, other, same_names)
        if types is not None:
            found.append({"name": name, "sail": types[0], "spark": types[1]})
    return found


def _differs(
    left: _Column | None, right: _Column | None, one: list[_Column], other: list[_Column], same_names: bool
) -> tuple[str | None, str | None] | None:
    if left is None or right is None:
        return left.type if left else None, right.type if right else None
    if left.type != right.type:
        return left.type, right.type
    places = one.index(left) + 1, other.index(right) + 1
    if same_names and places[0] != places[1]:
        return f"{left.type}, column {places[0]}", f"{right.type}, column {places[1]}"
    if left.stored and right.stored and left.stored != right.stored:
        return f"{left.type}, stored as {left.stored}", f"{right.type}, stored as {right.stored}"
    return None


def _examples(columns: Sequence[_Column], key: Sequence[str], session: Any) -> list[dict[str, Any]]:
    """The first different rows by key. Rows of one key are paired in the order of their values."""
    if not columns:
        return []
    by_name = {each.name.lower(): each for each in columns}
    keyed = [by_name[name.lower()] for name in key if name.lower() in by_name]
    by = keyed if keyed and len(keyed) == len(key) else list(columns)
    names = [each.name for each in columns]
    count, place, side = (unused_name(f"strata_{name}", names) for name in ("count", "place", "side"))
    keys = ", ".join(_ordered(each) for each in by)
    order = ", ".join(_ordered(each) for each in columns)
    # Every pair is together, so that twice as many rows hold as many examples.
    rows = session.sql(
        f"SELECT *, row_number() OVER (PARTITION BY {keys}, {side} ORDER BY {order}) AS {place} "
        f"FROM (SELECT *, CASE WHEN {count} > 0 THEN 0 ELSE 1 END AS {side} FROM ({_different(columns, count, session)})) "
        f"ORDER BY {keys}, {place}, {side} LIMIT {2 * EXAMPLES}"
    ).toArrow()
    return _paired(rows, columns, [each.name for each in by], place, side)


def _paired(rows: pa.Table, columns: Sequence[_Column], by: list[str], place: str, side: str) -> list[dict[str, Any]]:
    texts = {
        name: [text for chunk in rows.column(name).chunks for text in cells(chunk, as_json=False)]
        for name in [each.name for each in columns]
    }
    pairs: dict[tuple[Any, ...], dict[str, Any]] = {}
    for index, (number, which) in enumerate(zip(rows[place].to_pylist(), rows[side].to_pylist(), strict=True)):
        pair = pairs.setdefault((number, *(texts[name][index] for name in by)), dict.fromkeys(SIDES))
        pair[SIDES[which]] = {name: values[index] for name, values in texts.items()}
    return list(pairs.values())[:EXAMPLES]


def _different(columns: Sequence[_Column], count: str, session: Any) -> str:
    """Rows of one side only, with how often more: a positive number on Sail's.

    A sum of floating-point numbers depends on the order of the rows: two that agree in 12 digits (float: 6) are the same. Two
    that are next to each other may be rounded apart; the rest is therefore rounded again, with other limits.
    """
    there = {each.name for each in session.catalog.listTables()}
    both = " UNION ALL ".join(
        f"SELECT {', '.join(quoted(each.name) for each in columns)}, {times} AS {count} FROM {side}"
        for side, times in zip(SIDES, (1, -1), strict=True)
        if side in there
    )
    once = _unmatched(both, columns, count, moved=False)
    return _unmatched(once, columns, count, moved=True) if any(map(_is_floating, columns)) else once


def _unmatched(rows: str, columns: Sequence[_Column], count: str, moved: bool) -> str:
    groups = [_alike(each, moved) for each in columns]
    values = [
        f"{name if group == name else f'first({name})'} AS {name}"
        for group, name in zip(groups, [quoted(each.name) for each in columns], strict=True)
    ]
    grouped = f"SELECT {', '.join(values)}, sum({count}) AS {count} FROM ({rows}) GROUP BY {', '.join(groups)}"
    return f"SELECT * FROM ({grouped}) WHERE {count} <> 0"


def _is_floating(column: _Column) -> bool:
    return column.type in ("double", "float")


def _alike(column: _Column, moved: bool) -> str:
    """The same for values that are alike. NaN is equal to itself, and -0.0 to 0.0, as in SQL; a map has no order."""
    name = quoted(column.name)
    if column.type.startswith("map<"):
        return f"array_sort(map_entries({name}))"
    if not _is_floating(column):
        return name
    digits, by = (12, "1.0000000000005D") if column.type == "double" else (6, "1.0000005D")
    # Sail computes both branches of a CASE where it can, and writes 0 as `NaNe-2147483648`: what it rounds is always a number.
    odd = f"{name} IS NULL OR isnan({name}) OR {name} = 0 OR abs({name}) = double('Infinity')"
    number = f"CASE WHEN {odd} THEN 1D ELSE CAST({name} AS DOUBLE) END{f' * {by}' if moved else ''}"
    rounded = f"CAST(printf('%.{digits - 1}e', {number}) AS DOUBLE)"
    return f"CASE WHEN {odd} THEN CAST({name} AS DOUBLE) + 0D ELSE {rounded} END"


def _ordered(column: _Column) -> str:
    """Something to sort by: engines have no order of maps."""
    return f"CAST({_alike(column, False)} AS STRING)" if "<" in column.type else quoted(column.name)
