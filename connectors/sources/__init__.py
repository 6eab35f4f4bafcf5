"""Translators, one pure module for each format that agencies really send."""
