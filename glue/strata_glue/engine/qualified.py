"""Tables with a database. The views of a query have plain names, so the job changes `db.t` as the compiler computed it.

Engines see the changed text only; positions of their errors are those of the author's text again.
"""

from __future__ import annotations

import hashlib
import re
from bisect import bisect_right
from dataclasses import replace

from strata_glue.contract import Dataset, QualifiedNames
from strata_glue.engine.failure import Failure, frame_at, offset_of, position_of
from strata_glue.errors import JobInputError

_POSITION = re.compile(r"\b(\d+):(\d+)\b")
_POSITIONS = re.compile(r"\(at \d+:\d+(?: or \d+:\d+)*\)")


class WrittenSql:
    """The SQL of a dataset as its author wrote it. `names`: its names with a database. Raises `JobInputError`."""

    def __init__(self, dataset: Dataset, names: QualifiedNames | None) -> None:
        self._written = dataset.sql
        self._changes = names.changes if names else ()
        # Half a character, which JSON can hold, has no UTF-8.
        if names is not None and hashlib.sha256(dataset.sql.encode(errors="replace")).hexdigest() != names.sql:
            raise JobInputError(
                f"--publish of {dataset.name}: `qualified_names` has the places of another SQL text than `sql_text`: "
                "compile the pipeline again, and start the job through its state machine; nothing was run"
            )
        parts, at = [], 0
        self._starts: list[int] = []
        """Offset in the changed text of the text behind each change."""
        self._size = 0
        for change in self._changes:
            if not at <= change.start <= change.end <= len(dataset.sql):
                raise JobInputError(f"--publish of {dataset.name}: `qualified_names` overlap; nothing was run")
            parts += [dataset.sql[at : change.start], change.text]
            at = change.end
            self._size += len(parts[-2]) + len(change.text)
            self._starts.append(self._size)
        self.dataset = replace(dataset, sql="".join([*parts, dataset.sql[at:]]))
        """With the SQL for engines."""

    def failure(self, failure: Failure | None) -> Failure | None:
        """A failure of the changed SQL with its positions in the author's."""
        if failure is None or not self._changes:
            return failure
        message = _POSITIONS.sub(lambda match: _POSITION.sub(self._shown, match[0]), failure.message)
        line, column = self._position(failure.line, failure.column)
        return replace(failure, message=message, line=line, column=column, frame=frame_at(self._written, line, column))

    def _shown(self, match: re.Match[str]) -> str:
        return "{}:{}".format(*self._position(int(match[1]), int(match[2])))

    def _position(self, line: int | None, column: int | None) -> tuple[int | None, int | None]:
        offset = offset_of(line, column, self.dataset.sql)
        return position_of(None if offset is None else self._offset(offset), self._written)

    def _offset(self, offset: int) -> int:
        """Inside a change it is the change's beginning."""
        index = bisect_right(self._starts, offset)
        before = self._changes[index - 1].end - self._starts[index - 1] if index else 0
        following = self._changes[index].start if index < len(self._changes) else len(self._written)
        return min(offset + before, following)
