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


class Quotes(Enum):
    """keep: as they came; curly: “…” ‘…’; corner: 「…」 『…』."""

    keep = "keep"
    curly = "curly"
    corner = "corner"


class LatinSpaces(Enum):
    """Blanks between Chinese characters and Latin letters or digits. keep: as they came."""

    keep = "keep"
    add = "add"
    remove = "remove"


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
    """Close blanks between single characters (中 文 字) and beside Chinese punctuation; others end a clause."""
    injected_pinyin: bool
    """Remove readings that spun pages put after common characters (研發(fā)而成), not those of texts that teach."""
    max_blank_lines: int
    """Longer runs of blank lines are cut to so many; not in code."""
    join_lines: bool
    """Rewriting, like all below: join lines that were broken at a fixed width."""
    chinese_punctuation: bool
    """Half-width , ; : ? ! . ( ) between Chinese characters to full width."""
    quotes: Quotes
    """The quotation marks of Chinese text."""
    max_repeated_marks: int | None
    """Longer runs of ！ and ？ are cut to so many, 。。。 becomes ……; null: they stay."""
    latin_spaces: LatinSpaces
    """Blanks between Chinese and Latin."""
    neutral_you: bool
    """妳 to 你."""

    def __post_init__(self) -> None:
        if "default" not in self.opencc_hans:
            raise ValueError("opencc_hans needs a `default`")
        if self.max_blank_lines < 0:
            raise ValueError(f"max_blank_lines {self.max_blank_lines} is below 0")
        if self.max_repeated_marks is not None and self.max_repeated_marks < 1:
            raise ValueError(f"max_repeated_marks {self.max_repeated_marks} is below 1")
