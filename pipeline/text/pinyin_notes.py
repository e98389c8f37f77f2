"""Pinyin in brackets that spun pages inject after characters (研發(fā)而成), told from text that teaches readings.

Spinners write the reading of common Traditional characters, which nobody has to be told. A text that teaches writes
of 拼音 and 读音, gives one character several readings, or explains rare ones.
"""

import re
import unicodedata
from functools import cache

from pipeline.text.characters import HAN

TONED = "āáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜ"
_NOTE = re.compile(f"([{HAN}])[(（]([a-zü{TONED}]{{1,6}})[)）]")
_TEACHES = re.compile(
    "拼音|读音|讀音|读作|讀作|读为|讀為|读“|讀「|念作|念做|唸作|注音|多音|声调|聲調|四声|生字|音同|通假|古音|发音|發音|汉字|字词|字詞"
)
MIN_NOTES = 3
"""On characters that both scripts have, one note alone may be the author's."""
MIN_SHARE = 0.8
"""Of notes on common characters with a reading that fits, in a spun text."""


@cache
def _common_characters() -> tuple[frozenset[str], frozenset[str]]:
    """Common characters (level 1 of GB 2312, of Big5), and those of them that Simplified text does not use."""
    hans = {
        bytes((lead, trail)).decode("gb2312", "ignore") for lead in range(0xB0, 0xD8) for trail in range(0xA1, 0xFF)
    }
    hant = {
        bytes((lead, trail)).decode("big5", "ignore")
        for lead in range(0xA4, 0xC7)
        for trail in (*range(0x40, 0x7F), *range(0xA1, 0xFF))
    }
    traditional = frozenset(c for c in hant if c and not c.encode("gb2312", "ignore"))
    return frozenset(hans | hant), traditional


def without_injected_pinyin(text: str) -> tuple[str, int]:
    """The text without injected readings, and the number of these."""
    notes = [(match[1], _plain(match[2])) for match in _NOTE.finditer(text) if _has_tone(match[2])]
    if not notes or _TEACHES.search(text):
        return text, 0
    common, traditional = _common_characters()
    readings: dict[str, set[str]] = {}
    for character, reading in notes:
        readings.setdefault(character, set()).add(reading)
    injected = {
        (character, reading)
        for character, reading in notes
        if character in common and len(readings[character]) == 1 and _fits(character, reading)
    }
    spun = [note for note in notes if note in injected]
    if len(spun) < MIN_SHARE * len(notes):
        return text, 0
    distinct = {character for character, _ in spun}
    if len(distinct) < MIN_NOTES:
        injected = {note for note in injected if note[0] in traditional}
    removed = 0

    def remove(match: re.Match[str]) -> str:
        nonlocal removed
        if (match[1], _plain(match[2])) not in injected:
            return match[0]
        removed += 1
        return match[1]

    return _NOTE.sub(remove, text), removed


def _has_tone(reading: str) -> bool:
    return any(character in TONED for character in reading)


def _plain(reading: str) -> str:
    return unicodedata.normalize("NFC", reading)


@cache
def _fits(character: str, reading: str) -> bool:
    from pypinyin import Style, pinyin

    return reading in pinyin(character, style=Style.TONE, heteronym=True)[0]
