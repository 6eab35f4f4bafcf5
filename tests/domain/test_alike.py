"""Who somebody may be whom no identifier names: joined only where everything agrees."""

from __future__ import annotations

from collections import Counter
from itertools import product
from typing import TYPE_CHECKING, Final
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace
from world_builder import PARTNER, PERSON, STRANGER
from world_run import SCORER

from streams.domain.alike import (
    BLOCK_PEOPLE_MAX,
    CANDIDATES_MAX,
    COMPARED_MAX,
    SCORED,
    Alike,
    Rated,
    Scorer,
    most_alike,
    weigh,
)
from streams.domain.block_keys import key_number, key_numbers, keys_of
from streams.domain.matching import Matched, Possible, PossibleReason, Unknown, UnknownReason
from streams.domain.portraits import Portrait, SaidHome, SaidName
from streams.domain.scoring.people import birth_text

if TYPE_CHECKING:
    from world_builder import Person

    from streams.domain.matching import Decision
    from streams.domain.scoring.score import Score

HOME: Final = SaidHome(("14 Kiln Lane", "Aldermoor"), "QX7 2AB")
NOBODY: Final = Unknown(UnknownReason.NOBODY_FOUND)
BORN: Final = ("19900101", "19900102", "19850612")
ONE, TWO, THREE = (UUID(int=number) for number in (1, 2, 3))


def of(person: Person, home: SaidHome | None = HOME, **changed: str) -> Portrait:
    """Return a portrait of somebody at home, or of them described otherwise."""
    said = {"given": person.given_name, "family": person.family_name, "middle": ""}
    said |= {"born": birth_text(person.born_on)} | changed
    names = (SaidName(said["given"], said["middle"], said["family"]),)
    return Portrait(names, (said["born"],), () if home is None else (home,))


def decided(
    sought: Portrait,
    *known: Portrait,
    exact: Possible | Unknown = NOBODY,
) -> Decision:
    """Decide about somebody beside those whom we know, numbered from one."""
    alike = Alike(SCORER)
    for number, portrait in enumerate(known, 1):
        alike.teach(UUID(int=number), portrait)
    pointed = exact.candidates if isinstance(exact, Possible) else ()
    return weigh(exact, alike.rated(SCORER.sought(sought), pointed))


def test_name_birth_and_address_together_are_a_person() -> None:
    """Where all three agree and nobody else comes near, no identifier is needed."""
    assert decided(of(PERSON), of(PERSON), of(PARTNER)) == Matched(ONE, (SCORED,))


def test_the_names_in_each_others_place_are_the_same_names() -> None:
    """A form filled in the wrong way round still says everything."""
    turned = of(PERSON, given="Brackenridge", family="Callum")
    assert decided(turned, of(PERSON), of(PARTNER)) == Matched(ONE, (SCORED,))


NOT_WHOLE: Final[dict[str, Portrait]] = {
    "no address": of(PERSON, None),
    "another address": of(PERSON, SaidHome(("3 Mill Row",), "QX2 9ZZ")),
    "the number of another house": of(PERSON, replace(HOME, lines=("41 Kiln Lane", "Aldermoor"))),
    "day and month swapped": of(PERSON, born="19910614".replace("0614", "1406")),
    "a digit of the birth": of(PERSON, born="19910615"),
    "a letter of the given name": of(PERSON, given="Calum"),
    "a letter of the family name": of(PERSON, family="Brackenrige"),
    "the birth of a father, but for a digit": of(PERSON, born="19610614"),
}


@pytest.mark.parametrize("name", NOT_WHOLE)
def test_whatever_is_only_nearly_so_is_shown_to_somebody(name: str) -> None:
    """A slip anywhere, or too little, tells no officer by itself and loses nothing."""
    found = decided(NOT_WHOLE[name], of(PERSON), of(PARTNER))
    assert found == Possible((ONE,), PossibleReason.LOOKS_LIKE)


def test_two_who_come_near_are_shown_both_the_likelier_first() -> None:
    """A tie, or a runner-up, is for a human, however well the first one fits."""
    elsewhere = of(PERSON, SaidHome(("3 Mill Row",), "QX2 9ZZ"))
    found = decided(of(PERSON), elsewhere, of(PERSON))
    assert found == Possible((TWO, ONE), PossibleReason.LOOKS_LIKE)
    assert decided(of(PERSON), of(PERSON), of(PERSON)) == Possible(
        (ONE, TWO), PossibleReason.LOOKS_LIKE
    )


def test_a_father_is_not_his_son() -> None:
    """One name and one home, and a generation between them: nobody is asked, and nobody told."""
    assert decided(of(PERSON, born="19630208"), of(PERSON)) == NOBODY


def test_a_son_is_found_beside_his_father() -> None:
    """The father does not keep the son from being known by everything that is said."""
    father = of(PERSON, born="19630208")
    assert decided(of(PERSON), father, of(PERSON)) == Matched(TWO, (SCORED,))


def test_a_twin_is_never_the_other() -> None:
    """Surname, birth and home are a twin's as well; so is the first of two given names."""
    twin = decided(of(PERSON, given="Desmond"), of(PERSON))
    assert twin == Possible((ONE,), PossibleReason.LOOKS_LIKE)
    middle = decided(of(PERSON, middle="Aled"), of(PERSON, middle="Rhys"))
    assert middle == Possible((ONE,), PossibleReason.LOOKS_LIKE)


def test_whose_identifiers_contradict_is_not_joined() -> None:
    """Two registers' numbers of which a person has one each are for a human to look at."""
    mine = replace(of(PERSON), identifiers=(f"pnc:{PERSON.pnc}",))
    theirs = replace(of(PERSON), identifiers=(f"pnc:{PARTNER.pnc}",))
    assert decided(mine, theirs) == Possible((ONE,), PossibleReason.LOOKS_LIKE)


def test_a_stranger_is_nobody() -> None:
    """Somebody with nothing in common is not put before anybody."""
    assert decided(of(STRANGER, None), of(PERSON), of(PARTNER)) == NOBODY


@pytest.mark.parametrize(
    "reason", [PossibleReason.NAMES_DIFFER, PossibleReason.IDENTIFIERS_CONFLICT]
)
def test_what_identifiers_say_is_not_overruled(reason: PossibleReason) -> None:
    """Where an identifier points elsewhere, everything that agrees still joins nobody."""
    found = decided(of(PERSON), of(PARTNER), of(PERSON), exact=Possible((ONE, TWO), reason))
    assert found == Possible((TWO, ONE), reason)


def test_whom_a_mistyped_identifier_may_mean_is_shown_too() -> None:
    """Beside the one whom the identifier names stands the one whom all the rest describes."""
    exact = Possible((ONE,), PossibleReason.NAMES_DIFFER)
    found = decided(of(PERSON), of(PARTNER), of(PERSON), exact=exact)
    assert found == Possible((TWO, ONE), PossibleReason.NAMES_DIFFER)


def test_nobody_is_added_to_identifiers_that_conflict() -> None:
    """The question is which of two it is; others are no answer to it."""
    exact = Possible((ONE, TWO), PossibleReason.IDENTIFIERS_CONFLICT)
    found = decided(of(PERSON), of(PARTNER), of(STRANGER), of(PERSON), exact=exact)
    assert isinstance(found, Possible)
    assert set(found.candidates) == {ONE, TWO}


def test_a_namesake_of_the_same_birth_is_still_asked_about() -> None:
    """Surname and birth date alone stay possible, also where the score says two people."""
    exact = Possible((ONE,), PossibleReason.NAME_AND_BIRTH_DATE_ONLY)
    found = decided(of(PERSON, None, given=""), Portrait(), exact=exact)
    assert found == exact


def test_few_are_shown() -> None:
    """Of many who come near the most alike are put before a human."""
    known = [of(PERSON, SaidHome((f"{number} Mill Row",), "QX2 9ZZ")) for number in range(1, 9)]
    found = decided(of(PERSON), *known, of(PERSON))
    assert isinstance(found, Possible)
    assert len(found.candidates) == CANDIDATES_MAX
    assert found.candidates[0] == UUID(int=9)


def test_a_key_of_too_many_tells_nobody_apart() -> None:
    """A crowd under one key is left out whole, and those under others are compared."""
    crowd = frozenset(UUID(int=number).bytes for number in range(BLOCK_PEOPLE_MAX + 1))
    assert most_alike([crowd, frozenset({ONE.bytes})]) == [ONE]


def test_the_most_shared_keys_come_first() -> None:
    """Where more meet than are compared, those with most keys in common are."""
    many = [frozenset({UUID(int=100 + number).bytes}) for number in range(COMPARED_MAX)]
    one, other = ONE.bytes, TWO.bytes
    found = most_alike([*many, frozenset({one}), frozenset({one, other}), frozenset({other})])
    assert found[:2] == [ONE, TWO]
    assert len(found) == COMPARED_MAX


@given(
    st.lists(
        st.frozensets(st.integers(0, 60).map(lambda number: UUID(int=number).bytes), max_size=40),
        max_size=12,
    )
)
def test_whom_somebody_meets_are_the_first_of_all_in_order(blocks: list[frozenset[bytes]]) -> None:
    """However few of those who meet are put in order, they are those who would come first."""
    shared = Counter(person for block in blocks for person in block)
    ordered = sorted(shared, key=lambda person: (-shared[person], person))
    assert most_alike(blocks) == [UUID(bytes=person) for person in ordered[:COMPARED_MAX]]


def test_whoever_is_taught_about_is_compared_again() -> None:
    """What is kept of a comparison ends where somebody is known otherwise, or somebody is new."""
    alike, sought = Alike(SCORER), SCORER.sought(of(PERSON))
    alike.teach(ONE, of(PERSON))
    before = alike.rated(sought, ())
    alike.teach(TWO, of(PERSON))
    assert [each.person_id for each in alike.rated(sought, ())] == [ONE, TWO]
    alike.unteach(ONE, of(STRANGER))
    after = alike.rated(sought, ())
    assert [each.person_id for each in after] == [TWO, ONE]
    assert after[1].score.bits < before[0].score.bits


def test_scores_are_the_same_where_nothing_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    """A memory that is full begins anew, and gives what it gave before."""
    people = [of(person, born=born) for person in (PERSON, PARTNER) for born in BORN]

    def scores(scorer: Scorer) -> list[Score]:
        pairs = product(people, repeat=2)
        return [scorer.score(scorer.sought(a).ready, scorer.ready(b)) for a, b in pairs]

    kept = scores(Scorer(SCORER.weights))
    monkeypatch.setattr("streams.domain.alike.READY_MAX", 1)
    monkeypatch.setattr("streams.domain.alike.SCORES_MAX", 1)
    assert scores(Scorer(SCORER.weights)) == kept


def test_keys_are_kept_under_a_secret() -> None:
    """Two installations hold one key under two numbers, and the number fits its column."""
    (one, other) = (key_number("y ashe brant 1990", secret) for secret in (b"one", b"other"))
    assert one != other
    assert all(-(2**63) <= number < 2**63 for number in (one, other))
    assert key_number("x", b"s" * 200) == key_number("x", b"s" * 200)


def test_what_is_seen_of_a_kept_key_is_its_kind() -> None:
    """Keys of one kind lie side by side, and what follows the first byte is all of the secret."""
    keys = ("b K 1990 04-12", "b S 1990 04-12", "w AB1 2CD K")
    numbers = [number.to_bytes(8) for number in key_numbers(keys, b"one")]
    assert [number[:1] for number in numbers] == [b"b", b"b", b"w"]
    others = [number.to_bytes(8) for number in key_numbers(keys, b"other")]
    assert len({number[1:] for number in numbers + others}) == 2 * len(keys)


def test_exact_identifiers_are_no_keys() -> None:
    """Whoever has the identifier was found by it; looking twice would cost and add nothing."""
    ready = SCORER.ready(replace(of(PERSON), identifiers=(f"pnc:{PERSON.pnc}", "yot:Y-1")))
    assert [key for key in keys_of(ready) if key.startswith("i ")] == ["i yot Y-1"]


def test_ties_are_in_one_order() -> None:
    """The same people in whatever order they were taught are shown in one order."""
    sought = SCORER.sought(of(PERSON))
    orders: list[list[Rated]] = []
    for people in ((ONE, TWO, THREE), (THREE, ONE, TWO)):
        alike = Alike(SCORER)
        for person in people:
            alike.teach(person, of(PERSON))
        orders.append(alike.rated(sought, ()))
    assert orders[0] == orders[1]
