"""`switchboard ledger`: bring it up to date, hold it to its promises, go on after a restore."""

from dataclasses import asdict

import typer

from streams.cli import _heads
from streams.cli._against import Against, compare, demand_model
from streams.cli._common import answer_no, reader, settings_with
from streams.cli._describing import describe
from streams.cli._heads import FromKafka, HeadsFile, agreed, tell_proofs
from streams.cli._output import Json, counted, emit, progress, say, warn
from streams.cli._restore import resume_after_restore
from streams.engines.wiring import ledger_address
from streams.ledger import migrations
from streams.ledger.verify import Account, accounts, over_accounted, steps_of, verify


def register(app: typer.Typer) -> None:
    """Add the commands."""
    group = typer.Typer(help="Migrate and verify the ledger.", no_args_is_help=True)
    group.command("migrate")(migrate)
    group.command("verify")(verify_ledger)
    group.command("heads")(_heads.heads)
    group.command("resume-after-restore")(resume_after_restore)
    app.add_typer(group, name="ledger")


def migrate(*, as_json: Json = False) -> None:
    """Bring the ledger's tables to the newest version."""
    with ledger_address(settings_with(), migrate=False) as url:
        before = migrations.current(url)
        migrations.upgrade(url)
        after = migrations.current(url)
        described = describe(url)
    if as_json:
        emit({"before": before, "after": after, "described": described})
    elif before == after:
        say(f"The ledger is at version {after} already.")
    else:
        say(f"The ledger went from {before or 'nothing'} to version {after}.")


def verify_ledger(
    *,
    against: Against = None,
    heads: HeadsFile = None,
    heads_from_kafka: FromKafka = False,
    as_json: Json = False,
) -> None:
    """Walk the audit chains and check what must always hold; every break is named by its ids."""
    demand_model(against)
    settings, broken = settings_with(), 0
    signed = agreed(settings, heads, from_kafka=heads_from_kafka)
    with reader(settings) as session, progress("verifying", steps_of(session)) as advance:
        kept = accounts(session)
        verdict = signed.hold(session) if signed else None
        proved = verdict.findings() if verdict else ()
        for finding in (*verify(session, advance), over_accounted(kept), *proved):
            if finding is None:
                continue
            broken += 1
            if as_json:
                emit({"what": "broken", **asdict(finding)})
            else:
                say(f"BROKEN  {finding}")
        otherwise = compare(session, against, settings.register_file, as_json=as_json)
    for account in kept:
        if as_json:
            emit({"what": "partition", **asdict(account)})
        else:
            say(_line(account))
    tell_proofs(verdict, as_json=as_json)
    if as_json:
        found = {"broken": broken} | ({"otherwise": otherwise} if against else {})
        emit({"what": "verified", "holds": not any(found.values()), **found})
    elif not broken:
        say("Every invariant holds, and every audit chain ends at its head.")
    if otherwise and not as_json:
        warn(f"{counted(otherwise, 'difference')} from the model of who should have been told")
    if broken or otherwise:
        answer_no(f"{counted(broken, 'invariant')} broken" if broken and not as_json else None)


def _line(account: Account) -> str:
    """Account for one partition in words."""
    parts = [
        counted(account.events, "event"),
        f"{account.quarantined:,} quarantined",
        f"{account.repeated:,} repeated",
    ]
    if account.lost:
        parts.append(f"{account.lost:,} POSSIBLY LOST")
    if account.without_record:
        parts.append(f"{account.without_record:,} offsets without a record (control records)")
    return f"{account.place} up to {account.next_offset:,}: {', '.join(parts)}"
