"""What the report shows of the new tokens: which are never used, the longest, the most frequent."""

import numpy as np
import numpy.typing as npt

from pipeline.contract.metrics import Json
from pipeline.vocab.alphabet import is_fragment, to_bytes
from pipeline.vocab.assembly import Vocabulary

SHOWN = 20


def new_token_figures(vocabulary: Vocabulary, uses: npt.NDArray[np.int64]) -> dict[str, Json]:
    """`uses` counts each token id on the training text; tokens of equal rank stand by id."""
    new = vocabulary.extension.new
    first = len(vocabulary.model_tokens) - len(new)
    counts = {first + number: int(uses[first + number]) for number in range(len(new))}
    texts = {first + number: to_bytes(token).decode() for number, token in enumerate(new) if not is_fragment(token)}
    for number, word in enumerate(vocabulary.words, start=len(vocabulary.tokens) - len(vocabulary.words)):
        counts[number], texts[number] = int(uses[number]), word
    specials = range(len(vocabulary.model_tokens), len(vocabulary.model_tokens) + len(vocabulary.specials))
    unused = set(np.flatnonzero(uses == 0).tolist()) - set(specials)
    by_length = sorted(texts, key=lambda id: (-len(texts[id]), id))[:SHOWN]
    by_use = sorted(texts, key=lambda id: (-counts[id], id))[:SHOWN]
    return {
        "unused_on_train": {"base": len(unused - counts.keys()), "new": len(unused & counts.keys())},
        "fragments": len(new) - sum(id < first + len(new) for id in texts),
        "longest": [texts[id] for id in by_length],
        "most_frequent": {texts[id]: counts[id] for id in by_use},
    }
