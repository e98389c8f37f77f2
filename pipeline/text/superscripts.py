"""Write superscripts and subscripts of numbers and formulas as plain text that keeps their meaning: 10²³, Ca²⁺, H₂O.

What importers find in `<sup>` and `<sub>` is given to `superscript` and `subscript`. Taken as it stands, 10 and 23
would become 1023. Ordinals (20th), labels (NEW) and notes ([1], 注) mean the same on the line, and stay as they are.
"""

import re

_SUPERSCRIPTS = str.maketrans("0123456789+-−=()ni", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁼⁽⁾ⁿⁱ")
_PLAIN = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ⁿⁱ", "0123456789+-=()ni")
_WRITTEN = re.compile("[⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ⁿⁱ]+")
_SUBSCRIPTS = str.maketrans("0123456789+-−=()aehijklmnoprstuvx", "₀₁₂₃₄₅₆₇₈₉₊₋₋₌₍₎ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓ")
"""The characters of Unicode's block Superscripts and Subscripts that fonts and tokenizers know, with ᵢⱼᵣᵤᵥ."""
_RAISED = re.compile(r"[0-9+\-−=()ni]+")
_LOWERED = re.compile(r"(?:[0-9+\-−=()]|(?<![a-z])[aehijklmnoprstuvx](?![a-z]))+")
"""A letter alone is an index (xᵢ, aₙ₊₁); two are a word (T_max), which small letters would make hard to read."""
_SIGNS = {"TM": "™", "tm": "™", "SM": "℠", "sm": "℠", "(R)": "®", "R": "®", "°": "°", "º": "°", "˚": "°"}
_ON_THE_LINE = re.compile(r"(?:st|nd|rd|th|er|re|[eè]me|me|lle|[a-zA-Z]{3,})\.?|[^0-9A-Za-zα-ωΑ-Ω∞⁰-₎¹²³+\-−]*")
"""20th, 1er, Mme; NEW and HOT; whatever has no letter and no digit, such as * † ′."""
_FORMULA = re.compile(r"[0-9A-Za-zα-ωΑ-Ω∞⁰-ₜᵢⱼᵣᵤᵥ¹²³+\-−±×·*/=<>≤≥→^_!|,.:;'′″(){}\[\]√∂∫∑ ]+")
_NOTE = re.compile(r"\s*[\[［〔].*[\]］〕]\s*", re.DOTALL)
_ONE_TERM = re.compile(r"[+\-−]?(?:[0-9]+(?:\.[0-9]+)?|[A-Za-zα-ωΑ-Ω∞])|[+\-−]|[A-Za-z0-9]{1,3}")
MAX_CHARS = 40
"""What is longer is a sentence in small letters, not an exponent."""


def superscript(text: str, unicode: bool = True) -> str:
    """What a superscript of this content is written as: ²³, ⁿ⁺¹, ²⁺; ^k, ^(2πi) where Unicode has no such letters.

    Without `unicode` numbers, too, are written with a caret: 10^23, 10^-3, x^(n+1). Other content than numbers and
    formulas (words, notes, Chinese) is returned as it is; ™, ℠ and ® are written as these signs. An empty text stays.
    """
    content = text.strip()
    if content in _SIGNS:
        return _SIGNS[content]
    if not _is_formula(content) or _ON_THE_LINE.fullmatch(content):
        return text
    if unicode and _RAISED.fullmatch(content):
        return content.translate(_SUPERSCRIPTS)
    return "^" + _term(content)


def with_carets(text: str) -> str:
    """A text with carets in place of Unicode's superscripts: 10^23 for 10²³."""
    return _WRITTEN.sub(lambda match: "^" + _term(match[0].translate(_PLAIN)), text)


def subscript(text: str) -> str:
    """What a subscript of this content is written as: ₂, ᵢ, ₙ₊₁; _max, _CC, _(A,B) where Unicode has no such letters.

    Other content than numbers and formulas is returned as it is.
    """
    content = text.strip()
    if not _is_formula(content) or (not any(map(str.isalnum, content)) and not _LOWERED.fullmatch(content)):
        return text
    if re.fullmatch(r"[a-zA-Z]{4,}\.?", content):
        return text
    if _LOWERED.fullmatch(content):
        return content.translate(_SUBSCRIPTS)
    return "_" + _term(content)


def _is_formula(content: str) -> bool:
    is_short = 0 < len(content) <= MAX_CHARS
    return is_short and _FORMULA.fullmatch(content) is not None and _NOTE.fullmatch(content) is None


def _term(content: str) -> str:
    in_brackets = content.startswith("(") and content.endswith(")") and content.count("(") == 1
    return content if in_brackets or _ONE_TERM.fullmatch(content) else f"({content})"
