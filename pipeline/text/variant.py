"""Which Chinese a text is in, as a BCP 47 tag: zh-Hans-CN, zh-Hant-TW, zh-Hant-HK, zh-Hans, zh-Hant or und.

The script is what the characters say where they say it clearly (templates often name the wrong language), else what
the page's lang attribute, host or encoding says. The region comes from the first of those three that fits the script.
"""

import re

from pipeline.text.characters import UNIFIED
from pipeline.text.script import SIMPLIFIED, TRADITIONAL, exclusive_characters_of_encodings

_HAN = re.compile(f"[{UNIFIED}]")
_REGIONS = {
    "CN": "zh-Hans-CN",
    "SG": "zh-Hans-SG",
    "MY": "zh-Hans-MY",
    "TW": "zh-Hant-TW",
    "HK": "zh-Hant-HK",
    "MO": "zh-Hant-MO",
}
CLEAR = 0.85
"""Share of one script among the characters that exist in one only."""
ENOUGH = 2
"""Fewer of them decide nothing against what the page says."""
SAMPLE_CHARS = 20_000


def variant_of(text: str, lang: str | None, codec: str, host: str) -> str:
    """The tag for a text, its page's lang attribute, the codec that it was read with and its host."""
    sample = text[:SAMPLE_CHARS]
    simplified, traditional = exclusive_characters_of_encodings()
    hans, hant = sum(c in simplified for c in sample), sum(c in traditional for c in sample)
    if not hans + hant and not _HAN.search(sample):
        return "und"
    hints = [tag for tag in (_by_lang(lang), _by_host(host), _by_codec(codec)) if tag]
    script = _clear_script(hans, hant) or next((tag[: len(SIMPLIFIED)] for tag in hints), None)
    if script is None:
        return _more_frequent(hans, hant)
    return next((tag for tag in sorted(hints, key=len, reverse=True) if tag.startswith(script)), script)


def _clear_script(hans: int, hant: int) -> str | None:
    """The script that nearly all characters of one script alone are of. `script_of` asks for the more frequent one
    of other sets: kept apart until one rule is measured."""
    total = hans + hant
    if total < ENOUGH:
        return None
    if hans >= CLEAR * total:
        return SIMPLIFIED
    return TRADITIONAL if hant >= CLEAR * total else None


def _more_frequent(hans: int, hant: int) -> str:
    if hans == hant:
        return "und"
    return SIMPLIFIED if hans > hant else TRADITIONAL


def _by_lang(lang: str | None) -> str | None:
    parts = (lang or "").replace("_", "-").split("-")
    if parts[0].lower() not in ("zh", "cmn", "chi", "yue"):
        return None
    for part in parts[1:]:
        if part.upper() in _REGIONS:
            return _REGIONS[part.upper()]
    scripts = {part.lower() for part in parts[1:]}
    if scripts & {"hans", "chs"}:
        return SIMPLIFIED
    return TRADITIONAL if scripts & {"hant", "cht"} else None


def _by_codec(codec: str) -> str | None:
    return {"gb18030": "zh-Hans-CN", "hz": "zh-Hans-CN", "big5hkscs": "zh-Hant-TW"}.get(codec)


def _by_host(host: str) -> str | None:
    """The region of a.tw, tw.a.com or zh-hk.a.com."""
    labels = host.upper().split(".")
    first = labels[0].rpartition("-")[2] if len(labels) > 2 else ""
    return _REGIONS.get(labels[-1]) or (_REGIONS.get(first) if first in ("TW", "HK", "MO") else None)
