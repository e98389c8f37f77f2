"""Convert a text to Simplified, or to a region's Traditional, segment by segment.

A segment is a sentence or what stands in quotation marks or brackets. Its script is that of its own evidence, else
that of the document; the document's is that of its evidence, else what it declares. Converted is

| target | segment | what |
|---|---|---|
| Simplified | Traditional | all, by OpenCC's configuration for the declared region |
| Simplified | Simplified with some Traditional characters (质量不錯) | those alone: OpenCC would spoil 萧乾, 显著 |
| Traditional | Simplified | all, by words |
| Traditional | Traditional with some Simplified characters | those alone: OpenCC would spoil 岳飛, 郁達夫, 復辟 |

Never converted are Japanese and Korean (see other_languages.py), and single characters that a Simplified sentence on
writing quotes (“後”是“后”的繁体).
"""

import re
from collections.abc import Callable, Mapping
from functools import cache
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from pipeline.text.characters import CharClass, class_table, code_points
from pipeline.text.other_languages import in_other_language
from pipeline.text.script import (
    CERTAIN,
    CONVERTED,
    REGIONAL_FORMS,
    SIMPLIFIED,
    TRADITIONAL,
    converter,
    declared_script,
    evidence,
    prevailing,
)

KEPT, SINGLE, WHOLE = 0, 1, 2
"""What happens to a segment: nothing, single characters are replaced, all of it is converted."""
Modes = NDArray[np.int8]

_SEGMENT_ENDS = "。！？；!?;\n“”‘’「」『』《》〈〉（）()【】"
_ABOUT_WRITING = re.compile(
    r"[^。！？\n]*(?:繁体|简体|正体|异体|俗体|旧体|旧字|本字|古字|简化|繁简|简繁|写作|写成|写为)[^。！？\n]*"
)
"""Sentences of Simplified text that may quote a character for its own sake."""
QUOTED_CHARS = 4
"""Up to so many characters of a segment there are quoted for their own sake."""

_BEFORE_SIMPLIFYING = re.compile("甚(?=麼|麽)|祇(?=[是有能要得好不見怕因])")
"""Variants that OpenCC takes for words of their own: 甚麼 (→ 甚么) and 祇 for 只 (but 神祇, 祇園)."""
_MANY = re.compile("(?<=[甚繁眾众])伙(?!伴|计|房|食|同)")
"""夥 as "many" stays in Simplified: 獲益甚夥."""


@cache
def _segment_ends() -> NDArray[np.bool_]:
    table = np.zeros(0x110000, np.bool_)
    table[[ord(character) for character in _SEGMENT_ENDS]] = True
    return table


@cache
def single_forms() -> NDArray[np.uint32]:
    """Characters that are evidence of Traditional to their Simplified forms, all others to themselves."""
    table = np.arange(0x110000, dtype=np.uint32)
    characters = [chr(code) for code in np.flatnonzero(evidence() == -CERTAIN).tolist()]
    forms = str(converter("t2s").convert("\n".join(characters))).split("\n")
    for character, form in zip(characters, forms, strict=True):
        if len(form) == 1:
            table[ord(character)] = ord(REGIONAL_FORMS.get(character, form))
    return table


def _to_simplified(text: str, convert: Callable[[str], str]) -> str:
    if "甚" in text or "祇" in text:
        text = _BEFORE_SIMPLIFYING.sub(lambda found: "什" if found[0] == "甚" else "只", text)
    simple = convert(text)
    if "夥" in text:
        simple = _MANY.sub("夥", simple)
    # tw2s leaves forms of Hong Kong alone, hk2s those of Taiwan; a text may hold both.
    return _singles(simple, code_points(simple))


def _singles(text: str, points: NDArray[np.uint32]) -> str:
    """The text with each character that is evidence of Traditional in its Simplified form."""
    if not (evidence()[points] == -CERTAIN).any():
        return text
    return single_forms()[points].tobytes().decode("utf-32-le")


def _singles_by_words(text: str, convert: Callable[[str], str]) -> str:
    """The text with each character that is evidence of Simplified as it is written in its word (头发 → 頭髮)."""
    points = code_points(text)
    converted = code_points(convert(text))
    return np.where(evidence()[points] == CERTAIN, converted, points).astype(np.uint32).tobytes().decode("utf-32-le")


def segment_modes(
    text: str, points: NDArray[np.uint32], found: NDArray[np.int8], document: str | None, source: str
) -> Modes:
    """For every character what happens to its segment; source: the script that is converted from."""
    segments = np.cumsum(_segment_ends()[points], dtype=np.int64)
    sign = 1 if source == SIMPLIFIED else -1
    balance = np.bincount(segments, weights=found) * sign
    some = np.bincount(segments, weights=found != 0) > 0
    if document == source:
        whole = balance >= 0
    else:
        # One weak character (万俟) does not turn a sentence against its document.
        whole = balance >= CERTAIN
    single = ~whole & some
    by_segment = np.where(whole, WHOLE, np.where(single, SINGLE, KEPT)).astype(np.int8)
    modes: Modes = by_segment[segments]
    other = in_other_language(points)
    if other is not None:
        modes[other] = KEPT
    if source == TRADITIONAL:
        _keep_quoted(text, segments, points, modes)
    return modes


def _keep_quoted(text: str, segments: NDArray[np.int64], points: NDArray[np.uint32], modes: Modes) -> None:
    """Leave short segments alone in sentences on writing."""
    for sentence in _ABOUT_WRITING.finditer(text):
        inside = slice(*sentence.span())
        if not modes[inside].any():
            continue
        han = class_table()[points[inside]] == CharClass.CHINESE
        first = segments[inside][0]
        short = np.bincount(segments[inside] - first, weights=han) <= QUOTED_CHARS
        modes[inside][short[segments[inside] - first]] = KEPT


def _convert(
    text: str,
    modes: Modes,
    convert: Callable[[str], str],
    convert_single: Callable[[str], str],
) -> str:
    """Every stretch of one mode in its way."""
    if (modes == WHOLE).all():
        return convert(text)
    cuts = [0, *(np.flatnonzero(np.diff(modes)) + 1).tolist(), len(text)]
    parts = []
    for begin, end in pairwise(cuts):
        mode = modes[begin] if begin < end else KEPT
        if mode == WHOLE:
            parts.append(convert(text[begin:end]))
        elif mode == SINGLE:
            parts.append(convert_single(text[begin:end]))
        else:
            parts.append(text[begin:end])
    return "".join(parts)


class ScriptConversion:
    """Converts texts to one script; made once a process, since its tables take a moment."""

    def __init__(self, target: str, names: Mapping[str, str], standard: str) -> None:
        """target: SIMPLIFIED or TRADITIONAL.

        names: declared variant -> OpenCC's configuration to Simplified, `default` for all others.
        standard: OpenCC's configuration whose forms Traditional text gets: s2tw, s2hk or s2t.
        """
        self.target, self.names, self.standard = target, names, standard
        self.source = TRADITIONAL if target == SIMPLIFIED else SIMPLIFIED
        self.sign = 1 if self.source == SIMPLIFIED else -1

    def __call__(self, text: str, variant: str) -> tuple[str, str]:
        """The converted text and its variant: what is declared if that is of the target, else the target.

        A text without evidence keeps its variant. One that its importer converted to the target keeps all characters.
        """
        if variant.endswith(CONVERTED) and declared_script(variant) == self.target:
            return text, variant
        points = code_points(text)
        found = evidence()[points]
        document = prevailing(found, variant)
        if document is None and not found.any():
            return text, variant
        tag = variant if declared_script(variant) == self.target else self.target
        if document != self.source and not (found == self.sign * CERTAIN).any():
            return text, tag
        modes = segment_modes(text, points, found, document, self.source)
        if self.target == SIMPLIFIED:
            return _convert(
                text, modes, self._simplifier(variant), lambda part: _singles(part, code_points(part))
            ), tag
        from pipeline.text.traditional_words import to_traditional

        convert = to_traditional(self.standard)
        return _convert(text, modes, convert, lambda part: _singles_by_words(part, convert)), tag

    def _simplifier(self, variant: str) -> Callable[[str], str]:
        convert = converter(self.names.get(variant.removesuffix(CONVERTED), self.names["default"])).convert
        return lambda text: _to_simplified(text, convert)
