"""normalise: Unicode clean-up and the script that the model is to be trained in."""

from dataclasses import dataclass
from enum import Enum


class Script(Enum):
    """hans: Simplified; hant: Traditional; keep: as it came."""

    hans = "hans"
    hant = "hant"
    keep = "keep"


@dataclass
class NormaliseConfig:
    script: Script
    """The script that all documents end in."""
    opencc_hans: dict[str, str]
    """OpenCC configuration to Simplified by the document's variant; `default` for all others, `mixed` for
    Simplified text with single Traditional characters in it."""
    opencc_hant: dict[str, str]
    """OpenCC configuration to Traditional, likewise."""
    full_width_latin: bool
    """Map full-width Latin letters and digits to ASCII."""
    chinese_spaces: bool
    """Remove spaces between two Chinese characters."""
    max_blank_lines: int
    """Longer runs of blank lines are cut to so many."""

    def __post_init__(self) -> None:
        for name in ("opencc_hans", "opencc_hant"):
            if "default" not in getattr(self, name):
                raise ValueError(f"{name} needs a `default`")
        if "mixed" not in self.opencc_hans:
            raise ValueError("opencc_hans needs a `mixed`")
        if self.max_blank_lines < 0:
            raise ValueError(f"max_blank_lines {self.max_blank_lines} is below 0")
