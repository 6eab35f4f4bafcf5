"""What `ledger verify --against` finds: where the ledger is otherwise than the model of the world.

The model is independent of everything here, simple and slow. It is no part of what is installed: it
stands with the tests of a checkout, where it is compared with every rule.
"""

import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from importlib import import_module
from pathlib import Path
from typing import Annotated, Any, Final

import typer

from streams.cli._output import counted, emit, say
from streams.ledger.connection import Session
from streams.ledger.queries_outcomes import Outcome, outcomes
from streams.settings import PROJECT_ROOT

MODEL: Final = PROJECT_ROOT / "tests"
Against = Annotated[
    Path | None,
    typer.Option(
        metavar="FILE",
        help="Compare with who should have been told of what `publish --record` wrote.",
    ),
]


def demand_model(file: Path | None) -> None:
    """Refuse the comparison where there is no model, or no such file, before anything is read."""
    if file is None:
        return
    if not file.is_file():
        raise typer.BadParameter(f"{file}: there is no such file; `publish --record` writes one")
    if not (MODEL / "world.py").is_file():
        message = "the model of the world is in a checkout of the project; there is no tests/ here"
        raise typer.BadParameter(message)


def compare(session: Session, file: Path | None, register: Path, *, as_json: bool) -> int:
    """Tell each difference, the event with what was expected and found; return how many."""
    if file is None:
        return 0
    ended = list(outcomes(session))
    found = list(_differences(ended, file, register))
    for difference in found:
        if as_json:
            emit({"what": "otherwise", **asdict(difference)})
        else:
            say(f"OTHERWISE  {difference}")
    _say_not_compared(sum(each.after_act for each in ended), as_json=as_json)
    return len(found)


def _say_not_compared(count: int, *, as_json: bool) -> None:
    """Say how many events the model has no word on, since people or the clock had acted before."""
    if as_json:
        emit({"what": "not_compared", "events": count})
    elif count:
        say(f"{counted(count, 'event')} came after an answer or a deadline: not compared.")


def _differences(ended: Sequence[Outcome], file: Path, register: Path) -> Iterator[Any]:
    """Yield the differences between the ledger and what the model makes of a file."""
    if str(MODEL) not in sys.path:
        sys.path.insert(0, str(MODEL))
    found: Any = import_module("world_model_found")
    try:
        published = found.read(file)
    except (KeyError, TypeError, ValueError) as error:
        why = "it is not JSON" if isinstance(error, json.JSONDecodeError) else str(error)
        raise typer.BadParameter(f"{file} was not written by `publish --record`: {why}") from error
    yield from found.differences(found.of_register(register), published, ended)
