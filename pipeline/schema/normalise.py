"""normalise: Unicode clean-up and the script that the model is to be trained in."""

from dataclasses import dataclass
from enum import Enum


class Script(Enum):
    """hans: Simplified; hant: Traditional; keep: as it came."""

    hans = "hans"
    hant = "hant"
    keep = "keep"


TraditionalStandard = Enum("TraditionalStandard", ["zh-TW", "zh-HK", "opencc"])
"""zh-TW: 為 裡 著 群 麵; zh-HK: 為 裏 着 群 麪; opencc: 爲 裏 着 羣 麪."""


@dataclass
class NormaliseConfig:
    script: Script
    """The script that all documents end in."""
    opencc_hans: dict[str, str]
    """OpenCC configuration to Simplified by the document's declared variant; `default` for all others. tw2sp and
    hk2sp also change words of the region, and with them running text: 吸引數百人 becomes 吸参数百人."""
    traditional: TraditionalStandard
    """hant: whose forms converted text gets; what stands in Traditional already keeps its own."""
    full_width_latin: bool
    """Map full-width Latin letters and digits to ASCII."""
    chinese_spaces: bool
    """Remove spaces between two Chinese characters."""
    max_blank_lines: int
    """Longer runs of blank lines are cut to so many."""

    def __post_init__(self) -> None:
        if "default" not in self.opencc_hans:
            raise ValueError("opencc_hans needs a `default`")
        if self.max_blank_lines < 0:
            raise ValueError(f"max_blank_lines {self.max_blank_lines} is below 0")
