"""A params.yaml said as an experiment of conf/: the group options it is nearest to, then only what differs."""

import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml
from omegaconf import DictConfig, OmegaConf

from pipeline.core.compose import CONF, compose_unresolved
from pipeline.core.errors import ConfigError

Tree = dict[str, Any]
Keys = tuple[str, ...]
ABSENT = object()


@dataclass
class Overlay:
    """What stands in conf/experiment/<name>.yaml."""

    remarks: list[str]
    groups: dict[str, str] = field(default_factory=dict)
    values: Tree = field(default_factory=dict)

    def text(self) -> str:
        head = "".join(f"# {line}\n" for line in ("@package _global_", *self.remarks))
        parts = []
        if self.groups:
            options = ({f"override /{group}": option} for group, option in self.groups.items())
            # Dumped, because an option's name may need quotes: Hydra refuses `off` without them.
            lines = (yaml.safe_dump(option, allow_unicode=True) for option in options)
            parts.append("defaults:\n" + "".join(f"  - {line}" for line in lines))
        if self.values:
            parts.append(OmegaConf.to_yaml(OmegaConf.create(self.values)))
        return head + ("\n".join(parts) or "{}\n")


def overlay_of(wanted: str, remarks: list[str], scratch: Path, conf: Path = CONF) -> Overlay:
    """The overlay with which conf/ composes to `wanted`, the text of a params.yaml, exactly.

    Works in a copy of conf/ below `scratch`. ConfigError where no overlay can say it: an experiment's file lays over,
    it cannot take a key away; most often conf/ has changed since the experiment ran.
    """
    trial = Trial(scratch / "conf", conf)
    target = _tree(wanted)
    overlay = Overlay(remarks, trial.nearest_options(target))
    # First what conf/ gives as a value, then what still differs: a repeated value (`${seed}`) follows its origin.
    for interpolated in (False, True):
        composed = trial.compose(overlay)
        if composed.text == wanted:
            return overlay
        for keys, value in differences(composed.tree, target):
            if value is ABSENT:
                name = ".".join(keys)
                raise ConfigError(f"params.yaml has no {name}, which conf/ composes: has conf/ changed since?")
            if interpolated or not _is_interpolated(composed.unresolved, keys):
                _set(overlay.values, keys, value)
    composed = trial.compose(overlay)
    if composed.text != wanted:
        left = [".".join(keys) for keys, _ in differences(composed.tree, target)]
        raise ConfigError(f"conf/ cannot be laid over to these params: {', '.join(left) or 'order of keys'} differ")
    return overlay


@dataclass(frozen=True, slots=True)
class Composed:
    unresolved: DictConfig
    text: str
    """As params.yaml has it."""
    tree: Tree


class Trial:
    """A copy of conf/ in which an overlay is tried as the experiment `trial`."""

    NAME = "trial"

    def __init__(self, folder: Path, conf: Path) -> None:
        shutil.copytree(conf, folder)
        self.folder = folder
        self.file = folder / "experiment" / f"{self.NAME}.yaml"

    def compose(self, overlay: Overlay) -> Composed:
        self.file.write_text(overlay.text(), encoding="utf-8")
        unresolved = compose_unresolved([f"experiment={self.NAME}"], self.folder)
        resolved = unresolved.copy()
        OmegaConf.resolve(resolved)
        text = OmegaConf.to_yaml(resolved)
        return Composed(unresolved, text, _tree(text))

    def options(self, group: str) -> list[str]:
        return sorted(path.stem for path in (self.folder / group).glob("*.yaml"))

    def nearest_options(self, target: Tree) -> dict[str, str]:
        """For each section that is not what conf/ composes by default, the option with the fewest values to change;
        the default where it is no worse. All groups are tried at once, an option of each a round."""
        composed = self.compose(Overlay([])).tree
        differing = [name for name in target if self.options(name) and composed.get(name) != target[name]]
        fewest = {group: _distance(composed[group], target[group]) for group in differing}
        nearest: dict[str, str] = {}
        for turn in range(max((len(self.options(group)) for group in differing), default=0)):
            tried = {group: self.options(group)[turn] for group in differing if turn < len(self.options(group))}
            composed = self.compose(Overlay([], tried)).tree
            for group, option in tried.items():
                distance = _distance(composed[group], target[group])
                if distance < fewest[group]:
                    fewest[group], nearest[group] = distance, option
        return nearest


def differences(composed: Any, target: Any, keys: Keys = ()) -> list[tuple[Keys, Any]]:
    """Place and wanted value of all that differs; ABSENT for a key that only `composed` has. Lists are values."""
    if isinstance(composed, Mapping) and isinstance(target, Mapping) and composed:
        found = []
        for key in [*composed, *(key for key in target if key not in composed)]:
            if key not in target:
                found.append(((*keys, key), ABSENT))
            elif key not in composed:
                found.append(((*keys, key), target[key]))
            else:
                found += differences(composed[key], target[key], (*keys, key))
        return found
    same = type(composed) is type(target) and composed == target
    return [] if same else [(keys, target)]


def _distance(composed: Any, target: Any) -> int:
    """Values to write; a key that cannot be taken away counts more than any number of them."""
    return sum(1_000_000 if value is ABSENT else _size(value) for _, value in differences(composed, target))


def _size(value: Any) -> int:
    return sum(map(_size, value.values())) if isinstance(value, Mapping) and value else 1


def _tree(text: str) -> Tree:
    """Plain values as they stand in YAML: enum members by name."""
    tree = OmegaConf.to_container(OmegaConf.create(text))
    assert isinstance(tree, dict)
    return {str(key): value for key, value in tree.items()}


def _is_interpolated(params: Any, keys: Keys) -> bool:
    """Whether the place, or a list above it, repeats another value."""
    for key in keys:
        if not isinstance(params, DictConfig) or key not in params:
            return False
        if OmegaConf.is_interpolation(params, key):
            return True
        params = params._get_node(key)
    return False


def _set(tree: Tree, keys: Keys, value: Any) -> None:
    for key in keys[:-1]:
        tree = tree.setdefault(key, {})
    tree[keys[-1]] = value
