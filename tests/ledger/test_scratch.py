"""A scratch ledger is empty, beside the ledger's own, and goes however its user ends."""

from urllib.parse import urlsplit, urlunsplit

import psycopg
import pytest

from streams.ledger.scratch import ScratchRefused, analyze, prefix_of, scratch


def databases(url: str) -> set[str]:
    """Return the scratch databases of a ledger."""
    with psycopg.connect(url) as session:
        found = session.execute("SELECT datname FROM pg_database").fetchall()
        prefix = prefix_of(session)
    return {row[0] for row in found if row[0].startswith(prefix)}


def test_it_is_a_ledger_of_its_own_and_goes(ledger_url: str) -> None:
    """It has every table and no row, and nothing is left when its user is done or fails."""
    with scratch(ledger_url) as own:
        assert own.info.dbname in databases(ledger_url)
        assert own.execute("SELECT count(*) FROM event").fetchone() == (0,)
        analyze(own)
    assert databases(ledger_url) == set()
    with pytest.raises(psycopg.errors.DivisionByZero), scratch(ledger_url) as own:
        own.execute("SELECT 1 / 0")
    assert databases(ledger_url) == set()


def test_two_at_once_leave_each_other_alone(ledger_url: str) -> None:
    """Whoever comes takes away what is left over, and never what somebody uses."""
    with scratch(ledger_url) as one, scratch(ledger_url) as other:
        assert databases(ledger_url) == {one.info.dbname, other.info.dbname}
        assert one.execute("SELECT count(*) FROM event").fetchone() == (0,)


def test_an_account_that_may_not_make_one_is_told_whose_move_it_is(ledger_url: str) -> None:
    """In production the account of the ledger needs a right that it may not have."""
    with psycopg.connect(ledger_url, autocommit=True) as session:
        session.execute("DROP ROLE IF EXISTS may_not_create")
        session.execute("CREATE ROLE may_not_create LOGIN PASSWORD 'made-up'")
        try:
            parts = urlsplit(ledger_url)
            login = f"may_not_create:made-up@{parts.netloc.rpartition('@')[2]}"
            url = urlunsplit(parts._replace(netloc=login))
            with pytest.raises(ScratchRefused, match="must grant CREATEDB"), scratch(url):
                pass
        finally:
            session.execute("DROP ROLE may_not_create")
