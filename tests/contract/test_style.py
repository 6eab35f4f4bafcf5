"""The rules of how we write that a machine can hold (those marked in the style guide)."""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator

import pytest
from contract.source_tree import PACKAGES, PURE, ROOT, Function, PythonFile, python_files

FUNCTION_CODE_LINES_MAX = 40
FILE_LINES_MAX = 300
POSITIONAL_MAX = 4
REASON_LENGTH_MIN = 4
"""Shortest reason, in characters, that an ignored finding may have."""

ALL = python_files(*PACKAGES, "tests", "bench")
PURE_FILES = python_files(*PURE)

PURE_IMPORTS = frozenset(
    # Words in rows read better than fifty lines of one.
    """
    __future__ abc base64 binascii bisect calendar collections contextlib copy dataclasses
    datetime decimal difflib enum fractions functools hashlib heapq hmac itertools json math
    numbers operator re statistics string struct textwrap types typing unicodedata uuid zoneinfo
    annotated_types holidays jellyfish msgspec pydantic pydantic_core rapidfuzz typing_extensions
    schemas streams
    """.split()  # noqa: SIM905 - see above
)
"""The only things that pure code may import; what is not named here needs an argument first."""

FINDS_FLOWS = "streams/flows/__init__.py"
"""The one pure module that may look at the modules beside it, so that a flow needs no list."""

IMPURE_CALLS = frozenset({"open", "input", "print", "exec", "eval", "__import__", "breakpoint"})
IMPURE_METHODS = {"now", "utcnow", "today", "uuid1", "uuid4", "getenv"} | {
    f"{verb}_{what}" for verb in ("read", "write") for what in ("text", "bytes")
}


def settle(findings: Iterator[str]) -> None:
    """Fail on every finding: the list of exceptions, which may only shrink, began empty."""
    found = sorted(set(findings))
    assert not found, "\n" + "\n".join(found)


def public_parts(file: PythonFile) -> Iterator[tuple[str, ast.ClassDef | Function]]:
    """Classes, functions and methods that a reader may use, with the name to print."""
    waiting: list[tuple[str, ast.stmt]] = [("", node) for node in file.tree.body]
    for prefix, node in waiting:
        if not isinstance(node, ast.ClassDef | Function) or node.name.startswith("_"):
            continue
        yield f"{prefix}{node.name}", node
        if isinstance(node, ast.ClassDef):
            waiting += [(f"{node.name}.", child) for child in node.body]


def explains_itself(node: ast.ClassDef | Function) -> bool:
    """Whether the docstring is that of what the method overrides, or of its overloads' last."""
    names = {ast.unparse(decorator).split(".")[-1] for decorator in node.decorator_list}
    return bool(names & {"override", "overload", "setter"})


def sentence_fault(docstring: str | None) -> str | None:
    """What is wrong with the first line of a docstring, or nothing."""
    first = (docstring or "").split("\n", 1)[0].strip()
    if not first:
        return "has no docstring"
    if not first.endswith((".", "?")):
        return "has a first line that is no whole sentence"
    if re.search(r"(?<!e\.g)(?<!i\.e)[.?!] +[A-Z]", first):
        return "has a first line of more than one sentence"
    return None


@pytest.mark.parametrize("file", ALL, ids=lambda file: file.name)
def test_docstring_opens_with_one_sentence(file: PythonFile) -> None:
    """Every module, public class, public function and test says in one sentence what it is."""
    parts = [("module", ast.get_docstring(file.tree))] if file.text.strip() else []
    parts += [
        (name, ast.get_docstring(node))
        for name, node in public_parts(file)
        if not explains_itself(node)
    ]
    faults = ((name, sentence_fault(text)) for name, text in parts)
    settle(f"{file.name}: {name} {fault}" for name, fault in faults if fault)


@pytest.mark.parametrize("file", ALL, ids=lambda file: file.name)
def test_nothing_is_too_long(file: PythonFile) -> None:
    """No function has over 40 lines of code, and no file over 300 lines."""
    settle(too_long(file))


def too_long(file: PythonFile) -> Iterator[str]:
    """Name what is longer than the limits."""
    length = len(file.text.splitlines())
    if length > FILE_LINES_MAX:
        yield f"{file.name}: {length} lines, at most {FILE_LINES_MAX}"
    for node in file.functions():
        code = len(file.code_lines & set(range(node.lineno, (node.end_lineno or 0) + 1)))
        if code > FUNCTION_CODE_LINES_MAX:
            yield f"{file.name}: {node.name} has {code} code lines, at most 40"


@pytest.mark.parametrize("file", ALL, ids=lambda file: file.name)
def test_few_positional_parameters(file: PythonFile) -> None:
    """A function takes at most four things by position; more means a dataclass is missing."""
    settle(
        f"{file.name}: {node.name} takes {count} positional parameters, at most {POSITIONAL_MAX}"
        for node in file.functions()
        if not (file.is_test_code and is_filled_by_pytest(node))
        and (count := positional_count(node)) > POSITIONAL_MAX
    )


def is_filled_by_pytest(node: Function) -> bool:
    """Whether pytest passes the parameters, by their names."""
    return node.name.startswith("test_") or any(
        "fixture" in ast.unparse(decorator) for decorator in node.decorator_list
    )


def positional_count(node: Function) -> int:
    """How many parameters can be given by position, less self or cls."""
    names = [argument.arg for argument in node.args.posonlyargs + node.args.args]
    return len(names) - (names[:1] in (["self"], ["cls"]))


@pytest.mark.parametrize("file", ALL, ids=lambda file: file.name)
def test_ignored_findings_have_a_reason(file: PythonFile) -> None:
    """Whoever silences a check names the check and says why."""
    wanted = re.compile(
        r"#\s*(?:noqa: *[A-Z]+\d+(?:, *[A-Z]+\d+)*|type: *ignore\[[a-z\-, ]+\]|pragma: no \w+)"
        r"(?P<reason>.*)"
    )
    settle(
        f"{file.name}:{number}: an ignore without its code and its reason"
        for number, line in enumerate(file.text.splitlines(), 1)
        if re.search(r"#\s*(noqa|type: *ignore|pragma)\b", line)
        and not (
            (match := wanted.search(line))
            and len(match["reason"].strip(" #-:")) >= REASON_LENGTH_MIN
        )
    )


@pytest.mark.parametrize("file", PURE_FILES, ids=lambda file: file.name)
def test_pure_code_is_pure(file: PythonFile) -> None:
    """Domain, flows, stages and pipeline import, call and keep nothing from outside."""
    settle(
        f"{file.name}:{node.lineno}: {fault}"
        for node in ast.walk(file.tree)
        if isinstance(node, ast.expr | ast.stmt) and (fault := impurity(file, node))
    )


def impurity(file: PythonFile, node: ast.expr | ast.stmt) -> str | None:
    """What this piece of syntax does that pure code may not, or nothing."""
    match node:
        case ast.AsyncFunctionDef() | ast.AsyncFor() | ast.AsyncWith() | ast.Await():
            return "is asynchronous; the engines are"
        case ast.Global() | ast.Nonlocal():
            return "keeps state outside its values"
        case ast.Import() | ast.ImportFrom():
            return impure_import(file, node)
        case ast.Call(func=ast.Name(id=name)) if name in IMPURE_CALLS:
            return f"calls {name}"
        case ast.Call(func=ast.Attribute(attr=name)) if name in IMPURE_METHODS:
            return f"calls .{name}; time, ids and text are arguments"
    return None


def impure_import(file: PythonFile, node: ast.Import | ast.ImportFrom) -> str | None:
    """Name an import that is not on the list for pure code."""
    names = [alias.name for alias in node.names]
    if isinstance(node, ast.ImportFrom):
        names = [node.module or ""]
    roots = {name.split(".")[0] for name in names} - PURE_IMPORTS
    if file.name == FINDS_FLOWS:
        roots -= {"importlib", "pkgutil"}
    return f"imports {', '.join(sorted(roots))}" if roots else None


@pytest.mark.parametrize(
    "command",
    [("ruff", "check", "."), ("ruff", "format", "--check", "."), ("mypy",)],
    ids=" ".join,
)
def test_tools_find_nothing(command: tuple[str, ...]) -> None:
    """Ruff, its formatter and mypy --strict have nothing to say."""
    done = subprocess.run(
        [sys.executable, "-m", *command], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, f"\n{done.stdout}{done.stderr}"


@pytest.mark.parametrize(
    ("source", "fault"),
    [
        ("import os", "imports os"),
        ("from random import choice", "imports random"),
        ("import logging", "imports logging"),
        ("from time import time", "imports time"),
        ("open('x')", "calls open"),
        ("print('x')", "calls print"),
        ("datetime.now(UTC)", "calls .now; time, ids and text are arguments"),
        ("def f():\n    global x", "keeps state outside its values"),
        ("async def f(): ...", "is asynchronous; the engines are"),
        ("from datetime import datetime", None),
    ],
)
def test_impurity_is_seen(source: str, fault: str | None) -> None:
    """The purity check finds each thing that it is there to find."""
    file = PythonFile(ROOT / "streams/domain/planted.py")
    nodes = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.expr | ast.stmt)]
    assert {impurity(file, node) for node in nodes} - {None} == ({fault} if fault else set())


@pytest.mark.parametrize(
    ("docstring", "is_good"),
    [
        ("A notice reaches its officer.", True),
        ("Is the duty overdue?", True),
        ("Version 1.2 of the form, e.g. A or B.", True),
        ("A notice reaches its officer. Then it stops.", False),
        ("A notice reaches", False),
        ("", False),
    ],
)
def test_one_sentence_is_told_from_two(docstring: str, *, is_good: bool) -> None:
    """The docstring check lets one whole sentence pass and nothing else."""
    assert (sentence_fault(docstring) is None) is is_good
