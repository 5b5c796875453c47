"""Types of expressions of a query: the constants that `typeof(…)` next to each becomes in Sail's plan."""

from __future__ import annotations

import re

from strata_glue.engine.sail.plan import Analyze, sections
from strata_glue.engine.sql.edits import Edit, braced, edited

Span = tuple[int, int]
"""Where an expression begins and ends."""

_TYPE = re.compile(r'Utf8\("([^"]*)"\) = Utf8\("strata_(\w+)"\)')
_MOST_TRIALS = 30


def types_of(sql: str, asked: list[Span], analyze: Analyze) -> dict[Span, str]:
    """Span of an expression → its type, as `typeof` names it in Sail's plan; `unknown` if it is not found."""
    types = dict.fromkeys(asked, "unknown")
    # Expressions that GROUP BY treats as the same must stay the same in a trial: `t.a` and `a`, unless their types differ.
    for called in (_last_name, _words, lambda text, start: f"{start} {text}"):
        groups: dict[str, list[Span]] = {}
        for start, end in asked:
            groups.setdefault(called(sql[start:end], start), []).append((start, end))
        found = _asked(sql, list(groups.values()), analyze)
        asked = []
        for index, group in enumerate(groups.values()):
            kinds = found.get(index, set())
            if len(kinds) == 1:
                types |= dict.fromkeys(group, *kinds)
            else:
                asked += group
        if not asked:
            break
    return types


def _words(text: str, _: int) -> str:
    return re.sub(r"\s+", "", text.lower())


def _last_name(text: str, start: int) -> str:
    text = _words(text, start)
    return text.rpartition(".")[2] if re.fullmatch(r"[\w.`]+", text) else text


def _asked(sql: str, groups: list[list[Span]], analyze: Analyze) -> dict[int, set[str]]:
    """Types of groups of expressions, by their numbers; without those that Sail refuses in a trial."""
    types: dict[int, set[str]] = {}
    waiting = [list(range(len(groups)))] if groups else []
    for _ in range(_MOST_TRIALS):
        if not waiting:
            break
        trial = waiting.pop()
        wrapped: dict[int, Edit] = {}
        for index in trial:
            for start, end in groups[index]:
                text = braced(sql[start:end])
                condition = f"typeof({text}) = 'strata_{index}'"
                wrapped[start] = end, [(start, end)], f" if({condition}, {{0}}, NULL)"
        try:
            plan = sections(analyze(edited(sql, wrapped))[1])[1]
        except Exception:
            half = len(trial) // 2
            waiting += [trial[:half], trial[half:]] if half else []
            continue
        for kind, index in _TYPE.findall(plan):
            types.setdefault(int(index), set()).add(kind)
    return types
