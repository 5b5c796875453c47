"""SQL as people's files have it: blanks, comments, quotes, literals, long and deep texts, on every engine in one job."""

from __future__ import annotations

import time
from datetime import date
from typing import Any

import pytest
from conftest import ENGINE, Lake

from strata_glue.engine.session import dataset_session
from strata_glue.engine.sql.words import with_plain_blanks

RAW = "s3://b/raw/t/"

TEXTS: dict[str, tuple[str, Any]] = {
    # name: (SQL over t(v) = 1, 2; the column `s` of its first row by v, or None where there is none)
    "crlf": ("SELECT\r\n  v -- a comment; with\r\n  FROM t\r\n", None),
    "cr": ("SELECT v\r  FROM t", None),
    "cr_comment": ("SELECT v -- it's\rFROM t", None),
    "tabs": ("\tSELECT\t\tv\tFROM\tt\t", None),
    "form_feed": ("SELECT\x0cv\x0bFROM t", None),
    "no_break": ("SELECT\u00a0v,\u3000'a\u00a0b'\u2003AS\u2028s\u205fFROM\u202ft -- \u00a0", "a\u00a0b"),
    "comment_last": ("SELECT v FROM t -- my new comment", None),
    "comment_first": ("/* owner: x; don't */ SELECT v FROM t", None),
    "comment_nested": ("/* a /* b */ c */ SELECT v FROM t", None),
    "comment_in_text": ("SELECT v, '--no; /* not */ comment' AS s FROM t", "--no; /* not */ comment"),
    "hint": ("SELECT /*+ BROADCAST(t), REPARTITION(3) */ v FROM t", None),
    "escaped": (r"SELECT v, 'it\'s; ok' AS s FROM t", "it's; ok"),
    "double_quotes": ('SELECT v, "it\'s; ok" AS s FROM t', "it's; ok"),
    "raw": (r"SELECT v, r'\d+;' AS s FROM t", r"\d+;"),
    "unicode": ("SELECT v, 'ß→東🎉' AS s, 1 AS `Größe` FROM t", "ß→東🎉"),
    "escapes": (r"SELECT v, '\n\t\\ä\101' AS s FROM t", "\n\t\\äA"),
    "line_break_in_text": ("SELECT v, 'a\r\nb' AS s FROM t", "a\r\nb"),
    "two_texts": ("SELECT v, 'a' 'b' AS s FROM t", "ab"),
    "no_placeholders": ("SELECT v, '${x} $1 {{ y }} %s :z ?' AS s FROM t", "${x} $1 {{ y }} %s :z ?"),
    "cast": ("SELECT v, v::string AS s FROM t", "1"),
    "numbers": ("SELECT v, concat(1L, 2S, 3Y, hex(X'1F')) AS s FROM t", "1231F"),
    "names": ("SELECT v, 'x' AS s, 1 AS `select`, 2 AS date, 3 AS `a b`, 4 AS `c.d` FROM t AS z", "x"),
    "case_of_names": ("select Z.V as v, 'x' as S from T as z", "x"),
    "in_brackets": ("(SELECT v FROM t)", None),
    "with": ("WITH a AS (SELECT v FROM t), b AS (SELECT * FROM a) SELECT * FROM b", None),
    "with_of_its_name": ("WITH t AS (SELECT v FROM t) SELECT v FROM t", None),
    "values": ("SELECT v FROM VALUES (1), (2) AS x(v) WHERE v IN (SELECT v FROM t)", None),
    "long": (f"SELECT v, CASE {' '.join(f'WHEN v = {i} THEN {i!r}' for i in range(3000))} END AS s FROM t", 1),
    "many": (f"SELECT v FROM t WHERE v IN ({','.join(map(str, range(3000)))})", None),
    "union": (" UNION ALL ".join(["SELECT v FROM t"] * 100), None),
    "nested": (f"SELECT v FROM {'(SELECT v FROM ' * 25}t{')' * 25}", None),
}

ONLY_SPARK = {
    "from_first": "FROM t SELECT v",
    "place": "SELECT v, array(1, 2)[v - 1] AS a FROM t",
    "like_any": "SELECT v FROM t WHERE 'abc' LIKE ANY ('a%', 'x%') AND 'abc' LIKE ALL ('a%', '%c')",
    "alias_of_the_same_select": "SELECT v, v + 1 AS w, w + 1 AS z FROM t",
    "table_of_a_using_column": "SELECT a.v FROM t AS a JOIN t AS b USING (v)",
    "distributed": "SELECT v FROM t DISTRIBUTE BY v SORT BY v",
    "clustered": "SELECT v FROM t CLUSTER BY v",
}
"""What Sail does not read: the dataset fails, and nothing is written."""


def test_sql_as_files_have_it(lake: Lake, dataset: Any) -> None:
    lake.write(RAW, {"v": [1, 2]})
    # Spark 3.5 has no `::`.
    here = {name: each for name, each in TEXTS.items() if name != "cast" or not lake.engine.name.startswith("spark 3")}
    texts = {name: sql for name, (sql, _) in here.items()} | ONLY_SPARK
    _, events = lake.run(*[dataset(name, sql, {"t": RAW}) for name, sql in texts.items()])
    found: dict[str, Any] = {}
    for name in here:
        rows = (
            sorted(lake.read(f"s3://b/out/{name}/"), key=lambda row: row["v"])
            if events[name]["status"] == "SUCCEEDED"
            else []
        )
        texts_of = {key.lower(): value for key, value in rows[0].items()} if rows else {}
        found[name] = (sorted({row["v"] for row in rows}), texts_of.get("s"), events[name].get("error"))
    assert found == {name: ([1, 2], value, None) for name, (_, value) in here.items()}
    statuses = {name: events[name]["status"] for name in ONLY_SPARK}
    assert statuses == dict.fromkeys(ONLY_SPARK, "FAILED" if ENGINE == "sail" else "SUCCEEDED")


DAYS = [date(2020, 1, 31), date(2020, 2, 29), date(2020, 3, 30), None]
FRAMES = {
    # what a window is: sums of v = 1, 2, 4, 8 of DAYS
    "ORDER BY d RANGE BETWEEN INTERVAL 29 DAYS PRECEDING AND CURRENT ROW": [1, 3, 4, 8],
    "ORDER BY d DESC NULLS LAST RANGE BETWEEN INTERVAL '30' DAY PRECEDING AND CURRENT ROW": [3, 6, 4, 8],
    "PARTITION BY v > 2 ORDER BY d RANGE BETWEEN CURRENT ROW AND INTERVAL 29 DAYS FOLLOWING": [3, 2, 4, 8],
    "ORDER BY d RANGE BETWEEN INTERVAL 1 MONTH PRECEDING AND CURRENT ROW": [1, 3, 6, 8],
    "ORDER BY date_add(d, 1) RANGE BETWEEN 29 PRECEDING AND CURRENT ROW": [1, 3, 4, 8],
    "ORDER BY CAST(d AS TIMESTAMP) RANGE BETWEEN INTERVAL 29 DAYS PRECEDING AND CURRENT ROW": [1, 3, 4, 8],
    "ORDER BY v RANGE BETWEEN 2 PRECEDING AND CURRENT ROW": [1, 3, 6, 8],
    "ORDER BY d NULLS LAST RANGE BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW": [1, 3, 7, 15],
}


def test_frames_over_days_hold_the_days_that_they_say(lake: Lake, dataset: Any) -> None:
    if lake.engine.name.startswith("spark 3"):
        pytest.skip("Spark 3.5 refuses a frame of days over a DATE")
    lake.write(RAW, {"v": [1, 2, 4, 8], "d": DAYS})
    sums = ", ".join(f"sum(v) OVER ({window}) AS c{index}" for index, window in enumerate(FRAMES))
    named = "sum(v) OVER w AS named FROM t WINDOW w AS (ORDER BY d RANGE BETWEEN INTERVAL 29 DAYS PRECEDING AND CURRENT ROW)"
    _, events = lake.run(dataset("d", f"SELECT v, {sums}, {named}", {"t": RAW}))
    assert events["d"].get("error") is None
    rows = sorted(lake.read("s3://b/out/d/"), key=lambda row: row["v"])
    assert {window: [row[f"c{index}"] for row in rows] for index, window in enumerate(FRAMES)} == FRAMES
    assert [row["named"] for row in rows] == [1, 3, 4, 8]


def test_unpivot_leaves_nulls_out_or_is_refused(lake: Lake, dataset: Any) -> None:
    lake.write(RAW, {"id": [1, 2], "a": [1, None], "b": [None, 2]})
    unpivot = "SELECT id, n, x FROM t UNPIVOT {} (x FOR n IN (a, b))"
    _, events = lake.run(
        dataset("without", unpivot.format(""), {"t": RAW}),
        dataset("excluded", unpivot.format("EXCLUDE NULLS"), {"t": RAW}),
        dataset("all", unpivot.format("INCLUDE NULLS"), {"t": RAW}),
    )
    assert events["all"]["rows"] == 4
    for name in ("without", "excluded"):
        if ENGINE == "spark":
            assert events[name]["rows"] == 2
        else:
            assert events[name]["error"]["class"] == "ENGINE_CANNOT"
            assert "INCLUDE NULLS" in events[name]["error"]["message"]


def test_blanks_change_outside_texts_names_and_comments_only() -> None:
    sql = "SELECT\u00a0'\u00a0', `\u00a0`\u3000/*\u00a0*/ -- \u00a0\n\x0cFROM t"
    assert with_plain_blanks(sql) == "SELECT '\u00a0', `\u00a0` /*\u00a0*/ -- \u00a0\n FROM t"
    assert with_plain_blanks("SELECT v\u200b FROM t") == "SELECT v\u200b FROM t"


@pytest.mark.skipif(ENGINE != "sail", reason="it is Sail that is slow")
def test_long_chains_of_texts_are_slow_on_sail_and_concat_is_not(lake: Lake) -> None:
    """As docs/engines.md says: the time of `||` grows with the cube of its length."""
    seconds = {}
    with dataset_session(lake.engine) as session:
        for name, sql in {"chain": " || ".join(["s"] * 150), "concat": f"concat({', '.join(['s'] * 150)})"}.items():
            frame = session.sql(f"SELECT {sql} AS a FROM VALUES ('x') AS v(s)")
            start = time.process_time()
            assert frame.schema["a"].dataType.simpleString() == "string"
            seconds[name] = time.process_time() - start
    assert seconds["chain"] > 3 * seconds["concat"], seconds
