"""Matching: who an event is about, and when a human has to say so."""

from datetime import date
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from streams.domain.matching import (
    NAME_AND_BIRTH_DATE,
    POSSIBLE_WORDS,
    UNKNOWN_WORDS,
    Decision,
    Known,
    LookupKey,
    Matched,
    Possible,
    PossibleReason,
    Unknown,
    UnknownReason,
    decide,
)

ANN, BEA = UUID(int=1), UUID(int=2)
BORN, OTHER_BIRTH = date(1990, 1, 31), date(1985, 6, 2)
JUNK_BIRTH = date(1970, 1, 1)
PNC = LookupKey("pnc", "1979/0163001B")
CRN = LookupKey("crn", "X320741")
NAMED = LookupKey(NAME_AND_BIRTH_DATE, "MARLOW 1990-01-31")
MARLOW, FENN = frozenset({"MARLOW"}), frozenset({"FENN"})
KNOWN = {
    ANN: Known(ANN, MARLOW | {"TODD"}, frozenset({BORN})),
    BEA: Known(BEA, FENN, frozenset({OTHER_BIRTH})),
}


def people(*ids: UUID) -> frozenset[UUID]:
    """Say whom the ledger found under a key."""
    return frozenset(ids)


DECISIONS: dict[str, tuple[dict[LookupKey, frozenset[UUID]], frozenset[str], date | None, Decision]]
DECISIONS = {
    "identifier, surname and birth date agree": (
        {PNC: people(ANN), NAMED: people(ANN)},
        MARLOW,
        BORN,
        Matched(ANN, ("pnc",)),
    ),
    "two identifiers of one person": (
        {CRN: people(ANN), PNC: people(ANN)},
        MARLOW,
        BORN,
        Matched(ANN, ("pnc", "crn")),
    ),
    "one identifier known, the other to nobody": (
        {PNC: people(), CRN: people(ANN)},
        MARLOW,
        BORN,
        Matched(ANN, ("crn",)),
    ),
    "only the surname differs: a marriage": (
        {PNC: people(ANN)},
        FENN,
        BORN,
        Matched(ANN, ("pnc",)),
    ),
    "only the birth date differs: a slip": (
        {PNC: people(ANN)},
        MARLOW,
        OTHER_BIRTH,
        Matched(ANN, ("pnc",)),
    ),
    "the surname is an alias": (
        {PNC: people(ANN)},
        frozenset({"TODD"}),
        OTHER_BIRTH,
        Matched(ANN, ("pnc",)),
    ),
    "neither name nor birth date given": (
        {PNC: people(ANN)},
        frozenset(),
        None,
        Matched(ANN, ("pnc",)),
    ),
    "other surname, no birth date: both must be there to differ": (
        {PNC: people(ANN)},
        FENN,
        None,
        Matched(ANN, ("pnc",)),
    ),
    "other surname, junk birth date: as if none": (
        {PNC: people(ANN)},
        FENN,
        JUNK_BIRTH,
        Matched(ANN, ("pnc",)),
    ),
    "other birth date, no surname": (
        {PNC: people(ANN)},
        frozenset(),
        OTHER_BIRTH,
        Matched(ANN, ("pnc",)),
    ),
    "a twin has the same name and birth date": (
        {PNC: people(ANN), NAMED: people(ANN, BEA)},
        MARLOW,
        BORN,
        Matched(ANN, ("pnc",)),
    ),
    "nothing is recorded of the person": (
        {PNC: people(UUID(int=9))},
        MARLOW,
        BORN,
        Matched(UUID(int=9), ("pnc",)),
    ),
    "surname and birth date both differ": (
        {PNC: people(ANN)},
        FENN,
        OTHER_BIRTH,
        Possible((ANN,), PossibleReason.NAMES_DIFFER),
    ),
    "both differ, and they are another's": (
        {PNC: people(BEA), NAMED: people(ANN)},
        MARLOW,
        BORN,
        Possible((ANN, BEA), PossibleReason.NAMES_DIFFER),
    ),
    "identifiers of two people": (
        {PNC: people(BEA), CRN: people(ANN)},
        MARLOW,
        BORN,
        Possible((ANN, BEA), PossibleReason.IDENTIFIERS_CONFLICT),
    ),
    "one identifier of two people": (
        {PNC: people(ANN, BEA)},
        MARLOW,
        BORN,
        Possible((ANN, BEA), PossibleReason.IDENTIFIERS_CONFLICT),
    ),
    "only surname and birth date": (
        {PNC: people(), NAMED: people(ANN)},
        MARLOW,
        BORN,
        Possible((ANN,), PossibleReason.NAME_AND_BIRTH_DATE_ONLY),
    ),
    "only surname and birth date, of two": (
        {NAMED: people(BEA, ANN)},
        MARLOW,
        BORN,
        Possible((ANN, BEA), PossibleReason.NAME_AND_BIRTH_DATE_ONLY),
    ),
    "nobody has any of it": (
        {PNC: people(), NAMED: people()},
        MARLOW,
        BORN,
        Unknown(UnknownReason.NOBODY_FOUND),
    ),
    "there was nothing to look up": (
        {},
        MARLOW,
        None,
        Unknown(UnknownReason.NOTHING_TO_LOOK_UP),
    ),
}


@pytest.mark.parametrize("why", DECISIONS)
def test_the_decision_table(why: str) -> None:
    """Each case of the rule is decided as its title says."""
    found, family, born_on, expected = DECISIONS[why]
    assert decide(found, family, born_on, KNOWN) == expected


def test_a_junk_birth_date_in_our_own_record_cannot_differ() -> None:
    """A date that a system filled in says nothing, on either side."""
    known = {ANN: Known(ANN, MARLOW, frozenset({JUNK_BIRTH}))}
    assert decide({PNC: people(ANN)}, FENN, BORN, known) == Matched(ANN, ("pnc",))


def test_a_person_recorded_without_surname_cannot_differ() -> None:
    """Where we hold no surname, another birth date alone does not hold the event."""
    known = {ANN: Known(ANN, frozenset(), frozenset({BORN}))}
    assert decide({PNC: people(ANN)}, FENN, OTHER_BIRTH, known) == Matched(ANN, ("pnc",))


FOUND = st.dictionaries(
    st.sampled_from([PNC, CRN, NAMED]), st.frozensets(st.sampled_from([ANN, BEA]))
)


@settings(deadline=None)
@given(
    FOUND,
    st.sampled_from([frozenset(), MARLOW, FENN]),
    st.sampled_from([None, BORN, OTHER_BIRTH, JUNK_BIRTH]),
    st.dictionaries(st.sampled_from([ANN, BEA]), st.sampled_from(list(KNOWN.values()))),
)
def test_who_is_told_never_rests_on_a_name(
    found: dict[LookupKey, frozenset[UUID]],
    family: frozenset[str],
    born_on: date | None,
    known: dict[UUID, Known],
) -> None:
    """A match needs one person under the identifiers; the order of the look-ups is nothing."""
    answer = decide(found, family, born_on, known)
    assert decide(dict(reversed(found.items())), family, born_on, known) == answer
    pointed_at = found.get(PNC, people()) | found.get(CRN, people())
    match answer:
        case Matched(person_id, by):
            assert pointed_at == {person_id}
            assert by
        case Possible(candidates, _):
            assert candidates == tuple(sorted(set(candidates)))
            assert pointed_at <= set(candidates)
        case Unknown():
            assert not any(found.values())


def test_every_reason_has_words_without_personal_data() -> None:
    """The desk and the receipts read a sentence for each reason, with nothing to fill in."""
    assert set(POSSIBLE_WORDS) == set(PossibleReason)
    assert set(UNKNOWN_WORDS) == set(UnknownReason)
    for words in (*POSSIBLE_WORDS.values(), *UNKNOWN_WORDS.values()):
        assert words.endswith(".")
        assert "{" not in words
