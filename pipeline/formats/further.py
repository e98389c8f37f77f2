"""Writes beside the model's own files what release.formats asks for further: GGUF with ollama's Modelfile."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from pipeline.core.errors import ConfigError, SourceError
from pipeline.core.shards import write_text
from pipeline.formats import gguf_file, modelfile
from pipeline.formats.gguf_file import About, write_gguf
from pipeline.schema.release import Format, ReleaseConfig


def write_further(model: Path, out: Path, config: ReleaseConfig, about: About, against: Sequence[str]) -> list[Path]:
    """The files written to `out`, none for safetensors alone.

    `against`: options of conf that stand against GGUF, for the message if the folder `model` is refused. The errors
    are those of `write_gguf`.
    """
    if Format.gguf not in config.formats:
        return []
    gguf, words = out / gguf_file.NAME, out / modelfile.NAME
    try:
        write_gguf(model, gguf, config.gguf_type, about)
    except ConfigError as error:
        raise ConfigError(f"{error}" + (f" ({', '.join(against)})" if against else "")) from None
    generation, shape = (_read(model / name) for name in ("generation_config.json", "config.json"))
    settings = _read(model / "tokenizer_config.json")
    write_text(words, modelfile.modelfile(gguf.name, shape["n_positions"], settings["eos_token"], generation))
    return [words, gguf]


def _read(path: Path) -> dict[str, Any]:
    try:
        found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise SourceError(f"{path}: cannot be read: {error}; run train again") from None
    return found
