"""An identifier that points to somebody, typed for, or given by, somebody else: the signs of it."""

from __future__ import annotations

from typing import Final

import pytest
from world_run import SCORER

from streams.domain.portraits import Portrait, SaidName
from streams.domain.scoring.guards import Guard

PNC: Final = "pnc:1979/0163001B"
MARK: Final = Portrait((SaidName("Mark", "Aled", "Alderson"),), ("19840517",), (), (PNC,))
PATRICK: Final = Portrait((SaidName("Patrick", "", "Ward"),), ("19580203",), (), (PNC,))


def said(given: str, family: str, born: str, *identifiers: str, middle: str = "") -> Portrait:
    """Return what an event says under the PNC id of somebody, and under these."""
    names = (SaidName(given, middle, family),) if given or family else ()
    return Portrait(names, (born,) if born else (), (), (PNC, *identifiers))


OTHERS: Final[dict[str, tuple[Portrait, Portrait]]] = {
    "a father's PNC id on his son's arrest": (PATRICK, said("Kyle", "Ward", "19841120")),
    "father and son of one name": (PATRICK, said("Patrick", "Ward", "19841120")),
    "father and son, the son's birth an estimate": (PATRICK, said("Patrick", "Ward", "19840101")),
    "a son without a given name": (PATRICK, said("", "Ward", "19841120")),
    "a son without a birth date": (PATRICK, said("Kyle", "Ward", "")),
    "a son named by initial": (PATRICK, said("P", "Ward", "19841120")),
    "a daughter who has married": (PATRICK, said("Siobhan", "Doherty", "19841120")),
    "one twin's PNC id on the other's arrest": (MARK, said("Craig", "Alderson", "19840517")),
    "twins whose names are alike": (
        Portrait((SaidName("Gary", "", "Alderson"),), ("19840517",), (), (PNC,)),
        said("Barry", "Alderson", "19840517"),
    ),
    "twins who share the first of two names": (
        Portrait((SaidName("Mohammed Ali", "", "Khan"),), ("19840517",), (), (PNC,)),
        said("Mohammed Hasan", "Khan", "19840517"),
    ),
    "twins, a slip in the date": (MARK, said("Craig", "Alderson", "19840715")),
    "a twin who has married": (MARK, said("Joanne", "Fairhurst", "19840517")),
    "brothers": (MARK, said("Craig", "Alderson", "19860902")),
    "brothers born on one day of the year": (MARK, said("Craig", "Alderson", "19910517")),
    "brothers, the one called by the other's second name": (
        MARK,
        said("Aled", "Alderson", "19860902"),
    ),
    "brothers without a given name": (MARK, said("", "Alderson", "19860902")),
    "brothers-in-law of one surname": (MARK, said("Darren", "Alderson", "19791011")),
    "a wife with her husband's surname": (MARK, said("Joanne", "Alderson", "19850330")),
    "somebody else altogether": (MARK, said("Joanne", "Fairhurst", "19790402")),
    "another given name, and nothing else": (MARK, said("Craig", "", "")),
}
"""Who an identifier names, and what an event says that is of somebody else."""

THE_SAME: Final[dict[str, tuple[Portrait, Portrait]]] = {
    "everything agrees": (MARK, said("Mark", "Alderson", "19840517")),
    "a short form": (
        Portrait((SaidName("William", "", "Ward"),), ("19580203",), (), (PNC,)),
        said("Billy", "Ward", "19580203"),
    ),
    "another spelling of one name": (
        Portrait((SaidName("Mohammed", "", "Khan"),), ("19840517",), (), (PNC,)),
        said("Muhammad", "Khan", "19840517"),
    ),
    "another alphabet": (
        Portrait((SaidName("Сергей", "", "Иванов"),), ("19840517",), (), (PNC,)),
        said("Sergey", "Ivanov", "19840517"),
    ),
    "a letter": (MARK, said("Marrk", "Aldersen", "19840517")),
    "an initial": (MARK, said("M", "Alderson", "19840517")),
    "the middle name": (MARK, said("Aled", "Alderson", "19840517")),
    "both names in one box": (MARK, said("Mark Aled", "Alderson", "19840517")),
    "names in each other's place": (MARK, said("Alderson", "Mark", "19840517")),
    "a married name": (
        Portrait((SaidName("Joanne", "", "Alderson"),), ("19840517",), (), (PNC,)),
        said("Joanne", "Fairhurst", "19840517"),
    ),
    "half a married name": (
        Portrait((SaidName("Joanne", "", "Alderson"),), ("19840517",), (), (PNC,)),
        said("Joanne", "Fairhurst-Alderson", "19840517"),
    ),
    "no given name": (MARK, said("", "Alderson", "19840517")),
    "no birth date": (MARK, said("Mark", "Alderson", "")),
    "no name": (MARK, said("", "", "19840517")),
    "nothing but the identifier": (MARK, said("", "", "")),
    "day and month in each other's place": (MARK, said("Mark", "Alderson", "19841705")),
    "a digit of the date": (MARK, said("Mark", "Alderson", "19840518")),
    "the digit of the decade": (MARK, said("Mark", "Alderson", "19640517")),
    "an estimate of the year": (MARK, said("Mark", "Alderson", "19840101")),
    "another date altogether": (MARK, said("Mark", "Alderson", "19870902")),
    "a date that stands for none": (MARK, said("Mark", "Alderson", "19700101")),
    "an alias that is known": (
        Portrait(
            (SaidName("Mark", "", "Alderson"), SaidName("Craig", "", "Hall")),
            ("19840517",),
            (),
            (PNC,),
        ),
        said("Craig", "Hall", "19840517"),
    ),
    "nothing known but the identifier": (
        Portrait((), (), (), (PNC,)),
        said("Mark", "Alderson", "19840517"),
    ),
}
"""Who an identifier names, and what an event says that is of them, spelled otherwise or not."""


@pytest.mark.parametrize("name", OTHERS)
def test_what_is_said_of_somebody_else_shows(name: str) -> None:
    """A relative's names and dates, or a stranger's, say that an identifier is not theirs."""
    known, told = OTHERS[name]
    assert SCORER.borrowed(told, known) is Guard.BORROWED_IDENTIFIER
    assert SCORER.borrowed(known, told) is Guard.BORROWED_IDENTIFIER


@pytest.mark.parametrize("name", THE_SAME)
def test_what_is_only_written_otherwise_does_not(name: str) -> None:
    """Forms, spellings, slips and what is left out are no sign of somebody else."""
    known, told = THE_SAME[name]
    assert SCORER.borrowed(told, known) is None


def test_a_number_of_which_there_is_one_contradicts() -> None:
    """Another CRO number than the person's is a sign, though the PNC id and the name agree."""
    known = Portrait(MARK.names, MARK.births, (), ("cro:12345/84A", PNC))
    told = said("Mark", "Alderson", "19840517", "cro:54321/91B")
    assert SCORER.borrowed(told, known) is Guard.IDENTIFIERS_CONTRADICT
    assert SCORER.borrowed(told, MARK) is None


def test_numbers_of_which_there_are_many_contradict_nothing() -> None:
    """Every arrest has a number of its own."""
    known = Portrait(MARK.names, MARK.births, (), ("asn:1100NP0100000000001K", PNC))
    told = said("Mark", "Alderson", "19840517", "asn:1100NP0100000000002L")
    assert SCORER.borrowed(told, known) is None
