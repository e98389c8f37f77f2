"""One worker in this process."""

from pathlib import Path

from omegaconf import OmegaConf

from pipeline.core.config import load_section
from pipeline.schema.engine import EngineConfig

_CONF = OmegaConf.load(Path(__file__).resolve().parents[2] / "conf" / "engine" / "local.yaml")
ENGINE = load_section(OmegaConf.create({"engine": {**_CONF, "workers": 1}}), "engine", EngineConfig)
