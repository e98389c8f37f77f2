"""Hydra imports this while it composes, in our code and inside DVC alike: every key gets its type."""

from hydra.core.config_store import ConfigStore

from pipeline.schema.config import Config

ConfigStore.instance().store(name="base_config", node=Config)
