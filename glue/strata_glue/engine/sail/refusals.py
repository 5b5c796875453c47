"""What Spark's analyzer refuses in a query and Sail accepts: the run refuses it, as on Spark."""

from __future__ import annotations

from collections.abc import Iterator

from strata_glue.engine.explain.constructs import computed_places
from strata_glue.engine.explain.explained import Explained
from strata_glue.engine.sail.query_types import QueryTypes
from strata_glue.engine.sail.refused_shapes import shapes
from strata_glue.engine.sail.refused_types import misfits
from strata_glue.engine.sql.words import tokens_of
from strata_glue.errors import DatasetError


def refuse(query: QueryTypes) -> None:
    """Raises `DatasetError` for a query that Spark refuses."""
    for first in [*_unpivots(query.sql), *computed_places(query.sql), *refusals(query)][:1]:
        raise DatasetError(first.kind, first.message, offset=first.offset)


def _unpivots(sql: str) -> Iterator[Explained]:
    tokens = tokens_of(sql)
    for index, token in enumerate(tokens):
        after = [each.text.upper() for each in tokens[index + 1 : index + 3]]
        if token.text.upper() == "UNPIVOT" and (after[:1] == ["("] or after == ["EXCLUDE", "NULLS"]):
            message = (
                "UNPIVOT leaves out rows whose value is NULL, and Sail keeps them: write UNPIVOT INCLUDE NULLS (…) and filter "
                "by WHERE … IS NOT NULL, or run with --engine spark"
            )
            yield Explained("ENGINE_CANNOT", message, token.start)


def refusals(query: QueryTypes) -> list[Explained]:
    """In the order of their positions; none for a query that is not read."""
    if query.reader is None:
        return []
    found = [*shapes(query.reader, query.nodes, query.sql), *misfits(query.reader, query.nodes, query.sql)]
    return sorted(found, key=lambda each: each.offset or 0)
