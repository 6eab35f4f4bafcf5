"""Commands that run from a checkout only: what they import from bench/, or what is missing."""

import sys
from importlib import import_module
from typing import Any

import typer

from streams.settings import PROJECT_ROOT

HOW_TO_INSTALL = "pip install --require-hashes -r constraints-identity.txt"


def from_checkout(name: str) -> Any:  # noqa: ANN401 - a module that is not installed has no type
    """Import a module of bench/, which is not installed, or say what is missing."""
    if not (PROJECT_ROOT / "bench" / f"{name}.py").is_file():
        raise typer.BadParameter(
            "this runs from a checkout of the project; there is no bench/ here"
        )
    if str(PROJECT_ROOT) not in sys.path:
        sys.path.insert(0, str(PROJECT_ROOT))
    try:
        return import_module(f"bench.{name}")
    except ModuleNotFoundError as missing:
        raise typer.BadParameter(
            f"{missing}; it is not installed by default: {HOW_TO_INSTALL}"
        ) from (missing)
