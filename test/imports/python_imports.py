"""Prints what Python files import, as JSON: file → names of modules, `from x import y` as `x.y`.

Every import counts: inside a function, for the type checker only, by `import_module` or `__import__`. The arguments are paths relative to
the current folder; so are the names of relative imports.
"""

import ast
import json
import sys
from collections.abc import Iterator
from pathlib import Path


def imported(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_bytes())):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            around = path.parts[: -node.level] if node.level else ()
            base = ".".join([*around, *([node.module] if node.module else [])])
            yield from (f"{base}.{name.name}" for name in node.names)
        elif isinstance(node, ast.Call) and ast.unparse(node.func).endswith(("import_module", "__import__")):
            yield from (argument.value for argument in node.args if isinstance(argument, ast.Constant))


def main() -> None:
    found = {file: sorted(set(imported(Path(file)))) for file in sys.argv[1:]}
    json.dump({"standard": sorted(sys.stdlib_module_names), "imports": found}, sys.stdout)


main()
