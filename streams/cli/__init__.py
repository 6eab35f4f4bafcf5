"""The command line: one module for each group of commands, found by its place.

A module of this package that has `register(app)` adds its commands; nothing here knows of it. A
command whose module has its name is found without loading the others, since engines are slow to
import. Exit statuses: 0; 1, the answer is no; 2, usage; 70, the world is down.
"""

import os
import sys
from collections.abc import Iterator, Sequence
from importlib import import_module
from io import TextIOWrapper
from pkgutil import iter_modules
from types import ModuleType
from typing import Final, NoReturn

import typer
from typer.exceptions import TyperException
from typer.main import get_command

from streams import telemetry

NAME: Final = "switchboard"
SUMMARY: Final = "Tells the responsible probation officer what other agencies know, once, by when."
NO: Final = 1
"""The answer is no: something was rejected, is unknown or does not hold."""
INTERRUPTED: Final = 130
READER_WENT: Final = 141
"""What shells report of programs that SIGINT and SIGPIPE ended."""


def build(wanted: str | None = None) -> typer.Typer:
    """Make the application; `wanted` is the command to be run, which may need one module only."""
    app = typer.Typer(
        name=NAME,
        help=SUMMARY,
        no_args_is_help=True,
        add_completion=False,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    app.callback()(_nothing)
    for module in _modules(wanted):
        module.register(app)
    return app


def _nothing() -> None:
    """Tells the responsible probation officer what other agencies know, once, by when."""


def _modules(wanted: str | None) -> Iterator[ModuleType]:
    """Yield the module named like the command, or all of them where none is."""
    names = sorted(found.name for found in iter_modules(__path__) if found.name[0] != "_")
    for name in [wanted] if wanted in names else names:
        module = import_module(f"{__name__}.{name}")
        if hasattr(module, "register"):
            yield module


def run(arguments: Sequence[str]) -> int:
    """Run one command line and return its exit status; every failure is said on stderr."""
    wanted = arguments[0] if arguments else None
    try:
        # To load what a command needs may take seconds, in which it can be interrupted too.
        command = get_command(build(wanted))
        answer = command.main(args=list(arguments), prog_name=NAME, standalone_mode=False)
    except TyperException as refused:
        return _refuse(refused)
    except typer.Abort:
        return INTERRUPTED
    except KeyboardInterrupt:
        return INTERRUPTED
    except Exception as error:  # noqa: BLE001 - said in words; a traceback may quote a record
        return _failed(error)
    return answer if isinstance(answer, int) else 0


def _refuse(refused: TyperException) -> int:
    """Say what is wrong with the command line, and how to see what is right."""
    if refused.format_message().startswith("Usage:"):
        sys.stderr.write(f"{refused.format_message()}\n")
        return refused.exit_code
    context = getattr(refused, "ctx", None)
    path = context.command_path if context is not None else NAME
    sys.stderr.write(f"{path}: {refused.format_message()}\n")
    sys.stderr.write(f"`{path} --help` shows what there is\n")
    return refused.exit_code


def _failed(error: Exception) -> int:
    """Say what a failure means; what it takes to know is loaded only now."""
    from streams.cli._output import ReaderWent  # noqa: PLC0415 - this package is not whole before

    if isinstance(error, ReaderWent):
        # What is left in the buffer has nowhere to go; Python would complain about it at the end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return READER_WENT
    from streams.cli._failures import in_words  # noqa: PLC0415 - most commands never need it

    status, words = in_words(error)
    sys.stderr.write(f"{NAME}: {words}\n")
    return status


def main() -> NoReturn:
    """Run the command line of this process."""
    telemetry.configure()
    if isinstance(sys.stdout, TextIOWrapper):
        # A name with a letter that this terminal does not have must not end the command.
        sys.stdout.reconfigure(errors="backslashreplace")
    sys.exit(run(sys.argv[1:]))
