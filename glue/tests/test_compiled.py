"""Expectations as the compiler writes them (test/compiler/expectations.test.ts holds the file), run on this engine."""

from __future__ import annotations

import datetime
import json
from pathlib import Path

import pyarrow as pa
import pytest

PUBLISH = Path(__file__).parents[2] / "test" / "fixtures" / "expectations" / "publish.json"
RAW = "s3://b/raw/t/"
WORDS = ["plain", "it's", "back\\slash", 'dou"ble', "é✓🚀", "new\nline", "%_$x{}", ""]
NEW_YEAR = datetime.datetime(2026, 1, 1)


def good() -> dict[str, list[object]]:
    """Rows that meet all of them: a row a word, each with its number."""
    count = len(WORDS)
    return {
        "id": [1, 2, 3, -4, 1, 2, 3, -4],
        "we`ird é": [str(index) for index in range(count)],
        "word": list(WORDS),
        "flag": [True] * count,
        "parent": [2, 3, -4, None, 2, 3, -4, None],
        "at": [NEW_YEAR] * count,
    }


@pytest.fixture
def outcomes(lake, dataset):
    """Runs `d` over given columns; returns which expectations failed, and for how many rows."""

    def run(columns: dict[str, list[object]]) -> dict[str, int | None]:
        lake.write(RAW, columns)
        known = good()
        lake.write("s3://b/raw/other/", {"key": known["id"], "text": known["word"]})
        publish = json.loads(PUBLISH.read_text(encoding="utf-8"))
        for each in publish["d"]["expectations"]:
            each["severity"] = "warn"  # all are checked either way; so the event reports each
        columns_sql = "id, `we``ird é`, word, flag, parent, at"
        other = dataset("other", "SELECT key, text FROM o", {"o": "s3://b/raw/other/"})
        result, events = lake.run(
            dataset("d", f"SELECT {columns_sql} FROM t", {"t": RAW}),
            other,
            publish=json.dumps(publish),
            params='{"run_date": "2026-01-02"}',
            param_types='{"run_date": "date"}',
            state=str(lake.folder / "state"),
        )
        assert result.status == "SUCCEEDED", events["d"]
        return {each["name"]: each["failing"] for each in events["d"]["expectations"] if each["status"] == "FAILED"}

    return run


def test_rows_that_meet_all_pass(outcomes):
    assert outcomes(good()) == {}


@pytest.mark.parametrize(
    ("column", "row", "value", "failed"),
    [
        ("we`ird é", 0, None, {"not_null(id, we`ird é)": 1}),
        ("we`ird é", 4, "0", {"unique(id, we`ird é)": 1}),
        ("word", 0, "its", {"words": 1, "references(id, word)": 1}),
        ("word", 1, "it''s", {"words": 1, "references(id, word)": 1}),
        ("word", 2, "back\\\\slash", {"words": 1, "references(id, word)": 1}),
        ("word", 2, None, {}),
        ("flag", 3, False, {"flags": 1}),
        ("flag", 3, None, {}),
        ("parent", 0, 99, {"parent": 1}),
        ("parent", 0, 1, {"not its own parent": 1}),
    ],
)
def test_one_row_that_does_not_is_found(outcomes, column, row, value, failed):
    columns = good()
    columns[column][row] = value
    assert outcomes(columns) == failed


def test_numbers_rows_and_freshness(outcomes):
    columns = {name: values[:2] for name, values in good().items()}
    columns["id"] = [5, 2]
    columns["parent"] = [2, 5]
    columns["at"] = [NEW_YEAR - datetime.timedelta(days=2)] * 2
    assert outcomes(columns) == {"numbers": 1, "references(id, word)": 1, "freshness(at)": None}
    nothing = pa.table(good()).schema.empty_table()
    assert outcomes({name: nothing[name] for name in nothing.column_names}) == {
        "row_count": None,
        "freshness(at)": None,
    }
