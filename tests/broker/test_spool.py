"""The publisher's spool and the form of its records, without a broker."""

from pathlib import Path

import pytest
from broker.callouts import SECRET, callout, police

from connectors.publisher.spool import Entry, Parcel, Segment, Spool, SpoolBusy, SpoolFull
from connectors.publisher.wire import keyed, subject_of, to_parcel
from schemas.codec import encode


def _parcel(name: str) -> Parcel:
    return Parcel(name, "feed.x", b"key", b"\x00\xff value", (("ce_id", name.encode()),))


def _names(spool: Spool) -> list[str]:
    return [e.parcel.name for segment in spool.pending() for e in segment.entries or ()]


def _append(spool: Spool, *names: str) -> None:
    spool.append([_parcel(name) for name in names])


def test_what_was_put_in_is_there_for_the_next_process(tmp_path: Path) -> None:
    """Records come back whole and in order, and new ones go behind them."""
    with Spool(tmp_path) as spool:
        _append(spool, "a", "b")
        _append(spool, "c")

    with Spool(tmp_path) as spool:
        assert spool.waiting == 3
        _append(spool, "d")
        assert _names(spool) == ["a", "b", "c", "d"]
        first = next(spool.pending())
        assert first.entries is not None
        assert first.entries[0] == Entry(1, _parcel("a"))


def test_only_its_owner_may_read_it(tmp_path: Path) -> None:
    """Folders are 0700 and files 0600: they hold personal data."""
    folder = tmp_path / "spool"
    with Spool(folder) as spool:
        _append(spool, "a")
        spool.set_aside(Entry(1, _parcel("a")), "too large")

    modes = {path: path.stat().st_mode & 0o777 for path in [folder, *folder.rglob("*")]}
    assert {mode for path, mode in modes.items() if path.is_dir()} == {0o700}
    assert {mode for path, mode in modes.items() if path.is_file()} == {0o600}
    assert len(modes) == 5


def test_a_segment_keeps_what_is_left_and_then_goes(tmp_path: Path) -> None:
    """Settling a part keeps the rest under its numbers; settling all leaves nothing."""
    with Spool(tmp_path) as spool:
        _append(spool, "a", "b", "c")
        segment = next(spool.pending())
        assert segment.entries is not None
        spool.settle(segment, segment.entries[1:])
        assert (_names(spool), spool.waiting) == (["b", "c"], 2)

        spool.settle(next(spool.pending()), ())
        assert (_names(spool), spool.waiting) == ([], 0)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["lock", "refused"]


def test_what_was_set_aside_comes_back_behind_the_rest(tmp_path: Path) -> None:
    """Records set aside are taken back in their order, once."""
    with Spool(tmp_path) as spool:
        _append(spool, "a", "b", "c")
        (segment,) = spool.pending()
        assert segment.entries is not None
        spool.set_aside(segment.entries[2], "too large")
        spool.set_aside(segment.entries[0], "too large")
        spool.settle(segment, segment.entries[1:2])

        assert spool.take_back() == 2
        assert spool.take_back() == 0
        assert _names(spool) == ["b", "a", "c"]


def test_numbers_are_not_used_again_while_a_record_has_them(tmp_path: Path) -> None:
    """A record set aside by an earlier process is not written over by a later one."""
    with Spool(tmp_path) as spool:
        _append(spool, "a")
        (segment,) = spool.pending()
        assert segment.entries is not None
        spool.set_aside(segment.entries[0], "too large")
        spool.settle(segment, ())
    with Spool(tmp_path) as spool:
        _append(spool, "b")
        (segment,) = spool.pending()
        assert segment.entries is not None
        spool.set_aside(segment.entries[0], "too large")
        spool.settle(segment, ())

        assert spool.take_back() == 2
        assert _names(spool) == ["a", "b"]


def test_two_processes_cannot_have_one_spool(tmp_path: Path) -> None:
    """The second one is told; when the first has gone, it may."""
    with Spool(tmp_path), pytest.raises(SpoolBusy, match="another process publishes"):
        Spool(tmp_path)
    Spool(tmp_path).close()


def test_a_full_spool_takes_nothing_and_says_whose_move_it_is(tmp_path: Path) -> None:
    """At its limit the spool refuses whole, and keeps what it has."""
    with Spool(tmp_path, bytes_max=600) as spool:
        _append(spool, "a")
        with pytest.raises(SpoolFull, match="Kafka must take these records"):
            _append(spool, *"bcdefghijklmnopqrstuvwxyz" * 3)
        assert _names(spool) == ["a"]


def test_a_segment_that_was_cut_short_never_was(tmp_path: Path) -> None:
    """What a crash left half written is removed; what a bad disk gives back is set aside."""
    with Spool(tmp_path) as spool:
        _append(spool, "a")
        _append(spool, "b")
    (tmp_path / "00000000000000000003.seg.part").write_text('{"number": 3, "na')
    (tmp_path / "00000000000000000001.seg").write_text("\x00\x00\x00")

    with Spool(tmp_path) as spool:
        broken, whole = spool.pending()
        assert broken == Segment(broken.path, None)
        assert spool.set_aside_unreadable(broken).name == "00000000000000000001.unreadable"
        assert [e.number for e in whole.entries or ()] == [2]
        assert list(tmp_path.glob("*.part")) == []


def _pnc(value: str) -> dict[str, str]:
    return {"kind": "pnc", "value": value}


NAMED = {"name": {"family_name": "Brackenridge"}, "born_on": "1991-06-14"}


@pytest.mark.parametrize(
    ("record", "subject"),
    [
        ({"person": {"identifiers": [_pnc(" 2009/0417728n ")]}}, "pnc:20090417728N"),
        (
            {"person": {"identifiers": [_pnc("1"), {"kind": "agency_person", "value": "N-2"}]}},
            "agency_person:N2",
        ),
        ({"person": {"identifiers": [_pnc(" / ")], **NAMED}}, "name:brackenridge||1991-06-14"),
        ({"person": {"identifiers": []}, "court_case": "29X"}, "court_case:29X"),
        ({"officer": "PO1", "absence_id": "A1"}, "absence_id:A1"),
        ({"meta": {"event_id": "e1"}}, "event:e1"),
    ],
)
def test_an_event_is_keyed_by_the_strongest_of_what_it_names(
    record: dict[str, object], subject: str
) -> None:
    """Identifier, else name with birth date, else what the event is about, else the event."""
    assert subject_of(record) == subject


def test_the_key_needs_the_secret() -> None:
    """The same person has the same key under one secret and another under another."""
    one, two = (to_parcel(callout(n), police("feed.x"), SECRET, encode) for n in (1, 8))
    other = to_parcel(callout(1), police("feed.x"), b"another secret", encode)

    assert one.key == two.key == keyed(SECRET, "agency_person:NICHE1")
    assert other.key != one.key
