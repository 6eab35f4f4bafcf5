"""Switchboard's broker: from an agency's event to the officer who has to act."""
