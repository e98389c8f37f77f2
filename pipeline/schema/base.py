"""base: the tokenizer (and optionally the model) that everything starts from."""

from dataclasses import dataclass
from enum import Enum


class BaseKind(Enum):
    """package: files of an installed Python package; hub: a Hugging Face repository; path: a local folder."""

    package = "package"
    hub = "hub"
    path = "path"


@dataclass
class BaseConfig:
    kind: BaseKind
    """Where the files come from."""
    location: str
    """Package name, hub repository id, or folder."""
    revision: str | None
    """Package version, or hub commit; null only for path."""
    files: dict[str, str]
    """Our name (vocab.json, merges.txt) -> the file's path inside the location."""
    sha256: dict[str, str]
    """Our name -> expected digest; every file of `files` needs one."""
    model: str | None
    """Hub id or folder of a base model for init=pretrained; null: none."""
    model_revision: str | None
    """Hub commit of the model; required where `model` is a hub id."""

    def __post_init__(self) -> None:
        unpinned = sorted(set(self.files) - set(self.sha256))
        if unpinned:
            raise ValueError(f"base.sha256 has no digest for {', '.join(unpinned)}")
        if self.kind is not BaseKind.path and self.revision is None:
            raise ValueError(f"base.revision must pin {self.location}")
