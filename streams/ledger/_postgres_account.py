"""The account that runs PostgreSQL: ours, or an unprivileged one when we are root.

PostgreSQL refuses to run as root, so root gives its server away to another account. That account
may not be able to walk to the data folder (a clone under root's 0700 home): such a server is
started *inside* its folder and told that its data is `/proc/self/cwd`, which needs no walk.
"""

import os
import pwd
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Self

from streams.ledger._postgres_errors import EmbeddedRefused

_HERE: Final = Path("/proc/self/cwd")


@dataclass(frozen=True, slots=True)
class Account:
    """Who runs PostgreSQL; `given_away` where that is somebody other than us."""

    uid: int
    gid: int
    given_away: bool

    @classmethod
    def find(cls, run_as: str) -> Self:
        """Return our own account, or `run_as` when we are root; refuse one that cannot serve."""
        if os.geteuid() != 0:
            return cls(os.geteuid(), os.getegid(), given_away=False)
        try:
            entry = pwd.getpwnam(run_as)
        except KeyError:
            message = (
                f"PostgreSQL may not run as root and there is no account '{run_as}' here; "
                "set SWITCHBOARD_POSTGRES_USER to an unprivileged account, or run as one"
            )
            raise EmbeddedRefused(message) from None
        if entry.pw_uid == 0:
            message = (
                f"PostgreSQL may not run as root, and '{run_as}' is root; "
                "set SWITCHBOARD_POSTGRES_USER to an unprivileged account"
            )
            raise EmbeddedRefused(message)
        return cls(entry.pw_uid, entry.pw_gid, given_away=True)

    @property
    def user(self) -> int | None:
        """The `user=` of a subprocess: None keeps our own."""
        return self.uid if self.given_away else None

    @property
    def group(self) -> int | None:
        """The `group=` of a subprocess: None keeps our own."""
        return self.gid if self.given_away else None

    @property
    def extra_groups(self) -> list[int] | None:
        """The `extra_groups=` of a subprocess: none of root's, or None to keep our own."""
        return [] if self.given_away else None

    def name_for(self, folder: Path) -> Path:
        """Return the name by which a process of this account, started in `folder`, calls it."""
        return _HERE if self.given_away and _HERE.exists() else folder

    def own(self, path: Path) -> None:
        """Give a path of ours to the account; a link is never followed."""
        if self.given_away:
            os.chown(path, self.uid, self.gid, follow_symlinks=False)

    def make_private_folder(self, path: Path) -> None:
        """Make a folder that only the account may enter, or check that it already is one."""
        try:
            path.mkdir(mode=0o700)
        except FileExistsError:
            self.check_private_folder(path)
            return
        self.own(path)

    def check_private_folder(self, path: Path) -> None:
        """Refuse a folder that belongs to another account, or that others may enter."""
        found = path.lstat()
        if not path.is_dir() or path.is_symlink():
            message = f"{path} is in the way: it must be a folder; move it and start again"
            raise EmbeddedRefused(message)
        if found.st_uid != self.uid:
            message = (
                f"{path} belongs to the account with uid {found.st_uid}, but PostgreSQL would run "
                f"as uid {self.uid}; run as the account that made it, or move the folder away"
            )
            raise EmbeddedRefused(message)
        if found.st_mode & 0o077:
            message = f"{path} is open to other accounts; it must have mode 0700"
            raise EmbeddedRefused(message)
