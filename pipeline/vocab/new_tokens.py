"""The new tokens and their uses: counts and examples for the metrics, and a table by rank."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from pipeline.contract.metrics import Json
from pipeline.core.shards import csv_text
from pipeline.vocab.alphabet import is_whole, to_bytes
from pipeline.vocab.assembly import Vocabulary

SHOWN = 20
OFTEN = 20
"""A token seen so often in the training text is expected in held-out text too."""
Uses = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class NewToken:
    id: int
    raw: bytes
    train: int
    """How often the training text has it."""
    heldout: int

    @property
    def text(self) -> str | None:
        """None for a part of a character."""
        return self.raw.decode() if is_whole(self.raw) else None


def new_tokens(vocabulary: Vocabulary, train: Uses, heldout: Uses) -> list[NewToken]:
    """Learnt tokens and added words, without special tokens and <nl>, by id."""
    first = len(vocabulary.model_tokens) - len(vocabulary.extension.new)
    spelt = [to_bytes(token) for token in vocabulary.extension.new]
    words = [word.encode() for word in vocabulary.words]
    rows = [*enumerate(spelt, first), *enumerate(words, len(vocabulary.tokens) - len(words))]
    return [NewToken(id, raw, int(train[id]), int(heldout[id])) for id, raw in rows]


def new_token_figures(vocabulary: Vocabulary, tokens: Sequence[NewToken], train: Uses) -> dict[str, Json]:
    """Counts and examples; tokens of equal rank stand by id."""
    texts = [token for token in tokens if token.text is not None]
    by_length = sorted(texts, key=lambda token: (-len(token.raw.decode()), token.id))[:SHOWN]
    by_use = sorted(texts, key=lambda token: (-token.train, token.id))[:SHOWN]
    often = [token for token in tokens if token.train >= OFTEN]
    base_ids = range(len(vocabulary.extension.kept))
    return {
        "unused_on_train": {
            "base": sum(not train[id] for id in base_ids),
            "new": sum(not token.train for token in tokens),
        },
        "seen_often": {
            "times": OFTEN,
            "tokens": len(often),
            "in_heldout": sum(token.heldout > 0 for token in often),
        },
        "fragments": len(tokens) - len(texts),
        "longest": [token.text for token in by_length],
        "most_frequent": {token.raw.decode(): token.train for token in by_use},
    }


def use_table(tokens: Sequence[NewToken]) -> str:
    """CSV of the new tokens by use in train: rank, id, token, characters, train, heldout. Fragments in hex."""
    ranked = sorted(tokens, key=lambda token: (-token.train, token.id))
    rows = (
        (rank, token.id, token.raw.hex() if token.text is None else token.text, token.train, token.heldout)
        for rank, token in enumerate(ranked, start=1)
    )
    return csv_text(["rank", "id", "token", "train", "heldout"], rows)
