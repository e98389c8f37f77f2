"""The words of the text in the base's tokens: where the learning starts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from tokenizers import Tokenizer, pre_tokenizers

from pipeline.core.engine import map_shards
from pipeline.schema.engine import EngineConfig
from pipeline.vocab.base import Base
from pipeline.vocab.merging import BETWEEN, Spelling

CHUNK_WORDS = 1 << 16
BATCH_WORDS = 1 << 13


@dataclass(frozen=True, slots=True)
class Segmentation:
    tokens: Sequence[str]
    """The base's tokens that stand in the words, by id: token number -> token."""
    spelling: Spelling


def word_model(base: Base) -> Tokenizer:
    """The base's merges alone, for one word of ordinary text."""
    tokenizer = base.model()
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)
    return tokenizer


def segment(engine: EngineConfig, words: Mapping[str, int], base: Base) -> Segmentation:
    """Cut the words by the base's merges, in parallel; the result does not depend on the number of workers."""
    listed = list(words)
    chunks = [listed[start : start + CHUNK_WORDS] for start in range(0, len(listed), CHUNK_WORDS)]
    ids = np.concatenate([np.empty(0, np.int32), *map_shards(engine, _Segment(word_model(base)), chunks)])
    used = np.unique(ids[ids >= 0])
    numbers = np.full(len(base.ids) + 1, BETWEEN, np.int32)  # the last is for BETWEEN itself
    numbers[used] = np.arange(len(used))
    names = {id: token for token, id in base.ids.items()}
    counts = np.fromiter(words.values(), np.int64, len(words))
    return Segmentation([names[id] for id in used.tolist()], Spelling(numbers[ids], counts))


@dataclass(frozen=True, slots=True)
class _Segment:
    model: Tokenizer

    def __call__(self, words: list[str]) -> npt.NDArray[np.int32]:
        """The words' ids, each word followed by BETWEEN."""
        batches = []
        for start in range(0, len(words), BATCH_WORDS):
            flat: list[int] = []
            batch = words[start : start + BATCH_WORDS]
            for encoding in self.model.encode_batch_fast(batch, add_special_tokens=False):
                flat += encoding.ids
                flat.append(BETWEEN)
            batches.append(np.array(flat, np.int32))
        return np.concatenate(batches)
