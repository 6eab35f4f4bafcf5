"""Who may know whom, and that nothing in the project depends on where it was made."""

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from contract.source_tree import ROOT, text_of, tracked_files

# Put together from parts, so that this file does not hold what it looks for.
MACHINE_PATHS = re.compile(
    r"(?<![\w./\-}])/(?:" + "|".join(("wo" + "rk", "ro" + "ot")) + r")(?![\w\-])"
    r"|(?<![\w./\-}])/ho" + r"me/\w"
    r"|(?<![\w./\-}])/tm" + r"p/\w"
)
REGISTRY_HOSTS = re.compile(
    r"|".join(
        (
            r"py" + r"pi\.org",
            r"pythonho" + r"sted\.org",
            r"repo\d?\.ma" + r"ven",
            r"ma" + r"ven\.org",
            r"registry\.npm" + r"js",
            r"proxy\.gol" + r"ang",
            r"--index-u" + r"rl",
            r"--extra-index-u" + r"rl",
        )
    )
)
LOCK_FILES = frozenset(("uv.lock", "poetry.lock", "pdm.lock", "pylock.toml", "package-lock.json"))
"""Files that record download addresses; the pins are constraints.txt alone."""

# One import that breaks each contract, by the file that it is planted in.
VIOLATIONS = {
    "layers": ("schemas/planted.py", "import streams.domain"),
    "every-part-of-streams-placed": ("streams/planted.py", "import streams.domain"),
    "every-part-of-connectors-placed": ("connectors/planted.py", "import streams.domain"),
    "flows-independent": ("streams/flows/one.py", "import streams.flows.two"),
    "stages-independent": ("streams/stages/one.py", "import streams.stages.two"),
    "sources-independent": ("connectors/sources/one.py", "import connectors.sources.two"),
    "only-engines-run-faust": ("streams/services/one.py", "import aiokafka"),
    "kafka-python-in-four-places": ("streams/engines/one.py", "import kafka.errors"),
    "only-the-ledger-speaks-sql": ("streams/cli/one.py", "import psycopg"),
    "only-schemas-read-avro": ("streams/engines/two.py", "import fastavro"),
}
INNOCENT = (
    ("streams/flows/two.py", ""),
    ("streams/stages/two.py", ""),
    ("connectors/sources/two.py", "import schemas"),
    ("streams/ledger/save.py", "import psycopg, sqlalchemy"),
    ("streams/engines/direct.py", "import aiokafka, streams.ledger.save"),
    ("streams/topics.py", "import kafka"),
    ("streams/settings.py", "import streams.domain"),
    ("schemas/codec.py", "import fastavro"),
)
FOLDERS = {"streams", "connectors", "schemas", "connectors/sources", "streams/domain"} | {
    f"streams/{part}" for part in ("flows", "stages", "ledger", "engines", "services", "cli")
}


def lint_imports(folder: Path) -> subprocess.CompletedProcess[str]:
    """Run import-linter with the contracts of that folder over its packages."""
    # -P: the folder's packages are named by PYTHONPATH alone, whatever else is installed.
    program = "from importlinter.cli import lint_imports_command as main; main()"
    return subprocess.run(
        [sys.executable, "-P", "-c", program, "--no-cache"],
        cwd=folder,
        env={"PYTHONPATH": str(folder), "PYTHONUTF8": "1"},
        capture_output=True,
        text=True,
        check=False,
    )


def plant(folder: Path, *files: tuple[str, str]) -> Path:
    """Make a project of empty packages and these files, under the project's own contracts."""
    (folder / "pyproject.toml").write_text((ROOT / "pyproject.toml").read_text("utf-8"), "utf-8")
    for name in FOLDERS:
        (folder / name).mkdir(parents=True, exist_ok=True)
        (folder / name / "__init__.py").touch()
    for name, source in files:
        (folder / name).write_text(source + "\n", "utf-8")
    return folder


def test_imports_keep_the_layers() -> None:
    """Nothing imports what is above it, and each outside library stays in its place."""
    done = lint_imports(ROOT)
    assert done.returncode == 0, f"\n{done.stdout}{done.stderr}"


def test_contracts_let_the_allowed_pass(tmp_path: Path) -> None:
    """Imports that the design allows break no contract."""
    done = lint_imports(plant(tmp_path, *INNOCENT))
    assert done.returncode == 0, f"\n{done.stdout}{done.stderr}"


def test_contracts_see_each_violation(tmp_path: Path) -> None:
    """Every contract is broken by the import that it is there to forbid."""
    contracts = tomllib.loads(text_of(ROOT / "pyproject.toml"))["tool"]["importlinter"]["contracts"]
    names = {contract["id"]: contract["name"] for contract in contracts}
    assert set(names) == set(VIOLATIONS)
    done = lint_imports(plant(tmp_path, *INNOCENT, *VIOLATIONS.values()))
    assert {name for name in names.values() if f"{name} KEPT" in done.stdout} == set()
    assert all(f"{name} BROKEN" in done.stdout for name in names.values()), done.stdout


def test_no_path_of_a_machine() -> None:
    """No file names a folder that only the machine of whoever wrote it has."""
    assert lines_with(MACHINE_PATHS) == []


def test_no_registry_is_named() -> None:
    """No file says where packages come from: each machine has its own way to them."""
    assert lines_with(REGISTRY_HOSTS) == []


def lines_with(pattern: re.Pattern[str]) -> list[str]:
    """Every line of the project's files in which the pattern is found."""
    return [
        f"{path.relative_to(ROOT)}:{number}: {line.strip()[:100]}"
        for path in tracked_files()
        for number, line in enumerate(text_of(path).splitlines(), 1)
        if pattern.search(line)
    ]


def test_no_lock_file_with_addresses() -> None:
    """The pins are in constraints.txt; no lock file that records addresses is kept."""
    assert [path for path in tracked_files() if path.name in LOCK_FILES] == []


def test_maven_files_name_no_repository() -> None:
    """A pom.xml has neither repositories nor a namespace, since Maven needs neither."""
    poms = [path for path in tracked_files() if path.name == "pom.xml"]
    faults = [
        f"{pom.relative_to(ROOT)}: {word}"
        for pom in poms
        for word in ("epositories", "epository>", "xmlns", "http")
        if word in text_of(pom)
    ]
    assert faults == []


def test_every_package_is_pinned_by_hash() -> None:
    """Each line of constraints.txt is one exact version with the hashes of its files."""
    pins = re.split(r"\n(?=[a-z0-9])", text_of(ROOT / "constraints.txt"))[1:]
    loose = [pin for pin in pins if not re.match(r"[a-z0-9\-]+(\[[a-z,]+\])?==[\w.]+", pin)]
    assert pins
    assert loose == []
    assert [pin.split()[0] for pin in pins if "--hash=sha256:" not in pin] == []


def test_every_dependency_is_pinned() -> None:
    """What pyproject.toml asks for, build and groups included, is in constraints.txt."""
    project = tomllib.loads(text_of(ROOT / "pyproject.toml"))
    asked = list(project["project"]["dependencies"])
    asked += [name for group in project["dependency-groups"].values() for name in group]
    asked += project["build-system"]["requires"]
    wanted = {re.match(r"[\w\-]+", name)[0].lower() for name in asked}
    pinned = set(re.findall(r"^([a-z0-9\-]+)==", text_of(ROOT / "constraints.txt"), re.MULTILINE))
    assert wanted - pinned == set()


@pytest.mark.parametrize(
    ("line", "is_found"),
    [
        ("see /" + "work/shared", True),
        ('"/' + 'root"', True),
        ("/" + "tmp/x", True),
        ('Path("/tmp")', False),
        ("https://example.invalid/" + "work/1", False),
        ("{home}/" + "root", False),
        ("./framework/" + "work", False),
    ],
)
def test_machine_paths_are_seen(line: str, *, is_found: bool) -> None:
    """The search finds paths of a machine and lets addresses and relative paths be."""
    assert bool(MACHINE_PATHS.search(line)) is is_found
