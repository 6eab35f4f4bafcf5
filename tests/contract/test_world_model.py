"""The model of the world is independent: it knows nothing of the system that it checks."""

import ast

import pytest
from contract.source_tree import ROOT, PythonFile

MODEL = (*sorted((ROOT / "tests").glob("world_model_*.py")), ROOT / "tests" / "world.py")
ALLOWED = frozenset({"schemas", "world", "holidays", "zoneinfo"})
STANDARD = frozenset(
    {"__future__", "collections", "dataclasses", "datetime", "functools", "itertools", "json"}
    | {"pathlib", "re", "tomllib", "typing", "unicodedata"}
)


@pytest.mark.parametrize("path", MODEL, ids=lambda path: path.name)
def test_the_model_imports_neither_streams_nor_connectors(path: object) -> None:
    """Each of its files imports the contract, its own kind and plain libraries alone."""
    imported = {
        name.partition(".")[0]
        for node in ast.walk(PythonFile(path).tree)
        for name in _names(node)
        if not name.startswith("world_model_")
    }
    assert imported <= ALLOWED | STANDARD, imported - ALLOWED - STANDARD


def _names(node: ast.AST) -> list[str]:
    """Return the modules that a statement imports."""
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    return [node.module or ""] if isinstance(node, ast.ImportFrom) else []
