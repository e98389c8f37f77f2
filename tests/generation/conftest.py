"""The tiny models, written once."""

from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest

from pipeline.generation.causal_model import CausalModel, open_model
from tests.generation.models import config, write_gpt2, write_gpt2_chinese, write_other, write_templated


@pytest.fixture(scope="session")
def folder_of(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """The folder of a model: gpt2, templated, gpt2_chinese, or an architecture of `write_other`."""
    root = tmp_path_factory.mktemp("models")
    writers = {"gpt2": write_gpt2, "templated": write_templated, "gpt2_chinese": write_gpt2_chinese}

    @cache
    def write(kind: str) -> Path:
        folder = root / kind
        return writers[kind](folder) if kind in writers else write_other(folder, kind)

    return write


@pytest.fixture(scope="session")
def opened(folder_of: Callable[[str], Path]) -> Callable[[str], CausalModel]:
    """The same, opened in double precision."""
    return cache(lambda kind: open_model(str(folder_of(kind)), config()))
