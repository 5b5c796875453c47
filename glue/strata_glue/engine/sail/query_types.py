"""Types of a query's expressions: those of operators by Spark's rules, those of columns and functions from Sail's plan.

One more analysis of the query gets all of them: `typeof(x)` next to the condition of the SELECT that has them becomes a
constant of the plan. For a query that is not read (`tree.Unread`), and for expressions that Sail refuses there, they are
unknown.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from functools import cached_property

from strata_glue.engine.sail.plan import Analyze, sections
from strata_glue.engine.spark import coercion, type_names
from strata_glue.engine.sql.expressions import COMPARISONS
from strata_glue.engine.sql.selects import QueryReader
from strata_glue.engine.sql.tree import Home, Node, Query, Select, Unread
from strata_glue.engine.sql.words import AGGREGATES, GENERATORS

_ANSWER = re.compile(r'Utf8\("strata_(\d+)"\), Utf8\("([^"]*)"\)')
_MOST_TRIALS = 8
"""Most analyses of a query for which one is not enough."""

OF_ARGUMENT = frozenset(
    "min max first first_value last last_value any_value lag lead nth_value mode abs nullif max_by min_by array_max array_min".split()
)
"""Functions whose result has the type of their first argument."""
_COMMON = frozenset("coalesce nvl ifnull greatest least".split())
_RESULTS = {
    **dict.fromkeys("count approx_count_distinct count_if".split(), "bigint"),
    **dict.fromkeys("row_number rank dense_rank ntile".split(), "int"),
    **dict.fromkeys("upper lower trim ltrim rtrim concat_ws substring substr date_format listagg string_agg".split(), "string"),
    **dict.fromkeys("avg mean stddev std stddev_samp stddev_pop variance var_samp var_pop corr median".split(), "double"),
    **dict.fromkeys("bool_and bool_or every some any isnull isnotnull isnan like".split(), "boolean"),
}  # fmt: skip
"""Types of calls with an aggregate function, which a condition cannot have; for numbers, one of their kind."""


class QueryTypes:
    """A query as a tree with types. `analyze`: SQL → the text of its plans."""

    def __init__(self, sql: str, analyze: Analyze) -> None:
        self.sql, self._analyze = sql, analyze
        self._trees: dict[str, QueryReader | Unread | RecursionError] = {}
        tree = self._tree(sql)
        self.reader = tree if isinstance(tree, QueryReader) else None

    def tree(self, sql: str) -> QueryReader:
        """Of the query, or of a text that it was rewritten to: each is read once.

        Raises `Unread`, or `RecursionError` for brackets inside brackets, a hundred deep.
        """
        tree = self._tree(sql)
        if isinstance(tree, QueryReader):
            return tree
        raise tree

    def _tree(self, sql: str) -> QueryReader | Unread | RecursionError:
        if sql not in self._trees:
            reader = QueryReader(sql)
            try:
                reader.whole()
                self._trees[sql] = reader
            except (Unread, RecursionError) as problem:
                self._trees[sql] = problem
        return self._trees[sql]

    @cached_property
    def nodes(self) -> list[Node]:
        """All nodes of its expressions, each after its own parts, with types."""
        if self.reader is None:
            return []
        nodes = self.reader.nodes
        complete(nodes)
        asked = self._asked(self.reader, nodes)
        if asked and self._set_types(asked):
            complete(nodes)
        return nodes

    def _asked(self, reader: QueryReader, nodes: list[Node]) -> dict[Home, list[Node]]:
        inside = _not_asked(nodes)
        wanted = {id(part) for node in nodes for part in _looked_at(node)}
        wanted |= {id(node) for select in reader.selects for node in _of_clauses(select)}
        wanted |= {id(node) for query in reader.queries if query.is_value or query.operators for node in _items(query)}
        found: dict[Home, list[Node]] = {}
        for node in nodes:
            is_leaf = node.kind in ("column", "call", "index", "star") and id(node) in wanted and not node.type
            if is_leaf and node.home and node.home.end >= 0 and id(node) not in inside:
                found.setdefault(node.home, []).append(node)
        return found

    def _set_types(self, asked: dict[Home, list[Node]]) -> bool:
        """Sets the nodes' types; False if Sail reports none."""
        try:
            self._trial(asked)
            return True
        except Exception:
            homes = list(asked)
        found = False
        for home in homes[:_MOST_TRIALS] if len(homes) > 1 else []:
            try:
                self._trial({home: asked[home]})
                found = True
            except Exception:  # its types stay unknown
                continue
        return found

    def _trial(self, asked: dict[Home, list[Node]]) -> None:
        texts: dict[tuple[Home, str], int] = {}
        for home, nodes in asked.items():
            for node in nodes:
                texts.setdefault((home, self._text(node)), len(texts))
        plan = sections(self._analyze(_with_probes(self.sql, texts))[1])[0]
        types = {int(number): kind for number, kind in _ANSWER.findall(plan)}
        for home, nodes in asked.items():
            for node in nodes:
                node.type = types.get(texts[home, self._text(node)], "")

    def _text(self, node: Node) -> str:
        """The argument of `typeof`: for `*`, a struct of all columns."""
        text = self.sql[node.start : node.end]
        return f"struct({text})" if node.kind == "star" else text


def _with_probes(sql: str, texts: dict[tuple[Home, str], int]) -> str:
    """The SQL with `concat('strata_<number>', typeof(…), …) != ''` next to the conditions: one call, since Sail plans chains slowly."""
    probes: dict[Home, list[str]] = {}
    for (home, text), number in texts.items():
        probes.setdefault(home, []).append(f"'strata_{number}', typeof({text})")
    edits: list[tuple[int, int, str]] = []
    for home, wanted in probes.items():
        every = f"concat({', '.join(wanted)}) != ''"
        if home.start < 0:
            edits.append((home.end, 1, f" WHERE {every} "))
        else:  # a join's ON may end where the WHERE is put
            edits += [(home.start, 1, f" {every} AND ("), (home.end, 0, ") ")]
    parts, end = [], 0
    for place, _, text in sorted(edits, key=lambda edit: edit[:2]):
        parts += [sql[end:place], text]
        end = place
    return "".join([*parts, sql[end:]])


def _looked_at(node: Node) -> Iterator[Node]:
    """Parts whose types decide whether Spark accepts the node, or what its type is."""
    if node.kind not in ("star", "text", "number"):
        yield from (part for part in node.parts if part.kind != "star")  # `count(*)`
        yield from node.conditions
    if node.operand:
        yield node.operand
    if node.window:
        yield from (*node.window.partition, *node.window.order)


def _of_clauses(select: Select) -> list[Node]:
    items = select.items if select.is_distinct or select.order else []
    return [*items, *(node for _, node in select.conditions), *select.grouping, *select.order]


def _items(query: Query) -> Iterator[Node]:
    for side in query.sides:
        yield from side.items if isinstance(side, Select) else _items(side)


def complete(nodes: list[Node]) -> None:
    """Sets unknown types of nodes, each after its own parts, by Spark's rules."""
    for node in nodes:
        if not node.type:
            item = item_of(node)
            node.type = _type_of(node) if item is None else "" if item is node else item.type


def item_of(node: Node) -> Node | None:
    """The item that a name in GROUP BY, HAVING or ORDER BY is the alias of; the node itself if that is not certain."""
    if node.kind != "column" or node.select is None or "." in node.name:
        return None
    item = node.select.item(node.name)
    if item is None or (item.kind == "column" and item.name.rpartition(".")[2] == node.name):
        return None
    has_it = any(each.kind == "column" and each.name.rpartition(".")[2] == node.name for each in item.all())
    return node if has_it else item


def _not_asked(nodes: list[Node]) -> set[int]:
    """Nodes that a WHERE cannot have: with aggregate, window and generator functions, and names that are unknown there."""
    found: set[int] = set()
    for node in nodes:
        of_groups = node.kind == "call" and (node.name in AGGREGATES | GENERATORS or node.window is not None)
        names = set(node.name.split("."))
        is_hidden = node.kind == "column" and (names & node.hides or (node.home and names & node.home.hidden))
        is_hidden = is_hidden or (node.kind == "star" and node.home and node.home.hidden)
        if (
            of_groups
            or is_hidden
            or node.name == ":"
            or item_of(node)
            or any(id(part) in found for part in node.inside())
        ):
            found.add(id(node))
    return found


def _type_of(node: Node) -> str:
    """By Spark's rules from the types of its parts; empty if unknown."""
    kinds = [part.type for part in node.parts]
    if node.kind in ("text", "null", "boolean"):
        return {"text": "string", "null": "void", "boolean": "boolean"}[node.kind]
    if node.kind in ("exists", "is", "like", "in", "between"):
        return "boolean"
    if node.kind == "number":
        return number_type(node.name)
    if node.kind == "typed":
        return {"X": "binary", "TIMESTAMP_LTZ": "timestamp"}.get(node.name, node.name.lower())
    if node.kind in ("cast", "try_cast"):
        return type_names.plain_type(node.name)
    if node.kind == "case":
        return coercion.common(kinds) or ""
    if node.kind == "unary":
        return "boolean" if node.name == "NOT" else "double" if kinds[0] == "string" else kinds[0]
    if node.kind == "binary":
        return _binary(node.name, kinds)
    if node.kind == "subquery" and node.query is not None:
        columns = columns_of(node.query)
        return columns[0] if len(columns) == 1 else ""
    return _call(node, kinds) if node.kind == "call" else ""


def columns_of(query: Query | Select) -> list[str]:
    """Types of the columns of its first SELECT; none if their number is not certain."""
    select = query if isinstance(query, Select) else query.selects()[0]
    if select.rows or any(item.kind == "star" and not item.type for item in select.items):
        return []
    return [
        kind
        for item in select.items
        for kind in ([kind for _, kind in type_names.fields(item.type)] if item.kind == "star" else [item.type])
    ]


def _binary(sign: str, kinds: list[str]) -> str:
    if sign in ("AND", "OR", *COMPARISONS) or sign == "IS DISTINCT FROM":
        return "boolean"
    if "" in kinds:
        return ""
    return coercion.result_of(sign, *kinds) or ""


def _call(node: Node, kinds: list[str]) -> str:
    if node.name == "if" and len(kinds) == 3:
        return coercion.common(kinds[1:]) or ""
    if node.name in _COMMON:
        return coercion.common(kinds) or ""
    if node.name in OF_ARGUMENT and kinds:
        return kinds[0] if node.name in AGGREGATES or node.window else ""
    if node.name in ("sum", "try_sum") and kinds:
        return {**dict.fromkeys(("tinyint", "smallint", "int"), "bigint"), "float": "double", "string": "double"}.get(
            kinds[0], kinds[0]
        )
    if node.name in ("avg", "mean") and kinds and not type_names.is_number(kinds[0]):
        return kinds[0] if "interval" in kinds[0] else ""
    if node.name in AGGREGATES or node.window:
        return _RESULTS.get(node.name, "")
    return ""


def number_type(text: str) -> str:
    """Of a literal, in capitals."""
    for suffix, kind in (("L", "bigint"), ("S", "smallint"), ("Y", "tinyint"), ("F", "float")):
        if text.endswith(suffix):
            return kind
    is_decimal = text.endswith("BD")
    digits = text.removesuffix("BD")
    if not is_decimal and (digits[-1] == "D" or "E" in digits):
        return "double"
    if not is_decimal and "." not in digits and int(digits) < 2**63:
        return "int" if int(digits) < 2**31 else "bigint"
    value = Decimal(digits).as_tuple()
    scale = max(0, -int(value.exponent))
    return f"decimal({max(len(value.digits), scale)},{scale})"
