"""Types of functions, and of expressions by the tables that a query reads, are Spark's."""

from __future__ import annotations

import pytest
from conftest import ENGINE
from test_strict import TYPES, asked

from strata_glue.engine.sail.refusals import refusals
from strata_glue.engine.sail.scoped_types import ScopedTypes
from strata_glue.engine.session import dataset_session
from strata_glue.engine.spark.results import RESULTS, TAKES
from strata_glue.engine.spark.type_names import kind_of, plain_type

CALLS = {
    "array_contains": "(array(1), 1)", "array_join": "(array('a'), ',')", "array_position": "(array(1), 1)", "arrays_overlap": "(array(1), array(1))",
    "concat_ws": "(',', 'a')", "current_date": "()", "current_timestamp": "()", "curdate": "()", "date_trunc": "('day', DATE'2020-01-01')",
    "date_format": "(DATE'2020-01-01', 'y')", "get_json_object": "('{}', '$.a')", "make_date": "(1, 1, 1)", "now": "()", "rand": "()", "randn": "()",
    "percent_rank": "() OVER (ORDER BY 1)", "cume_dist": "() OVER (ORDER BY 1)", "printf": "('a', 1)", "format_string": "('a', 1)",
    "regexp_extract": "('a', 'a', 0)", "regexp_replace": "('a', 'a', 'b')", "replace": "('a', 'a', 'b')", "sha2": "('a', 256)",
    "split_part": "('a', ',', 1)", "substring_index": "('a', ',', 1)", "timestampdiff": "(DAY, now(), now())", "to_json": "(struct(1 AS a))",
    "translate": "('a', 'a', 'b')", "uuid": "()", "unix_date": "(DATE'2020-01-01')", "size": "(array(1))", "cardinality": "(array(1))",
    "array_size": "(array(1))", "bit_count": "(1)", "next_day": "(DATE'2020-01-01', 'mo')", "trunc": "(DATE'2020-01-01', 'MM')",
    "months_between": "(now(), now())", "unix_seconds": "(now())", "unix_millis": "(now())", "unix_micros": "(now())",
    **dict.fromkeys("from_utc_timestamp to_utc_timestamp".split(), "(now(), 'UTC')"),
    **dict.fromkeys("last_day to_date hour minute second".split(), "(TIMESTAMP'2020-01-01 00:00:00')"),
    **dict.fromkeys("year month day dayofmonth quarter weekofyear dayofweek dayofyear weekday".split(), "(DATE'2020-01-01')"),
    **dict.fromkeys("monthname dayname to_timestamp try_to_timestamp unix_timestamp to_unix_timestamp try_to_date".split(), "('2020-01-01')"),
    **dict.fromkeys("add_months date_add date_sub dateadd".split(), "(DATE'2020-01-01', 1)"),
    **dict.fromkeys("datediff date_diff".split(), "(DATE'2020-01-01', DATE'2020-01-01')"),
    **dict.fromkeys("date_from_unix_date chr char space bin from_unixtime factorial".split(), "(1)"),
    **dict.fromkeys("pow power atan2 log".split(), "(1, 2)"),
    **dict.fromkeys(
        "sign signum sqrt exp expm1 ln log10 log1p log2 cbrt sin cos tan asin acos atan sinh cosh tanh degrees radians isnan skewness kurtosis"
        .split(), "(0.5D)"),
    **dict.fromkeys(
        "instr locate position levenshtein find_in_set regexp_count regexp_instr regexp_substr startswith endswith contains regexp_like split"
        .split(), "('a', 'a')"),
    "repeat": "('a', 2)", "format_number": "(1.5D, 2)",
}  # fmt: skip
"""Arguments of each function; of the others one text."""

OF_GROUPS = ("grouping", "grouping_id")


@pytest.mark.skipif(ENGINE == "sail", reason="Spark's own types")
def test_results_of_functions_are_sparks(engine):
    with dataset_session(engine) as session:
        known = {row[0] for row in session.sql("SHOW FUNCTIONS").collect()}
        names = [name for name in RESULTS if name in known and name not in OF_GROUPS]
        text = ", ".join(f"{name}{CALLS.get(name, '(' + repr('a') + ')')} AS `{name}`" for name in names)
        found = {field.name: field.dataType.simpleString() for field in session.sql(f"SELECT {text}").schema.fields}
        calls = ", ".join(f"{name}(a) AS {name}" for name in OF_GROUPS)
        grouped = session.sql(f"SELECT {calls} FROM VALUES (1) AS v (a) GROUP BY CUBE (a)").schema.fields
        assert {field.name: field.dataType.simpleString() for field in grouped} == {
            each: RESULTS[each] for each in OF_GROUPS
        }
    assert found == {name: RESULTS[name] for name in names}
    assert len(names) > len(RESULTS) - 10  # Spark 3.5 has not all of them


@pytest.mark.skipif(ENGINE == "sail", reason="Spark's own types")
def test_what_functions_take_is_sparks(engine):
    """A type that is not in the list is refused; one that is, need not be taken: lists of lists, for example."""
    wrong = []
    columns = ", ".join(f"CAST(NULL AS {kind}) AS {name}" for name, kind in TYPES.items())
    more = {"make_date": ", 1, 1", "array_contains": ", 1", "array_position": ", 1", "array_join": ", ','"}
    with dataset_session(engine) as session:
        known = {row[0] for row in session.sql("SHOW FUNCTIONS").collect()}
        session.sql(f"SELECT {columns}").createOrReplaceTempView("t")
        for name, kinds in TAKES.items():
            for column, kind in TYPES.items() if name in known else ():
                if kind_of(plain_type(kind)) not in kinds:
                    try:
                        session.sql(f"SELECT {name}({column}{more.get(name, '')}) FROM t").schema  # noqa: B018
                        wrong.append((name, kind))
                    except Exception:  # as it should
                        continue
    assert wrong == []


def test_types_by_tables_are_those_of_an_engine():
    """The 11,836 queries of test_strict.py, whose columns are those of one table."""
    tables = {"t": TYPES}
    found = {sql: bool(refusals(ScopedTypes(sql, tables, {}))) for sql, answer in asked() if answer != "?"}
    answers = {sql: answer == "x" for sql, answer in asked()}
    assert [sql for sql, refused in found.items() if refused and not answers[sql]] == []
    missed = [sql for sql, refused in found.items() if answers[sql] and not refused]
    assert len(missed) <= len(found) / 1000, missed[:20]
