"""How a Common Platform hearing is wrapped, and what is in the wrapper instead of one.

A hearing comes as `{hearing, sharedTime}`, as the hearing alone, or as the text `Message` of an SNS
notification, which a queue may wrap once more as `Body`. Above the size limit of the queue comes a
claim check: an address where the body is held, which we do not follow.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from connectors import safe_json
from connectors.json_node import FaultError, Node
from connectors.translation import Skipped

CLAIM_CHECK = "software.amazon.payloadoffloading.PayloadS3Pointer"
MESSAGE_TYPES = frozenset({"COMMON_PLATFORM_HEARING"})
DELETED_TYPES = frozenset({"COMMON_PLATFORM_HEARING_DELETED"})
WRAPPERS = ("Message", "Body")
WRAPPERS_MAX = 3

# Parts of a hearing that nothing else has; one is enough to know a hearing without its wrapper.
HEARING_KEYS = frozenset({"hearingDays", "courtCentre", "prosecutionCases", "courtApplications"})

# The member `hearing` in JSON that is wrapped as text, once or more.
_LIKE_A_HEARING = re.compile(r'\\*"hearing\\*"\s*:')

_NOT_FOLLOWED = (
    "the publisher must send the body itself, or its connector must fetch it first; "
    "we do not follow addresses that come in a message"
)
_DELETED = (
    "nothing was withdrawn: a named person at the court must tell the officer by hand, since a "
    "deletion has no event yet"
)


@dataclass(frozen=True, slots=True)
class Opened:
    """A hearing without its wrapper, and the instant when its results were shared.

    `message` is the court's message as it came: a wrapper is another one at each delivery, so that
    the events of one message would differ by it.
    """

    hearing: Node
    shared_time: Node
    message: bytes


def looks_like_ours(document: object) -> bool:
    """Say whether this is a hearing, a wrapped one, or a claim check, by the names it uses."""
    match document:
        case [str(pointer), *_]:
            return pointer == CLAIM_CHECK
        case {"hearing": _}:
            return True
        case {"MessageAttributes": attributes} if _attribute(attributes, "messageType"):
            return bool(_attribute(attributes, "messageType") & (MESSAGE_TYPES | DELETED_TYPES))
        case {"Message": str(wrapped)} | {"Body": str(wrapped)}:
            return _LIKE_A_HEARING.search(wrapped) is not None or CLAIM_CHECK in wrapped
        case dict():
            return len(HEARING_KEYS & document.keys()) > 1
        case _:
            return False


def opened(raw: bytes, document: object, remarks: list[Skipped]) -> Opened:
    """Take the wrapper off; a wrapper without a hearing that we may read is a fault."""
    node, message = _unwrapped(raw, Node(document, "", remarks))
    if isinstance(node.value, list):
        raise _claim_check(node)
    if not isinstance(node.value, dict):
        raise node.fault("an object that holds a hearing")
    if "hearing" in node.value:
        return Opened(node["hearing"], node["sharedTime"], message)
    if not HEARING_KEYS & node.value.keys():
        raise node["hearing"].fault("a hearing")
    return Opened(node, node["sharedTime"], message)


def _unwrapped(raw: bytes, node: Node) -> tuple[Node, bytes]:
    """Read the text inside each wrapper, at most a few deep, and return its bytes too."""
    for _ in range(WRAPPERS_MAX):
        name = _wrapper_of(node.value)
        if name is None:
            break
        _refuse_other_messages(node)
        inner = node[name]
        raw = inner.value.encode("utf-8", "surrogatepass")
        value = safe_json.parse(raw)
        if isinstance(value, safe_json.Unreadable):
            raise FaultError(inner.path, value.expected, value.came, value.fix)
        node = Node(value, f"{inner.path}>", node.remarks)
    return node, raw


def _wrapper_of(value: object) -> str | None:
    """Return the member that holds the message as text, if there is one."""
    if not isinstance(value, dict):
        return None
    return next((name for name in WRAPPERS if isinstance(value.get(name), str)), None)


def _refuse_other_messages(node: Node) -> None:
    """Refuse a deletion and a message that says it is of another kind."""
    attributes = node["MessageAttributes"]
    if not isinstance(attributes.value, dict):
        return
    kinds = _attribute(attributes.value, "messageType")
    happened = _attribute(attributes.value, "hearingEventType")
    if kinds & DELETED_TYPES or "deleted" in {word.lower() for word in happened}:
        place = attributes["hearingEventType" if happened else "messageType"].path
        raise FaultError(place, "a hearing that was listed or resulted", "a deletion", _DELETED)
    if kinds and not kinds & MESSAGE_TYPES:
        place = attributes["messageType"].path
        fix = "the publisher must send other kinds of message on their own feed"
        raise FaultError(place, "a Common Platform hearing", "another kind of message", fix)


def _attribute(attributes: object, name: str) -> frozenset[str]:
    """Return the value of a message attribute, in each of the three spellings seen."""
    value: Any = attributes.get(name) if isinstance(attributes, Mapping) else None
    if isinstance(value, Mapping):
        value = value.get("Value", value.get("StringValue"))
    return frozenset({value}) if isinstance(value, str) else frozenset()


def _claim_check(node: Node) -> FaultError:
    """Say that the body is elsewhere, and whether the claim check names where."""
    value = node.value
    if not value or value[0] != CLAIM_CHECK:
        return node.fault("an object that holds a hearing")
    pointer = value[1] if len(value) > 1 and isinstance(value[1], dict) else {}
    bucket = "a bucket named" if pointer.get("s3BucketName") else "no bucket named"
    key = "a key given" if pointer.get("s3Key") else "no key given"
    came = f"a claim check ({bucket}, {key}) for a body that is held elsewhere"
    return FaultError(node.place, "a hearing", came, _NOT_FOLLOWED)
