"""An engine's error of a query is reported with the user's names and a position, the same on each engine."""

from __future__ import annotations

import json
import os
import re
from datetime import date, datetime
from decimal import Decimal
from importlib.metadata import version
from pathlib import Path

import pyarrow as pa
import pytest
from conftest import ENGINE, Lake, dataset_of

from strata_glue.engine.explain.explain import explain
from strata_glue.engine.explain.query import QueryText
from strata_glue.engine.explain.words import LONGEST_MESSAGE
from strata_glue.engine.failure import failure_of
from strata_glue.engine.sql.words import tokens_of

CUSTOMERS, ORDERS = "s3://b/customers/", "s3://b/orders/"
TRY_CAST = "clean the column, or write `try_cast`, which gives NULL instead"
FORMAT = "give the text's format (`try_to_timestamp(…, 'yyyy-MM-dd')`), or write `try_cast`, which gives NULL instead"
ZERO = "a row divides by zero: write `try_divide(a, b)` or `a / nullif(b, 0)`, which give NULL instead"

MISTAKES = [
    # SQL, class, the message's beginning, line, column; 0 for a column that only Spark reports
    ("SELECT citty FROM customers", "UNRESOLVED_COLUMN", "there is no column `citty`: did you mean `city`?", 1, 8),
    (
        "SELECT 1 AS a -- citty\nFROM customers c\nWHERE c.citty = 'x'",
        "UNRESOLVED_COLUMN",
        "there is no column `c.citty`: did you mean `city`?",
        3,
        7,
    ),
    ("SELECT id AS key FROM customers WHERE key > 1", "UNRESOLVED_COLUMN", "`key` is an alias of this SELECT", 1, 39),
    (
        "SELECT x.id FROM customers c",
        "UNRESOLVED_COLUMN",
        "there is no table or alias `x`",
        1,
        8,
    ),
    (
        "SELECT id FROM customers c JOIN orders o ON c.id = o.customer_id",
        "AMBIGUOUS_REFERENCE",
        "column `id` is in more than one table: write `c.id` or ",
        1,
        8,
    ),
    (
        "SELECT city,\n  name, count(*) FROM customers GROUP BY city",
        "MISSING_AGGREGATION",
        "`name` is neither in GROUP BY nor inside an aggregate function",
        2,
        3,
    ),
    (
        "SELECT city, count(*) AS n FROM customers",
        "MISSING_GROUP_BY",
        "the SELECT mixes columns and aggregate functions",
        1,
        1,
    ),
    (
        "SELECT CAST(name AS INT) AS n FROM customers",
        "CAST_INVALID_INPUT",
        f"a value cannot be cast to INT: {TRY_CAST}",
        1,
        8,
    ),
    (
        "SELECT CAST(name AS TIMESTAMP) AS n FROM customers",
        "CAST_INVALID_INPUT",
        f"a value cannot be cast to TIMESTAMP: {FORMAT}",
        1,
        8,
    ),
    ("SELECT id / 0 AS x FROM customers", "DIVIDE_BY_ZERO", ZERO, 1, 0),
    ("SELECT id % (id - id) AS x FROM customers", "REMAINDER_BY_ZERO|DIVIDE_BY_ZERO", ZERO, 1, 0),
    (
        "SELECT city FROM customers WHERE count(*) > 1 GROUP BY city",
        "INVALID_WHERE_CONDITION",
        "WHERE and GROUP BY cannot have an aggregate function",
        1,
        0,
    ),
    (
        "SELECT id FROM customers UNION ALL SELECT id, name FROM customers",
        "NUM_COLUMNS_MISMATCH",
        "the two sides of UNION have 1 and 2 columns",
        1,
        0,
    ),
]


CORPUS = Path(__file__).with_name("mistakes.json")
"""Many more: what each engine's mistake is reported as, `[class, line, column, message]`, or null where it takes the query.
`UPDATE_GOLDENS=1` writes what this engine gives; read the difference."""


def corpus():
    return json.loads(CORPUS.read_text(encoding="utf-8"))


MORE = corpus()
VERSION = f"{ENGINE} {version('pysail' if ENGINE == 'sail' else 'pyspark').rpartition('.')[0]}"

RAW = re.compile(
    r"#\d|Exception|ObjectName|Identifier\(|Utf8|Int\d\d|\bList\(|Rpc|SQLSTATE|\w+ \{|==|\b(?:org|java|scala)\.\w|invalid argument"
    r"|Error during|Execution error|Internal error|Schema error|strata_re|Ann|Oslo|12345\.67|9223372036854775806"
)
"""What only an engine would write, and values of rows."""


@pytest.fixture(scope="module")
def errors(tmp_path_factory, engine):
    """Every mistake as a dataset of one job run: SQL → its event's error; None where the engine takes it."""
    lake = Lake(tmp_path_factory.mktemp("lake"), engine)
    lake.write(CUSTOMERS, customers())
    lake.write(
        ORDERS, {"id": pa.array([1, 2], pa.int32()), "customer_id": pa.array([1, 2], pa.int32()), "total": [1e20, 2.5]}
    )
    tables = {"customers": CUSTOMERS, "orders": ORDERS}
    queries = list(dict.fromkeys([*(sql for sql, *_ in MISTAKES), *(each["sql"] for each in MORE)]))
    _, done = lake.run(*(dataset_of(f"d{index}", sql, tables) for index, sql in enumerate(queries)))
    return {sql: done[f"d{index}"].get("error") for index, sql in enumerate(queries)}


def customers():
    return {
        "id": pa.array([1, 2], pa.int32()),
        "name": ["Ann", "Bob"],
        "city": ["Rome", "Oslo"],
        "tags": pa.array([["a"], ["b", "c"]]),
        "attrs": pa.array([[("k", "v")], [("k", "w")]], pa.map_(pa.string(), pa.string())),
        "addr": pa.array([{"street": "s", "zip": "z"}] * 2),
        "amount": pa.array([Decimal("12345.67"), Decimal("1.00")], pa.decimal128(10, 2)),
        "born": pa.array([date(2000, 1, 1)] * 2),
        "seen": pa.array([datetime(2020, 1, 1)] * 2, pa.timestamp("us", tz="UTC")),
        "big": pa.array([9223372036854775806] * 2, pa.int64()),
        "doc": ['{"a":1}', "x"],
    }


@pytest.mark.parametrize("mistake", MISTAKES, ids=[sql.replace("\n", " ") for sql, *_ in MISTAKES])
def test_a_mistake_is_reported_in_the_users_names(errors, mistake):
    sql, kind, message, line, column = mistake
    error = errors[sql]
    assert error["class"].partition(".")[0] in kind.split("|"), error
    assert error["message"].startswith(message), error
    # Spark gives no position of a missing aggregation.
    assert (error["line"], error["column"] if column else 0) == (line, column), error
    assert "Ann" not in str(error)


def test_all_of_them_are_reported_as_they_should_be(errors):
    found = {each["sql"]: reported(errors[each["sql"]]) for each in MORE}
    if os.environ.get("UPDATE_GOLDENS"):
        CORPUS.write_text(goldens([{**each, VERSION: found[each["sql"]]} for each in corpus()]), encoding="utf-8")
    assert found == {each["sql"]: each.get(VERSION) for each in corpus()}


def reported(error):
    return error and [error["class"], error.get("line"), error.get("column"), error["message"]]


def goldens(mistakes):
    """A line an engine."""
    shown = [
        ",\n".join(f"  {json.dumps(key)}: {json.dumps(value, ensure_ascii=False)}" for key, value in each.items())
        for each in mistakes
    ]
    return "[\n" + ",\n".join(f"{{\n{each}\n}}" for each in shown) + "\n]\n"


def test_no_message_has_an_engines_internals_or_a_value(errors):
    raw = {
        sql: error["message"]
        for sql, error in errors.items()
        if error and RAW.search(error["message"].replace(sql, ""))
    }
    assert raw == {}
    assert max(len(error["message"]) for error in errors.values() if error) <= LONGEST_MESSAGE


@pytest.mark.skipif(ENGINE != "sail", reason="Spark takes the mixtures")
def test_sail_reports_what_it_cannot_write_and_what_does_not_fit(tmp_path, engine):
    lake = Lake(tmp_path, engine)
    seen = pa.array([datetime(2020, 1, 1)], pa.timestamp("us", tz="UTC"))
    lake.write(CUSTOMERS, {"born": pa.array([date(2000, 1, 1)]), "seen": seen, "total": [1e300], "n": [2**62]})
    far = "a date or a time is computed that is out of its range"
    mixed = "on Sail, which Spark does not support: if DATEs and TIMESTAMPs are mixed, write CAST(… AS TIMESTAMP)"
    queries = {
        "SELECT CAST(total AS DECIMAL(10,2)) AS x FROM customers": (
            "CAST_OVERFLOW",
            "a value does not fit into DECIMAL(10,2)",
        ),
        "SELECT coalesce(born, seen) AS x FROM customers": (
            "ENGINE_CANNOT",
            "Sail cannot mix DATEs and TIMESTAMPs in `coalesce`",
        ),
        "SELECT CASE WHEN total > 1 THEN born ELSE seen END AS x FROM customers": ("ENGINE_CANNOT", mixed),
        "SELECT born AS x FROM customers UNION ALL SELECT seen FROM customers": ("ENGINE_CANNOT", mixed),
        "SELECT date_add(born, 2147483647) AS x FROM customers": ("DATETIME_OVERFLOW", far),
        "SELECT add_months(born, 2147483647) AS x FROM customers": ("DATETIME_OVERFLOW", far),
        "SELECT from_unixtime(n) AS x FROM customers": ("DATETIME_OVERFLOW", far),
        "SELECT split_part('a', 'b', 0) AS x FROM customers": (
            "INVALID_INDEX_OF_ZERO",
            "the place in `split_part` is 0",
        ),
        "SELECT stack(0, 1) AS x FROM customers": ("VALUE_OUT_OF_RANGE", "the first argument of `stack` must be"),
        "SELECT chr(-1) AS x FROM customers": ("INVALID_PARAMETER_VALUE", "a number in `chr` is not a valid character"),
    }
    queries |= {
        "SELECT to_json(total) AS x FROM customers": (
            "DATATYPE_MISMATCH",
            "of `to_json` must be STRUCT or ARRAY or MAP",
        ),
        "SELECT sum(n) FILTER (WHERE n > 1) OVER () AS x FROM customers": (
            "UNSUPPORTED_EXPR_FOR_WINDOW",
            "cannot have FILTER",
        ),
    }
    _, done = lake.run(*(dataset_of(f"d{at}", sql, {"customers": CUSTOMERS}) for at, sql in enumerate(queries)))
    for at, (kind, message) in enumerate(queries.values()):
        error = done[f"d{at}"]["error"]
        assert (error["class"], error["line"]) == (kind, 1), error
        assert error["column"] == {"UNSUPPORTED_EXPR_FOR_WINDOW": 15, "DATATYPE_MISMATCH": 16}.get(kind, 8), error
        assert message in error["message"], error
        assert "1e300" not in error["message"], error


class Said(Exception):
    """What an engine might raise."""


def test_the_value_is_shown_and_not_kept():
    failure = failure_of(Said("Cast error: Cannot cast string 'Ann' to value of Int32 type"), "SELECT CAST(n AS INT)")
    assert "Ann" not in failure.message
    assert (failure.shown or "").startswith("the value 'Ann' cannot be cast to INT")


@pytest.mark.parametrize(
    "value",
    [
        "with name `secret` cannot be resolved",
        'attribute ObjectName([Identifier("secret")]) is missing from the schema',
        "Reference `secret` is ambiguous, could be: [`a`]",
        "Table or view not found: secret",
        "Cannot resolve routine `secret`",
        'The value secret of the type "X" cannot be cast to "SECRET" because it is malformed',
        "found secret at 0:6 expected ')'",
        "[PARSE_SYNTAX_ERROR] Syntax error at or near 'secret'.",
        "CTE definition can't have duplicate names: `secret`",
        'Literals of the type "SECRET" are not supported',
    ],
)
def test_a_value_that_looks_like_a_message_is_not_shown(value):
    for said in (f"Cast error: Cannot cast string '{value}' to value of Int32 type", value):
        failure = failure_of(Said(said), "SELECT CAST(n AS INT) FROM t", {"t": {"n": ""}})
        assert "secret" not in f"{failure.message}".lower(), failure


def test_a_mistake_in_a_very_long_query_is_explained_fast():
    sql = f"SELECT {', '.join(f'a{index} + mod(b{index}, 2) AS c{index}' for index in range(2000))} FROM t x y"
    said = f"invalid argument: found y at {len(sql) - 1}:{len(sql)} expected ')'"
    failure = failure_of(Said(said), sql)
    assert (failure.message, failure.column) == ("expected `)`, found `y`", len(sql))


def test_arguments_are_counted_to_any_number():
    """Spark 3.5 writes a number, Spark 4 a word."""
    for said, shown in (("Parameter 2", "second"), ("The third parameter", "third"), ("Parameter 12", "12th")):
        message = f'Cannot resolve "f(a)" due to data type mismatch: {said} requires the "INT" type, however "a" has the type "DATE".'
        explained = explain(message, "SELECT f(a)", {})
        assert explained is not None
        assert explained.message == f"the {shown} argument of `f` must be INT, and `a` is DATE: cast it"


def test_sql_that_ends_anywhere_is_explained():
    """A dataset may allow `Q001`, so that any text may reach an engine."""
    for sql in (each["sql"] for each in MORE):
        for token in tokens_of(sql):
            cut = sql[: token.end]
            explained = explain("Scalar subquery returned more than one row", cut, {"customers": {"id": "int"}})
            assert explained is not None
            assert explained.kind == "SCALAR_SUBQUERY_TOO_MANY_ROWS"
            assert QueryText(cut, {}).scopes.aliases() is not None


def test_an_unknown_message_stays_the_engines():
    assert explain("something else", "SELECT 1", {}) is None


def test_words_are_found_after_comments_and_texts():
    sql = "SELECT 'a -- b' AS `x y`, /* a */ a FROM t -- a"
    assert [token.text for token in tokens_of(sql)] == ["SELECT", "'a -- b'", "AS", "`x y`", ",", "a", "FROM", "t"]
    assert QueryText(sql, {}).place_of("a") == sql.index("a FROM")


def test_numbers_and_raw_texts_are_tokens() -> None:
    sql = r"SELECT 1.5, .5, 5., 2BD, 1e-3, 7L, t1.c2, a.`1`, 1day, r'\', 'it\'s 3', '4' -- 9"
    numbers = [token.text for token in tokens_of(sql) if token.kind == "number"]
    assert numbers == ["1.5", ".5", "5.", "2BD", "1e-3", "7L"]
    assert [token.text for token in tokens_of(sql) if token.kind == "text"] == [r"r'\'", r"'it\'s 3'", "'4'"]
