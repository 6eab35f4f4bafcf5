"""The person of a court case, exactly as the court gave them; what it means is for identification.

Identifiers, names and dates are passed on as they came, "REDACTED" included: junk is recognised in
one place, by the identity rules, and not here. Masking or mending would hide it from them.
"""

from collections.abc import Iterator
from typing import Any

from connectors.json_node import MISSING, Node
from streams.domain.records import TEXT_MAX

GIVEN_FIELDS = ("masterDefendantId", "pncId", "croNumber", "isYouth")
ADDRESS_LINES = ("address1", "address2", "address3", "address4", "address5")

# Assumed: the words courts write in the first line for somebody without an address.
NO_FIXED_ADDRESS = frozenset({"no fixed abode", "no fixed address", "nfa"})

# The defendant's member, and the kind of identifier that it is.
_IDENTIFIERS = (
    ("pncId", "pnc"),
    ("croNumber", "cro"),
    ("cprUUID", "cpr_uuid"),
    ("masterDefendantId", "cp_master_defendant"),
)


def is_person(defendant: Node) -> bool:
    """Say whether this is a person; an organisation has no person's details."""
    return defendant["personDefendant"].is_given


def person_of(defendant: Node, defendant_id: str | None) -> dict[str, Any]:
    """Return the person reference of a defendant or of the master defendant of an application."""
    details = defendant["personDefendant"]["personDetails"]
    if not details.is_given:
        raise details.fault("the person's details")
    return {
        "identifiers": _identifiers(defendant, defendant_id),
        "name": {
            "given_name": details["firstName"].text(),
            "middle_names": details["middleName"].text(),
            "family_name": details["lastName"].required_text("the family name of the person"),
        },
        "aliases": list(_aliases(defendant["aliases"])),
        "born_on": details["dateOfBirth"].day(),
        "addresses": _addresses(details["address"]),
    }


def given_fields(defendant: Node) -> list[dict[str, Any]]:
    """Say for each of four fields whether it was absent, null or set, and its value as it came.

    The receivers of these hearings tell the three apart: an absent field says nothing, a null one
    says that the court knows there is none.
    """
    return [_given(defendant[name], name) for name in GIVEN_FIELDS]


def _given(node: Node, name: str) -> dict[str, Any]:
    """Return presence and value of one field: set and without a value is an empty text."""
    if node.value is MISSING:
        return {"field": name, "presence": "absent", "value": None}
    if node.value is None:
        return {"field": name, "presence": "null_given", "value": None}
    value = node.text() if isinstance(node.value, str) else node.scalar(chars_max=TEXT_MAX)
    return {"field": name, "presence": "set", "value": value}


def _identifiers(defendant: Node, defendant_id: str | None) -> list[dict[str, str]]:
    """Return every identifier that is there, as given."""
    found = [(kind, defendant[name].identifier()) for name, kind in _IDENTIFIERS]
    asn = defendant["personDefendant"]["arrestSummonsNumber"].identifier()
    found += [("asn", asn), ("cp_defendant", defendant_id)]
    return [{"kind": kind, "value": value} for kind, value in found if value is not None]


def _aliases(aliases: Node) -> Iterator[dict[str, Any]]:
    """Yield the other names of the person; the trading name of an organisation is none."""
    for alias in aliases.entries():
        given_name, family_name = alias["firstName"].text(), alias["lastName"].text()
        if given_name is None and family_name is None:
            alias.remark("left out: an alias without a person's name")
            continue
        yield {"kind": "alias", "given_name": given_name, "family_name": family_name}


def _addresses(address: Node) -> list[dict[str, Any]]:
    """Return the address as a list of one, or none where nothing of it is given."""
    lines = [line for name in ADDRESS_LINES if (line := address[name].text()) is not None]
    postcode = address["postcode"].text()
    if not lines and postcode is None:
        return []
    no_fixed_address = any(line.lower() in NO_FIXED_ADDRESS for line in lines)
    return [
        {
            "kind": "home",
            "lines": lines,
            "postcode": postcode,
            "no_fixed_address": no_fixed_address,
        }
    ]
