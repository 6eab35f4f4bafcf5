"""A process that supervises made-up services, as `switchboard up` supervises ours.

Started as `python -m supervision.supervising HOME NAME=PROGRAM...`, each program being Python. It
prints `pid` lines itself, so that a test knows whom it may kill.
"""

import signal
import sys
from pathlib import Path

from streams.services.pidfile import held
from streams.services.supervisor import Patience, Service, Supervisor

PATIENCE = Patience(first_pause=0.1, pause_max=0.4, steady=30.0, stop=2.0)


def main() -> None:
    """Supervise what the command line names until told to stop."""
    home, *given = sys.argv[1:]
    pairs = [each.partition("=") for each in given]
    services = [Service(name, (sys.executable, "-c", program)) for name, _, program in pairs]
    supervisor = Supervisor(services, patience=PATIENCE)
    with held(Path(home)):
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, supervisor.stop)
        status = supervisor.run()
    sys.exit(status)


if __name__ == "__main__":
    main()
