"""The steps by which the ledger grew, each frozen once it has landed."""
