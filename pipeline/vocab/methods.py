"""The two ways to extend the base: merges learnt on the text, or the words of a list."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from pipeline.contract.metrics import Json, Tally
from pipeline.core.errors import SourceError
from pipeline.schema.engine import EngineConfig
from pipeline.schema.tokenizer import Method, TokenizerConfig
from pipeline.vocab.assembly import Vocabulary
from pipeline.vocab.base import Base
from pipeline.vocab.extension import cut, extend
from pipeline.vocab.fertility import measure
from pipeline.vocab.linebreaks import Marks
from pipeline.vocab.wordlist import choose_words, count_occurrences, jieba_list, read_words
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
    tally, words = count_words(engine, shards, Marks(config.nl, config.escape))
    _require_documents(tally)
    extension = extend(words, base, config, specials=4 + len(config.more))
    figures: dict[str, Json] = {"distinct_words": len(words), "merges": len(extension.merges)}
    return Learnt(tally, Vocabulary.build(extension, [], config), figures)


def _add_words(engine: EngineConfig, shards: Sequence[Path], base: Base, config: TokenizerConfig) -> Learnt:
    path = Path(config.word_file) if config.word_file is not None else jieba_list()
    listed = read_words(path, config.max_token_chars)
    tally, seen = count_occurrences(engine, shards, listed.frequencies)
    _require_documents(tally)
    chosen = choose_words(listed, seen, base, config)
    words = list(chosen.frequencies)
    if not words:
        raise SourceError(f"{path}: none of its {len(listed.frequencies)} words can be added: {chosen.skipped}")
    whole = Vocabulary.build(cut(base, dict.fromkeys(base.tokens, config.base_min_count), config), words, config)
    uses = measure(engine, shards, whole.tokenizer()).uses
    by_token = dict(zip(base.tokens, uses.tolist(), strict=False))  # the base stands first
    figures: dict[str, Json] = {
        "words_listed": len(listed.frequencies),
        "words_skipped": dict(chosen.skipped),
    }
    return Learnt(tally, Vocabulary.build(cut(base, by_token, config), words, config), figures)


def _require_documents(tally: Tally) -> None:
    if not tally.units_in:
        raise SourceError("no documents to learn from: see metrics/split.json for where they went")
