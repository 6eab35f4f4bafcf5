"""The project's own files, as the contract tests look at them."""

import ast
import io
import subprocess
import tokenize
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

PACKAGES = ("streams", "connectors", "schemas")
PURE = ("streams/domain", "streams/flows", "streams/stages", "streams/pipeline")
"""What may know no clock, file, environment, network or log (STYLE 18)."""

Function = ast.FunctionDef | ast.AsyncFunctionDef

_NOT_CODE = {
    tokenize.COMMENT,
    tokenize.NL,
    tokenize.NEWLINE,
    tokenize.INDENT,
    tokenize.DEDENT,
    tokenize.ENDMARKER,
}


@dataclass(frozen=True)
class PythonFile:
    """One Python file, parsed once."""

    path: Path

    @property
    def name(self) -> str:
        """The path below the project, as it is printed in a finding."""
        return self.path.relative_to(ROOT).as_posix()

    @cached_property
    def text(self) -> str:
        """The whole source."""
        return self.path.read_text("utf-8")

    @cached_property
    def tree(self) -> ast.Module:
        """The syntax tree."""
        return ast.parse(self.text, self.name)

    @cached_property
    def code_lines(self) -> frozenset[int]:
        """The numbers of the lines that carry code: no blank, no comment, no docstring."""
        lines: set[int] = set()
        for token in tokenize.generate_tokens(io.StringIO(self.text).readline):
            if token.type not in _NOT_CODE:
                lines.update(range(token.start[0], token.end[0] + 1))
        return frozenset(lines - set(_docstring_lines(self.tree)))

    @property
    def is_test_code(self) -> bool:
        """Whether the file is below tests, where pytest decides what a parameter is."""
        return self.name.startswith("tests/")

    def functions(self) -> Iterator[Function]:
        """Every function and method, nested ones included."""
        for node in ast.walk(self.tree):
            if isinstance(node, Function):
                yield node


def _docstring_lines(tree: ast.Module) -> Iterator[int]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | Function) and ast.get_docstring(node):
            yield from range(node.body[0].lineno, (node.body[0].end_lineno or 0) + 1)


@cache
def python_files(*tops: str) -> tuple[PythonFile, ...]:
    """Every Python file of these packages or modules, each of which must be there."""
    found: list[Path] = []
    for top in tops:
        place = ROOT / top
        # A module that is not there is found out when it is read.
        found += sorted(place.rglob("*.py")) if place.is_dir() else [place.with_suffix(".py")]
    return tuple(PythonFile(path) for path in found if "__pycache__" not in path.parts)


@cache
def tracked_files() -> tuple[Path, ...]:
    """Every file that is in git or on its way in; what git ignores is not the project's."""
    # Another user's clone is refused by git unless it is named as safe, as in the packaging tests.
    command = ["git", "-c", "safe.directory=*", "ls-files", "-co", "--exclude-standard", "-z"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, check=True, text=True)
    paths = (ROOT / name for name in listed.stdout.split("\0") if name)
    return tuple(path for path in paths if path.is_file())


def text_of(path: Path) -> str:
    """The text of a tracked file, or nothing where it is not text."""
    try:
        return path.read_text("utf-8")
    except UnicodeDecodeError:
        return ""
