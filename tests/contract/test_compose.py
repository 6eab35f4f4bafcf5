"""The rules of docker-compose.yml and of the image, which a machine without Docker can check."""

import re
import signal
import subprocess
import tomllib
from importlib import import_module
from typing import Any

import pytest
import yaml
from contract.source_tree import ROOT

from streams.cli import up
from streams.services.supervisor import Patience
from streams.settings import Settings

COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text("utf-8"))
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
DOCKERFILE = (ROOT / "Dockerfile").read_text("utf-8")
ENTRYPOINT = ROOT / "deploy/entrypoint.sh"
OURS = sorted(name for name, service in SERVICES.items() if "build" in service)

PINNED = re.compile(r"[\w./\-]+:\d+\.\d+[\w.\-]*(@sha256:[0-9a-f]{64})?")
PUBLISHED = re.compile(r"127\.0\.0\.1:\$\{(SWITCHBOARD_\w+_PORT):-\d+\}:\d+")

every_service = pytest.mark.parametrize("name", sorted(SERVICES))


def environment(name: str) -> dict[str, str]:
    """The variables of one service."""
    return dict(SERVICES[name]["environment"])


def test_the_parts_are_there() -> None:
    """Compose runs what `switchboard up` does, with the two servers that all of it needs."""
    assert set(SERVICES) == {"kafka", "postgres", *up.SERVICES}
    for name in up.SERVICES:
        assert SERVICES[name]["command"] == ["switchboard", name]


def test_every_service_of_ours_is_a_command() -> None:
    """What compose starts is there to be started, and is a service: it runs until it is ended."""
    for name in OURS:
        module = import_module(f"streams.cli.{name}")
        assert "until SIGTERM or Ctrl-C" in (getattr(module, name).__doc__ or "")


@every_service
def test_images_are_pinned(name: str) -> None:
    """Every image is one exact version, never whatever is newest today."""
    assert PINNED.fullmatch(SERVICES[name]["image"])


def test_bases_of_the_image_are_pinned() -> None:
    """The image is built on one exact version in each of its steps."""
    bases = re.findall(r"^FROM (\S+)", DOCKERFILE, re.MULTILINE)
    assert bases
    assert [base for base in bases if not PINNED.fullmatch(base)] == []


@every_service
def test_ports_are_on_loopback_and_can_be_changed(name: str) -> None:
    """What is published is for this machine alone, on a port that .env can change."""
    ports = SERVICES[name].get("ports", [])
    assert [port for port in ports if not PUBLISHED.fullmatch(port)] == []


@every_service
def test_health_is_checked(name: str) -> None:
    """Each service says whether it is well, within limits."""
    check = SERVICES[name]["healthcheck"]
    assert check["test"][0] in {"CMD", "CMD-SHELL"}
    assert set(check) >= {"interval", "timeout", "retries", "start_period"}


@every_service
def test_whoever_waits_waits_for_health(name: str) -> None:
    """A service starts when what it needs answers, not when it was merely started."""
    waits = SERVICES[name].get("depends_on", {})
    assert {needed: how["condition"] for needed, how in waits.items()} == dict.fromkeys(
        waits, "service_healthy"
    )


@pytest.mark.parametrize("name", OURS)
def test_ours_wait_for_both(name: str) -> None:
    """Each of our services needs Kafka or the ledger's database, and none starts before both."""
    assert set(SERVICES[name]["depends_on"]) == {"kafka", "postgres"}


def test_ours_are_alike() -> None:
    """One image, one set of variables and one home, so that all have the same secret and keys."""
    alike = [{**SERVICES[name], "command": None} for name in OURS]
    assert all(each == alike[0] for each in alike)
    assert len(alike[0]["volumes"]) == 1


@pytest.mark.parametrize("name", OURS)
def test_ours_may_end_what_they_have_in_hand(name: str) -> None:
    """A container that is stopped is not killed before its supervisor would kill a service."""
    seconds = int(SERVICES[name]["stop_grace_period"].removesuffix("s"))
    assert seconds >= Patience().stop


@every_service
def test_services_come_back(name: str) -> None:
    """A process of ours is restarted when it fails, a server unless somebody stopped it."""
    ours = "build" in SERVICES[name]
    assert SERVICES[name]["restart"] == ("on-failure" if ours else "unless-stopped")


@every_service
def test_data_is_in_named_volumes(name: str) -> None:
    """What must outlive a container is in a declared volume with a name."""
    mounts = [mount.split(":")[0] for mount in SERVICES[name]["volumes"]]
    assert mounts
    assert set(mounts) <= set(COMPOSE["volumes"])


def test_topics_are_not_created_by_accident() -> None:
    """A mistyped topic is an error: Kafka makes none by itself."""
    assert environment("kafka")["KAFKA_AUTO_CREATE_TOPICS_ENABLE"] == "false"


def test_kafka_has_one_way_in_for_each_side() -> None:
    """Containers reach Kafka by its name, this machine by the published port."""
    told = environment("kafka")["KAFKA_ADVERTISED_LISTENERS"]
    listeners = dict(part.split("://") for part in told.split(","))
    published = SERVICES["kafka"]["ports"][0]
    assert listeners["INTERNAL"] == environment("worker")["SWITCHBOARD_KAFKA"]
    assert published == f"{listeners['HOST']}:9092"


def test_kafka_runs_without_zookeeper_on_one_node() -> None:
    """One node is broker and controller and keeps one copy of Kafka's own topics."""
    settings = environment("kafka")
    copies = {name: value for name, value in settings.items() if "REPLICATION_FACTOR" in name}
    assert settings["KAFKA_PROCESS_ROLES"] == "broker,controller"
    assert len(copies) >= 2
    assert set(copies.values()) == {"1"}


@pytest.mark.parametrize("name", OURS)
def test_variables_of_ours_exist(name: str) -> None:
    """Each variable that a service of ours is given is one that the settings read."""
    known = {f"SWITCHBOARD_{field.upper()}" for field in Settings.model_fields}
    assert set(environment(name)) <= known


def test_nothing_has_to_be_set() -> None:
    """Compose starts without a .env, because every variable has a default."""
    text = (ROOT / "docker-compose.yml").read_text("utf-8")
    assert re.findall(r"\$\{\w+\}|\$[A-Za-z]\w*", text) == []


def test_image_is_built_from_the_pins() -> None:
    """The image installs the pinned packages, checked by hash, and then ours alone."""
    assert "--require-hashes -r constraints.txt" in DOCKERFILE
    assert "--no-deps --no-build-isolation ." in DOCKERFILE


def test_image_does_not_run_as_root() -> None:
    """The processes of the image run under an account of their own."""
    users = re.findall(r"^USER (\S+)", DOCKERFILE, re.MULTILINE)
    assert users
    assert users[-1] not in {"root", "0"}


def test_image_gets_every_package() -> None:
    """What the build copies is not hidden from it by .dockerignore."""
    let_in = (ROOT / ".dockerignore").read_text("utf-8").split()
    needed = ["streams", "connectors", "schemas", "agencies.toml", "pyproject.toml"]
    needed += ["constraints.txt", "LICENSE", "deploy/entrypoint.sh"]
    assert [name for name in needed if f"!{name}" not in let_in] == []


@pytest.mark.parametrize(("status", "passed_on"), [(0, 0), (1, 1), (2, 0), (70, 70)])
def test_entry_hides_only_usage_errors(status: int, passed_on: int) -> None:
    """A mistake in the command is not restarted for ever; every other failure is."""
    done = subprocess.run([ENTRYPOINT, "sh", "-c", f"exit {status}"], check=False, timeout=20)
    assert done.returncode == passed_on


def test_entry_passes_the_signal_to_stop_on() -> None:
    """A container that is stopped stops its process, which may end in its own way."""
    program = "trap 'echo stopping; exit 5' TERM; echo ready; while :; do sleep 0.05; done"
    with subprocess.Popen(
        [ENTRYPOINT, "sh", "-c", program], stdout=subprocess.PIPE, text=True
    ) as entry:
        assert entry.stdout is not None
        assert entry.stdout.readline() == "ready\n"
        entry.send_signal(signal.SIGTERM)
        assert entry.stdout.read() == "stopping\n"
    assert entry.returncode == 5


def test_the_build_context_holds_what_the_wheel_carries() -> None:
    """Whatever the wheel is made of is let through to the build, which fails without it."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    wheel = project["tool"]["hatch"]["build"]["targets"]["wheel"]
    wanted = {*wheel["packages"], *wheel["force-include"]}
    let_through = (ROOT / ".dockerignore").read_text("utf-8").splitlines()
    assert "examples" in wanted
    assert {name for name in wanted if f"!{name}" not in let_through} == set()
