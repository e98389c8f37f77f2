"""wiki: which dump, which pages, which variant of Chinese, and what becomes of templates, tables and formulas."""

import re
from dataclasses import dataclass, field
from enum import Enum

Variant = Enum(
    "Variant", ["zh", "zh-hans", "zh-hant", "zh-cn", "zh-sg", "zh-my", "zh-tw", "zh-hk", "zh-mo"]
)  # MediaWiki's names, which are no identifiers; zh leaves every text in the script it was written in


class OnDamage(Enum):
    """keep: what is damaged is dropped and counted, all else is kept; stop: the run ends and names the place."""

    keep = "keep"
    stop = "stop"


class Tables(Enum):
    """drop: left out; text: a line a row."""

    drop = "drop"
    text = "text"


class Math(Enum):
    """latex: the source of the formula; drop: left out."""

    latex = "latex"
    drop = "drop"


class Superscripts(Enum):
    """unicode: 10²³ and xⁿ; caret: 10^23 and x^n. What has no such letters has a caret either way."""

    unicode = "unicode"
    caret = "caret"


@dataclass
class ScriptConverters:
    """OpenCC's configurations to one variant."""

    hans: str
    """For sentences in Simplified."""
    hant: str
    """For sentences in Traditional."""


@dataclass
class WikiConfig:
    enabled: bool
    """Whether pages are imported; false writes no document."""
    dump: str
    """A MediaWiki XML export: .xml, .bz2 (multistream or not), .gz, .zst, or a folder of parts. DVC watches it."""
    checksums: str | None
    """The publisher's list of md5 or sha1 sums, if the dump is to be checked against it."""
    damage: OnDamage
    """What to do where the dump is damaged."""
    span_bytes: int
    """The dump is cut into pieces of about so many bytes on disk: one shard each, whatever the number of workers."""
    shard_chars: int
    """A piece whose texts have more characters becomes several shards."""
    licence: str
    """SPDX identifier of the texts."""
    namespaces: list[int]
    """Namespaces whose pages become documents."""
    variant: Variant
    """The variant of Chinese that texts and titles end in; of no effect for wikis in other languages."""
    opencc: dict[str, ScriptConverters]
    """Variant -> OpenCC's configurations, chosen sentence by sentence."""
    quotes: bool
    """Whether quotation marks follow the script: “ ” in Simplified, 「 」 in Traditional."""
    min_chars: int
    """Shorter texts are stubs."""
    keep_disambiguations: bool
    """Whether pages that only list meanings of a word become documents."""
    disambiguation_templates: list[str]
    """A page with one of these is such a page."""
    keep_lists: bool
    """Whether pages that only list things become documents."""
    list_titles: list[str]
    """Regular expressions: a title in which one is found is a list's."""
    redirect_words: list[str]
    """What a page that leads elsewhere begins with."""
    file_names: list[str]
    """Further names of the file namespace; the dump's own and the English one are known."""
    category_names: list[str]
    """Further names of the category namespace."""
    tables: Tables
    """What becomes of tables; navigation, notices and infoboxes are left out either way."""
    math: Math
    """What becomes of formulas."""
    superscripts: Superscripts
    """How raised numbers are written."""
    end_sections: list[str]
    """Sections of these names go, with all below them; none: every section stays."""
    template_texts: dict[str, str] = field(metadata={"open_names": True})
    """Template names, joined by `|` (a last `*` stands for any ending), -> wikitext put in their place."""
    template_drops: list[str]
    """Templates never taken from the dump: maintenance, navigation, notes to the reader."""
    template_notes: list[str]
    """Templates whose arguments are conversion rules for the whole page."""
    template_max_chars: int
    """A template's page longer than this is no running text and is not expanded."""
    max_expanded_chars: int
    """Characters that the templates of one page may give, intermediate results included; beyond, they are dropped."""
    languages: dict[str, str] = field(metadata={"open_names": True})
    """Language code -> its name, for templates that name a language."""
    shown_templates: int
    """How many names of dropped and expanded templates the metrics hold, the most frequent first."""

    def __post_init__(self) -> None:
        for name in ("span_bytes", "shard_chars"):
            if getattr(self, name) < 1000:
                raise ValueError(f"{name} {getattr(self, name)} is below 1000")
        if self.min_chars < 1:
            raise ValueError(f"min_chars {self.min_chars} is below 1: no document is empty")
        for name in ("template_max_chars", "max_expanded_chars", "shown_templates"):
            if getattr(self, name) < 0:
                raise ValueError(f"{name} {getattr(self, name)} is below 0")
        for pattern in self.list_titles:
            try:
                re.compile(pattern)
            except re.error as error:
                raise ValueError(f"list_titles {self.list_titles}: {pattern!r} is no pattern: {error}") from None
        unknown = sorted(set(self.opencc) - set(Variant.__members__))
        if unknown:
            raise ValueError(f"opencc: {unknown[0]!r} is no variant ({', '.join(Variant.__members__)})")
        if self.enabled and self.variant.name != "zh" and self.variant.name not in self.opencc:
            raise ValueError(f"opencc has no entry for variant {self.variant.name}")
