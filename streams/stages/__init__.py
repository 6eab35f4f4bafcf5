"""The verbs, one pure function for each step of an event."""
