"""Tell which tokens may follow so that a text stays whole characters: byte-level vocabularies hold halves of them.

A token of GPT-2's kind is any bytes, so a model may write two bytes of 龙 and then a comma, which shows as U+FFFD.
UTF-8 is read by eight states (RFC 3629, section 4): none pending, or which bytes the character still needs.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch

from pipeline.vocab.alphabet import BYTE

WHOLE = 0
_CONTINUATION = (0x80, 0xBF)
_STATES: tuple[tuple[tuple[int, int, int], ...], ...] = (
    # First byte, last byte, the state after it: of each state.
    (
        (0x00, 0x7F, WHOLE), (0xC2, 0xDF, 1), (0xE0, 0xE0, 4), (0xE1, 0xEC, 2), (0xED, 0xED, 5), (0xEE, 0xEF, 2),
        (0xF0, 0xF0, 6), (0xF1, 0xF3, 3), (0xF4, 0xF4, 7),
    ),
    ((*_CONTINUATION, WHOLE),),  # one more byte
    ((*_CONTINUATION, 1),),  # two more
    ((*_CONTINUATION, 2),),  # three more
    ((0xA0, 0xBF, 1),),  # after E0: shorter ways to write a character are not allowed
    ((0x80, 0x9F, 1),),  # after ED: no surrogates
    ((0x90, 0xBF, 2),),  # after F0
    ((0x80, 0x8F, 2),),  # after F4: nothing beyond U+10FFFF
)  # fmt: skip
_BROKEN = -1


@dataclass(frozen=True, slots=True)
class Characters:
    """What each token does to an unfinished character."""

    barred: torch.Tensor
    """[states, rows of the output layer], -inf where a token would break a character, else 0."""
    after: torch.Tensor
    """The same shape: the state after the token."""

    def bar(self, logits: torch.Tensor, states: torch.Tensor) -> torch.Tensor:
        """Logits, shape [rows, tokens], without the tokens that would break the rows' characters."""
        return logits + self.barred[states].to(logits.dtype)

    def follow(self, states: torch.Tensor, chosen: torch.Tensor) -> torch.Tensor:
        """The rows' states after the chosen tokens."""
        return self.after[states, chosen]


def characters_of(tokenizer: Any, size: int, device: torch.device) -> Characters | None:
    """Of a tokenizer with `size` scores a step; None if its tokens are whole characters anyhow."""
    parts = _parts(tokenizer, size)
    if parts is None:
        return None
    after = np.full((len(_STATES), size), _BROKEN, np.int64)
    after[WHOLE] = WHOLE  # what is no part of a character stands between characters
    for id, raw in parts.items():
        after[:, id] = [_read(state, raw) for state in range(len(_STATES))]
    broken = after == _BROKEN
    broken[broken.all(axis=1)] = False  # no way out: a vocabulary without all bytes
    barred = np.where(broken, -np.inf, 0.0).astype(np.float32)
    return Characters(
        torch.from_numpy(barred).to(device), torch.from_numpy(np.where(after == _BROKEN, WHOLE, after)).to(device)
    )


def _parts(tokenizer: Any, size: int) -> dict[int, bytes] | None:
    """The tokens that are not whole characters, and their bytes; None for vocabularies of characters."""
    backend = getattr(tokenizer, "backend_tokenizer", None)
    names = tokenizer.convert_ids_to_tokens(range(min(size, len(tokenizer))))
    added = set(tokenizer.get_added_vocab().values())
    if type(getattr(backend, "decoder", None)).__name__ == "ByteLevel":
        return {
            id: raw
            for id, name in enumerate(names)
            if name and id not in added and (raw := _byte_level(name)) is not None and _read(WHOLE, raw) != WHOLE
        }
    found = {id: raw for id, name in enumerate(names) if name and (raw := _byte_fallback(name)) is not None}
    return {id: raw for id, raw in found.items() if _read(WHOLE, raw) != WHOLE} or None


def _byte_level(name: str) -> bytes | None:
    return bytes(BYTE[character] for character in name) if all(map(BYTE.__contains__, name)) else None


def _byte_fallback(name: str) -> bytes | None:
    """SentencePiece's <0xE4>."""
    if len(name) != 6 or not name.startswith("<0x") or not name.endswith(">"):
        return None
    try:
        return bytes([int(name[3:5], 16)])
    except ValueError:
        return None


def _read(state: int, raw: Sequence[int]) -> int:
    for byte in raw:
        state = next((after for first, last, after in _STATES[state] if first <= byte <= last), _BROKEN)
        if state == _BROKEN:
            break
    return state


def states_of(rows: int, device: torch.device) -> torch.Tensor:
    """Every prompt ends with a whole character."""
    return torch.zeros(rows, dtype=torch.long, device=device)
