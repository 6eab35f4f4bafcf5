"""The secret of the keyed hashes is the ledger's, or no process of this installation goes on."""

from streams.ledger.connection import Session, connect
from streams.ledger.secret_mark import is_same_secret
from streams.settings import SettingsError

NOT_THIS_ONE = (
    "the secret of the keyed hashes is not the one by which this ledger was written: nobody would"
    " be found, and what comes again would be refused as a contradiction; operations must give"
    " SWITCHBOARD_KEY_SECRET of that time again (where it is not set, the file key-secret in"
    " SWITCHBOARD_HOME)"
)


def demand_same_secret(session: Session, secret: bytes) -> None:
    """Raise `SettingsError` where the ledger was written by another secret."""
    if not is_same_secret(session, secret):
        raise SettingsError(NOT_THIS_ONE)


def demand_same_secret_at(url: str, secret: bytes) -> None:
    """Ask the ledger at an address, and raise as `demand_same_secret` does."""
    with connect(url, name="secret") as session:
        demand_same_secret(session, secret)
