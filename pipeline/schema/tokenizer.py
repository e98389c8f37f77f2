"""tokenizer: how the base vocabulary is extended with Chinese."""

import re
from dataclasses import dataclass
from enum import Enum

MARK = re.compile(r"<[a-z]+>")


class Method(Enum):
    """bpe: new merges learnt on the training text; wordlist: words of a list as added tokens."""

    bpe = "bpe"
    wordlist = "wordlist"


class KeepBase(Enum):
    """used: only the base tokens that the training text needs; all: the whole base vocabulary."""

    used = "used"
    all = "all"


@dataclass
class TokenizerConfig:
    method: Method
    """Where new tokens come from."""
    vocab_size: int | None
    """bpe: the final size, specials included, met exactly; null for wordlist, where `max_words` rules."""
    min_frequency: int
    """A merge, or a word of the list, counts only if it stands so often in the training text."""
    max_token_chars: int
    """A new token, or a word of the list, is at most so many characters long."""
    keep_base: KeepBase
    """Which tokens of the base stay."""
    base_min_count: int
    """keep_base=used: a base token stays if the final segmentation of the training text uses it so often. The 256
    bytes and the parts of what stays always stay."""
    word_file: str | None
    """wordlist: UTF-8, one word a line, optionally its frequency after a space; null: the installed jieba's list."""
    max_words: int | None
    """wordlist: the most frequent so many, by the list's frequency; null for bpe."""
    nl: str
    """The vocabulary's token for one line break."""
    escape: str
    """Stands after a `<` that begins a literal `nl` or `escape` in a text; decodes to nothing."""
    bos: str
    """Marks the start of the stream and the end of every document: bos and eos in one."""
    pad: str
    """Fills up the shorter rows of a batch; never in a text or a block."""
    more: list[str]
    """Further special tokens, for instance of a chat format."""

    def __post_init__(self) -> None:
        for name in ("nl", "escape"):
            if not MARK.fullmatch(getattr(self, name)):
                raise ValueError(f"{name} {getattr(self, name)!r} must look like <nl>: small letters between < and >")
        specials = [self.nl, self.escape, self.bos, self.pad, *self.more]
        repeated = sorted({special for special in specials if specials.count(special) > 1})
        if repeated:
            raise ValueError(f"the special token {repeated[0]} is given {specials.count(repeated[0])} times")
        if any(not special.strip() for special in specials):
            raise ValueError("a special token is blank")
        wanted = "vocab_size" if self.method is Method.bpe else "max_words"
        if getattr(self, wanted) is None:
            raise ValueError(f"method={self.method.name} needs {wanted}")
        if min(self.min_frequency, self.max_token_chars, self.base_min_count) < 1:
            raise ValueError("min_frequency, max_token_chars and base_min_count are at least 1")
        if self.vocab_size is not None and self.vocab_size < 256 + len(specials):
            raise ValueError(f"vocab_size {self.vocab_size} is below 256 bytes + {len(specials)} special tokens")
        if self.max_words is not None and self.max_words < 1:
            raise ValueError(f"max_words {self.max_words} is below 1")
