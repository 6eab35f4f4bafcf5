"""The files of the catalogue: where each schema stands, what it says, and its example."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from schemas.refusals import CatalogueRefused

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from importlib.resources.abc import Traversable

    from schemas.resolve import Json

FILE_NAME = re.compile(r"(?P<name>[a-z][a-z0-9_]*)\.v(?P<version>[1-9][0-9]*)\.avsc")
HEADS: Mapping[str, str] = {
    "meta": "switchboard.common.Meta",
    "notice": "switchboard.notices.Notice",
    "made": "switchboard.common.Made",
}
"""The first field by which a record is known, and its type."""
KINDS: Mapping[str, str] = {"meta": "event", "notice": "notice", "made": "statement"}
"""What a record is by its first field; only events are for agencies to publish."""


@dataclass(frozen=True, slots=True)
class SchemaFile:
    """One schema file: where it stands and what it says."""

    publisher: str
    name: str
    version: int
    schema: Json
    example: Mapping[str, Any] | None

    @property
    def place(self) -> str:
        """The file's path under the folder of schemas."""
        return f"{self.publisher}/{self.name}.v{self.version}.avsc"

    @property
    def head(self) -> str | None:
        """Which head the record begins with, or None for a file of shared types."""
        if not isinstance(self.schema, dict) or self.schema.get("type") != "record":
            return None
        first = self.schema["fields"][0] if self.schema["fields"] else {}
        return first.get("name") if first.get("name") in HEADS else None


def schema_files(folder: Traversable) -> Iterator[SchemaFile]:
    """Read the schema files, in the order of their names."""
    for publisher in _sorted(folder):
        if not publisher.is_dir():
            continue
        for each in _sorted(publisher):
            if not each.name.endswith(".avsc"):
                continue
            match = FILE_NAME.fullmatch(each.name)
            if match is None:
                message = f"{publisher.name}/{each.name}: not named <event>.v<number>.avsc"
                raise CatalogueRefused(message)
            beside = publisher / f"{match['name']}.v{match['version']}.example.json"
            example = _read(beside) if beside.is_file() else None
            version = int(match["version"])
            yield SchemaFile(publisher.name, match["name"], version, _read(each), example)


def _sorted(folder: Traversable) -> list[Traversable]:
    """List a folder in the order of names, the same on every file system."""
    return sorted(folder.iterdir(), key=lambda each: each.name)


def _read(file: Traversable) -> Json:
    """Read one JSON file."""
    try:
        return json.loads(file.read_text(encoding="utf-8"))
    except ValueError as error:
        message = f"{file.name}: not JSON ({error})"
        raise CatalogueRefused(message) from error
