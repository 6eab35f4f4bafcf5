"""Scores in words: one sentence for each field that spoke, and one for the guard.

The sentences name no value: they may be shown where the names themselves may not.
"""

from collections.abc import Mapping
from typing import Final

from streams.domain.scoring.guards import Decision, Guard
from streams.domain.scoring.levels import Field, Level, Part
from streams.domain.scoring.score import Score

F, L = Field, Level

SENTENCES: Final[Mapping[tuple[Field, Level], str]] = {
    (F.GIVEN, L.EXACT): "the given name is the same",
    (F.GIVEN, L.VARIANT): "the given name is another form of the same name",
    (F.GIVEN, L.NEAR): "the given name differs by a slip or sounds alike",
    (F.GIVEN, L.PART): "the given names have a part in common",
    (F.GIVEN, L.BY_MIDDLE): "the given name of one is a middle name of the other",
    (F.GIVEN, L.INITIAL): "the given name is an initial that fits",
    (F.GIVEN, L.ALIKE): "the given names are alike but may be two names",
    (F.GIVEN, L.DIFFERENT): "the given names are two names",
    (F.FAMILY, L.EXACT): "the family name is the same",
    (F.FAMILY, L.VARIANT): "the family name is another spelling of the same name",
    (F.FAMILY, L.NEAR): "the family name differs by a slip or sounds alike",
    (F.FAMILY, L.PART): "the family names have a part in common",
    (F.FAMILY, L.INITIAL): "the family name is an initial that fits",
    (F.FAMILY, L.ALIKE): "the family names are alike but may be two names",
    (F.FAMILY, L.DIFFERENT): "the family names are two names",
    (F.MIDDLE, L.EXACT): "a middle name agrees",
    (F.MIDDLE, L.INITIAL): "a middle initial fits",
    (F.MIDDLE, L.DIFFERENT): "the middle names are two names",
    (F.ORDER, L.SWAPPED): "given name and family name stand in each other's place",
    (F.TOGETHER, L.EXACT): "this given name is often met with this family name",
    (F.GENERATION, L.DIFFERENT): "one is called Junior or Senior and the other is not the same",
    (F.CHOICE, L.PART): "several were tried and the best one counts",
    (F.BIRTH, L.EXACT): "the date of birth is the same",
    (F.BIRTH, L.FIRST_JANUARY): "both have the same 1 January, which is often an estimate",
    (F.BIRTH, L.SWAPPED): "day and month of birth stand in each other's place",
    (F.BIRTH, L.ONE_DIGIT): "the date of birth differs by one digit",
    (F.BIRTH, L.ESTIMATED): "the year of birth agrees and one of the dates is a 1 January",
    (F.BIRTH, L.TWO_OF_THREE): "two of day, month and year of birth agree",
    (F.BIRTH, L.ALIKE): "the dates of birth differ by two digits",
    (F.BIRTH, L.DIFFERENT): "the dates of birth differ",
    (F.POSTCODE, L.EXACT): "they have a postcode in common",
    (F.POSTCODE, L.NEAR): "the postcodes differ by one character",
    (F.POSTCODE, L.DISTRICT): "the postcodes are of one district",
    (F.POSTCODE, L.DIFFERENT): "they have no postcode in common",
    (F.PREMISES, L.EXACT): "in that postcode, number and street are the same",
    (F.PREMISES, L.NEAR): "in that postcode, number and street are the same but for the spelling",
    (F.PREMISES, L.STREET): "in that postcode, the street is the same, the number is not",
    (F.PREMISES, L.NUMBER): "in that postcode, the number is the same, the street is not",
    (F.PREMISES, L.DIFFERENT): "in that postcode, number and street differ",
    (
        F.PREMISES_ALONE,
        L.EXACT,
    ): "number and street are the same, no whole postcode tells",
    (
        F.PREMISES_ALONE,
        L.NEAR,
    ): "number and street are nearly the same, no whole postcode tells",
    (F.PREMISES_ALONE, L.STREET): "the street is the same, the number is not",
    (
        F.PREMISES_ALONE,
        L.NUMBER,
    ): "only the house number is the same, no whole postcode tells",
    (
        F.PREMISES_ALONE,
        L.DIFFERENT,
    ): "number and street differ, no whole postcode tells",
    (F.PREMISES_ELSEWHERE, L.EXACT): "number and street are the same, the postcode is not",
    (F.PREMISES_ELSEWHERE, L.NEAR): "number and street are nearly the same, the postcode is not",
    (F.PREMISES_ELSEWHERE, L.STREET): "the street is the same, number and postcode are not",
    (F.PREMISES_ELSEWHERE, L.NUMBER): "only the house number is the same",
    (F.PREMISES_ELSEWHERE, L.DIFFERENT): "number and street differ",
    (F.LOCALITY, L.EXACT): "the place is the same",
    (F.LOCALITY, L.NEAR): "the place is the same but for the spelling",
    (F.LOCALITY, L.DIFFERENT): "the places differ",
    (F.IDENTIFIER, L.EXACT): "the identifier is the same",
    (F.IDENTIFIER, L.ONE_DIGIT): "the identifiers differ by one character",
    (F.IDENTIFIER, L.DIFFERENT): "the identifiers differ",
    (F.OTHER, L.EXACT): "it is the same",
    (F.OTHER, L.NEAR): "it is nearly the same",
    (F.OTHER, L.DIFFERENT): "it differs",
    (F.THIRD, L.EXACT): "both are one person with a third record",
}
"""What each level of each field says."""

GUARD_WORDS: Final[Mapping[Guard, str]] = {
    Guard.TWINS: (
        "Family name and date of birth agree and the given names are two: they may be twins, or"
        " one person under another name. A person must look."
    ),
    Guard.TWIN_POSSIBLE: (
        "Family name and date of birth agree, and the given name cannot tell one twin from the"
        " other. A person must look."
    ),
    Guard.PARENT_AND_CHILD: (
        "The dates of birth are a generation apart, or one is called Junior or Senior: these are"
        " parent and child, or namesakes."
    ),
    Guard.GENERATION_POSSIBLE: (
        "The name agrees, and the dates of birth cannot tell parent from child: one is missing, or"
        " a digit makes a generation. A person must look."
    ),
    Guard.RELATIVES: (
        "Family name agrees, given name and date of birth do not: these are relatives or namesakes."
    ),
    Guard.BORROWED_IDENTIFIER: (
        "An identifier agrees, but what is said of the person does not fit: it may have been"
        " mistyped, mixed up between relatives, or given by somebody else. A person must look."
    ),
    Guard.IDENTIFIERS_CONTRADICT: (
        "Each has an identifier of which a person should have one, and they differ. A person must"
        " look before two records of one register become one."
    ),
    Guard.NAMES_DIFFER: (
        "Neither given name nor family name agrees, and no identifier does: nobody is joined across"
        " two names without a person."
    ),
    Guard.BIRTH_DIFFERS: (
        "The dates of birth differ by more than a slip, and no identifier agrees: nobody is joined"
        " across two dates of birth without a person."
    ),
    Guard.TOO_LITTLE: (
        "No identifier, and not two of name, date of birth and address agree, or name and date do"
        " and the name is too common for that: too little to join anybody."
    ),
}
"""What a person reads about each guard."""

DECISION_WORDS: Final[Mapping[Decision, str]] = {
    Decision.JOIN: "the same person",
    Decision.ASK: "perhaps the same person: somebody must look",
    Decision.SPLIT: "two people",
}
"""The decisions in words."""


def say(part: Part) -> str:
    """Say one part in words, with its weight: how much likelier in one person than in two."""
    about = f"{part.about}: " if part.about else ""
    return f"{about}{SENTENCES[part.field, part.level]} ({part.bits:+.1f} bits)"


def explain(found: Score) -> tuple[str, ...]:
    """Explain a score: the start, each field in the order of its weight, the guard, the sum."""
    ordered = sorted(found.parts, key=lambda part: -abs(part.bits))
    guard = (GUARD_WORDS[found.guard],) if found.guard is not None else ()
    start = f"before anything is compared, one in {2**-found.prior:,.0f} is the one"
    return (
        f"{start} ({found.prior:+.1f} bits)",
        *map(say, ordered),
        *guard,
        f"together {found.bits:+.1f} bits: {DECISION_WORDS[found.decision]}",
    )
