"""How far two values of one field agree: the levels of each field, from which weights follow."""

from enum import StrEnum
from typing import Final

from msgspec import Struct


class Field(StrEnum):
    """What is compared; the names are those of the weights file."""

    GIVEN = "given"
    FAMILY = "family"
    MIDDLE = "middle"
    ORDER = "order"
    TOGETHER = "together"
    GENERATION = "generation"
    CHOICE = "choice"
    BIRTH = "birth"
    POSTCODE = "postcode"
    PREMISES = "premises"
    PREMISES_ALONE = "premises_alone"
    PREMISES_ELSEWHERE = "premises_elsewhere"
    LOCALITY = "locality"
    IDENTIFIER = "identifier"
    OTHER = "other"
    THIRD = "third"


class Level(StrEnum):
    """How far they agree; not every field has every level."""

    EXACT = "exact"
    VARIANT = "variant"
    NEAR = "near"
    PART = "part"
    BY_MIDDLE = "by_middle"
    INITIAL = "initial"
    ALIKE = "alike"
    DIFFERENT = "different"
    MISSING = "missing"
    SWAPPED = "swapped"
    FIRST_JANUARY = "first_january"
    ONE_DIGIT = "one_digit"
    ESTIMATED = "estimated"
    TWO_OF_THREE = "two_of_three"
    DISTRICT = "district"
    STREET = "street"
    NUMBER = "number"


# The members by themselves: in Python 3.11 `Level.EXACT` takes ten times as long as `EXACT`, and to
# compare a pair asks for fifty of them.
GIVEN: Final = Field.GIVEN
FAMILY: Final = Field.FAMILY
MIDDLE: Final = Field.MIDDLE
ORDER: Final = Field.ORDER
TOGETHER: Final = Field.TOGETHER
GENERATION: Final = Field.GENERATION
CHOICE: Final = Field.CHOICE
BIRTH: Final = Field.BIRTH
POSTCODE: Final = Field.POSTCODE
PREMISES: Final = Field.PREMISES
PREMISES_ALONE: Final = Field.PREMISES_ALONE
PREMISES_ELSEWHERE: Final = Field.PREMISES_ELSEWHERE
LOCALITY: Final = Field.LOCALITY
IDENTIFIER: Final = Field.IDENTIFIER
OTHER: Final = Field.OTHER
THIRD: Final = Field.THIRD
EXACT: Final = Level.EXACT
VARIANT: Final = Level.VARIANT
NEAR: Final = Level.NEAR
PART: Final = Level.PART
BY_MIDDLE: Final = Level.BY_MIDDLE
INITIAL: Final = Level.INITIAL
ALIKE: Final = Level.ALIKE
DIFFERENT: Final = Level.DIFFERENT
MISSING: Final = Level.MISSING
SWAPPED: Final = Level.SWAPPED
FIRST_JANUARY: Final = Level.FIRST_JANUARY
ONE_DIGIT: Final = Level.ONE_DIGIT
ESTIMATED: Final = Level.ESTIMATED
TWO_OF_THREE: Final = Level.TWO_OF_THREE
DISTRICT: Final = Level.DISTRICT
STREET: Final = Level.STREET
NUMBER: Final = Level.NUMBER


class Part(Struct, frozen=True):
    """What one field says: how far it agrees, and how many bits that is for or against.

    `about` names what a field has several of: the kind of identifier, the column of a file.
    """

    field: Field
    level: Level
    bits: float
    about: str = ""
