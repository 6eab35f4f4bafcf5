"""What `ledger migrate` does beside the tables: describe the people whom an old ledger knows."""

from streams.cli._common import settings_with
from streams.cli._output import progress, warn
from streams.engines.same_secret import demand_same_secret
from streams.engines.wiring import rules_of, secret_of
from streams.ledger.connection import connect
from streams.ledger.describing import describe_everybody, people_to_describe
from streams.settings import Mode


def describe(url: str) -> int:
    """Describe whoever is known and was not described yet; return how many people that were.

    Where the secret of the look-ups is not set, as where only a database's owner migrates, it is
    left to the first worker, which has it.
    """
    settings = settings_with()
    if settings.mode is Mode.PRODUCTION and settings.key_secret is None:
        warn("Without SWITCHBOARD_KEY_SECRET nobody is described here; the first worker does it.")
        return 0
    secret = secret_of(settings)
    with connect(url, name="migrate") as session:
        demand_same_secret(session, secret)
        people = people_to_describe(session)
    with progress("describing people", people) as advance:
        return describe_everybody(url, rules_of(settings), secret, advance)
