"""Kafka's release jars: found in a cache folder, fetched there by Maven the first time."""

import contextlib
import hashlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from xml.etree import ElementTree as ET

POM = Path(__file__).resolve().with_name("pom.xml")
JAVA_VERSION_MIN = 17
"""Source: Kafka 4 release notes; the broker needs Java 17."""
DOWNLOAD_SECONDS_MAX = 900.0


class KafkaUnavailableError(Exception):
    """No local Kafka can run here; the message says what is missing and how to get it."""


def find_java() -> str:
    """Return the path of a Java that is new enough: JAVA_HOME's, else the one on PATH."""
    home = os.environ.get("JAVA_HOME")
    java = shutil.which("java", path=f"{home}/bin") if home else shutil.which("java")
    if java is None:
        place = f"JAVA_HOME ({home}) has no bin/java" if home else "there is no java on PATH"
        raise KafkaUnavailableError(
            f"Kafka needs Java {JAVA_VERSION_MIN} or later and {place}; install one "
            "(Debian, Ubuntu: apt install openjdk-17-jre-headless)"
        )
    told = subprocess.run([java, "-version"], capture_output=True, text=True, check=False).stderr
    version = re.search(r'version "(\d+)', told)
    if version is None or int(version[1]) < JAVA_VERSION_MIN:
        came = version[1] if version else f"of no known version ({told.strip()[:80]})"
        raise KafkaUnavailableError(
            f"Kafka needs Java {JAVA_VERSION_MIN} or later; {java} is {came}. Install a newer one "
            "and name its folder in JAVA_HOME"
        )
    return java


def cache_folder() -> Path:
    """Return where the jars belong: SWITCHBOARD_CACHE, else the user's cache folder."""
    usual = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "switchboard"
    chosen = Path(os.environ.get("SWITCHBOARD_CACHE") or usual)
    pom = POM.read_bytes()
    version = ET.fromstring(pom).findtext("properties/kafka.version")  # noqa: S314 - our own file
    return chosen / f"kafka-{version}-{hashlib.sha256(pom).hexdigest()[:8]}"


def fetch_jars() -> Path:
    """Return the folder of the jars, after fetching them (45 MB) when it is not there yet.

    They are fetched beside it and moved into place whole, so a download that was cut short is done
    again and two at once do not spoil each other's.
    """
    folder = cache_folder()
    if folder.exists():
        return folder
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="fetching-", dir=folder.parent) as place:
        _download(Path(place) / "jars")
        with contextlib.suppress(FileExistsError, OSError):
            (Path(place) / "jars").rename(folder)
    if not folder.exists():
        raise KafkaUnavailableError(f"the jars cannot be kept in {folder}; is the disk full?")
    return folder


def _download(folder: Path) -> None:
    """Have Maven copy the jars of our pom and of all they need into a folder."""
    maven = shutil.which("mvn")
    if maven is None:
        raise KafkaUnavailableError(
            "Kafka's jars are fetched with Maven and there is no mvn on PATH; install it "
            "(Debian, Ubuntu: apt install maven), or name a running Kafka in SWITCHBOARD_TEST_KAFKA"
        )
    print("fetching Kafka's jars with Maven (45 MB, once) ...", file=sys.stderr, flush=True)
    goal = ["dependency:copy-dependencies", f"-DoutputDirectory={folder}"]
    try:
        done = subprocess.run(
            [maven, "-q", "-B", "-f", str(POM), *goal],
            capture_output=True,
            text=True,
            timeout=DOWNLOAD_SECONDS_MAX,
            check=False,
        )
    except subprocess.TimeoutExpired as late:
        raise KafkaUnavailableError(
            f"Maven did not fetch Kafka's jars in {late.timeout:.0f} s; check the network"
        ) from late
    if done.returncode != 0 or not any(folder.glob("kafka_*.jar")):
        said = " ".join((done.stdout + done.stderr).split())[:600]
        raise KafkaUnavailableError(
            f"Maven could not fetch Kafka's jars; check the network or ~/.m2/settings.xml: {said}"
        )
