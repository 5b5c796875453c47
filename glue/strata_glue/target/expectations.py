"""Expectations on an attempt's files: one pass for all that check single rows, one more for each of the others."""

from __future__ import annotations

import re
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timezone
from typing import TYPE_CHECKING, Literal, TypeAlias

from strata_glue.contract import Expectation, ExpectationOutcome
from strata_glue.contract import FreshnessExpectation as Freshness
from strata_glue.contract import PredicateExpectation as Predicate
from strata_glue.contract import ReferencesExpectation as References
from strata_glue.contract import RowCountExpectation as RowCount
from strata_glue.contract import UniqueExpectation as Unique
from strata_glue.engine.failure import failure_of
from strata_glue.engine.params import Value
from strata_glue.errors import DatasetError
from strata_glue.target import limits

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, Row

Scanned: TypeAlias = Predicate | Freshness
"""Expectations that one pass over the rows computes."""

RESULT_VIEW = "strata_result"
"""What compiled expectations call the attempt's rows (docs/job.md)."""

SAMPLED_ROWS = 20
"""Offending rows of a failed expectation that are kept as a sample."""

LONGEST_SAMPLE_ROW = 4000
"""Characters of a kept row's JSON."""


@dataclass(frozen=True)
class Outcome:
    """What one expectation came to."""

    expectation: Expectation
    passed: bool
    failing: int | None
    """Number of offending rows, or of surplus duplicates; None where no row offends by itself, or it cannot be computed."""
    observed: int | None = None
    """The number that was compared with bounds: rows, or seconds of age."""
    before: int | None = None
    """Rows of the previous run, if a change from them was compared with bounds."""
    why: str | None = None
    """Why one of severity `warn` cannot be computed."""

    def as_event(self, sample: str | None = None) -> ExpectationOutcome:
        """Its part of a `dataset_finished` event; no row values. `sample`: where offending rows are kept."""
        each = self.expectation
        status: Literal["PASSED", "FAILED"] = "PASSED" if self.passed else "FAILED"
        reason = None if self.passed else self.reason()
        numbers = (self.failing, self.observed, self.before)
        return ExpectationOutcome(
            each.name, each.kind, each.severity, status, *numbers, limits.of(each), reason, sample
        )

    def reason(self) -> str | None:
        """Why one on the whole result failed, with its limit, or why it cannot be computed; None for others."""
        each = self.expectation
        if self.why is not None:
            return self.why
        if isinstance(each, RowCount) and self.observed is not None:
            return limits.rows_words(self.observed, self.before, each.rows)
        if isinstance(each, Freshness):
            return limits.age_words(self.observed, each.within_seconds, each.of)
        return None


@dataclass(frozen=True)
class Audited:
    """What the checks read."""

    query: Callable[[str], DataFrame]
    """In a session that has the view `strata_result` and those of `reads`."""
    rows: int
    rows_before: int | None
    """Rows of the previous run; None if there was none."""
    params: dict[str, Value]
    now: float
    """Seconds since 1970."""
    tables: dict[str, dict[str, str]] = field(default_factory=dict)
    """What the views have: view → column → type."""
    called: dict[str, str] = field(default_factory=dict)
    """What the author calls the views."""
    unread: dict[int, DatasetError] = field(default_factory=dict)
    """By the expectation's place in the order, why the tables that it reads are not there."""


def check(expectations: tuple[Expectation, ...], audited: Audited) -> list[Outcome]:
    """Checks all, in order. Of severity `warn`, one that cannot be computed has failed.

    Raises `DatasetError` where one of severity `error` cannot be computed; of several (`EXPECTATION_BROKEN`) it names all.
    """
    scanned = {index: each for index, each in enumerate(expectations) if isinstance(each, (Predicate, Freshness))}
    found = _scan([*scanned.values()], audited) if scanned else ()
    values = {**dict(zip(scanned, found, strict=True)), **audited.unread}
    outcomes: list[Outcome] = []
    broken: list[DatasetError] = []
    for index, each in enumerate(expectations):
        try:
            outcomes.append(_checked(each, values.get(index), audited))
        except DatasetError as problem:
            broken.append(problem)
    if len(broken) == 1:
        raise broken[0]
    if broken:
        shown = "; ".join(each.shown or str(each) for each in broken)
        raise DatasetError("EXPECTATION_BROKEN", "; ".join(map(str, broken)), shown) from broken[0]
    return outcomes


def offending_rows(expectation: Expectation, query: Callable[[str], DataFrame]) -> list[str]:
    """A bounded number of offending rows as JSON texts; empty for expectations on the whole result."""
    if isinstance(expectation, Predicate):
        offending = f"SELECT * FROM `{RESULT_VIEW}` WHERE {expectation.failing}"
    elif isinstance(expectation, (Unique, References)):
        offending = expectation.sample
    else:
        return []
    rows = query(f"SELECT to_json(struct(*)) AS row FROM ({offending}) LIMIT {SAMPLED_ROWS}").collect()
    return [str(row["row"])[:LONGEST_SAMPLE_ROW] for row in rows]


def failed_errors(outcomes: list[Outcome]) -> list[Outcome]:
    """Those that block the commit."""
    return [each for each in outcomes if not each.passed and each.expectation.severity == "error"]


def blocked(outcomes: list[Outcome]) -> DatasetError:
    """The error of a result that fails expectations. Numbers only: rows are in the sample."""
    failures = "; ".join(_described(each) for each in failed_errors(outcomes))
    return DatasetError("EXPECTATIONS_FAILED", f"the result was not committed: {failures}")


def _described(outcome: Outcome) -> str:
    name = outcome.expectation.name
    if outcome.failing is not None:
        return f"{name} fails for {limits.counted(outcome.failing, 'row')}"
    return f"{name} fails: {outcome.reason()}"


def _checked(expectation: Expectation, value: int | None | DatasetError, audited: Audited) -> Outcome:
    try:
        if isinstance(value, DatasetError):
            raise value
        return _outcome(expectation, value, audited)
    except DatasetError as problem:
        if expectation.severity == "error":
            raise
        print(f"warning: {problem}", file=sys.stderr)
        why = str(problem).removeprefix(f"{expectation.name} cannot be computed: ")
        return Outcome(expectation, False, None, why=f"it cannot be computed: {why}")


def _scan(expectations: list[Scanned], audited: Audited) -> Sequence[int | None | DatasetError]:
    """The value of each, in order; of one that cannot be computed, why. One query, unless that fails."""
    try:
        return _values(expectations, audited)
    except DatasetError as problem:
        if len(expectations) == 1:
            return [problem]
        # No engine names the failing one reliably.
        return [value for each in expectations for value in _scan([each], audited)]


def _values(expectations: list[Scanned], audited: Audited) -> list[int | None]:
    """All row predicates and aggregates in one query; returns the value of each, in order: names may be equal."""
    columns = [f"{_aggregate(each)} AS e{index}" for index, each in enumerate(expectations)]
    query = f"SELECT {', '.join(columns)} FROM `{RESULT_VIEW}`"
    row = _computed(query, audited, ", ".join(each.name for each in expectations))
    return [row[f"e{index}"] for index in range(len(expectations))]


def _outcome(expectation: Expectation, value: int | None, audited: Audited) -> Outcome:
    if isinstance(expectation, Freshness):
        return _freshness(expectation, value, audited)
    if isinstance(expectation, RowCount):
        before = audited.rows_before if expectation.rows.change is not None else None
        passed = limits.rows_words(audited.rows, before, expectation.rows) is None
        return Outcome(expectation, passed, None, audited.rows, before)
    failing = value or 0
    if isinstance(expectation, References) or (
        isinstance(expectation, Unique) and _number(expectation.quick, expectation, audited) > 0
    ):
        failing = _number(expectation.count, expectation, audited)
    return Outcome(expectation, failing == 0, failing)


def _aggregate(expectation: Scanned) -> str:
    if isinstance(expectation, Predicate):
        return f"count_if(coalesce({expectation.failing}, false))"
    return expectation.newest


def _number(query: str, expectation: Expectation, audited: Audited) -> int:
    """The column `n` of a query's one row."""
    row = _computed(query, audited, expectation.name)
    return int(row["n"] or 0)


def _freshness(expectation: Freshness, newest: int | None, audited: Audited) -> Outcome:
    if newest is None:  # no row, or no row with a time, is not fresh
        return Outcome(expectation, False, None)
    reference = audited.now
    if expectation.of is not None:
        of = audited.params.get(expectation.of)
        if not isinstance(of, date):  # the compiler accepts no other type
            raise DatasetError(
                "EXPECTATION_BROKEN",
                f"{expectation.name} is compared with parameter `{expectation.of}`, which has no value",
            )
        reference = _seconds(of)
    age = reference - newest / 1_000_000
    return Outcome(expectation, age <= expectation.within_seconds, None, round(age))


def _seconds(value: date) -> float:
    """A date or timestamp parameter as seconds since 1970; a date begins at midnight UTC."""
    moment = value if isinstance(value, datetime) else datetime(value.year, value.month, value.day)
    return (moment if moment.tzinfo else moment.replace(tzinfo=timezone.utc)).timestamp()


def _computed(query: str, audited: Audited, names: str) -> Row:
    """A query's one row."""
    try:
        return audited.query(query).collect()[0]
    except Exception as error:
        failure = failure_of(error, query, audited.tables)
        shown = f"{names} cannot be computed: {_in_their_names(failure.shown, audited)}" if failure.shown else None
        message = f"{names} cannot be computed: {_in_their_names(failure.message, audited)}"
        raise DatasetError("EXPECTATION_BROKEN", message, shown) from error


def _in_their_names(message: str, audited: Audited) -> str:
    """With the author's names of tables, and without positions in SQL that the author did not write."""
    message = re.sub(r" \(at \d+:\d+(?: or \d+:\d+)+\)", "", message)
    for view, name in audited.called.items():
        message = name.join(re.split(rf"\b{view}\b", message))
    return message


def clock() -> float:
    """Seconds since 1970, by this machine's clock. Only freshness looks at it; no commit depends on a time."""
    return time.time()
