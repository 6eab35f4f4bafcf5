"""The edge: how agencies' formats and transports meet the event contract."""
