"""`python -m streams.cli` is `switchboard`."""

from streams.cli import main

if __name__ == "__main__":
    main()
