"""Open a tokenizer folder: tokenizer.json, and which of its tokens are special.

wenyuan.json, which the tokenizer stage writes, names the special tokens. A folder of another maker has none; there
transformers is asked for bos, eos and pad.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Any

from tokenizers import Tokenizer

from pipeline.core.errors import SourceError

NAMES = "wenyuan.json"
BATCH_DOCUMENTS = 256


class Special(Enum):
    """What a token with a meaning of its own is for."""

    bos = "bos"
    """Start of a block; ours also ends each document."""
    eos = "eos"
    """End of a document."""
    pad = "pad"
    """Fills blocks; never in a text."""


@dataclass(frozen=True, slots=True)
class TokenizerFolder:
    """A tokenizer folder, opened."""

    folder: Path
    tokenizer: Tokenizer
    """A literal <s> in a text is text to it."""
    names: Mapping[Special, str]
    """Those that the folder names."""
    more: Sequence[str]
    """Further special tokens."""

    @property
    def vocab_size(self) -> int:
        return self.tokenizer.get_vocab_size()

    def token(self, special: Special) -> str:
        """The token's string; SourceError if the folder names none."""
        if special not in self.names:
            raise SourceError(f"{self.folder}: the tokenizer has no {special.name} token")
        return self.names[special]

    def id(self, special: Special) -> int:
        """The token's id; SourceError if the folder names none, or one that the vocabulary lacks."""
        token = self.token(special)
        id = self.tokenizer.token_to_id(token)
        if id is None:
            raise SourceError(f"{self.folder / 'tokenizer.json'}: the {special.name} token {token} is not in it")
        return int(id)

    def encode(self, texts: Sequence[str]) -> list[list[int]]:
        """Ids of each text, nothing added."""
        ids: list[list[int]] = []
        for start in range(0, len(texts), BATCH_DOCUMENTS):
            batch = self.tokenizer.encode_batch_fast(
                list(texts[start : start + BATCH_DOCUMENTS]), add_special_tokens=False
            )
            ids += [encoding.ids for encoding in batch]
        return ids


def open_tokenizer(folder: Path) -> TokenizerFolder:
    """SourceError names the file that is missing or damaged."""
    try:
        tokenizer = Tokenizer.from_str((folder / "tokenizer.json").read_text(encoding="utf-8"))
        if (folder / "tokenizer_config.json").exists() and not (folder / NAMES).exists():
            names = _ask_transformers(folder)
        else:
            names = json.loads((folder / NAMES).read_text(encoding="utf-8"))["special"]
        named = {special: str(names[special.value]) for special in Special if names.get(special.value) is not None}
        more = [str(token) for token in names.get("more", [])]
    except OSError as error:
        raise SourceError(f"{error.filename}: {error.strerror}; run the tokenizer stage first") from None
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise SourceError(f"{folder}: {NAMES} is damaged: {error!r}") from None
    tokenizer.encode_special_tokens = True
    return TokenizerFolder(folder, tokenizer, named, more)


def _ask_transformers(folder: Path) -> dict[str, Any]:
    from transformers import AutoTokenizer

    auto: Any = AutoTokenizer
    loaded = auto.from_pretrained(folder)
    return {special.value: getattr(loaded, f"{special.value}_token", None) for special in Special}
