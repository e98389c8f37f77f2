"""The two ways to extend the base: merges learnt on the text, or the words of a list."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from pipeline.contract.metrics import Json, Tally
from pipeline.core.errors import SourceError
from pipeline.schema.engine import EngineConfig
from pipeline.schema.tokenizer import KeepBase, Method, TokenizerConfig
from pipeline.vocab.assembly import Vocabulary
from pipeline.vocab.base import Base
from pipeline.vocab.extension import cut, extend
from pipeline.vocab.fertility import measure, total
from pipeline.vocab.occurrences import count_occurrences
from pipeline.vocab.sample import choose_sample
from pipeline.vocab.segmentation import segment
from pipeline.vocab.wordlist import choose_words, read_lists
from pipeline.vocab.words import count_words


@dataclass(frozen=True)
class Learnt:
    tally: Tally
    vocabulary: Vocabulary
    figures: dict[str, Json]
    """What the method says of itself."""


def learn(engine: EngineConfig, shards: Sequence[Path], base: Base, config: TokenizerConfig) -> Learnt:
    """The extended vocabulary; SourceError if there is no document to learn from."""
    return (_learn_merges if config.method is Method.bpe else _add_words)(engine, shards, base, config)


def _learn_merges(engine: EngineConfig, shards: Sequence[Path], base: Base, config: TokenizerConfig) -> Learnt:
    sample = choose_sample(engine, shards, config.sample_chars)
    tally, words = count_words(engine, shards, sample, config)
    _require_documents(tally)
    base = base.with_plain_line_breaks()
    if config.keep_base is KeepBase.used:
        base = base.without_straddling()
    distinct, segmentation = len(words), segment(engine, words, base)
    words.clear()  # the memory that learning needs next
    extension = extend(segmentation, base, config)
    figures: dict[str, Json] = {
        "distinct_words": distinct,
        "merges": len(extension.merges),
        "refused": dict(extension.refused),
    }
    return Learnt(tally, Vocabulary.build(extension, [], config), figures)


def _add_words(engine: EngineConfig, shards: Sequence[Path], base: Base, config: TokenizerConfig) -> Learnt:
    base = base.with_plain_line_breaks()
    listed = read_lists(config.word_files, config.max_token_chars)
    sample = choose_sample(engine, shards, config.sample_chars)
    tally, seen = count_occurrences(engine, shards, sample, listed.frequencies)
    _require_documents(tally)
    chosen = choose_words(listed, seen, base, config)
    words = list(chosen.frequencies)
    if not words:
        raise SourceError(
            f"{', '.join(config.word_files)}: none of {len(listed.frequencies)} words can be added: {chosen.skipped}"
        )
    uncut = Vocabulary.build(cut(base, dict.fromkeys(base.tokens, config.base_min_count), config), words, config)
    uses = total(measure(engine, shards, uncut.tokenizer()), uncut.tokenizer()).uses
    by_token = dict(zip(base.tokens, uses.tolist(), strict=False))  # the base stands first
    figures: dict[str, Json] = {
        "words_listed": len(listed.frequencies),
        "words_skipped": dict(chosen.skipped),
    }
    return Learnt(tally, Vocabulary.build(cut(base, by_token, config), words, config), figures)


def _require_documents(tally: Tally) -> None:
    if not tally.used:
        raise SourceError(
            "no documents to learn from: see metrics/split.json for where they went, and tokenizer.sample_chars"
        )
