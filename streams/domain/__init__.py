"""The nouns, pure."""
