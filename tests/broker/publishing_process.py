"""A publisher in a process of its own, for tests that kill it: BOOTSTRAP FEED SPOOL COUNT."""

import sys
from pathlib import Path

from broker.callouts import callouts, publishing


def main() -> None:
    """Publish COUNT call-outs, say how many are safe, then stay until somebody ends us."""
    kafka, feed, spool, count = sys.argv[1:]
    with publishing(kafka, feed, Path(spool)) as publisher:
        print("publishing", flush=True)
        published = publisher.publish(callouts(range(int(count))))
        print(published.taken, published.waiting, flush=True)
        sys.stdin.read()


if __name__ == "__main__":
    main()
