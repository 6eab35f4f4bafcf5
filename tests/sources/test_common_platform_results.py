"""What the court decided: outcomes, orders with their requirements, applications."""

from datetime import date

import pytest
from sources.court_payloads import (
    Edit,
    Payload,
    defendant,
    edited,
    event_about,
    outcomes,
    payload,
    translated,
)

from connectors.translation import SourceEvent
from streams.domain.records import LONG_TEXT_MAX, MANY_MAX


def first_event(edit: Edit) -> SourceEvent:
    """Give the first event of the hearing after an edit."""
    return translated(edited(edit)).events[0]


def results_of(document: Payload) -> list[Payload]:
    """Give the results at the first offence of the first defendant."""
    found: list[Payload] = defendant(document)["offences"][0]["judicialResults"]
    return found


def test_results_of_every_level_are_told() -> None:
    """Results at the offence, the defendant and the hearing all reach the person's event."""
    assert outcomes(translated(payload()).events[0]) == {
        "Community order England / Wales": "order_made",
        "Rehabilitation activity": "requirement_imposed",
        "Unpaid work": "requirement_imposed",
        "Withdrawn": "discontinued",
        "Restraining order": "protective_order_made",
        "Legal aid transferred": "other",
    }


def test_result_keeps_the_courts_words() -> None:
    """Label, code, text and prompts are the court's, beside what the result means."""
    result = translated(payload()).events[0].record["results"][0]
    assert result["cjs_code"] == "1116"
    assert result["ordered_on"] == date(2026, 3, 2)
    assert result["convicts"] is True
    assert result["text"] == "Community order made."
    assert result["offence_id"] == "0d5a1c52-6f0e-4c1e-9a40-000000000101"
    assert result["prompts"][0] == {
        "reference": "endDate",
        "label": "End Date",
        "value": "01/03/2027",
    }


def test_unknown_result_is_kept_as_other() -> None:
    """A result that no row knows keeps its label; one without a code is known by its words."""
    assert outcomes(event_about(translated(payload()), "Fenwright")) == {
        "Remanded in custody": "remanded_in_custody",
        "Surrender of a model railway": "other",
    }


def test_result_about_nobody_is_said() -> None:
    """A result of the hearing that names no defendant of it is left out in words."""
    skipped = {each.path for each in translated(payload()).skipped}
    assert "hearing.defendantJudicialResults[1]" in skipped


def test_order_gathers_its_requirements() -> None:
    """Requirements come under the order whose result is their root, with days, hours and end."""
    order, protective = translated(payload()).events[0].record["orders"]
    assert order["kind"] == "community_order"
    assert order["made_on"] == date(2026, 3, 2)
    assert order["ends_on"] == date(2027, 3, 1)
    told = [(each["kind"], each["days"], each["hours"]) for each in order["requirements"]]
    assert told == [("rehabilitation_activity", 20, None), ("unpaid_work", None, 120)]
    assert order["requirements"][1]["ends_on"] == date(2026, 12, 1)
    assert protective["kind"] == "protective_order"


def test_requirement_in_a_prompt_is_read() -> None:
    """A protective order spells its prohibitions out in prompts; they become requirements."""
    protective = translated(payload()).events[0].record["orders"][1]
    assert protective["requirements"] == [
        {
            "kind": "exclusion",
            "label": "Exclusion from a street",
            "days": None,
            "hours": None,
            "ends_on": date(2026, 9, 1),
        }
    ]


def test_end_that_is_no_date_stays_in_the_prompt() -> None:
    """An order until further order has no end, its prompt is kept, and that is said."""
    result = translated(payload())
    assert result.events[0].record["orders"][1]["ends_on"] is None
    path = "hearing.prosecutionCases[0].defendants[0].defendantCaseJudicialResults[0]"
    assert f"{path}.judicialResultPrompts[0].value" in {each.path for each in result.skipped}


def test_day_that_no_calendar_has_is_no_end() -> None:
    """A date that looks like one and is none leaves the end open and the prompt as it came."""

    def edit(document: Payload) -> None:
        results_of(document)[0]["judicialResultPrompts"][0]["value"] = "31/02/2027"

    record = first_event(edit).record
    assert record["orders"][0]["ends_on"] is None
    assert record["results"][0]["prompts"][0]["value"] == "31/02/2027"


def test_requirement_before_any_order_is_of_none() -> None:
    """Without ids, a requirement with no order before it in its list stays a result alone."""

    def edit(document: Payload) -> None:
        requirement = results_of(document)[1]
        del requirement["rootJudicialResultId"]
        defendant(document)["offences"][1]["judicialResults"] = [requirement]
        results_of(document).remove(requirement)

    orders = first_event(edit).record["orders"]
    assert [len(order["requirements"]) for order in orders] == [1, 1]


def test_requirement_without_ids_belongs_to_the_order_before_it() -> None:
    """Where a producer leaves the ids out, the order before in the same list is meant."""

    def edit(document: Payload) -> None:
        for result in results_of(document):
            result.pop("judicialResultId")
            result.pop("rootJudicialResultId")

    order = first_event(edit).record["orders"][0]
    assert [each["kind"] for each in order["requirements"]] == [
        "rehabilitation_activity",
        "unpaid_work",
    ]


def test_requirement_of_an_order_elsewhere_stays_a_result() -> None:
    """A requirement whose order is not in this hearing is no order's, and still told."""
    event = first_event(lambda d: results_of(d).pop(0))
    assert [order["kind"] for order in event.record["orders"]] == ["protective_order"]
    assert outcomes(event)["Unpaid work"] == "requirement_imposed"


def test_requirement_is_found_by_its_parent() -> None:
    """The parent counts where the root names no result of the hearing."""

    def edit(document: Payload) -> None:
        made, child, _ = results_of(document)
        child["rootJudicialResultId"] = "elsewhere"
        child["parentJudicialResultId"] = made["judicialResultId"]

    order = first_event(edit).record["orders"][0]
    assert len(order["requirements"]) == 2


def test_end_reckoned_by_the_court_counts() -> None:
    """The court's own reading of the end is taken where no prompt says it."""

    def edit(document: Payload) -> None:
        results_of(document)[0]["judicialResultPrompts"] = []
        results_of(document)[0]["durationElement"] = {"durationEndDate": "05/03/2027"}

    assert first_event(edit).record["orders"][0]["ends_on"] == date(2027, 3, 5)


@pytest.mark.parametrize(
    ("prompt", "days", "hours"),
    [
        ({"promptReference": "numberOfDaysToAbstain", "value": "90"}, 90, None),
        ({"promptReference": "total", "value": "30 days"}, 30, None),
        ({"promptReference": "hoursPerDay", "value": "12"}, None, None),
        ({"promptReference": "period", "value": "4 Months"}, None, None),
        ({"promptReference": "numberOfDays", "value": "99999999"}, None, None),
    ],
)
def test_counts_are_read_with_their_unit(
    prompt: Payload, days: int | None, hours: int | None
) -> None:
    """A count is one of days or of hours only where the value or the name says which."""
    event = first_event(lambda d: results_of(d)[1].update(judicialResultPrompts=[prompt]))
    requirement = event.record["orders"][0]["requirements"][0]
    assert (requirement["days"], requirement["hours"]) == (days, hours)


def test_deleted_result_is_left_out_and_said() -> None:
    """A result that the court deleted is not told, and the event is still one of results."""

    def edit(document: Payload) -> None:
        person = defendant(document, 2)
        person["offences"][0]["judicialResults"] = [
            {"label": "Remanded in custody", "isDeleted": True}
        ]

    result = translated(edited(edit))
    event = event_about(result, "Fenwright")
    assert event.event_type == "courts.hearing_resulted.v1"
    assert event.record["results"] == []
    assert any("deleted" in skipped.why for skipped in result.skipped)


@pytest.mark.parametrize("name", ["aquittalDate", "acquittalDate"])
def test_acquittal_date_alone_is_a_result(name: str) -> None:
    """An offence whose acquittal stands only as a date, in either spelling, gives an acquittal."""
    document = edited(lambda d: defendant(d, 2)["offences"][0].update({name: "2026-03-02"}))
    results = event_about(translated(document), "Fenwright").record["results"]
    assert ("acquitted", date(2026, 3, 2)) in {
        (each["outcome"], each["ordered_on"]) for each in results
    }


def test_acquittal_beside_a_conviction_is_said_and_not_told() -> None:
    """A date of acquittal that contradicts a conviction makes no result."""
    document = edited(lambda d: defendant(d)["offences"][0].update(aquittalDate="2026-03-02"))
    result = translated(document)
    assert "acquitted" not in outcomes(result.events[0]).values()
    assert any("acquittal" in skipped.why for skipped in result.skipped)


def test_acquittal_that_a_result_says_is_not_doubled() -> None:
    """The date of acquittal beside a result of not guilty gives one acquittal."""

    def edit(document: Payload) -> None:
        offence = defendant(document)["offences"][1]
        offence["judicialResults"][0].update(label="Not guilty", cjsCode="2004")
        offence["aquittalDate"] = "2026-03-02"

    told = [each["outcome"] for each in first_event(edit).record["results"]]
    assert told.count("acquitted") == 1


def test_long_text_is_cut_with_a_mark_and_said() -> None:
    """The court's prose may be longer than an event holds; what was cut is marked and said."""
    document = edited(lambda d: results_of(d)[0].update(resultText="word " * LONG_TEXT_MAX))
    result = translated(document)
    text = result.events[0].record["results"][0]["text"]
    assert len(text) == LONG_TEXT_MAX
    assert text.endswith(" [cut]")
    assert any(f"cut to {LONG_TEXT_MAX:,}" in skipped.why for skipped in result.skipped)


def test_prompts_beyond_the_limit_are_cut_and_said() -> None:
    """A result with more prompts than an event holds is told, and the cut is said."""
    many = [{"promptReference": f"p{n}", "value": "x"} for n in range(MANY_MAX + 6)]
    result = translated(edited(lambda d: results_of(d)[0].update(judicialResultPrompts=many)))
    assert len(result.events[0].record["results"][0]["prompts"]) == MANY_MAX
    assert any(f"{MANY_MAX + 6} prompts" in skipped.why for skipped in result.skipped)


def test_prompt_without_a_name_is_said() -> None:
    """A prompt with neither reference nor label is left out in words."""
    prompts = [{"value": "x"}, {"label": "Only a label", "value": True}]
    result = translated(edited(lambda d: results_of(d)[0].update(judicialResultPrompts=prompts)))
    assert result.events[0].record["results"][0]["prompts"] == [
        {"reference": "Only a label", "label": "Only a label", "value": "true"}
    ]
    assert any("prompt" in skipped.why for skipped in result.skipped)


def test_nameless_result_is_named_by_its_code() -> None:
    """A result without a label is told under its code; with neither its person is refused."""
    event = first_event(lambda d: results_of(d)[0].update(label=" "))
    assert "result 1116" in outcomes(event)
    bare = edited(lambda d: results_of(d)[0].update(label=None, cjsCode=None))
    path = "hearing.prosecutionCases[0].defendants[0].offences[0].judicialResults[0].label"
    assert [each.path for each in translated(bare).rejections] == [path]


@pytest.mark.parametrize(
    ("flags", "outcome"),
    [
        ({"isConvictedResult": True}, "convicted"),
        ({"isConvictedResult": False, "isAdjournmentResult": True}, "adjourned"),
        ({"isConvictedResult": "true"}, "convicted"),
        ({"isConvictedResult": ""}, "other"),
    ],
)
def test_flags_count_where_no_row_knows_the_result(flags: Payload, outcome: str) -> None:
    """The court's own flags say what an unknown result means."""
    unknown = {"label": "Something new", **flags}
    document = edited(lambda d: defendant(d, 2)["offences"][0].update(judicialResults=[unknown]))
    assert outcomes(event_about(translated(document), "Fenwright")) == {"Something new": outcome}
