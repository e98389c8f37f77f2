"""tokenizers alone, from tokenizer.json: `<s>` first, and each text comes back."""

from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path

import pytest
from tokenizers import Tokenizer

from tests.clients.conftest import Answer
from tests.clients.texts import differing

pytestmark = pytest.mark.acceptance
SPECIAL = ("<s>", "<pad>")
Say = Callable[[str, str, str], None]


def test_each_text_begins_with_the_start_token_once_and_comes_back(
    release: Path, texts: list[str], reference: Answer, tried: Say
) -> None:
    tried("tokenizers", version("tokenizers"), f"{len(texts):,} texts there and back, <s> first")
    tokenizer = Tokenizer.from_file(str(release / "tokenizer.json"))
    bare = [encoding.ids for encoding in tokenizer.encode_batch(texts, add_special_tokens=False)]
    assert differing(texts, reference["ids"], [[reference["bos"], *ids] for ids in bare]) == []
    plain = [text for text in texts if not any(token in text for token in SPECIAL)]
    encoded = tokenizer.encode_batch(plain)
    assert differing(plain, tokenizer.decode_batch([row.ids for row in encoded]), plain) == []


def test_literal_special_tokens_stay_text_where_that_is_asked_for(
    release: Path, texts: list[str], reference: Answer, tried: Say
) -> None:
    tried("tokenizers", version("tokenizers"), "a literal <s> stays text with encode_special_tokens")
    tokenizer = Tokenizer.from_file(str(release / "tokenizer.json"))
    tokenizer.encode_special_tokens = True
    chosen = [text for text in texts if any(token in text for token in SPECIAL)]
    rows = [row.ids for row in tokenizer.encode_batch(chosen)]
    assert len(chosen) >= 5 and [row.count(reference["bos"]) for row in rows] == [1] * len(chosen)
    assert differing(chosen, tokenizer.decode_batch(rows), chosen) == []
