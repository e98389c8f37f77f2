"""One part of the split, scored by the model and by every baseline over the same events."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pipeline.benchmarks.baselines import Baselines
from pipeline.benchmarks.figures import DIGITS, Score, by_source
from pipeline.benchmarks.language_model import LanguageModel
from pipeline.benchmarks.sliding_windows import document_scores
from pipeline.contract.document import Document
from pipeline.contract.metrics import Json

MODEL = "model"


@dataclass(frozen=True, slots=True)
class PartScores:
    """The sums of one part, and the model's score of each of its documents."""

    whole: Mapping[str, Score]
    """`model` or a baseline's name -> all documents."""
    sources: Mapping[str, Mapping[str, Score]]
    """The same names -> source -> its documents."""
    unseen: int
    """Characters of the part that the baselines' training text lacks."""
    bits: Sequence[float]
    """The model's −Σ log2 p, one for each document."""
    tokens: Sequence[int]

    @property
    def bits_per_character(self) -> dict[str, float]:
        return {name: round(score.bits / score.characters, DIGITS) for name, score in self.whole.items()}

    def figures(self) -> dict[str, Json]:
        """For the metrics file: the model's three figures, and bits per character by source."""
        table = self.whole[MODEL].to_json()
        return {
            "bits_per_character": table["bits_per_character"],
            "bits_per_byte": table["bits_per_byte"],
            "perplexity": table["perplexity"],
            "by_source": {name: score.to_json()["bits_per_character"] for name, score in self.sources[MODEL].items()},
        }

    def table(self) -> dict[str, Json]:
        """Everything, for the report."""
        models: dict[str, Json] = {
            name: {
                **score.to_json(),
                "by_source": {source: part.to_json() for source, part in self.sources[name].items()},
            }
            for name, score in self.whole.items()
        }
        return {"unseen_characters": self.unseen, "models": models}


def score_part(
    model: LanguageModel, baselines: Baselines, documents: Sequence[Document], stride_share: float
) -> PartScores:
    """`stride_share` is the stride of the sliding window as a share of the context."""
    texts = [document.text for document in documents]
    logs, tokens = document_scores(model, texts, max(1, int(model.context * stride_share)))
    bits = [-value / math.log(2) for value in logs]
    counts = baselines.score(texts)
    none = [0] * len(documents)
    pairs = {MODEL: by_source(documents, bits, tokens)}
    pairs |= {name: by_source(documents, values.tolist(), none) for name, values in counts.bits.items()}
    return PartScores(
        {name: whole for name, (whole, _) in pairs.items()},
        {name: sources for name, (_, sources) in pairs.items()},
        counts.unseen,
        bits,
        tokens,
    )
