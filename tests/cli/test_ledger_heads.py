"""`switchboard ledger verify --heads`: whoever tampers with the audit is found, and where."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import pytest
from cli.tampering import AT, CHAIN, ENTRIES, EVERY, Audit, Row, anew
from fixtures.ledger import LIMITS

from streams.ledger.connection import connect

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from fixtures.command_line import Answer, Switchboard

HIT: Final = 437
OTHER: Final = b'{"action":"nothing"}'
PROVED: Final = ENTRIES - EVERY


@pytest.fixture
def audit(switchboard: Switchboard, ledger_url: str, tmp_path: Path) -> Iterator[Audit]:
    """Give a thousand entries, of which nine hundred are proved by signed heads."""
    with connect(ledger_url, name="test", limits=LIMITS) as session:
        made = Audit(session, tmp_path / "heads.jsonl")
        made.write()
        yield made


def verified(switchboard: Switchboard, audit: Audit) -> Answer:
    """Verify with the heads of the file."""
    return switchboard("ledger", "verify", "--heads", audit.file, "--json")


def flip(rows: list[Row]) -> list[Row]:
    """Change one entry where it stands."""
    number, _, kept = rows[HIT - 1]
    return [*rows[: HIT - 1], (number, OTHER, kept), *rows[HIT:]]


def delete(rows: list[Row]) -> list[Row]:
    """Take one entry away."""
    return [*rows[: HIT - 1], *rows[HIT:]]


def insert(rows: list[Row]) -> list[Row]:
    """Put one entry in, and number those after it anew."""
    after = [(number + 1, content, kept) for number, content, kept in rows[HIT - 1 :]]
    return [*rows[: HIT - 1], (HIT, OTHER, rows[HIT - 1][2]), *after]


def reorder(rows: list[Row]) -> list[Row]:
    """Let two entries change places, with their hashes."""
    (one, *first), (other, *second) = rows[HIT - 1], rows[HIT]
    swapped: list[Row] = [(one, second[0], second[1]), (other, first[0], first[1])]
    return [*rows[: HIT - 1], *swapped, *rows[HIT + 1 :]]


def hidden(tamper: Callable[[list[Row]], list[Row]]) -> Callable[[list[Row]], list[Row]]:
    """Tamper and reckon every hash anew, so that the chain itself shows nothing."""
    return lambda rows: anew(content for _, content, _ in tamper(rows))


def rewrite(rows: list[Row]) -> list[Row]:
    """Make all entries anew."""
    return anew(OTHER for _ in rows)


def cut(rows: list[Row]) -> list[Row]:
    """Take the tail away."""
    return rows[:850]


def regrow(rows: list[Row]) -> list[Row]:
    """Take the tail away and write another."""
    return anew([*(content for _, content, _ in rows[:850]), *([OTHER] * 150)])


BETWEEN: Final = (
    f"entry {HIT - HIT % EVERY + 1} or what followed, up to {HIT - HIT % EVERY + EVERY}"
)
FOUND: Final[dict[str, tuple[Callable[[list[Row]], list[Row]], str, str]]] = {
    "flip": (flip, "audit_hash", f"entry {HIT} was changed"),
    "delete": (delete, "audit_numbers_consecutive", f"{HIT} is missing"),
    "insert": (insert, "audit_hash", f"entry {HIT} was changed"),
    "reorder": (reorder, "audit_hash", f"entry {HIT} was changed"),
    "flip, hidden": (hidden(flip), "audit_as_signed", BETWEEN),
    "delete, hidden": (hidden(delete), "audit_as_signed", BETWEEN),
    "insert, hidden": (hidden(insert), "audit_as_signed", BETWEEN),
    "reorder, hidden": (hidden(reorder), "audit_as_signed", BETWEEN),
    "rewrite": (rewrite, "audit_as_signed", f"entry 1 or what followed, up to {EVERY}"),
    "cut": (cut, "audit_cut", "entry 851 and what followed is missing"),
    "cut to nothing": (lambda _: [], "audit_cut", "entry 1 and what followed is missing"),
    "cut and regrow": (regrow, "audit_as_signed", "entry 801 or what followed, up to 900"),
}
"""What is done to the entries, by which invariant it shows, and the index that is named."""


def test_a_sound_audit_is_proved_up_to_its_last_head(
    switchboard: Switchboard, audit: Audit
) -> None:
    """Entries after the last head are said to be unproved, which breaks nothing."""
    answer = verified(switchboard, audit)
    (chain,) = (line for line in answer.lines if line["what"] == "chain")
    assert answer.status == 0
    assert (chain["chain"], chain["length"], chain["heads"]) == (CHAIN, ENTRIES, 9)
    assert (chain["proved"], chain["unproved"]) == (PROVED, EVERY)
    words = switchboard("ledger", "verify", "--heads", audit.file).out
    assert f"{EVERY} UNPROVED from entry {PROVED + 1} on" in words


@pytest.mark.parametrize("name", FOUND)
def test_whoever_tampers_is_found(switchboard: Switchboard, audit: Audit, name: str) -> None:
    """A change, deletion, insertion, reordering, cut or rewriting is named with where it begins."""
    tamper, invariant, words = FOUND[name]
    audit.replace(tamper(audit.rows()))
    answer = verified(switchboard, audit)
    broken: dict[str, Any] = {
        line["invariant"]: line for line in answer.lines if line["what"] == "broken"
    }
    assert answer.status == 1
    assert words in broken[invariant]["ids"][0], broken


def test_only_heads_show_what_was_hidden_well(switchboard: Switchboard, audit: Audit) -> None:
    """Without heads a rewritten audit looks whole, and verify says that it proves nothing."""
    audit.replace(rewrite(audit.rows()))
    answer = switchboard("ledger", "verify")
    assert answer.status == 0
    assert "No signed heads were read" in answer.out


def test_what_no_head_has_reached_is_not_called_proved(
    switchboard: Switchboard, audit: Audit
) -> None:
    """Hidden well behind the last head, a change is not found, and its entry is called unproved."""
    rows = audit.rows()
    bodies = [content for _, content, _ in rows]
    audit.replace(anew([*bodies[:950], OTHER, *bodies[951:]]))
    answer = verified(switchboard, audit)
    (chain,) = (line for line in answer.lines if line["what"] == "chain")
    assert (answer.status, chain["proved"], chain["unproved"]) == (0, PROVED, EVERY)


def test_a_forged_head_is_found(switchboard: Switchboard, audit: Audit, tmp_path: Path) -> None:
    """A head that another key signed over a rewritten audit proves nothing and is named."""
    audit.replace(rewrite(audit.rows()))
    audit.file.unlink()
    audit.keep([audit.sign(AT, tmp_path / "elsewhere")])
    with audit.file.open("a") as file:
        file.write("rubbish\n")
    answer = verified(switchboard, audit)
    broken = {line["invariant"] for line in answer.lines if line["what"] == "broken"}
    assert (answer.status, broken) == (1, {"audit_head_signed", "audit_head_readable"})
    (chain,) = (line for line in answer.lines if line["what"] == "chain")
    assert chain["proved"] == 0


def test_without_public_keys_nothing_is_called_proved(
    switchboard: Switchboard, audit: Audit, tmp_path: Path
) -> None:
    """Heads that cannot be checked end the command with words."""
    (tmp_path / "home" / "audit-keys.pub").unlink()
    answer = verified(switchboard, audit)
    assert answer.status == 2
    assert "SWITCHBOARD_AUDIT_PUBLIC_KEYS_FILE" in answer.err
