"""How far two values of one field agree: the levels of each field, from which weights follow."""

from enum import StrEnum
from typing import NamedTuple


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


class Part(NamedTuple):
    """What one field says: how far it agrees, and how many bits that is for or against.

    `about` names what a field has several of: the kind of identifier, the column of a file.
    """

    field: Field
    level: Level
    bits: float
    about: str = ""
