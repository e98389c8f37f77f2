"""How a text is cut into words (pre-tokens), which no merge crosses: GPT-2's rules, with conf's for Chinese.

The cuts are part of tokenizer.json, so that they hold when a text is encoded as when the merges were learnt.
"""

from dataclasses import dataclass

from tokenizers import Regex, Tokenizer, pre_tokenizers

from pipeline.schema.tokenizer import Digits, Punctuation, TokenizerConfig
from pipeline.text.characters import MARKS_OF_WORDS
from pipeline.vocab.linebreaks import Marks


@dataclass(frozen=True, slots=True)
class Cutting:
    marks: Marks
    digits: Digits
    punctuation: Punctuation

    @classmethod
    def build(cls, config: TokenizerConfig) -> "Cutting":
        return cls(Marks(config.nl, config.escape, config.blank_line), config.digits, config.punctuation)

    def words(self) -> pre_tokenizers.PreTokenizer:
        """Cuts a normalised text into words and marks' tokens."""
        return pre_tokenizers.Split(Regex(self.pattern()), "isolated")

    def install(self, tokenizer: Tokenizer) -> None:
        """Set normaliser, pre-tokenizer and decoder."""
        self.marks.install(tokenizer)
        tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
            [self.words(), pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)]
        )

    def pattern(self) -> str:
        """GPT-2's pre-tokenisation, except that punctuation and spaces stop before a mark of ours."""
        tails = self.marks.tails
        joined, apart = self.punctuation is Punctuation.joined, self.punctuation is Punctuation.apart
        letters = rf" ?[\p{{L}}{MARKS_OF_WORDS}]+" if joined else r" ?\p{L}+"
        digits = r" ?\p{N}" if self.digits is Digits.single else r" ?\p{N}+"
        chinese = f"……|——|[{MARKS_OF_WORDS}]|" if apart else ""
        others = r"\s\p{L}\p{N}<" + (MARKS_OF_WORDS if joined or apart else "")
        return (
            rf"{self.marks.pattern}|'s|'t|'re|'ve|'m|'ll|'d|{letters}|{digits}"
            rf"|{chinese} ?(?:[^{others}]|<(?!{tails}))+|\s+(?=<(?:{tails}))|\s+(?!\S)|\s+"
        )
