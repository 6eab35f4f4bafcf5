"""The secret of a home is made up once, though every service of it starts at the same moment."""

import subprocess
import sys
from pathlib import Path

from streams.engines.wiring import SECRET_FILE, secret_of
from streams.settings import Settings

PROGRAM = """
import sys
from pathlib import Path
from streams.engines.wiring import secret_of
from streams.settings import Settings
print("ready", flush=True)
sys.stdin.readline()
print(secret_of(Settings(home=Path(sys.argv[1]))).hex())
"""


def test_all_services_of_a_home_have_one_secret(tmp_path: Path) -> None:
    """Six processes ask at once; each has the one that stays, and nothing else is left."""
    home = tmp_path / "home"
    started = [
        subprocess.Popen(
            [sys.executable, "-c", PROGRAM, str(home)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(6)
    ]
    for process in started:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
    told = {process.communicate("go\n", timeout=60)[0].strip() for process in started}
    assert told == {secret_of(Settings(home=home)).hex()}
    assert [path.name for path in home.iterdir()] == [SECRET_FILE]
    assert (home / SECRET_FILE).stat().st_mode & 0o777 == 0o600
