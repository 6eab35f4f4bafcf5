"""The tables of the ledger: everything that Switchboard must not forget, and nothing else.

Ordinary statements and the migrations use these; the batch path copies rows into them in binary
(`streams.ledger.copying`). Times are instants in UTC. What is opaque is `bytea` on purpose: a case
kept as JSONB costs four times as much to save.
"""

from streams.ledger.tables.acts import act
from streams.ledger.tables.base import event_seq, metadata
from streams.ledger.tables.directory import (
    absence,
    absence_end,
    directory_version,
    officer,
    role_holding,
    team,
)
from streams.ledger.tables.following import away, look_again, step_note
from streams.ledger.tables.log import (
    alarm,
    attempts,
    event,
    feed,
    feed_log,
    position,
    possible_loss,
    quarantine,
)
from streams.ledger.tables.mending import ledger_server, repair, restore, restore_mark
from streams.ledger.tables.merging import merge, merge_moved
from streams.ledger.tables.people import (
    block_form,
    case_file,
    identity_decision,
    identity_turn,
    person,
    person_block,
    person_key,
    responsibility,
    secret_mark,
    source_record,
)
from streams.ledger.tables.reviewing import erased, review, review_decision
from streams.ledger.tables.sealing import sealed, sealed_key, sealed_look
from streams.ledger.tables.work import (
    audit,
    audit_head,
    duty,
    fact,
    notice,
    notice_step,
    outbox,
)

__all__ = [
    "absence",
    "absence_end",
    "act",
    "alarm",
    "attempts",
    "audit",
    "audit_head",
    "away",
    "block_form",
    "case_file",
    "directory_version",
    "duty",
    "erased",
    "event",
    "event_seq",
    "fact",
    "feed",
    "feed_log",
    "identity_decision",
    "identity_turn",
    "ledger_server",
    "look_again",
    "merge",
    "merge_moved",
    "metadata",
    "notice",
    "notice_step",
    "officer",
    "outbox",
    "person",
    "person_block",
    "person_key",
    "position",
    "possible_loss",
    "quarantine",
    "repair",
    "responsibility",
    "restore",
    "restore_mark",
    "review",
    "review_decision",
    "role_holding",
    "sealed",
    "sealed_key",
    "sealed_look",
    "secret_mark",
    "source_record",
    "step_note",
    "team",
]
