"""What carries records from a log into the ledger."""
