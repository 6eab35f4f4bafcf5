"""Verification: the promises of the design, held against what the ledger really has.

Each invariant is one statement that finds what breaks it, and names it by its ids. Everything is
read from one snapshot, so that a ledger under load is verified as it was at one instant.

Source: DESIGN section 1.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from streams.ledger.connection import Session
from streams.ledger.reading import rows
from streams.ledger.verify_chains import count_entries, verify_chains
from streams.ledger.verify_values import IDS_SHOWN_MAX, Finding, Progress


@dataclass(frozen=True, slots=True)
class Invariant:
    """One promise; `broken_by` selects the id of each row that breaks it."""

    name: str
    meaning: str
    broken_by: str


INVARIANTS: Final = (
    Invariant(
        "event_ended",
        "an admitted event is neither routed, recorded nor held, or says not why",
        "SELECT 'event ' || seq FROM event"
        " WHERE disposition NOT IN ('routed', 'recorded', 'held') OR because = ''",
    ),
    Invariant(
        "somebody_told",
        "an event is routed or held and nobody was told",
        "SELECT 'event ' || e.seq FROM event e WHERE e.disposition IN ('routed', 'held')"
        " AND NOT EXISTS (SELECT FROM notice_step s WHERE s.seq = e.seq)"
        " AND NOT EXISTS (SELECT FROM act a JOIN notice_step s ON s.seq = a.seq"
        " WHERE a.seq > e.seq AND (a.kind = 'people_unmerged'"
        " OR (convert_from(a.body, 'UTF8')::jsonb ->> 'event_seq')::bigint = e.seq))",
    ),
    Invariant(
        "held_has_review",
        "a held event has no review that waits, or a review waits for an event that is not held",
        "SELECT 'event ' || coalesce(e.seq, r.event_seq) FROM"
        " (SELECT e.seq FROM event e WHERE e.disposition = 'held') AS e FULL JOIN"
        " (SELECT event_seq FROM review WHERE state = 'waiting') AS r ON r.event_seq = e.seq"
        " WHERE e.seq IS NULL OR r.event_seq IS NULL",
    ),
    Invariant(
        "review_has_owner",
        "a review waits and nobody has been told, or its notice was closed",
        "SELECT 'event ' || r.event_seq FROM review r WHERE r.state = 'waiting'"
        " AND NOT EXISTS (SELECT FROM notice n WHERE n.person_id IS NULL"
        " AND n.matter = 'held:' || r.publisher || ':' || r.event_id"
        " AND n.state NOT IN ('done', 'withdrawn'))",
    ),
    Invariant(
        "events_once",
        "the same event was admitted twice",
        "SELECT publisher || ' ' || event_id FROM event GROUP BY publisher, event_id, content"
        " HAVING count(*) > 1",
    ),
    Invariant(
        "records_once",
        "one record of the log was admitted or quarantined twice",
        "SELECT topic || '[' || partition || ']@' || log_offset FROM"
        " (SELECT topic, topic_id, partition, log_offset FROM event UNION ALL"
        " SELECT topic, topic_id, partition, log_offset FROM quarantine) AS kept"
        " GROUP BY topic, topic_id, partition, log_offset HAVING count(*) > 1",
    ),
    Invariant(
        "notice_has_recipient",
        "a notice is for nobody, or its columns and its document name different people",
        "SELECT 'notice ' || id FROM (SELECT id, recipient, provider,"
        " convert_from(document, 'UTF8')::jsonb -> 'recipient' AS named FROM notice) AS n"
        " WHERE recipient = '' OR provider = ''"
        " OR recipient IS DISTINCT FROM named ->> 'officer'"
        " OR provider IS DISTINCT FROM named ->> 'provider'",
    ),
    Invariant(
        "notice_steps_consecutive",
        "a notice has not every step from 0 to its last, each once",
        "SELECT 'notice ' || n.id FROM notice n LEFT JOIN notice_step s ON s.notice_id = n.id"
        " GROUP BY n.id HAVING min(s.step) IS DISTINCT FROM 0 OR max(s.step) <> count(*) - 1",
    ),
    Invariant(
        "notice_as_last_step",
        "a notice is not in the state of its last step",
        "SELECT 'notice ' || n.id FROM notice n JOIN LATERAL (SELECT state FROM notice_step s"
        " WHERE s.notice_id = n.id ORDER BY step DESC LIMIT 1) AS last ON true"
        " WHERE last.state <> n.state"
        " OR n.state <> convert_from(n.document, 'UTF8')::jsonb ->> 'state'",
    ),
    Invariant(
        "step_of_notice",
        "a step belongs to no notice",
        "SELECT 'notice ' || notice_id || ' step ' || step FROM notice_step s"
        " WHERE NOT EXISTS (SELECT FROM notice n WHERE n.id = s.notice_id)",
    ),
    Invariant(
        "note_of_step",
        "a note of who answered or had a notice belongs to no step",
        "SELECT 'notice ' || w.notice_id || ' step ' || w.step FROM step_note w WHERE NOT EXISTS"
        " (SELECT FROM notice_step s WHERE (s.notice_id, s.step) = (w.notice_id, w.step))",
    ),
    Invariant(
        "notice_of_event",
        "a notice was raised by no event and no act of the ledger",
        "SELECT 'notice ' || id FROM notice n"
        " WHERE NOT EXISTS (SELECT FROM event e WHERE e.seq = n.seq)"
        " AND NOT EXISTS (SELECT FROM act a WHERE a.seq = n.seq)",
    ),
    Invariant(
        "duty_of_notice",
        "a duty refers to a notice, an event or an act that is not there",
        "SELECT 'duty ' || id FROM duty d WHERE (notice_id IS NOT NULL AND NOT EXISTS"
        " (SELECT FROM notice n WHERE n.id = d.notice_id))"
        " OR NOT EXISTS (SELECT FROM event e WHERE e.seq = d.seq"
        " UNION ALL SELECT FROM act a WHERE a.seq = d.seq)",
    ),
    Invariant(
        "outbox_for_each_step",
        "a step is not exactly once on its way out",
        "SELECT 'notice ' || coalesce(s.notice_id, o.subject) || ' step '"
        " || coalesce(s.step, o.step) FROM notice_step s FULL JOIN ("
        " SELECT subject, step, count(*) AS number FROM outbox WHERE step IS NOT NULL"
        " GROUP BY 1, 2) AS o ON o.subject = s.notice_id AND o.step = s.step"
        " WHERE coalesce(o.number, 0) <> 1 OR s.step IS NULL",
    ),
    Invariant(
        "position_behind_nothing",
        "a position does not cover a record that was kept",
        "SELECT k.topic || '[' || k.partition || ']@' || max(k.log_offset) FROM"
        " (SELECT topic, topic_id, partition, log_offset FROM event UNION ALL"
        " SELECT topic, topic_id, partition, log_offset FROM quarantine) AS k"
        " LEFT JOIN position p USING (topic_id, partition)"
        " GROUP BY k.topic, k.topic_id, k.partition, p.next_offset"
        " HAVING p.next_offset IS NULL OR p.next_offset <= max(k.log_offset)",
    ),
    Invariant(
        "merged_have_nothing",
        "something is about a person who was merged into another",
        "SELECT 'merge ' || m.seq FROM merge m WHERE m.undone_seq IS NULL AND (EXISTS"
        " (SELECT FROM event e WHERE e.person_id = m.gone) OR EXISTS"
        " (SELECT FROM notice n WHERE n.person_id = m.gone) OR EXISTS"
        " (SELECT FROM duty d WHERE d.person_id = m.gone) OR EXISTS"
        " (SELECT FROM fact f WHERE f.person_id = m.gone) OR EXISTS"
        " (SELECT FROM responsibility r WHERE r.person_id = m.gone))",
    ),
    Invariant(
        "person_known",
        "something is about a person whom the ledger does not have",
        "SELECT what || ' ' || id FROM (SELECT 'event' AS what, seq::text AS id, person_id"
        " FROM event UNION ALL SELECT 'notice', id::text, person_id FROM notice"
        " UNION ALL SELECT 'duty', id::text, person_id FROM duty) AS about"
        " WHERE person_id IS NOT NULL"
        " AND NOT EXISTS (SELECT FROM case_file c WHERE c.person_id = about.person_id)",
    ),
    Invariant(
        "stranger_not_kept",
        "the content of an event about nobody we know was kept",
        "SELECT 'event ' || e.seq FROM event e JOIN identity_decision d USING (seq)"
        " WHERE d.outcome = 'unknown' AND e.payload IS NOT NULL AND NOT EXISTS"
        " (SELECT FROM sealed s WHERE s.seq = e.seq AND s.ended IN ('delivered', 'held'))",
    ),
    Invariant(
        "erased_is_gone",
        "the content of an event was erased, and is there or is about somebody",
        "SELECT 'event ' || x.seq FROM erased x LEFT JOIN event e USING (seq)"
        " WHERE e.payload IS NOT NULL OR e.person_id IS NOT NULL OR e.seq IS NULL",
    ),
    Invariant(
        "refusal_seen_to",
        "a refused record is done with, and nobody is known to have seen to it",
        "SELECT 'Q' || q.id FROM quarantine q WHERE q.state NOT IN ('open', 'fixed')"
        " AND NOT EXISTS (SELECT FROM repair r WHERE r.action = q.state AND r.words <> ''"
        " AND (r.topic_id, r.partition, r.log_offset) = (q.topic_id, q.partition, q.log_offset)"
        " AND (r.seq IS NULL OR EXISTS (SELECT FROM event e WHERE e.seq = r.seq)))",
    ),
    Invariant(
        "nobody_unasked",
        "a key of identity points at nobody, which would keep a trace of a stranger",
        "SELECT 'key ' || encode(digest, 'hex') FROM person_key WHERE person_ids = '{}'",
    ),
    Invariant(
        "numbers_taken",
        "an event or an act has a number that the ledger has not given out yet",
        "SELECT 'number ' || seq FROM (SELECT seq FROM event UNION ALL SELECT seq FROM act) AS n"
        " WHERE seq > (SELECT last_value FROM event_seq)",
    ),
    Invariant(
        "act_audited",
        "an act does not have exactly one audit entry",
        "SELECT 'act ' || a.seq FROM act a LEFT JOIN audit u ON u.chain = a.chain"
        " AND (convert_from(u.body, 'UTF8')::jsonb ->> 'seq')::bigint = a.seq"
        " GROUP BY a.seq HAVING count(u.number) <> 1",
    ),
)


@dataclass(frozen=True, slots=True)
class Account:
    """What became of the offsets of one partition, up to where the ledger stands.

    `without_record` are offsets with no entry in the audit: control records of transactions, or
    records that the log no longer had (`lost` counts those that were noticed).
    """

    place: str
    topic_id: str
    next_offset: int
    events: int
    quarantined: int
    repeated: int
    lost: int
    without_record: int


def steps_of(session: Session) -> int:
    """Return how many steps a verification has, for whoever watches it."""
    return len(INVARIANTS) + count_entries(session)


def verify(session: Session, progress: Progress) -> Iterator[Finding]:
    """Yield each invariant that does not hold."""
    for invariant in INVARIANTS:
        finding = _broken(session, invariant)
        progress(1)
        if finding is not None:
            yield finding
    yield from verify_chains(session, progress)


def _broken(session: Session, invariant: Invariant) -> Finding | None:
    """Return what breaks an invariant, if anything does."""
    statement = (
        f"SELECT id, count(*) OVER () AS number FROM ({invariant.broken_by}) AS broken (id)"  # noqa: S608 - constants of ours
        f" ORDER BY id LIMIT {IDS_SHOWN_MAX}"
    )
    found = rows(session, statement)
    if not found:
        return None
    ids = tuple(row["id"] for row in found)
    return Finding(invariant.name, invariant.meaning, int(found[0]["number"]), ids)


_ACCOUNTS: Final = (
    "SELECT p.topic || '[' || p.partition || ']' AS place, p.topic_id::text, p.next_offset,"
    " (SELECT count(*) FROM event e WHERE (e.topic_id, e.partition) = (p.topic_id, p.partition))"
    " AS events,"
    " (SELECT count(*) FROM quarantine q"
    " WHERE (q.topic_id, q.partition) = (p.topic_id, p.partition)) AS quarantined,"
    " coalesce((SELECT length FROM audit_head h"
    " WHERE h.chain = p.topic || '/' || p.topic_id || '/' || p.partition), 0) AS audited,"
    " coalesce((SELECT sum(to_offset - from_offset) FROM possible_loss l"
    " WHERE (l.topic_id, l.partition) = (p.topic_id, p.partition)), 0) AS lost"
    " FROM position p ORDER BY p.topic, p.topic_id, p.partition"
)


def accounts(session: Session) -> list[Account]:
    """Account for every offset below each position."""
    return [_account(row) for row in rows(session, _ACCOUNTS)]


def over_accounted(kept: list[Account]) -> Finding | None:
    """Return the partitions that have more records than offsets, or more records than entries."""
    wrong = [each for each in kept if min(each.repeated, each.without_record) < 0]
    if not wrong:
        return None
    meaning = "a partition has more records than offsets or audit entries"
    ids = tuple(f"{each.place} {each.topic_id}" for each in wrong[:IDS_SHOWN_MAX])
    return Finding("records_accounted", meaning, len(wrong), ids)


def _account(row: dict[str, Any]) -> Account:
    """Account for one partition; a repeat is known by its audit entry alone."""
    audited = int(row.pop("audited"))
    repeated = audited - row["events"] - row["quarantined"]
    lost = int(row.pop("lost"))
    without = row["next_offset"] - audited - lost
    return Account(**row, repeated=repeated, lost=lost, without_record=without)
