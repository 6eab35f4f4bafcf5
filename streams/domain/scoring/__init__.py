"""Identity scored: two descriptions of people compared field by field, decided, and explained.

`people.prepare` makes a description ready, `score.score` compares two of them, `words.explain` says
why in sentences, `blocking.blocking_keys` finds whom to compare with. The weights are data
(`streams/identity_weights.toml`), made by `switchboard identity train` on made-up people.
"""
