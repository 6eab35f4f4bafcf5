"""A record that kills the process, never returns or takes all memory is quarantined as ours."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
import world_builder as world
from chaos import malicious
from chaos.log_worker import Errand, give_errand, run_until_done
from chaos.offline import Log, place_of
from chaos.people import a_person, outgoing
from world_builder import PERSON

from streams.domain.log import Batch
from streams.engines.trial import ChildTrial
from streams.ledger.connection import Session, WorldDown, connect

NOW = datetime(2026, 3, 2, 10, tzinfo=UTC)
RULES = "chaos.malicious:rules"
HANG_SECONDS = "4"
MEMORY_BYTES = str(600 << 20)


def an_errand(killer: str) -> Errand:
    """Return a county, and a killer among other call-outs of the same person and of others."""
    log = Log()
    log.append((outgoing(said, b"1") for said in world.a_county()), NOW)
    opening = list(log.records)
    other = a_person(3)
    said = (
        world.callout(PERSON, "DA-1"),
        world.callout(other, "DA-2"),
        world.callout(PERSON, killer),
        world.callout(PERSON, "DA-3"),
        world.callout(other, "DA-4"),
    )
    log.append((outgoing(each, b"1") for each in said), NOW)
    order = [*opening, *(place for place in log.records if place not in opening)]
    batches = [
        Batch(place, 0, tuple(log.records[place]), len(log.records[place])) for place in order
    ]
    return Errand(batches, NOW)


def quarantined(session: Session) -> list[tuple[object, ...]]:
    """Return what is in quarantine: the reason, the owner and the offset."""
    return session.execute("SELECT code, owner, log_offset FROM quarantine").fetchall()


@pytest.mark.slow
@pytest.mark.chaos
@pytest.mark.parametrize(
    ("killer", "deaths", "code"),
    [
        (malicious.EXIT, [malicious.STATUS] * 2, "killed_the_worker"),
        (malicious.LOOP, [1, 1], "killed_the_worker"),
        (malicious.REGEX, [1, 1], "killed_the_worker"),
        (malicious.MEMORY, [], "defect"),
    ],
)
def test_a_killer_is_quarantined_by_the_third_start(
    killer: str, deaths: list[int], code: str, ledger_url: str, tmp_path: Path
) -> None:
    """It is ours to mend, its neighbours arrive, the same person's included, each once."""
    give_errand(tmp_path, an_errand(killer))
    settings = {
        "rules": RULES,
        "hang_seconds": HANG_SECONDS,
        "memory_bytes_max": MEMORY_BYTES,
    }

    statuses = run_until_done(ledger_url, tmp_path, **settings)

    log = (tmp_path / "worker.log").read_text()[-2_000:]
    assert statuses == [*deaths, 0], log
    with connect(ledger_url, name="test", limits={}) as session:
        assert quarantined(session) == [(code, "switchboard", 2)]
        arrived = session.execute(
            "SELECT log_offset, disposition FROM event WHERE topic = %s ORDER BY seq",
            (place_of("feed.durham-police", 0).topic,),
        ).fetchall()
        assert arrived == [(0, "routed"), (1, "recorded"), (3, "routed"), (4, "recorded")]
        told = session.execute("SELECT matter FROM notice ORDER BY seq").fetchall()
        assert told == [("callout:DA-1",), ("callout:DA-3",)]
        alarm = session.execute("SELECT kind, tell FROM alarm").fetchall()
        assert alarm == [("defect", "operations")]


def test_a_trial_without_a_ledger_condemns_no_record() -> None:
    """A child that cannot reach the ledger answers nothing, and its worker ends as one would."""
    nowhere = "postgresql://nobody@/nothing?host=/nowhere"
    trial = ChildTrial(nowhere, RULES, b"made up for the chaos tests")
    with pytest.raises(WorldDown):
        trial(an_errand(malicious.EXIT).batches[-1])
