"""tokenizer: how the base vocabulary is extended with Chinese."""

import re
from dataclasses import dataclass
from enum import Enum

MARK = re.compile(r"<[a-z]+>")


class Method(Enum):
    """bpe: new merges learnt on the training text; wordlist: words of lists as added tokens."""

    bpe = "bpe"
    wordlist = "wordlist"


class KeepBase(Enum):
    """used: only the base tokens that the training text needs; all: the whole base vocabulary."""

    used = "used"
    all = "all"


class Digits(Enum):
    """grouped: the digits of a number may merge, as in GPT-2; single: each digit is a token."""

    grouped = "grouped"
    single = "single"


class Punctuation(Enum):
    """runs: marks may merge with marks beside them, never with letters, as in GPT-2; apart: each Chinese mark (and
    …… and ——) is a token; joined: Chinese marks may merge with the text beside them too (，但是)."""

    runs = "runs"
    apart = "apart"
    joined = "joined"


class Boundaries(Enum):
    """none: a merge may join any letters of a run; jieba: when learning, only those inside one of jieba's words."""

    none = "none"
    jieba = "jieba"


class Embeddings(Enum):
    """mean: the mean of the base's rows for the same string; normal: drawn from a normal distribution with the mean
    and covariance of the base's rows (Hewitt 2021)."""

    mean = "mean"
    normal = "normal"


@dataclass
class TokenizerConfig:
    method: Method
    """Where new tokens come from."""
    vocab_size: int | None
    """bpe: the final size, specials included, met exactly; null for wordlist, where `max_words` rules."""
    min_frequency: int
    """A merge, or a word of the list, counts only if it stands so often in the training text."""
    max_repeats: int | None
    """bpe: a pre-token counts at most so often within one document, so that what a single text repeats does not take
    the place of words that many texts share; null: without limit."""
    max_token_chars: int
    """A new token, or a word of the list, is at most so many characters long; longer merges are passed over."""
    sample_chars: int | None
    """Learn from at most so many characters: whole documents, those with the smallest hash of their id; null: all."""
    digits: Digits
    """How numbers are cut; holds for encoding too."""
    punctuation: Punctuation
    """How punctuation is cut; holds for encoding too."""
    boundaries: Boundaries
    """bpe: word boundaries that merges respect. Learning only: encoding knows the merges and no dictionary."""
    traditional: bool
    """bpe: the Traditional forms (OpenCC) of new Simplified tokens become tokens as well."""
    keep_base: KeepBase
    """Which tokens of the base stay."""
    base_min_count: int
    """keep_base=used: a base token stays if the final segmentation of the training text uses it so often (bpe counts
    as `max_repeats` says). The 256 bytes and the parts of what stays always stay."""
    word_files: list[str]
    """wordlist: lists, UTF-8, one word a line, optionally its frequency after a space; `jieba` is the list of the
    installed jieba. A word of several lists takes its rank from the first of them that gives it a frequency."""
    max_words: int | None
    """wordlist: the most frequent so many, by `word_files`; null for bpe."""
    embeddings: Embeddings
    """Where the rows of new tokens start when train continues a base model; written into the embedding plan."""
    nl: str
    """How the tutorial's texts spell a line break: one token, and the text layer's word for a line break in prompts.
    A line break itself is the byte's own token, as in GPT-2."""
    bos: str
    """Marks the start of the stream and end of every document: bos and eos in one."""
    pad: str
    """Fills up the shorter rows of a batch; never in a text or a block."""
    more: list[str]
    """Further special tokens, for instance of a chat format."""

    def __post_init__(self) -> None:
        if not MARK.fullmatch(self.nl):
            raise ValueError(f"nl {self.nl!r} must look like <nl>: small letters between < and >")
        repeated = sorted({token for token in self.added if self.added.count(token) > 1})
        if repeated:
            raise ValueError(f"the special token {repeated[0]} is given {self.added.count(repeated[0])} times")
        if any(not token.strip() for token in self.added):
            raise ValueError("a special token is blank")
        self._check_method()
        counts = ("min_frequency", "max_token_chars", "base_min_count", "max_repeats", "sample_chars", "max_words")
        for name in counts:
            value = getattr(self, name)
            if value is not None and value < 1:
                raise ValueError(f"{name} {value} is below 1")
        least = 256 + len(self.added)
        if self.vocab_size is not None and self.vocab_size < least:
            raise ValueError(f"vocab_size {self.vocab_size} is below 256 bytes + {least - 256} special tokens")

    @property
    def added(self) -> list[str]:
        """The tokens that no merge makes, in the order of their ids."""
        return [self.bos, self.pad, *self.more, self.nl]

    def _check_method(self) -> None:
        wanted = "vocab_size" if self.method is Method.bpe else "max_words"
        if getattr(self, wanted) is None:
            raise ValueError(f"method={self.method.name} needs {wanted}")
        if self.method is Method.wordlist and not self.word_files:
            raise ValueError("method=wordlist needs word_files, for instance [jieba]")
        if len(set(self.word_files)) < len(self.word_files):
            raise ValueError("word_files names one list twice")
