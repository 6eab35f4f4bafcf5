"""Who is in a hearing: one entry for each defendant entry, and one for each application's person.

The schema says that defendants are not merged across cases, and producers send two entries with one
id: each entry stands by itself. An application belongs to the entries of its person in the cases
that it links, else to the first entry of that person; one about nobody in the hearing's cases is an
entry of its own. Only raw values are compared here; whether an entry is good is found later, so
that a bad one does not stop its neighbours.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from connectors.json_node import FaultError, Node

NOBODY_IN_APPLICATION = "left out: an application that names no person as subject or party"
NOBODY_OF_RESULT = "left out: a result about no defendant of this hearing"
FURTHER_CASES = "told under the first of the cases that it links"


@dataclass(frozen=True, slots=True)
class Entry:
    """One person in one case of a hearing, with what the hearing keeps elsewhere about them.

    `case` is the prosecution case, or the application where there is no case. `occurrence` counts
    the entries before this one with the same ids.
    """

    defendant: Node
    case: Node
    is_application: bool
    applications: tuple[Node, ...]
    hearing_results: tuple[Node, ...]
    occurrence: int


@dataclass(slots=True)
class _Found:
    """A person as found, before it is known what belongs to them."""

    defendant: Node
    case: Node
    is_application: bool = False
    applications: list[Node] = field(default_factory=list)
    hearing_results: list[Node] = field(default_factory=list)


def entries_of(hearing: Node) -> tuple[tuple[Entry, ...], tuple[FaultError, ...]]:
    """Return the entries in the order of the payload, and the parts that are none."""
    faults: list[FaultError] = []
    found = list(_defendants(hearing, faults))
    for application in _objects(hearing["courtApplications"], faults):
        found += _take_application(application, found, faults)
    for result in _objects(hearing["defendantJudicialResults"], faults):
        _take_result(result, found)
    return tuple(_numbered(found)), tuple(faults)


def _objects(node: Node, faults: list[FaultError]) -> tuple[Node, ...]:
    """Return the objects of a list; a list that is none and a member that is none are faults."""
    try:
        members = node.entries()
    except FaultError as fault:
        faults.append(fault)
        return ()
    faults += [member.fault("an object") for member in members if not _is_object(member)]
    return tuple(member for member in members if _is_object(member))


def _is_object(node: Node) -> bool:
    """Say whether this is a JSON object."""
    return isinstance(node.value, dict)


def _defendants(hearing: Node, faults: list[FaultError]) -> Iterator[_Found]:
    """Yield the defendant entries of every case."""
    for case in _objects(hearing["prosecutionCases"], faults):
        if case["defendants"].is_empty:
            faults.append(case["defendants"].fault("at least one defendant"))
            continue
        for defendant in _objects(case["defendants"], faults):
            yield _Found(defendant, case)


def _take_application(
    application: Node, found: list[_Found], faults: list[FaultError]
) -> tuple[_Found, ...]:
    """Give the application to its person's entries, or return it as an entry of its own."""
    try:
        person = _person_of(application)
        if person is None:
            application.remark(NOBODY_IN_APPLICATION)
            return ()
        same = [entry for entry in found if _ids(entry.defendant) & _ids(person)]
        linked = {_raw(case, "prosecutionCaseId") for case in linked_cases(application)}
    except FaultError as fault:
        faults.append(fault)
        return ()
    in_linked = [entry for entry in same if _raw(entry.case, "id") in linked]
    for entry in in_linked or same[:1]:
        entry.applications.append(application)
    if same:
        return ()
    if len(linked) > 1:
        application["courtApplicationCases"].remark(FURTHER_CASES)
    return (_Found(person, application, is_application=True, applications=[application]),)


def _person_of(application: Node) -> Node | None:
    """Return whom an application is about: its subject, else its applicant, else a respondent."""
    parties = (application["subject"], application["applicant"])
    for party in (*parties, *application["respondents"].entries()):
        if party["masterDefendant"]["personDefendant"].is_given:
            return party["masterDefendant"]
    return None


def _take_result(result: Node, found: list[_Found]) -> None:
    """Give a result that stands at the hearing to the first entry of its person."""
    person_id = _raw(result, "masterDefendantId")
    inner = result["judicialResult"]
    for entry in found:
        if person_id and person_id in _ids(entry.defendant):
            entry.hearing_results.append(inner if inner.is_given else result)
            return
    result.remark(NOBODY_OF_RESULT)


def linked_cases(application: Node) -> tuple[Node, ...]:
    """Return the prosecution cases that an application links."""
    return application["courtApplicationCases"].entries()


def linked_offences(application: Node) -> tuple[Node, ...]:
    """Return the offences under an application: of its cases, and of the order that it is about."""
    cases = [case["offences"] for case in linked_cases(application)]
    order = application["courtOrder"]["courtOrderOffences"].entries()
    of_cases = [offence for offences in cases for offence in offences.entries()]
    return (*of_cases, *(member["offence"] for member in order))


def _ids(person: Node) -> frozenset[str]:
    """Return the ids by which one person is known inside one hearing."""
    in_cases = {_raw(case, "defendantId") for case in person["defendantCase"].entries()}
    return frozenset({_raw(person, "masterDefendantId"), _raw(person, "id"), *in_cases} - {""})


def _raw(node: Node, key: str) -> str:
    """Return the text of a member as it stands, empty where it is no text."""
    value = node[key].value if _is_object(node) else None
    return value.strip() if isinstance(value, str) else ""


def _numbered(found: list[_Found]) -> Iterator[Entry]:
    """Yield the entries, each with the count of those before it that have the same ids."""
    seen: Counter[tuple[str, str]] = Counter()
    for entry in found:
        key = (_raw(entry.case, "id"), _raw(entry.defendant, "id"))
        yield Entry(
            defendant=entry.defendant,
            case=entry.case,
            is_application=entry.is_application,
            applications=tuple(entry.applications),
            hearing_results=tuple(entry.hearing_results),
            occurrence=seen[key],
        )
        seen[key] += 1
