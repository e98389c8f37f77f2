"""The tokenizer as a model meets it: documents in, ids out."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tokenizers import Tokenizer

from pipeline.core.errors import SourceError

BATCH_DOCUMENTS = 256


@dataclass(frozen=True, slots=True)
class TextTokenizer:
    """A saved tokenizer folder, opened."""

    tokenizer: Tokenizer
    bos_id: int
    """Start of a block and end of each document."""
    pad_id: int
    """Fills blocks; never in a text."""

    @property
    def vocab_size(self) -> int:
        return self.tokenizer.get_vocab_size()

    def encode(self, texts: Sequence[str]) -> list[list[int]]:
        """Ids of each text, nothing added; a literal <s> in a text is text."""
        ids: list[list[int]] = []
        for start in range(0, len(texts), BATCH_DOCUMENTS):
            batch = self.tokenizer.encode_batch_fast(list(texts[start : start + BATCH_DOCUMENTS]))
            ids += [encoding.ids for encoding in batch]
        return ids

    def decode(self, ids: Sequence[int]) -> str:
        """The exact text; special tokens are left out."""
        return self.tokenizer.decode(list(ids), skip_special_tokens=True)


def load_tokenizer(folder: Path) -> TextTokenizer:
    """Open the folder that the tokenizer stage writes; SourceError names the file that is missing or damaged."""
    file = folder / "tokenizer.json"
    try:
        tokenizer = Tokenizer.from_str(file.read_text(encoding="utf-8"))
        special = json.loads((folder / "wenyuan.json").read_text(encoding="utf-8"))["special"]
        bos, pad = special["bos"], special["pad"]
    except OSError as error:
        raise SourceError(f"{error.filename}: {error.strerror}; run the tokenizer stage first") from None
    except (ValueError, KeyError, TypeError) as error:
        raise SourceError(f"{folder}: wenyuan.json is damaged: {error!r}") from None
    tokenizer.encode_special_tokens = True
    ids = []
    for token in (bos, pad):
        id = tokenizer.token_to_id(token)
        if id is None:
            raise SourceError(f"{file}: the token {token} of wenyuan.json is not in the vocabulary")
        ids.append(id)
    return TextTokenizer(tokenizer, *ids)
