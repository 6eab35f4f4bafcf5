"""Nobody can list whom the sealed store is about, or confirm a guess, without the master key."""

from __future__ import annotations

from hashlib import blake2b, md5, sha1, sha256
from typing import TYPE_CHECKING, Final

import pytest
from fixtures.ledger import SECRET
from pydantic_core import to_json
from sealing.planted import PEOPLE, Planted, dump, found, needles_of, sealing, strangers
from world_builder import PERSON, callout
from world_run import RULES

from schemas.codec import decode
from streams.domain.block_keys import key_number
from streams.domain.matching import LookupKey, digest, lookup_keys
from streams.domain.portraits import portrait_of
from streams.domain.statements import keyed
from streams.ledger.vault import vault_of
from streams.pipeline import prepare
from streams.stages.admit import content_digest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fixtures.ledger import Story

    from streams.domain.passage import Looked

MASTER: Final = bytes(range(7, 39))
POLICE: Final = "feed.durham-police"


@pytest.fixture(scope="module")
def planted() -> list[Planted]:
    """Give a thousand strangers."""
    return strangers()


def seal(story: Story, planted: list[Planted]) -> None:
    """Let the police tell of every stranger, in two batches."""
    story.engine.ledger.rules = sealing()
    story.engine.ledger.vault = vault_of(MASTER)
    half = len(planted) // 2
    for some in (planted[:half], planted[half:]):
        story.send(POLICE, *(each.said() for each in some))
    story.session.execute("ANALYZE")


@pytest.mark.slow
def test_no_table_has_any_of_a_thousand_names_and_identifiers(
    story: Story, planted: list[Planted]
) -> None:
    """Every table, as the ledger's own role reads it, and in no encoding that a dump may have."""
    seal(story, planted)
    assert story.rows("SELECT count(*), count(ciphertext) FROM sealed") == [(PEOPLE, PEOPLE)]
    needles = needles_of(needle for each in planted for needle in each.needles)
    assert len(needles) > 100 * PEOPLE
    assert found(needles, dump(story)) == set()


def test_the_search_finds_what_is_there(story: Story) -> None:
    """Of a person who is known the same dump has the name, plain and in hexadecimal digits."""
    story.send(POLICE, callout())
    seen = found(needles_of([PERSON.family_name]), dump(story))
    assert {PERSON.family_name.encode(), PERSON.family_name.encode().hex().encode()} <= seen


def guesses(planted: list[Planted]) -> Iterator[bytes]:
    """Yield what somebody would look for who has guessed right and has all but the master key."""
    wrong = vault_of(sha256(SECRET).digest())
    for each in planted:
        said = prepare(each.said().raw(), POLICE, sealing())
        assert said.looked is not None
        keys = {*said.looked.keys, *lookup_keys((), each.alias, each.born_on)}
        keys |= {LookupKey("name", each.family), LookupKey("pnc", each.pnc)}
        assert said.opened is not None
        plain = said.opened.plain
        yield from (
            plain,
            keyed(plain, SECRET),
            blake2b(each.said().value, digest_size=16).digest(),
        )
        yield from likenesses(said.looked)
        for key in keys:
            yield digest(key, SECRET)
            text = f"{key.kind}\0{key.value}"
            yield from wrong.digests([text, key.value])
            for plain in (text.encode(), key.value.encode()):
                yield blake2b(plain, digest_size=16).digest()
                yield blake2b(plain, digest_size=16, key=SECRET).digest()
                yield from (each(plain).digest() for each in (md5, sha1, sha256))


def whole_guesses(planted: list[Planted]) -> Iterator[bytes]:
    """Yield the digests, without any key, of whole events that somebody has guessed right."""
    for each in planted:
        said = each.said()
        record = decode(said.value).record
        whole = {**record, "meta": {**record["meta"], "published_at": None}}
        texts = (said.value, to_json(record), to_json(whole), repr(record).encode())
        yield content_digest(record)
        for text in texts:
            yield from (blake2b(text, digest_size=size).digest() for size in (16, 20, 32, 64))
            yield from (make(text).digest() for make in (md5, sha1, sha256))


@pytest.mark.slow
def test_without_the_secret_no_guess_of_a_whole_event_is_confirmed(
    story: Story, planted: list[Planted]
) -> None:
    """Where nothing is sealed no column has what a right guess of a stranger's event gives."""
    half = len(planted) // 2
    for some in (planted[:half], planted[half:]):
        story.send(POLICE, *(each.said() for each in some))
    kept = "SELECT count(*), count(payload) FROM event WHERE topic = %s"
    assert story.rows(kept, POLICE) == [(PEOPLE, 0)]
    hashes = {part for held in whole_guesses(planted) for part in (held, held[:16])}
    assert len(hashes) > 20 * PEOPLE
    haystack = dump(story)
    assert found(hashes | {held.hex().encode() for held in hashes}, haystack) == set()
    right = keyed(content_digest(decode(planted[0].said().value).record), SECRET)
    assert found({right}, haystack) == {right}


def likenesses(looked: Looked) -> Iterator[bytes]:
    """Yield under what the ledger would keep somebody known who is like this, as bytes and text."""
    scorer = RULES.scorer
    assert scorer is not None
    assert looked.said is not None
    for key in scorer.sought(portrait_of(looked.said, looked.identifiers)).keys:
        number = key_number(key, SECRET)
        yield number.to_bytes(8, signed=True)
        yield f"{number}".encode()


@pytest.mark.slow
def test_with_the_secret_of_look_ups_no_guess_can_be_confirmed(
    story: Story, planted: list[Planted]
) -> None:
    """Whoever has the ledger, the code and its other secret, and guesses right, learns nothing."""
    seal(story, planted)
    hashes = {part for held in guesses(planted) for part in (held, held[:16])}
    assert len(hashes) > 100 * PEOPLE
    forms_of = hashes | {held.hex().encode() for held in hashes}
    assert found(forms_of, dump(story)) == set()
    right = vault_of(MASTER).digests([f"pnc\0{planted[0].pnc}"])
    assert found({*right}, dump(story)) == {*right}


def test_two_sealed_copies_of_one_text_have_nothing_in_common(story: Story) -> None:
    """What is sealed shows neither what it says nor how long it is, but for blocks."""
    one, other = strangers(2, seed=5)
    seal(story, [one, other])
    rows = story.rows("SELECT wrapped_key, ciphertext FROM sealed ORDER BY seq")
    assert len({bytes(value) for row in rows for value in row}) == 4
    assert len({len(row[1]) for row in rows}) == 1
