"""Which pairs of tokens a merge may join."""

from collections import Counter
from collections.abc import Iterable, Sequence

from pipeline.vocab.alphabet import begins_character, characters, is_whole, to_bytes


class MergeRules:
    """Keeps the bytes of all tokens; `admit(left, right)` takes in the next token or refuses it, and counts why.

    A line break joins nothing: it is one token wherever it stands. A token is whole characters, or the beginning of a
    single one. GPT-2 knows many beginnings; the few others that
    whole characters need are shared by up to 64 of them, while endings and bits of two characters would be fragments
    that no whole character needs.
    """

    def __init__(self, tokens: Sequence[str], known: Iterable[str], max_chars: int) -> None:
        """`tokens` by number; `known`: tokens that exist already, whether or not the text has them."""
        self.raw = [to_bytes(token) for token in tokens]
        self.known = {to_bytes(token) for token in known} | set(self.raw)
        self.max_chars = max_chars
        self.refused: Counter[str] = Counter()

    def admit(self, left: int, right: int) -> bool:
        joined = self.raw[left] + self.raw[right]
        reason = self._reason(joined)
        if reason:
            self.refused[reason] += 1
            return False
        self.known.add(joined)
        self.raw.append(joined)
        return True

    def _reason(self, joined: bytes) -> str | None:
        if b"\n" in joined:
            return "line_break"
        if characters(joined) > self.max_chars:
            return "too_long"
        if not is_whole(joined) and not begins_character(joined):
            return "fragment"
        return "known" if joined in self.known else None
