"""The default configuration of normalise, and one with changes, for tests of what it does to texts."""

import yaml

from pipeline.schema.normalise import LatinSpaces, NormaliseConfig, Quotes, Script, TraditionalStandard
from tests.checkout import ROOT


def configuration(**changes: object) -> NormaliseConfig:
    values = yaml.safe_load((ROOT / "conf/normalise/hans.yaml").read_text(encoding="utf-8")) | changes
    for name, enum in (
        ("script", Script),
        ("traditional", TraditionalStandard),
        ("quotes", Quotes),
        ("latin_spaces", LatinSpaces),
    ):
        values[name] = enum[values[name]]
    return NormaliseConfig(**values)
