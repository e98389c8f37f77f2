"""Typed sections from params.yaml: what a stage may know of the configuration."""

from collections.abc import Mapping, Sequence
from dataclasses import fields, is_dataclass
from pathlib import Path
from types import MappingProxyType
from typing import TypeVar, cast

from omegaconf import DictConfig, OmegaConf
from omegaconf.errors import OmegaConfBaseException
from yaml import YAMLError, safe_load

from pipeline.core.errors import ConfigError

Section = TypeVar("Section")


def read_params(
    path: Path, overrides: Sequence[str] = (), schemas: Mapping[str, type] = MappingProxyType({})
) -> DictConfig:
    """params.yaml with `section.key=value` overrides laid over.

    An override may not add a new key, except to a table of names that a section's schema leaves open, such as
    `wiki.template_texts.Name=text`. schemas: section -> its dataclass.
    """
    try:
        params = OmegaConf.load(path)
    except FileNotFoundError:
        raise ConfigError(f"{path}: no such file; run `make params`") from None
    except YAMLError as error:
        raise ConfigError(f"{path}: not YAML: {' '.join(str(error).split())}") from None
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: cannot be read: {error}") from None
    if not isinstance(params, DictConfig):
        raise ConfigError(f"{path}: a mapping of sections is expected")
    for override in overrides:
        _lay_over(params, override, path, schemas)
    return params


def _lay_over(params: DictConfig, override: str, path: Path, schemas: Mapping[str, type]) -> None:
    key, separator, value = override.partition("=")
    if not separator:
        raise ConfigError(f"--set {override}: expected section.key=value")
    parent, _, name = key.rpartition(".")
    try:
        node = OmegaConf.select(params, parent) if parent else params
        # keys() and not `in`: a key that is still ??? is there to be set.
        if isinstance(node, DictConfig) and name and _is_table_of_texts(schemas, parent):
            node[name] = _text(value)
            return
        if not isinstance(node, DictConfig) or name not in node.keys():  # noqa: SIM118
            raise ConfigError(f"--set {override}: no such key in {path}")
        params.merge_with_dotlist([override])
    except (OmegaConfBaseException, YAMLError) as error:
        raise ConfigError(f"--set {override}: not a value: {' '.join(str(error).split())}") from None


def _is_table_of_texts(schemas: Mapping[str, type], key: str) -> bool:
    """Whether the section's schema has a table here whose names the user chooses (metadata `open_names`)."""
    section, _, rest = key.partition(".")
    schema = schemas.get(section)
    if schema is None or not is_dataclass(schema):
        return False
    return any(item.name == rest and item.metadata.get("open_names", False) for item in fields(schema))


def _text(value: str) -> str:
    """The value without YAML's quotes; wikitext such as `{{{1|}}}` needs none."""
    try:
        read = safe_load(value)
    except YAMLError:
        return value
    return read if isinstance(read, str) else value


def load_section(params: DictConfig, name: str, schema: type[Section], origin: str = "params.yaml") -> Section:
    """The section as its dataclass; unknown, missing and mistyped keys raise ConfigError with the key's name."""
    if name not in params:
        raise ConfigError(f"{origin}: section {name!r} is missing; run `make params`")
    try:
        merged = OmegaConf.merge(OmegaConf.structured(schema), params[name])
        missing = sorted(OmegaConf.missing_keys(merged))
        if missing:
            raise ConfigError(f"{origin}: {name}.{missing[0]} has no value; set it in conf/{name}/")
        return cast(Section, OmegaConf.to_object(merged))
    except OmegaConfBaseException as error:
        key = f"{name}.{error.full_key}" if error.full_key else name
        cause = str(error).splitlines()[0]
        raise ConfigError(f"{origin}: {key}: {cause}") from None
    except ValueError as error:  # from a dataclass's __post_init__
        raise ConfigError(f"{origin}: {name}: {error}") from None
