"""PySpark's client without pandas, which it imports at its start and needs only for frames of pandas: a third of the time of a
query on Sail. It is imported when something uses it."""

from __future__ import annotations

import importlib
import sys
from importlib.metadata import version
from types import ModuleType
from typing import Any

_MODULES = ("pandas", "pandas.api", "pandas.api.types")
_IN_ANNOTATIONS = ("DataFrame", "Series", "Index")


class _Later(ModuleType):
    """Replaces a module until a name in it is used that PySpark's modules do not import at their start."""

    __path__: list[str] = []

    def __getattr__(self, name: str) -> Any:
        if self.__name__ == "pandas.api.types":  # functions, imported by name
            return lambda *values: getattr(_real(self.__name__), name)(*values)
        if name in _IN_ANNOTATIONS:  # no object here is an instance of it
            found = self.__dict__[name] = type(name, (), {"__module__": self.__name__})
            return found
        return getattr(_real(self.__name__), name)


def _real(name: str) -> Any:
    for each in _MODULES:
        if isinstance(sys.modules.get(each), _Later):
            del sys.modules[each]
    return importlib.import_module(name)


def put_off_pandas() -> None:
    """To be called before PySpark is imported; does nothing where pandas is there already."""
    if "pandas" in sys.modules:
        return
    for name in _MODULES:
        sys.modules[name] = _Later(name)
    sys.modules["pandas"].__version__ = version("pandas")  # type: ignore[attr-defined]
