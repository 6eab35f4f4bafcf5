"""The bytes that digests and hashes are taken of stay the same for ever, whatever library changes.

If one of these fails after an upgrade, the upgrade is wrong for us: events sent again would be
taken for contradictions, and audit chains would no longer verify.
"""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from msgspec import Struct

from streams.stages.admit import content_digest
from streams.stages.audit import body, body_of

AT = datetime(2026, 3, 2, 9, 0, 0, 250_000, UTC)
RECORD: dict[str, Any] = {
    "meta": {"event_id": "e1", "occurred_at": AT, "published_at": AT, "handling_conditions": []},
    "person": {"born_on": date(1984, 2, 29), "name": {"family_name": "Zoë O'Hallow"}},
    "children_present": True,
    "children_count": None,
    "sittings": [AT, AT + timedelta(days=1)],
}
DIGEST = "d0b325bd26f0b0304b1481e04935a3cb"


def test_the_digest_of_a_record_is_the_one_it_always_was() -> None:
    """A digest written years ago is still the digest of the same record."""
    assert content_digest(RECORD).hex() == DIGEST


def test_publishing_again_and_another_wrapper_change_no_digest() -> None:
    """When it was published and in what it was found is no part of what an event says."""
    again = {**RECORD["meta"], "published_at": AT + timedelta(hours=3)}
    moved = {**RECORD, "meta": again, "source_digest": "0" * 64, "source_path": "$.elsewhere"}
    assert content_digest(moved).hex() == DIGEST


def test_any_other_difference_is_another_digest() -> None:
    """A value of another type or in another place is other content."""
    others = [{"children_count": 0}, {"children_present": 1}, {"sittings": []}, {"more": None}]
    digests = {content_digest({**RECORD, **other}) for other in others}
    assert len(digests) == len(others)
    assert bytes.fromhex(DIGEST) not in digests


def test_an_audit_entry_has_one_form() -> None:
    """Names in order, ASCII, no spaces, and nothing that is not known."""
    entry = body({"seq": 7, "person": None, "disclosed": [], "publisher": "pol\u00e9"})
    assert entry == b'{"publisher":"pol\\u00e9","seq":7}'


WORDS = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
PLAIN = st.none() | st.integers(-(2**53), 2**53) | WORDS
MANY = st.lists(st.dictionaries(WORDS, PLAIN, max_size=3), max_size=3)


class Said(Struct, omit_defaults=True):
    """An entry, whose fields are not in the order of their names."""

    word: str | None = None
    number: int | None = None
    many: list[dict[str, Any]] = []


@given(word=st.none() | WORDS.filter(bool), number=st.none() | st.integers(0, 2**53), many=MANY)
def test_what_is_written_quickly_has_the_same_form(
    word: str | None, number: int | None, many: list[dict[str, Any]]
) -> None:
    """Control characters, quotes, letters of any script and numbers come out alike."""
    said = {"word": word, "number": number, "many": many}
    assert body_of(Said(word, number, many)) == body(said)


def test_every_character_has_the_same_form_quickly() -> None:
    """No character of ASCII, and none beside it, is escaped by one writer only."""
    for character in map(chr, range(0x180)):
        many: list[dict[str, Any]] = [{f"a{character}": f"b{character}"}]
        assert body_of(Said(many=many)) == body({"many": many}), hex(ord(character))
