"""conf/ composed to params.yaml, to the byte as `dvc exp run` writes it.

`python -m pipeline.core.compose [--check] [override …]`, for instance `experiment=smoke train.lr=3e-4`.
"""

import argparse
import sys
from collections.abc import Sequence
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any, cast

from hydra import compose, initialize_config_dir
from hydra.core.plugins import Plugins
from hydra.errors import HydraException
from omegaconf import DictConfig, OmegaConf
from omegaconf.errors import OmegaConfBaseException

from pipeline.core.config import load_section
from pipeline.core.errors import ConfigError, WenyuanError
from pipeline.core.shards import write_text
from pipeline.schema.config import Config
from pipeline.schema.model import ModelConfig
from pipeline.schema.release import Format, ReleaseConfig, against_gguf
from pipeline.schema.tokenizer import TokenizerConfig

ROOT = Path(__file__).resolve().parents[2]
CONF = ROOT / "conf"


def compose_params(overrides: Sequence[str] = (), conf: Path = CONF) -> DictConfig:
    """The same three calls as DVC's: compose, resolve, to YAML; ConfigError names key and cause."""
    params = compose_unresolved(overrides, conf)
    try:
        OmegaConf.resolve(params)
    except OmegaConfBaseException as error:
        raise _conf_error(error) from None
    return params


def compose_unresolved(overrides: Sequence[str] = (), conf: Path = CONF) -> DictConfig:
    """The first of them: values that repeat another section's are still `${…}`."""
    sys.path.insert(0, str(ROOT))  # hydra_plugins/ registers pipeline.schema
    Plugins.instance()
    try:
        with initialize_config_dir(str(conf), job_name="config", version_base=None):
            return compose("config", overrides=list(overrides))
    except (HydraException, OmegaConfBaseException) as error:
        raise _conf_error(error) from None
    finally:
        sys.path.remove(str(ROOT))


def chosen_option(group: str, overrides: Sequence[str] = (), conf: Path = CONF) -> str:
    """The option of a group that the overrides, an experiment among them, come to: train -> laptop."""
    try:
        with initialize_config_dir(str(conf), job_name="config", version_base=None):
            composed = compose("config", overrides=list(overrides), return_hydra_config=True)
    except (HydraException, OmegaConfBaseException) as error:
        raise _conf_error(error) from None
    return str(composed.hydra.runtime.choices[group])


def _conf_error(error: Exception) -> ConfigError:
    cause = f"{error}: {error.__cause__}" if error.__cause__ else str(error)
    return ConfigError(f"conf/: {' '.join(cause.split())}")


def check_sections(params: DictConfig) -> None:
    """ConfigError for a value that a stage would refuse, before the stages ahead of it have run."""
    loaded: dict[type, Any] = {}
    for section in fields(Config):
        if is_dataclass(section.type):
            schema = cast(type, section.type)
            loaded[schema] = load_section(params, section.name, schema, "conf/")
    against = against_gguf(loaded[TokenizerConfig], loaded[ModelConfig])
    if against and Format.gguf in loaded[ReleaseConfig].formats:
        raise ConfigError(
            f"conf/: release.formats has gguf, and llama.cpp knows no model with {', '.join(against)}; "
            "set release.formats=[safetensors]"
        )


def main(argv: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m pipeline.core.compose", description=__doc__)
    parser.add_argument("overrides", nargs="*")
    parser.add_argument("--out", type=Path, default=Path("params.yaml"))
    parser.add_argument("--check", action="store_true", help="fail if the file differs, write nothing")
    options = parser.parse_args(argv)
    try:
        params = compose_params(options.overrides)
        check_sections(params)
        text = OmegaConf.to_yaml(params)
    except WenyuanError as error:
        print(f"compose: {error}", file=sys.stderr)
        return 2
    if options.check:
        if not options.out.exists() or options.out.read_text(encoding="utf-8") != text:
            print(f"{options.out} is not what conf/ composes to: edit conf/, then `make params`", file=sys.stderr)
            return 1
        return 0
    write_text(options.out, text)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
