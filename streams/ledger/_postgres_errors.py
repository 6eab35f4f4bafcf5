"""What can go wrong with the embedded PostgreSQL, in words that name whose move it is."""

import errno
from pathlib import Path
from typing import Final

LOG_TAIL_CHARS: Final = 1_500
"""Most of PostgreSQL's own words that an error message repeats."""

_MEANINGS: Final = {
    "No space left on device": "the disk is full; free some space and start again",
    "Disk quota exceeded": "the disk quota is used up; free some space and start again",
    "Read-only file system": "the disk is read-only; set SWITCHBOARD_HOME to a folder on another",
    "error while loading shared libraries": (
        "a system library is missing; install it, or set SWITCHBOARD_DATABASE_URL"
    ),
    "could not create shared memory segment": (
        "the system refuses shared memory; raise its limit, or set SWITCHBOARD_DATABASE_URL"
    ),
    "could not map anonymous shared memory": (
        "there is not enough memory for PostgreSQL (256 MB); free some and start again"
    ),
    "Permission denied": (
        "the account that runs PostgreSQL may not use a file; see the lines below, "
        "or set SWITCHBOARD_POSTGRES_USER to another account"
    ),
}


class EmbeddedError(Exception):
    """The embedded PostgreSQL cannot be used; the message says why and whose move it is."""


class EmbeddedRefused(EmbeddedError):
    """We will not start it here: the operator must change a setting or a folder first."""


class EmbeddedFailed(EmbeddedError):
    """It was started and did not come up, or did not answer in time."""


def meaning_of(output: str) -> str:
    """Say in words what PostgreSQL's output means, with the end of that output."""
    tail = output.strip()[-LOG_TAIL_CHARS:]
    for sign, meaning in _MEANINGS.items():
        if sign in output:
            return f"{meaning}\n{tail}"
    return f"PostgreSQL said:\n{tail}" if tail else "PostgreSQL said nothing"


def refused_by_system(error: OSError, folder: Path) -> EmbeddedRefused:
    """Turn a refusal of the operating system about our folders into words."""
    if error.errno in {errno.ENOSPC, errno.EDQUOT}:
        why = "the disk is full; free some space and start again"
    elif error.errno in {errno.EACCES, errno.EPERM}:
        why = "this account may not write there; set SWITCHBOARD_HOME to a folder of your own"
    elif error.errno == errno.EROFS:
        why = "the disk is read-only; set SWITCHBOARD_HOME to a folder on another"
    else:
        why = "set SWITCHBOARD_HOME to another folder, or SWITCHBOARD_DATABASE_URL"
    return EmbeddedRefused(f"embedded ledger in {folder}: {error}: {why}")
