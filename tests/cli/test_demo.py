"""The demo: a whole day through the real parts, told in words and as JSON, leaving nothing."""

import json
import os
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from cli.demo_told import TOLD_OF

from connectors.sources import find_source, source_named
from connectors.translation import Translated
from streams.cli._demo_story import EXAMPLES, read_day
from streams.domain.identifiers import Identifier, IdentifierKind, parse
from streams.settings import PROJECT_ROOT

DEMO = (sys.executable, "-P", "-m", "streams.cli", "demo")
SECONDS_MAX = 120
COLUMNS = 80
GATEWAY = "offender_management_act_2007_s14"
BAD_FILE = "weekend-list.jsonl"
"""The one example that is meant to have a bad line."""


@dataclass(frozen=True)
class Played:
    """What one run of the demo printed, and what it left in its temporary folder."""

    status: int
    out: str
    err: str
    left: tuple[str, ...]

    @property
    def lines(self) -> list[dict[str, Any]]:
        """Every line as JSON."""
        return [json.loads(line) for line in self.out.splitlines()]


def environment(folder: Path, **more: str) -> dict[str, str]:
    """Make an environment whose temporary folder and home are one's own."""
    inherited = {k: v for k, v in os.environ.items() if not k.startswith("SWITCHBOARD_")}
    own = {"TMPDIR": str(folder / "tmp"), "SWITCHBOARD_HOME": str(folder / "home")}
    (folder / "tmp").mkdir(exist_ok=True)
    return {
        **inherited,
        **own,
        "PYTHONPATH": str(PROJECT_ROOT),
        "COLUMNS": str(COLUMNS),
        **more,
    }


def play(folder: Path, *arguments: str, **more: str) -> Played:
    """Run the demo as somebody types it, with its output going to a file."""
    done = subprocess.run(
        [*DEMO, *arguments],
        env=environment(folder, **more),
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        timeout=SECONDS_MAX,
    )
    left = sorted(path.name for path in (folder / "tmp").iterdir() if "switchboard" in path.name)
    return Played(done.returncode, done.stdout, done.stderr, tuple(left))


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Played:
    """Give the demo in words, run beside a ledger that it must not touch."""
    url = "postgresql://nobody@127.0.0.1:1/never"
    return play(tmp_path_factory.mktemp("demo"), SWITCHBOARD_DATABASE_URL=url)


@pytest.fixture(scope="module")
def as_json(tmp_path_factory: pytest.TempPathFactory) -> Played:
    """Give the demo as JSON."""
    return play(tmp_path_factory.mktemp("demo"), "--json")


def of_file(played: Played, name: str) -> list[dict[str, Any]]:
    """Give the lines about what a file held, in order, for the last time it was sent."""
    found = [line for line in played.lines if line["file"].endswith(f"/{name}")]
    last = max(line["delivery"] for line in found)
    return [line for line in found if line["delivery"] == last]


def recipients(line: Mapping[str, Any]) -> list[tuple[str, str, str, str]]:
    """Give who was told of an event: as what, by which notice, and how the notice moved."""
    return [
        (n["recipient"]["officer"], n["recipient"]["reached_as"], n["type"], n["move"])
        for n in line["notices"]
    ]


@pytest.mark.slow
def test_it_ends_well_and_leaves_nothing(told: Played, as_json: Played) -> None:
    """Either way of telling ends with status 0, says nothing on stderr and leaves no file."""
    for played in (told, as_json):
        assert (played.status, played.err, played.left) == (0, "", ())


@pytest.mark.slow
def test_every_delivery_and_every_ending_is_told(told: Played) -> None:
    """The page has each delivery of the day, each ending, the check, and what to try next."""
    titles = re.findall(r"^-- \d\d:\d\d  (.+?) -*$", told.out, re.MULTILINE)
    assert titles == [delivery.title for delivery in read_day().deliveries]
    for words in ("TOLD BEFORE", "NOBODY'S", "HELD", "QUARANTINED", "RECORDED", "WITHDRAWN"):
        assert words in told.out
    assert "every promise holds" in told.out
    assert "BROKEN" not in told.out
    assert "Not real here: one process and no Kafka" in " ".join(told.out.split())


@pytest.mark.slow
def test_the_page_is_narrow_and_plain_where_it_is_no_terminal(told: Played) -> None:
    """No line is wider than the terminal, and none carries colours into a file."""
    assert [line for line in told.out.splitlines() if len(line) > COLUMNS] == []
    assert "\x1b" not in told.out


@pytest.mark.slow
def test_what_to_try_next_exists(told: Played) -> None:
    """Each line to copy names a word that there is and files that there are."""
    lines = re.findall(r"^ +\./run (.+)$", told.out, re.MULTILINE)
    assert len(lines) > 5
    commands = {path.stem for path in (PROJECT_ROOT / "streams/cli").glob("[a-z]*.py")}
    for line in lines:
        word, *arguments = line.split()
        assert word in commands | {"kafka"}
        for argument in arguments:
            assert "/" not in argument or (PROJECT_ROOT / argument).is_file()


@pytest.mark.slow
def test_every_event_has_one_line_and_one_ending(as_json: Played) -> None:
    """The four endings and the repeat are all there, and every event has one of them."""
    endings = Counter(line["disposition"] for line in as_json.lines)
    assert endings == {"recorded": 49, "routed": 20, "quarantined": 2, "held": 1, "repeated": 1}
    for line in as_json.lines:
        assert line["because"]
        assert bool(line["notices"]) >= (line["disposition"] in {"routed", "held"})


@pytest.mark.slow
@pytest.mark.parametrize("name", TOLD_OF)
def test_the_right_people_are_told(as_json: Played, name: str) -> None:
    """Each event reaches those whom the rules name, as what they are, and nobody else."""
    told_of = [sorted(recipients(line)) for line in of_file(as_json, name)]
    assert told_of == [sorted(wanted) for wanted in TOLD_OF[name]]


@pytest.mark.slow
def test_a_night_call_out_waits_for_the_opening(as_json: Played) -> None:
    """What comes at 06:15 is due an hour after nine, and a repeat of it changes nothing."""
    first, again = (line for line in as_json.lines if line["file"].endswith("/night-callout.jsonl"))
    (notice,) = first["notices"]
    assert notice["urgency"] == "immediate"
    assert datetime.fromisoformat(notice["due_at"]) == datetime(2026, 7, 6, 9, tzinfo=UTC)
    assert (again["disposition"], again["notices"]) == ("repeated", [])


@pytest.mark.slow
def test_what_is_withheld_is_not_shown(as_json: Played) -> None:
    """A kept-back event says nothing but whom to ask; the victim's officer reads of nobody else."""
    (line,) = of_file(as_json, "not-for-provider.jsonl")
    said = json.dumps(line["notices"])
    assert not re.search("investigation|conspir|drugs|AM/26", said)
    _, victim = of_file(as_json, "evening-callout.jsonl")
    assert "X204817" not in json.dumps(victim)
    (covert,) = of_file(as_json, "covert-arrest.jsonl")
    assert covert["notices"][0]["do_not_tell_person"]
    (restricted,) = of_file(as_json, "restricted-arrest.jsonl")
    assert restricted["notices"][0]["restricted"]


@pytest.mark.slow
def test_programs_read_no_names_of_people(as_json: Played) -> None:
    """The names of those supervised are the narration's alone; JSON has their CRN."""
    for name in family_names():
        assert name not in as_json.out


@pytest.mark.slow
def test_it_is_refused_in_production(tmp_path: Path) -> None:
    """Made-up data has no place in production, and the refusal leaves nothing either."""
    played = play(tmp_path, SWITCHBOARD_MODE="production")
    assert played.status == 2
    assert "SWITCHBOARD_MODE is production" in played.err
    assert played.left == ()


@pytest.mark.slow
def test_ended_halfway_it_leaves_nothing(tmp_path: Path) -> None:
    """A demo that is told to stop takes its ledger with it."""
    with subprocess.Popen(
        DEMO, env=environment(tmp_path), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as demo:
        assert demo.stdout is not None
        for line in demo.stdout:
            if line.startswith("-- 06:15"):
                break
        demo.terminate()
        demo.communicate(timeout=SECONDS_MAX)
    assert demo.returncode == 143
    assert list((tmp_path / "tmp").glob("switchboard-demo-*")) == []


def examples() -> list[Path]:
    """Give every payload of the examples."""
    return sorted(path for path in EXAMPLES.rglob("*.json*") if path.is_file())


def translated(path: Path) -> Translated:
    """Translate an example as its agency's connector does."""
    raw = path.read_bytes()
    at = datetime(2026, 7, 6, tzinfo=UTC)
    source = source_named(find_source(raw) or "")
    return source.translate(raw, agency="hmcts", received_at=at, gateway=GATEWAY)


def people() -> list[Mapping[str, Any]]:
    """Give every reference to a person in the examples."""
    events = (event for path in examples() for event in translated(path).events)
    return [event.record["person"] for event in events if "person" in event.record]


def family_names() -> set[str]:
    """Give the family names of everybody whom the examples are about."""
    return {person["name"]["family_name"] for person in people()}


@pytest.mark.parametrize("path", examples(), ids=lambda path: path.name)
def test_examples_are_good(path: Path) -> None:
    """Every example is an event or several, but for the line that is meant to be bad."""
    found = translated(path)
    assert found.events
    assert len(found.rejections) == (1 if path.name == BAD_FILE else 0)


def test_the_day_plays_every_example() -> None:
    """No example lies unused, and the day runs forward."""
    deliveries = read_day().deliveries
    assert {delivery.path for delivery in deliveries} == set(examples())
    assert [d.at for d in deliveries] == sorted(d.at for d in deliveries)


def test_examples_write_identifiers_that_can_be_right() -> None:
    """Every identifier has the check letter that belongs to it, however it is written."""
    given = [each for person in people() for each in person["identifiers"]]
    assert given
    for each in given:
        kind = IdentifierKind(each["kind"])
        assert isinstance(parse(kind, each["value"], year=2026), Identifier), each
