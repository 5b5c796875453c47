"""The message of a failed bound: the limit, what was found, and for a change the number before."""

import pytest

from strata_glue.contract import RowBounds
from strata_glue.target.limits import age_words, rows_words

LAST = "in the last run"


@pytest.mark.parametrize(
    ("rows", "before", "bounds", "expected"),
    [
        (10, None, {"min": 100}, "10 rows, below the minimum of 100"),
        (1, None, {"min": 1000}, "1 row, below the minimum of 1,000"),
        (2_000_000, 5, {"max": 1_000_000}, "2,000,000 rows, above the maximum of 1,000,000"),
        (100, 500, {"change": 0.5}, f"100 rows, fell by 80 % from 500 {LAST} (allowed: 50 %)"),
        (1500, 500, {"change": 0.5}, f"1,500 rows, rose by 200 % from 500 {LAST} (allowed: 50 %)"),
        (3, 0, {"change": 0.5}, f"3 rows, rose from 0 {LAST} (allowed: 50 %)"),
        (0, 8, {"change": 0.005}, f"0 rows, fell by 100 % from 8 {LAST} (allowed: 0.5 %)"),
        (49_960, 100_000, {"change": 0.5}, f"49,960 rows, fell by 50.04 % from 100,000 {LAST} (allowed: 50 %)"),
        (9, 1, {"change": 0}, f"9 rows, rose by 800 % from 1 {LAST} (allowed: 0 %)"),
        (
            5,
            100,
            {"min": 10, "change": 0.1},
            f"5 rows, below the minimum of 10, fell by 95 % from 100 {LAST} (allowed: 10 %)",
        ),
        (5, None, {"change": 0.1}, None),
        (0, 0, {"change": 0.1}, None),
        (100, 100, {"min": 100, "max": 100, "change": 0}, None),
        (5, 100, {"min": None, "max": None, "change": None}, None),
    ],
)
def test_rows(rows, before, bounds, expected):
    assert rows_words(rows, before, RowBounds(**bounds)) == expected


@pytest.mark.parametrize(
    ("seconds", "within", "of", "expected"),
    [
        (187_205, 172_800, None, "the newest row is 2 days 4 hours old (allowed: 2 days)"),
        (90, 60, None, "the newest row is 1 minute 30 seconds old (allowed: 1 minute)"),
        (172_801, 172_800, None, "the newest row is 2 days 1 second old (allowed: 2 days)"),
        (176_401, 176_400, None, "the newest row is 2 days 1 hour 1 second old (allowed: 2 days 1 hour)"),
        (60, 60, None, "the newest row is a part of a second over 1 minute old (allowed: 1 minute)"),
        (7200, 3600, "day", "the newest row is 2 hours older than parameter `day` (allowed: 1 hour)"),
        (None, 604_800, None, "no row has a time (allowed age: 7 days)"),
    ],
)
def test_ages(seconds, within, of, expected):
    assert age_words(seconds, within, of) == expected
