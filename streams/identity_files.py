"""The data of identity, read from files: what scoring and parsing may not do, being pure."""

import tomllib
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Final

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from streams.domain.identifiers import IdentifierKind
from streams.domain.placeholders import JUNK, JunkList
from streams.domain.scoring.weights import Weights, weights_from
from streams.settings import SettingsError

WEIGHTS_FILE: Final = Path(__file__).with_name("identity_weights.toml")
"""The weights that are installed; `switchboard identity train` writes such a file."""

Words = Annotated[frozenset[str], Field(default_factory=frozenset)]


class _JunkFile(BaseModel):
    """What an installation adds to the junk list; each part may be left out."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    words: Words
    postcodes: Words
    birth_dates: Annotated[frozenset[date], Field(default_factory=frozenset)]
    identifiers: Annotated[dict[IdentifierKind, frozenset[str]], Field(default_factory=dict)]


def load_weights(path: Path = WEIGHTS_FILE) -> Weights:
    """Read weights; raise `SettingsError` saying what is missing or cannot be used."""
    document = _document(path, "identity weights")
    try:
        return weights_from(document)
    except (KeyError, ValueError, TypeError) as error:
        message = f"identity weights {path}: {error!r}; make them with `switchboard identity train`"
        raise SettingsError(message) from error


def load_junk(path: Path) -> JunkList:
    """Read what an installation adds to the junk list that we ship."""
    try:
        added = _JunkFile.model_validate(_document(path, "junk list"))
    except ValidationError as error:
        places = sorted({".".join(map(str, fault["loc"])) for fault in error.errors()})
        message = f"junk list {path}: {', '.join(places)} cannot be used; operations must mend it"
        raise SettingsError(message) from error
    return JUNK.extended(
        words=added.words,
        postcodes=added.postcodes,
        birth_dates=added.birth_dates,
        identifiers={kind.value: values for kind, values in added.identifiers.items()},
    )


def _document(path: Path, what: str) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        message = f"{what} {path}: {error}; whoever made the file must mend it"
        raise SettingsError(message) from error
