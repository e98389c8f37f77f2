"""Convert Simplified to Traditional by words: OpenCC's phrases, cut where jieba's word frequencies make it likeliest.

OpenCC takes the longest phrase from the left and so writes 被發明 as 被髮|明 and 展示了如何 as 展示|瞭如|何. Here a
phrase scores a little more than what it consists of, and wins unless a likelier word reaches across its border.
"""

from collections.abc import Callable
from functools import cache
from pathlib import Path

from pipeline.text.opencc_dictionaries import dictionary_keys
from pipeline.text.script import converter
from pipeline.text.traditional_phrases import ALONE, FAMILY_NAMES, PHRASES, TITLES
from pipeline.text.word_lattice import WordLattice, scores_of

PHRASE_BONUS = 0.005
"""What one of OpenCC's phrases has over its parts, a character, in natural logarithms: next to nothing."""
OWN_BONUS = 0.5
"""The same for phrases of ours: the parts go wrong, and so may a shorter phrase in a longer one."""
UNLISTED = 5.0
"""So much over jieba's rarest word scores a character that jieba does not list."""
FROM_TAIWAN = {"s2tw": (), "s2hk": ("tw2t", "t2hk"), "s2t": ("tw2t",)}
"""Standard -> how our phrases, in Taiwan's characters, come to it."""


@cache
def to_traditional(standard: str) -> Callable[[str], str]:
    """The conversion to the standard of one of OpenCC's configurations (s2tw, s2hk, s2t); lengths stay."""
    return _lattice(standard).convert


def _lattice(standard: str) -> WordLattice:
    counts, names = _jieba_words()
    own = own_phrases(standard)
    phrases = dictionary_keys("STPhrases.ocd2") + dictionary_keys("STPhrases_GeneratedFromRegionalPhrases.ocd2")
    scores = scores_of(counts)
    unlisted = min(scores.values()) + UNLISTED
    for character in sorted({*dictionary_keys("STCharacters.ocd2"), *"".join(own)}):
        scores.setdefault(character, unlisted)
    plain = WordLattice(list(scores), list(scores.values()), list(scores))
    for bonus, some in ((PHRASE_BONUS, phrases), (OWN_BONUS, tuple(own))):
        longer = [phrase for phrase in some if len(phrase) > 1]
        for phrase, score in zip(longer, plain.best_score(longer).tolist(), strict=True):
            scores[phrase] = max(score + bonus * len(phrase), scores.get(phrase, score))
    forms = dict(zip(scores, str(converter(standard).convert("\n".join(scores))).split("\n"), strict=True))
    for name in names:
        forms[name] = FAMILY_NAMES[name[0]] + forms[name][1:]
    forms |= own
    kept = [word for word, form in forms.items() if len(word) == len(form)]
    return WordLattice(kept, [scores[word] for word in kept], [forms[word] for word in kept])


def _jieba_words() -> tuple[dict[str, int], list[str]]:
    """Jieba's words with their frequencies, and those that name a person whose surname is in doubt."""
    import jieba

    counts, names = {}, []
    for line in (Path(jieba.__file__).parent / "dict.txt").read_text(encoding="utf-8").splitlines():
        word, count, tag = line.split(" ")
        counts[word] = int(count)
        if word[0] in FAMILY_NAMES and tag.startswith("nr") and len(word) > 1:
            names.append(word)
    return counts, names


def own_phrases(standard: str) -> dict[str, str]:
    """Our phrases and single characters, Simplified -> in the standard."""
    words = [word for line in PHRASES.values() for word in line.split()] + list(ALONE)
    called = [surname + title for surname in FAMILY_NAMES for title in TITLES.split()]
    called += ["姓" + surname for surname in FAMILY_NAMES]
    forms = [FAMILY_NAMES[name[0]] + name[1:] if name[0] != "姓" else "姓" + FAMILY_NAMES[name[1]] for name in called]
    titled = str(converter("s2tw").convert("\n".join(TITLES.split()))).split("\n")
    in_title = dict(zip(TITLES.split(), titled, strict=True))
    forms = [form[0] + in_title.get(form[1:], form[1:]) for form in forms]
    one_by_one = str.maketrans(dict(_single_forms("".join(words))))
    simplified = [word.translate(one_by_one) for word in words]
    for name in FROM_TAIWAN[standard]:
        words = str(converter(name).convert("\n".join(words))).split("\n")
        forms = str(converter(name).convert("\n".join(forms))).split("\n")
    # The first of two readings counts: a line's own character, not one that stands in another line's word.
    own: dict[str, str] = {}
    for source, form in zip([*called, *simplified], [*forms, *words], strict=True):
        own.setdefault(source, form)
    return own


def _single_forms(text: str) -> list[tuple[str, str]]:
    characters = sorted(set(text))
    return list(zip(characters, str(converter("t2s").convert("\n".join(characters))).split("\n"), strict=True))
