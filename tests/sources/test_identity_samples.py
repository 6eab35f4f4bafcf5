"""Who is who in published samples, each with the decision and its explanation.

The samples are of the folder beside the project (`../shared/samples`), skipped where it is absent.
"""

from __future__ import annotations

import json
import os
from functools import cache
from pathlib import Path
from typing import Any, Final

import pytest
from sources.court_payloads import translated

from streams.domain.identifiers import Identifier, IdentifierKind, Junk, Refused, parse
from streams.domain.scoring.frequencies import Frequencies
from streams.domain.scoring.guards import Decision, Guard
from streams.domain.scoring.people import Description, Home, Name, prepare
from streams.domain.scoring.score import Score, prior_bits, score
from streams.domain.scoring.words import explain
from streams.identity_files import load_weights

SAMPLES: Final = Path(
    os.environ.get("SWITCHBOARD_SAMPLES", Path(__file__).parents[3] / "shared" / "samples")
)
HEARING: Final = "court-case-matcher/messages/common-platform/hearing.json"
YOUTH: Final = "court-case-matcher/messages/common-platform/youthDefendantHearing.json"
TWICE: Final = "court-hearing-event-receiver/json/court-hearing-event.json"
RECORD: Final = "hmpps-person-record/examples/commonPlatformSQSMessage.json"
PERSON_MATCH: Final = "hmpps-person-match/tests/data"
YEAR: Final = 2026
PNC: Final = "1979/0163001B"

pytestmark = pytest.mark.skipif(not SAMPLES.is_dir(), reason="there is no ../shared/samples here")


@cache
def people_of(sample: str) -> tuple[dict[str, Any], ...]:
    """Return the people of a court sample, as its translator makes them."""
    found = translated(json.loads((SAMPLES / sample).read_text("utf-8")))
    return tuple(dict(event.record["person"]) for event in found.events)


def described(person: dict[str, Any], *more: Identifier) -> Description:
    """Return a person of an event as the scorer takes them."""
    read = (
        parse(IdentifierKind(each["kind"]), each["value"], year=YEAR)
        for each in person["identifiers"]
        if each["kind"] in set(IdentifierKind)
    )
    name = person["name"]
    return Description(
        (Name(name["given_name"] or "", name["middle_names"] or "", name["family_name"] or ""),),
        (person["born_on"].isoformat().replace("-", ""),) if person["born_on"] else (),
        tuple(Home(tuple(a["lines"]), a["postcode"] or "") for a in person["addresses"]),
        frozenset({each for each in read if isinstance(each, Identifier)} | set(more)),
    )


def compared(left: Description, right: Description) -> Score:
    """Score two people among those of a county, from both sides."""
    known = Frequencies(250_000, load_weights().known.shares)
    one, other = prepare(left, known), prepare(right, known)
    prior = prior_bits(250_000)
    found = score(one, other, load_weights(), prior=prior)
    assert score(other, one, load_weights(), prior=prior).decision is found.decision
    assert len(explain(found)) == len(found.parts) + 2 + (found.guard is not None)
    return found


@pytest.mark.parametrize("sample", [HEARING, YOUTH])
def test_two_defendants_of_one_hearing_are_two(sample: str) -> None:
    """Other names, other dates and other homes: two people, whatever hearing they share."""
    one, other = people_of(sample)
    found = compared(described(one), described(other))
    assert found.decision is Decision.SPLIT
    assert "two people" in explain(found)[-1]


@pytest.mark.parametrize("sample", [HEARING, YOUTH])
def test_a_shared_pnc_with_two_names_goes_to_a_person(sample: str) -> None:
    """Where both defendants have one PNC id and all else contradicts it, somebody must look."""
    shared = Identifier(IdentifierKind.PNC, PNC)
    one, other = people_of(sample)
    left, right = ({**each, "identifiers": []} for each in (one, other))
    found = compared(described(left, shared), described(right, shared))
    assert found.decision is Decision.ASK
    assert found.guard in {None, Guard.BORROWED_IDENTIFIER}
    said = explain(found)
    assert any(words.startswith("pnc: the identifier is the same") for words in said)
    assert "somebody must look" in said[-1]


def test_one_man_of_two_hearings_is_joined() -> None:
    """The first defendants of both samples have one name, date and home: one person."""
    found = compared(described(people_of(HEARING)[0]), described(people_of(YOUTH)[0]))
    assert found.decision is Decision.JOIN


def test_one_defendant_entered_twice_is_joined_and_his_rubbish_is_no_identifier() -> None:
    """Two entries of one man: "pnc number1" and "pnc number2" are no PNC ids and say nothing."""
    one, other = people_of(TWICE)
    given = [each["value"] for each in (*one["identifiers"], *other["identifiers"])]
    assert {"pnc number1", "pnc number2"} <= set(given)
    kinds = {each.kind for each in described(one).identifiers | described(other).identifiers}
    assert not kinds & {IdentifierKind.PNC, IdentifierKind.CRO}
    assert compared(described(one), described(other)).decision is Decision.JOIN


def test_defendants_whose_names_are_blacked_out_are_not_joined_by_them() -> None:
    """In the sample of the person record all are called REDACTED: that is nobody's name."""
    one, *others = map(described, people_of(RECORD))
    for other in others:
        found = compared(one, other)
        assert not [part for part in found.parts if part.field in {"given", "family"}]
        assert found.decision is not Decision.JOIN


def test_person_match_cleans_a_record_as_we_do() -> None:
    """Names, aliases, dates and postcodes of its sample are read alike; junk is left out."""
    yaml = pytest.importorskip("yaml")
    file = SAMPLES / PERSON_MATCH / "test_all_cleaning" / "test_all_cleaning.yaml"
    case = yaml.safe_load(file.read_text("utf-8"))["data"][0]
    given, cleaned = (
        case[name][0] for name in ("candidate_search_return_format", "splink_model_format")
    )
    aliases = zip(given["first_name_aliases"] * 2, given["last_name_aliases"], strict=True)
    names = (Name(given["first_name"], given["middle_names"], given["last_name"]),)
    births = (given["date_of_birth"], *given["date_of_birth_aliases"])
    ready = prepare(
        Description(
            (*names, *(Name(one, "", other) for one, other in aliases)),
            tuple(birth.replace("-", "") for birth in births),
            tuple(Home((), code) for code in given["postcodes"]),
        ),
        Frequencies(),
    )
    assert {name.givens[0] for name in ready.names} == set(cleaned["forename_std_arr"])
    assert {name.family.text for name in ready.names if name.family} == set(
        cleaned["last_name_std_arr"]
    )
    assert set(ready.births) == {b.replace("-", "") for b in cleaned["date_of_birth_arr"]}
    assert set(cleaned["postcode_arr"]) <= {place.postcode for place in ready.places}
    assert "NF11NF" not in {place.postcode for place in ready.places}


def test_person_match_s_problem_cros_are_junk_here() -> None:
    """What its sample takes out of a list of CROs is no identifier with us either."""
    yaml = pytest.importorskip("yaml")
    folder = SAMPLES / PERSON_MATCH / "test_method_chaining_single_fns"
    case = yaml.safe_load((folder / "test_list_filter_problem_cros.yaml").read_text("utf-8"))
    row = case["data"][0]
    for text in set(row["input_value"]) - set(row["output_value"]):
        assert isinstance(parse(IdentifierKind.CRO, text, year=YEAR), Junk | Refused)


def test_person_match_s_placeholder_births_say_nothing_here() -> None:
    """Dates that its sample takes for unknown are no dates of birth with us either."""
    yaml = pytest.importorskip("yaml")
    file = SAMPLES / PERSON_MATCH / "test_individual_columns" / "test_dob_arr_end_to_end.yaml"
    for case in yaml.safe_load(file.read_text("utf-8"))["data"]:
        given, cleaned = case["input_table"][0], case["cleaned_2"][0]
        births = (given["date_of_birth"], *(given["date_of_birth_aliases"] or ()))
        texts = tuple(birth.replace("-", "") for birth in births if birth)
        kept = prepare(Description((), texts), Frequencies()).births
        wanted = {birth.replace("-", "") for birth in cleaned["date_of_birth_arr"] or ()}
        assert set(kept) == wanted
