"""The extended vocabulary: which base tokens stay and how many merges are learnt, so that the size is met exactly."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

import numpy as np

from pipeline.core.errors import ConfigError
from pipeline.schema.tokenizer import KeepBase, TokenizerConfig
from pipeline.vocab.base import Base, Pair
from pipeline.vocab.merging import Spelling, learn_merges, letter_uses, spell


@dataclass(frozen=True)
class Extension:
    """A byte-level BPE: the base tokens that stay, the new ones, and all merges in order."""

    kept: Sequence[str]
    """By base id."""
    new: Sequence[str]
    """In the order learnt."""
    merges: Sequence[Pair]

    def __len__(self) -> int:
        return len(self.kept) + len(self.new)


def extend(words: Mapping[str, int], base: Base, config: TokenizerConfig, specials: int) -> Extension:
    """Continued BPE on counted words up to `vocab_size` tokens, of which `specials` are special.

    ConfigError gives both sizes where the text cannot teach so many tokens at `min_frequency`, or where the base
    tokens that must stay are too many already.
    """
    assert config.vocab_size is not None
    size = config.vocab_size - specials
    floor = len(base.tokens) if config.keep_base is KeepBase.all else len(base.closure([]))
    if floor >= size:
        raise _no_room(config, floor, specials)
    spelling = spell(words, base)
    learnt = learn_merges(spelling, size - floor, config.min_frequency, config.max_token_chars)
    growth = _Growth(spelling, learnt, base, config)
    fitted, merges = _fit(growth, size)
    if len(fitted) > size:
        raise _no_room(config, len(fitted.kept), specials)
    if len(fitted) < size and merges == len(learnt):
        raise ConfigError(
            f"tokenizer.vocab_size {config.vocab_size} is more than the text can teach: it gives "
            f"{len(fitted) + specials} tokens at min_frequency {config.min_frequency}; lower one or give more text"
        )
    return growth.fill(fitted, merges, size)


def cut(base: Base, uses: Mapping[str, int], config: TokenizerConfig) -> Extension:
    """The base vocabulary alone, cut to what the text uses; `uses` is base token -> count."""
    kept = set(base.tokens)
    if config.keep_base is KeepBase.used:
        kept = base.closure(token for token, count in uses.items() if count >= config.base_min_count)
    return _assemble(base, kept, [])


class _Growth:
    """The vocabulary after any number of the learnt merges."""

    def __init__(self, spelling: Spelling, learnt: Sequence[Pair], base: Base, config: TokenizerConfig) -> None:
        self.spelling, self.learnt, self.base, self.config = spelling, learnt, base, config

    def after(self, merges: int) -> Extension:
        learnt = self.learnt[:merges]
        kept = set(self.base.tokens)
        if self.config.keep_base is KeepBase.used:
            uses = letter_uses(self.spelling, learnt)
            frequent = np.flatnonzero(uses >= self.config.base_min_count).tolist()
            parts = [letter for letter in chain.from_iterable(learnt) if len(letter) == 1]
            kept = self.base.closure([*(self.spelling.tokens[n] for n in frequent), *map(self.spelling.read, parts)])
        return _assemble(self.base, kept, [(self.spelling.read(a), self.spelling.read(b)) for a, b in learnt])

    def fill(self, extension: Extension, merges: int, size: int) -> Extension:
        """Make up the few tokens that `_fit` leaves open with base tokens: the text's by use, then by id."""
        if len(extension) == size:
            return extension
        kept, new = set(extension.kept), set(extension.new)
        uses = letter_uses(self.spelling, self.learnt[:merges])
        by_use = [self.spelling.tokens[n] for n in np.argsort(-uses, kind="stable").tolist()]
        for token in chain(by_use, self.base.tokens):
            wider = kept | self.base.closure([token])
            if token not in new and len(wider | new) <= size:
                kept = wider
            if len(kept | new) == size:
                break
        old = len(extension.merges) - merges
        return _assemble(self.base, kept, extension.merges[old:])


def _fit(growth: _Growth, size: int) -> tuple[Extension, int]:
    """The largest vocabulary found that is not above `size`, and its number of merges (the smallest, if all are).

    A merge adds about one token, so the shortfall is a good next step; where such steps run in a circle, halving
    the distance between the nearest two finds the place.
    """
    tried: dict[int, Extension] = {}
    fit, above = -1, len(growth.learnt) + 1
    merges = min(len(growth.learnt), size * 3 // 4)
    while fit < merges < above:
        extension = tried[merges] = growth.after(merges)
        if len(extension) <= size:
            fit = merges
        else:
            above = merges
        if len(extension) == size:
            break
        merges = max(0, min(len(growth.learnt), merges + size - len(extension)))
        if not fit < merges < above:
            merges = (fit + above) // 2
    best = max(fit, min(tried))
    return tried[best], best


def _assemble(base: Base, kept: set[str], learnt: Sequence[Pair]) -> Extension:
    """Two ways of merging can spell one token, or a base token: it counts once, and both merges stay."""
    new = [token for token in dict.fromkeys(map("".join, learnt)) if token not in kept]
    old = [pair for pair in base.merges if "".join(pair) in kept]
    return Extension([token for token in base.tokens if token in kept], new, [*old, *learnt])


def _no_room(config: TokenizerConfig, base_tokens: int, specials: int) -> ConfigError:
    return ConfigError(
        f"tokenizer.vocab_size {config.vocab_size} leaves no room for new tokens: {base_tokens} base tokens and "
        f"{specials} special ones must stay; raise it or base_min_count"
    )
