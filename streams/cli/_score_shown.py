"""A score as a program reads it, wherever a command prints one."""

from typing import Any

from msgspec.structs import asdict

from streams.domain.scoring.score import Score
from streams.domain.scoring.words import explain, say


def score_document(score: Score) -> dict[str, Any]:
    """Return how alike two descriptions are, what was decided, and why, field by field."""
    return {
        "score": round(score.bits, 3),
        "probability": round(score.probability, 6),
        "decision": score.decision,
        "guard": score.guard,
        "fields": [
            {**asdict(part), "bits": round(part.bits, 3), "words": say(part)}
            for part in score.parts
        ],
        "explanation": explain(score),
    }
