"""Which Chinese a page declares, as a BCP 47 tag: zh-Hans-CN, zh-Hant-TW, zh-Hant-HK, zh-Hans, zh-Hant or und.

Asked are its lang attribute, its host and its encoding, in this order. What its characters say is no declaration:
normalise infers the script once, by segment (pipeline/text/script_conversion.py).
"""

import re

from pipeline.text.characters import UNIFIED
from pipeline.text.script import SIMPLIFIED, TRADITIONAL

_HAN = re.compile(f"[{UNIFIED}]")
_REGIONS = {
    "CN": "zh-Hans-CN",
    "SG": "zh-Hans-SG",
    "MY": "zh-Hans-MY",
    "TW": "zh-Hant-TW",
    "HK": "zh-Hant-HK",
    "MO": "zh-Hant-MO",
}
SAMPLE_CHARS = 20_000
"""Where no Chinese character stands in them, nothing is declared to be Chinese."""


def variant_of(text: str, lang: str | None, codec: str, host: str) -> str:
    """The tag that a text's page declares by its lang attribute, its host and the codec that it was read with.

    The first of them names the script, the first of the same script that names a region the region.
    """
    if not _HAN.search(text[:SAMPLE_CHARS]):
        return "und"
    hints = [tag for tag in (_by_lang(lang), _by_host(host), _by_codec(codec)) if tag]
    if not hints:
        return "und"
    script = hints[0][: len(SIMPLIFIED)]
    return next((tag for tag in hints if tag.startswith(script) and len(tag) > len(script)), script)


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
