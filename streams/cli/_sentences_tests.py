"""What happened, in a sentence, for the notices of tests for drugs and alcohol."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from streams.cli._words import Facts, day, plain

UNITS: Final = {
    "ng_per_ml": "ng/ml",
    "pg_per_mg": "pg/mg",
    "mg_per_100_ml": "mg/100 ml",
    "microgram_per_100_ml": "microgram/100 ml",
}


def _test(facts: Facts) -> str:
    """Name the test, its day, and under what it was taken."""
    under = f"requirement {facts['requirement_id']}" if facts.get("requirement_id") else "consent"
    return f"Test {facts.get('test_reference')} of {day(facts.get('test_on'))}, under {under}"


def _sample(facts: Facts) -> str:
    """Say what was tested and how, as far as it was said."""
    known = [plain(facts[name]) for name in ("specimen", "method") if facts.get(name)]
    return f" ({', '.join(known)})" if known else ""


def _finding(found: Mapping[str, Any]) -> str:
    """Say what was found of one substance, as what it stands."""
    parts = [plain(found.get("standing"))]
    if found.get("cut_off") is not None:
        unit = str(found.get("cut_off_unit"))
        parts.append(f"cut-off {found['cut_off']:g} {UNITS.get(unit, unit)}")
    medicine = str(found.get("prescribed_medicine") or "")
    if medicine:
        is_withheld = medicine.startswith("withheld")
        parts.append("medicine withheld" if is_withheld else f"explained by {medicine}")
    is_positive = "positive" if found.get("is_positive") else "not positive"
    return f"{plain(found.get('substance'))} {is_positive} ({', '.join(parts)})"


def _positive(facts: Facts) -> str:
    """Say what the officer reads of a positive, or of what a later result makes of it."""
    findings = "; ".join(_finding(each) for each in facts.get("findings") or ())
    found = f" Found: {findings}." if findings else ""
    is_positive = facts.get("outcome") == "positive"
    ended = "positive" if is_positive else "not positive, though an earlier result of it was"
    number = facts.get("positives")
    count = f" Positive tests within a year: {number}." if number else ""
    return f"{_test(facts)}{_sample(facts)}: {ended}.{found}{count}"


def _diluted(facts: Facts) -> str:
    """Say what the officer reads of a diluted sample."""
    return f"{_test(facts)}{_sample(facts)}: the sample was diluted, which says nothing either way."


def _not_completed(facts: Facts) -> str:
    """Say what the officer reads of a test that gave no result."""
    times = facts.get("times")
    return f"{_test(facts)}: {plain(facts.get('outcome'))}. Such tests within a year: {times}."


def _unreported(facts: Facts) -> str:
    """Say what the officer reads where no result came."""
    return (
        f"The result of test {facts.get('test_reference')} was to be reported by"
        f" {day(facts.get('report_by_on'))} by {facts.get('expected_of')}, and was not."
    )


TESTS: Final[Mapping[str, Callable[[Facts], str]]] = {
    "substance_test_positive": _positive,
    "substance_test_diluted": _diluted,
    "substance_test_not_completed": _not_completed,
    "substance_test_unreported": _unreported,
}
