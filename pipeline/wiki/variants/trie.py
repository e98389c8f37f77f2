"""Longest-match replacement over code points: several tables at once, in one pass from left to right.

A table is a trie whose transitions lie in one open-addressing hash table: (node, code point) -> node. At each
position all tables are asked for their longest key; the longest of all wins, and of equally long ones that of the
table that stands first. What was replaced is not looked at again. These are the semantics of PHP's strtr, which
MediaWiki's language converter uses, and of OpenCC's maximum matching.
"""

from collections.abc import Mapping

import numpy as np
from numba import njit
from numpy.typing import NDArray

from pipeline.wiki.control_marks import CODE, CODE_END

U32 = NDArray[np.uint32]
I32 = NDArray[np.int32]
I64 = NDArray[np.int64]

EMPTY = -1
_CODE, _CODE_END = ord(CODE), ord(CODE_END)
HEADS = 0x10000
"""First code points below have a direct table; the last place of it stands for all others."""
MAX_VALUE = 1024
"""Longest replacement, in code points; a longer one is refused."""
LOAD = 2
"""A hash table has at least so many slots a transition."""


class Trie:
    """Keys and their replacements; grows by `add`, shrinks by `remove`. An empty key is refused."""

    def __init__(self, rules: Mapping[str, str] | None = None) -> None:
        self.rules: dict[str, str] = {}
        self._allocate(64, 64)
        if rules:
            self.add(rules)

    def add(self, rules: Mapping[str, str]) -> None:
        """Set the keys; a key that is there already gets the new value."""
        if "" in rules:
            raise ValueError("an empty key would match everywhere")
        if any(len(value) > MAX_VALUE for value in rules.values()):
            raise ValueError(f"a replacement has more than {MAX_VALUE} characters")
        if not rules:
            return
        self.rules.update(rules)
        needed = sum(map(len, rules)), sum(map(len, rules.values()))
        if (self.nodes + needed[0]) * LOAD > len(self.keys) or self.filled + needed[1] > len(self.values):
            total = sum(map(len, self.rules)), sum(map(len, self.rules.values()))
            self._allocate(2 * total[0] + 64, 2 * total[1] + 64)
            rules = self.rules
        self._insert(rules)

    def remove(self, keys: Mapping[str, str]) -> None:
        for key in keys:
            if self.rules.pop(key, None) is not None:
                node = 0
                for character in key:
                    node = _step(self.keys, self.targets, node, ord(character))
                self.spans[node, 0] = EMPTY

    def _allocate(self, transitions: int, characters: int) -> None:
        size = 1 << (transitions * LOAD - 1).bit_length()
        self.keys: I64 = np.full(size, EMPTY, np.int64)
        self.targets: I32 = np.zeros(size, np.int32)
        self.spans: I32 = np.full((transitions + 1, 2), EMPTY, np.int32)
        self.heads: I32 = np.full(HEADS, EMPTY, np.int32)
        self.values: U32 = np.zeros(characters, np.uint32)
        self.nodes, self.filled = 1, 0
        self.arrays = self.keys, self.targets, self.spans, self.values, self.heads

    def _insert(self, rules: Mapping[str, str]) -> None:
        keys, values = "".join(rules), "".join(rules.values())
        key_ends = np.cumsum([len(key) for key in rules])
        value_ends = self.filled + np.cumsum([len(value) for value in rules.values()])
        self.values[self.filled : self.filled + len(values)] = points(values)
        self.nodes = _insert_all(self.arrays, self.nodes, points(keys), key_ends, value_ends, self.filled)
        self.filled += len(values)


def points(text: str) -> U32:
    """Code points, shape [len(text)]."""
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)


def replace(
    text: str, first: Trie, second: Trie, bases: tuple[Trie, Trie], classes: NDArray[np.int8], bias: int
) -> str:
    """One pass of `first`, `second` and one of the two `bases` over the text.

    classes: for every code point evidence of Simplified (+2, weak +1) or Traditional (-2), or 0, shape [0x110000].
    The base is chosen sentence by sentence, bases[0] where the sum is positive, bases[1] where it is negative; where
    it is 0, or weak against it, `bias` decides, in the same way. What stands between the marks CODE and CODE_END is
    left alone.
    """
    if not text:
        return text
    result = _replace(
        points(text), first.arrays, second.arrays, bases[0].arrays, bases[1].arrays, classes, np.int64(bias)
    )
    return str(result.tobytes().decode("utf-32-le", "surrogatepass"))


@njit(cache=True)
def _slot(keys, node, point):  # type: ignore[no-untyped-def]
    """Where the transition stands, or the free slot where it would."""
    mask = len(keys) - 1
    key = (np.int64(node) << 21) | np.int64(point)
    mixed = np.uint64(key) * np.uint64(0x9E3779B97F4A7C15)  # Fibonacci hashing (Knuth, TAOCP 3, 6.4)
    slot = np.int64(mixed >> np.uint64(32)) & mask
    while keys[slot] != EMPTY and keys[slot] != key:
        slot = (slot + 1) & mask
    return slot, key


@njit(cache=True)
def _step(keys, targets, node, point):  # type: ignore[no-untyped-def]
    slot, key = _slot(keys, node, point)
    return targets[slot] if keys[slot] == key else EMPTY


@njit(cache=True)
def _insert_all(table, nodes, key_points, key_ends, value_ends, filled):  # type: ignore[no-untyped-def]
    keys, targets, spans, _, heads = table
    begin, value_begin = 0, filled
    for index in range(len(key_ends)):
        node = 0
        for position in range(begin, key_ends[index]):
            slot, key = _slot(keys, node, key_points[position])
            if keys[slot] == EMPTY:
                keys[slot], targets[slot] = key, nodes
                nodes += 1
            node = targets[slot]
            if position == begin:
                head = min(key_points[position], HEADS - 1)
                heads[head] = node if head < HEADS - 1 else 0
        spans[node, 0], spans[node, 1] = value_begin, value_ends[index]
        begin, value_begin = key_ends[index], value_ends[index]
    return nodes


@njit(cache=True)
def _longest(keys, targets, spans, heads, text, start):  # type: ignore[no-untyped-def]
    """Length of the longest key at `start` (0: none) and its node."""
    length, found = 0, 0
    if text[start] < HEADS - 1:
        node = heads[text[start]]
    else:
        node = _step(keys, targets, 0, text[start])
    if node == EMPTY:
        return length, found
    if spans[node, 0] != EMPTY:
        length, found = 1, node
    for position in range(start + 1, len(text)):
        node = _step(keys, targets, node, text[position])
        if node == EMPTY:
            break
        if spans[node, 0] != EMPTY:
            length, found = position - start + 1, node
    return length, found


@njit(cache=True)
def _ends_sentence(point):  # type: ignore[no-untyped-def]
    return point == 0x0A or point == 0x3002 or point == 0xFF01 or point == 0xFF1F or point == 0xFF1B


@njit(cache=True)
def _sentence(text, start, classes, bias):  # type: ignore[no-untyped-def]
    """End of the sentence that begins at `start`, and the sum of its characters' classes; `bias` where that is 0.

    One weak character (万 in 万俟) does not turn a sentence against its page.
    """
    total, position = 0, start
    while position < len(text):
        total += classes[text[position]]
        position += 1
        if _ends_sentence(text[position - 1]):
            break
    return position, bias if total == 0 or (total == 1 and bias < 0) else total


@njit(cache=True)
def _replace(text, first, second, positive, negative, classes, bias):  # type: ignore[no-untyped-def]
    out = np.empty(len(text) + len(text) // 4 + MAX_VALUE, np.uint32)
    filled, position, code, sentence_end, total = 0, 0, -1, 0, 0
    while position < len(text):
        if code < position:
            code = _next_code(text, position)
        if position == code:
            end = _code_end(text, position)
            while len(out) < filled + end - position + MAX_VALUE:
                out = _grown(out)
            out[filled : filled + end - position] = text[position:end]
            filled += end - position
            position = end
            continue
        if position >= sentence_end:
            sentence_end, total = _sentence(text, position, classes, bias)
        base = positive if total >= 0 else negative
        out, filled, position, sentence_end, total = _replace_stretch(
            text, position, code, sentence_end, total, first, second, base, classes, bias, out, filled
        )
    return out[:filled]


@njit(cache=True)
def _replace_stretch(  # type: ignore[no-untyped-def]
    text, position, end, sentence_end, total, first, second, base, classes, bias, out, filled
):
    """Replace what begins from `position` to `end`, as far as the sentences are of one script.

    A stretch, not a sentence, is what is done in one call: numba counts references whenever a variable takes another
    array, and for each sentence that would cost a tenth of the search.
    """
    keys_1, targets_1, spans_1, values_1, heads_1 = first
    keys_2, targets_2, spans_2, values_2, heads_2 = second
    keys_b, targets_b, spans_b, values_b, heads_b = base
    positive = total >= 0
    while position < end:
        if position >= sentence_end:
            sentence_end, total = _sentence(text, position, classes, bias)
            if (total >= 0) != positive:
                break
        if filled + MAX_VALUE > len(out):
            out = _grown(out)
        head = min(text[position], HEADS - 1)
        length, written = 0, filled
        if heads_1[head] != EMPTY:  # asked here: most characters begin no key, and a call costs more than the look
            length, node = _longest(keys_1, targets_1, spans_1, heads_1, text, position)
            written = _copy(values_1, spans_1, node, out, filled)
        if heads_2[head] != EMPTY:
            other, node = _longest(keys_2, targets_2, spans_2, heads_2, text, position)
            if other > length:
                length = other
                written = _copy(values_2, spans_2, node, out, filled)
        if heads_b[head] != EMPTY:
            other, node = _longest(keys_b, targets_b, spans_b, heads_b, text, position)
            if other > length:
                length = other
                written = _copy(values_b, spans_b, node, out, filled)
        if length == 0:
            out[filled] = text[position]
            length, written = 1, filled + 1
        position += length
        filled = written
    return out, filled, position, sentence_end, total


@njit(cache=True)
def _code_end(text, start):  # type: ignore[no-untyped-def]
    """Where what is not to be converted ends; one mark opens again, and without an end it is no mark."""
    for position in range(start + 1, len(text)):
        if text[position] == _CODE_END:
            return position + 1
        if text[position] == _CODE:
            break
    return start + 1


@njit(cache=True)
def _next_code(text, start):  # type: ignore[no-untyped-def]
    """Where the next stretch of code begins, or the text ends."""
    for position in range(start, len(text)):
        if text[position] == _CODE:
            return position
    return len(text)


@njit(cache=True)
def _copy(values, spans, node, out, filled):  # type: ignore[no-untyped-def]
    for index in range(spans[node, 0], spans[node, 1]):
        out[filled] = values[index]
        filled += 1
    return filled


@njit(cache=True)
def _grown(out):  # type: ignore[no-untyped-def]
    grown = np.empty(2 * len(out), np.uint32)
    grown[: len(out)] = out
    return grown
