"""`switchboard schemas list|check|export`: the event contract, as publishers need it."""

import json
import shutil
from collections.abc import Iterator
from importlib.resources import as_file, files
from pathlib import Path
from typing import Annotated, Any

import typer

from schemas import compatibility
from schemas.catalogue import Catalogue, CatalogueRefused, catalogue, render
from schemas.compatibility import Incompatibility
from streams.cli._common import answer_no
from streams.cli._output import Json, counted, emit, say

AVRO = "avro"
STAND_ALONE = "stand_alone"
PAGE = "catalogue.md"


def register(app: typer.Typer) -> None:
    """Add the commands."""
    group = typer.Typer(help="List, check and export the event contract.", no_args_is_help=True)
    group.command("list")(listing)
    group.command("check")(check)
    group.command("export")(export)
    app.add_typer(group, name="schemas")


def listing(*, as_json: Json = False) -> None:
    """List every event and notice, with its fingerprint."""
    for name in catalogue().types():
        schema = catalogue().schema_of(name)
        fingerprint = schema.fingerprint.hex()
        if as_json:
            emit(
                {
                    "type": name,
                    "version": schema.version,
                    "fingerprint": fingerprint,
                    "kind": schema.kind,
                    "meaning": schema.meaning,
                }
            )
        else:
            say(f"{name:<52} {fingerprint}  {schema.meaning}")


def check(
    older: Annotated[
        Path | None,
        typer.Argument(
            metavar="[FILE|DIR]",
            help="An older copy: what `schemas export` wrote, or one stand-alone .avsc of it.",
        ),
    ] = None,
    *,
    as_json: Json = False,
) -> None:
    """Check that this catalogue reads what an older copy wrote; without one, its own versions."""
    try:
        found = tuple(_compared(older))
    except CatalogueRefused as refused:
        raise typer.BadParameter(str(refused)) from refused
    for each in found:
        if as_json:
            emit(
                {
                    "old": each.old,
                    "new": each.new,
                    "path": each.path,
                    "why": each.why,
                    "fix": each.fix,
                }
            )
        else:
            say(each)
    if found:
        answer_no()
    if not as_json:
        against = f"what {older} wrote" if older else "each of its own versions"
        say(f"{counted(len(catalogue().types()), 'schema')} read {against}.")


def _compared(older: Path | None) -> Iterator[Incompatibility]:
    """Yield what the catalogue cannot read of an older copy, or of its own versions."""
    if older is not None and not older.exists():
        raise typer.BadParameter(f"{older}: there is no such file or folder")
    if older is not None and older.is_file():
        yield from _against_file(older)
        return
    folder = files("schemas") / AVRO
    exported = folder if older is None else _avro_of(older)
    yield from compatibility.check_catalogue(exported, folder)


def _avro_of(folder: Path) -> Path:
    """Return where the schemas are in a folder: beside the page of an export, or right there."""
    inside = folder / AVRO
    found = inside if inside.is_dir() else folder
    if not any(found.glob("*/*.avsc")):
        message = f"{folder}: holds no schemas (<publisher>/<event>.v<number>.avsc)"
        raise typer.BadParameter(message)
    return found


def _against_file(file: Path) -> Iterator[Incompatibility]:
    """Compare one stand-alone schema with every version of its type that is not older."""
    name = file.name.removesuffix(".avsc")
    family, _, version = name.rpartition(".v")
    if not version.isdecimal() or family.count(".") != 1:
        message = f"{file}: not named <publisher>.<event>.v<number>.avsc as in an export"
        raise typer.BadParameter(message)
    try:
        old = json.loads(file.read_text("utf-8"))
    except ValueError as error:
        raise typer.BadParameter(f"{file}: not JSON") from error
    newer = [
        schema
        for schema in catalogue().by_type.values()
        if schema.family == family and schema.version >= int(version)
    ]
    if not newer:
        why = "the type was removed, but the log still holds events of it"
        yield Incompatibility("", why, "put its file back", name, name)
    for schema in newer:
        for each in compatibility.compare(old, schema.avro):
            yield Incompatibility(each.path, each.why, each.fix, name, schema.event_type)


def export(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="A folder that is new or empty.")],
    *,
    as_json: Json = False,
) -> None:
    """Write the contract into a folder: the files, each schema alone, and the catalogue page."""
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise typer.BadParameter(f"{folder}: is there already and is not an empty folder")
    with as_file(files("schemas") / AVRO) as source:
        shutil.copytree(source, folder / AVRO, dirs_exist_ok=True)
    written = _write_alone(folder / STAND_ALONE, catalogue())
    (folder / PAGE).write_text(render(), encoding="utf-8")
    if as_json:
        emit({"folder": folder, "schemas": written})
    else:
        say(f"{counted(len(written), 'schema')} in {folder}: {AVRO}/, {STAND_ALONE}/ and {PAGE}.")


def _write_alone(folder: Path, whole: Catalogue) -> list[str]:
    """Write each schema with all that it refers to, for any Avro tool; return their names."""
    folder.mkdir(parents=True)
    for name, schema in whole.by_type.items():
        document: dict[str, Any] = schema.avro
        text = json.dumps(document, indent=2, ensure_ascii=False)
        (folder / f"{name}.avsc").write_text(text + "\n", encoding="utf-8")
    return sorted(whole.by_type)
