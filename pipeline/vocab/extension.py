"""The extended vocabulary: which base tokens stay and how many merges are learnt, so that the size is met exactly."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

import numpy as np
from tokenizers import Tokenizer, pre_tokenizers
from tokenizers.models import BPE

from pipeline.core.errors import ConfigError
from pipeline.schema.tokenizer import KeepBase, TokenizerConfig
from pipeline.vocab.base import Base, Pair
from pipeline.vocab.merge_rules import MergeRules
from pipeline.vocab.merging import Merge, learn_merges, token_uses, uses_after
from pipeline.vocab.segmentation import Segmentation
from pipeline.vocab.traditional import joining_merges, traditional_forms


@dataclass(frozen=True)
class Extension:
    """A byte-level BPE: the base tokens that stay, the new ones, and all merges in order."""

    kept: Sequence[str]
    """By base id."""
    new: Sequence[str]
    """In the order learnt."""
    merges: Sequence[Pair]
    refused: Mapping[str, int]
    """Why pairs whose turn had come were no token -> how many; see MergeRules."""

    def __len__(self) -> int:
        return len(self.kept) + len(self.new)


def extend(segmentation: Segmentation, base: Base, config: TokenizerConfig) -> Extension:
    """Continued BPE up to `vocab_size` tokens, the added ones among them.

    ConfigError gives both sizes where the text cannot teach so many tokens at `min_frequency`, or where the base
    tokens that must stay are too many already.
    """
    assert config.vocab_size is not None
    size = config.vocab_size - len(config.added)
    floor = len(base.tokens) if config.keep_base is KeepBase.all else len(base.closure([]))
    if floor >= size:
        raise _no_room(config, floor)
    growth = Growth(segmentation, base, config, size - floor)
    fitted, merges = _fit(growth, size)
    if len(fitted) > size:
        raise _no_room(config, len(fitted.kept))
    if len(fitted) < size and merges == len(growth):
        raise ConfigError(
            f"tokenizer.vocab_size {config.vocab_size} is more than the text can teach: it gives "
            f"{len(fitted) + len(config.added)} tokens at min_frequency {config.min_frequency}; lower one or give "
            "more text"
        )
    return growth.fill(fitted, merges, size)


def cut(base: Base, uses: Mapping[str, int], config: TokenizerConfig) -> Extension:
    """The base vocabulary alone, cut to what the text uses; `uses` is base token -> count."""
    kept = set(base.tokens)
    if config.keep_base is KeepBase.used:
        kept = base.closure(token for token, count in uses.items() if count >= config.base_min_count)
    return _assemble(base, kept, [], {})


class Growth:
    """The vocabulary after any number of the learnt merges."""

    def __init__(self, segmentation: Segmentation, base: Base, config: TokenizerConfig, merges: int) -> None:
        self.tokens, self.base, self.config = segmentation.tokens, base, config
        spelling, count = segmentation.spelling, len(segmentation.tokens)
        self.uses = token_uses(spelling, count)
        rules = MergeRules(self.tokens, base.tokens, config.max_token_chars)
        self.learnt: list[Merge] = learn_merges(spelling, count, merges, config.min_frequency, rules.admit)
        self.refused = dict(sorted(rules.refused.items()))
        names = list(self.tokens)
        for merge in self.learnt:
            names.append(names[merge.left] + names[merge.right])
        self.pairs: list[Pair] = [(names[merge.left], names[merge.right]) for merge in self.learnt]

    def __len__(self) -> int:
        return len(self.learnt)

    def after(self, merges: int) -> Extension:
        pairs = self.pairs[:merges]
        if self.config.traditional:
            pairs = [*pairs, *self._traditional(pairs)]
        kept = set(self.base.tokens)
        if self.config.keep_base is KeepBase.used:
            uses = uses_after(self.uses, self.learnt[:merges])
            frequent = [self.tokens[n] for n in np.flatnonzero(uses >= self.config.base_min_count).tolist()]
            parts = [part for part in chain.from_iterable(pairs) if part in self.base.ids]
            kept = self.base.closure([*frequent, *parts])
        return _assemble(self.base, kept, pairs, self.refused)

    def fill(self, extension: Extension, merges: int, size: int) -> Extension:
        """Make up the few tokens that `_fit` leaves open with base tokens: the text's by use, then by id."""
        if len(extension) == size:
            return extension
        kept, new = set(extension.kept), set(extension.new)
        uses = uses_after(self.uses, self.learnt[:merges])
        by_use = [self.tokens[n] for n in np.argsort(-uses, kind="stable").tolist()]
        for token in chain(by_use, self.base.tokens):
            wider = kept | self.base.closure([token])
            if token not in new and len(wider | new) <= size:
                kept = wider
            if len(kept | new) == size:
                break
        return _assemble(self.base, kept, extension.merges[len(extension.merges) - len(new) :], self.refused)

    def _traditional(self, pairs: Sequence[Pair]) -> list[Pair]:
        """Merges to the Traditional forms of what the pairs make."""
        tokens = [left + right for left, right in pairs]
        ids = {token: id for id, token in enumerate(dict.fromkeys([*self.base.tokens, *tokens]))}
        tokenizer = Tokenizer(BPE(ids, [*self.base.merges, *pairs]))
        tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)
        forms = [form for form in traditional_forms(tokens) if form not in ids]
        return joining_merges(forms, tokenizer)


def _fit(growth: Growth, size: int) -> tuple[Extension, int]:
    """The largest vocabulary found that is not above `size`, and its number of merges (the smallest, if all are).

    A merge adds about one token, so the shortfall is a good next step; where such steps run in a circle, halving
    the distance between the nearest two finds the place.
    """
    tried: dict[int, Extension] = {}
    fit, above = -1, len(growth) + 1
    merges = min(len(growth), size * 3 // 4)
    while fit < merges < above:
        extension = tried[merges] = growth.after(merges)
        if len(extension) <= size:
            fit = merges
        else:
            above = merges
        if len(extension) == size:
            break
        merges = max(0, min(len(growth), merges + size - len(extension)))
        if not fit < merges < above:
            merges = (fit + above) // 2
    best = max(fit, min(tried))
    return tried[best], best


def _assemble(base: Base, kept: set[str], learnt: Sequence[Pair], refused: Mapping[str, int]) -> Extension:
    new = list(map("".join, learnt))
    old = [pair for pair in base.merges if "".join(pair) in kept]
    return Extension([token for token in base.tokens if token in kept], new, [*old, *learnt], refused)


def _no_room(config: TokenizerConfig, base_tokens: int) -> ConfigError:
    return ConfigError(
        f"tokenizer.vocab_size {config.vocab_size} leaves no room for new tokens: {base_tokens} base tokens and "
        f"{len(config.added)} special ones must stay; raise it or base_min_count"
    )
