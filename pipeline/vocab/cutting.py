"""How a text is cut into words (pre-tokens), which no merge crosses: GPT-2's rules, with conf's for Chinese.

The cuts are part of tokenizer.json, so that they hold when a text is encoded as when the merges were learnt.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from tokenizers import Regex, pre_tokenizers

from pipeline.schema.tokenizer import Digits, Punctuation, TokenizerConfig
from pipeline.text.characters import MARKS_OF_WORDS


@dataclass(frozen=True, slots=True)
class Cutting:
    nl: str
    """An added token: it is cut out of a text before all else."""
    digits: Digits
    punctuation: Punctuation

    @classmethod
    def build(cls, config: TokenizerConfig) -> "Cutting":
        return cls(config.nl, config.digits, config.punctuation)

    @property
    def is_gpt2s(self) -> bool:
        """Whether the cuts are GPT-2's own, which clients with pre-tokenizers of their own (llama.cpp) know."""
        return self.digits is Digits.grouped and self.punctuation is Punctuation.runs

    def words(self, text: str) -> Iterator[str]:
        """The words of a text, in their order."""
        splitter = pre_tokenizers.Split(Regex(self.pattern()), "isolated")
        for part in text.split(self.nl):
            for word, _ in splitter.pre_tokenize_str(part):
                yield word

    def pre_tokenizer(self) -> pre_tokenizers.PreTokenizer:
        """Cuts a text into words and writes them in the byte alphabet."""
        if self.is_gpt2s:
            return pre_tokenizers.ByteLevel(add_prefix_space=False)
        return pre_tokenizers.Sequence(
            [
                pre_tokenizers.Split(Regex(self.pattern()), "isolated"),
                pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
            ]
        )

    def pattern(self) -> str:
        """A pattern for one word; with grouped digits and runs of punctuation it is GPT-2's."""
        joined, apart = self.punctuation is Punctuation.joined, self.punctuation is Punctuation.apart
        letters = rf" ?[\p{{L}}{MARKS_OF_WORDS}]+" if joined else r" ?\p{L}+"
        digits = r" ?\p{N}" if self.digits is Digits.single else r" ?\p{N}+"
        chinese = f"……|——|[{MARKS_OF_WORDS}]|" if apart else ""
        others = r"\s\p{L}\p{N}" + (MARKS_OF_WORDS if joined or apart else "")
        return rf"'s|'t|'re|'ve|'m|'ll|'d|{letters}|{digits}|{chinese} ?[^{others}]+|\s+(?!\S)|\s+"
