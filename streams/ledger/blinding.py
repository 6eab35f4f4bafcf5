"""The digest of what a sealed event says, under the master key: it confirms nobody's guess.

The ledger knows a resend by a digest of its content, which is keyed by the secret of the look-ups.
Of an event that is sealed, that digest and the one in the audit go under the master key too, or
somebody who has that secret and has guessed whom and what an event is about could make the event,
digest it, and see that they are right.
"""

from collections.abc import Sequence
from dataclasses import replace

from msgspec import structs

from streams.domain.passage import Opened, Seen
from streams.ledger.vault import Vault
from streams.pipeline import Ended, Loaded, Prepared, Work
from streams.pipeline.audited import audit_body


def recognised(loaded: Loaded, batch: Sequence[Prepared], vault: Vault) -> Loaded:
    """Let resends of events that were sealed be known by the digests that they have here."""
    seen = dict(loaded.seen)
    for each in batch:
        opened = each.opened
        if opened is None or not opened.agency.seals_suspects:
            continue
        known = seen.get(opened.key)
        if known is None:
            continue
        # Older ledgers have what was sealed by a digest that had no other key.
        if any(vault.blind(form) in known.contents for form in (opened.content, opened.plain)):
            seen[opened.key] = Seen(known.contents | {opened.content})
    return replace(loaded, seen=seen)


def blind(work: Work, vault: Vault) -> None:
    """Put keyed digests in the place of those of events that are to be sealed, audit and all."""
    for place, ended in enumerate(work.ended):
        if ended.seals and ended.prepared.opened is not None:
            work.ended[place] = blinded = _blinded(ended, ended.prepared.opened, vault)
            # Of what is about nobody nobody is told.
            work.audit_bodies[place] = audit_body(blinded, ())


def _blinded(ended: Ended, opened: Opened, vault: Vault) -> Ended:
    """Return how an event ended, with a keyed digest."""
    keyed = structs.replace(opened, content=vault.blind(opened.content))
    return structs.replace(ended, prepared=structs.replace(ended.prepared, opened=keyed))
