"""Draw a text as HTML in which each character tells its probability and what else was likely."""

import math
from collections.abc import Sequence
from html import escape

from pipeline.generation.causal_model import CausalModel
from pipeline.generation.continuation import Token
from pipeline.generation.text_stream import HALF, Piece
from pipeline.vocab.alphabet import BYTE

LINE_BREAK = "⏎"
END = "〈结束〉"
STEPS = ((0.5, "likely"), (0.1, "fair"), (0.02, "rare"), (0.0, "odd"))
"""Classes of the style sheet, by the probability from which they hold."""


def token_view(model: CausalModel, prompt: str, pieces: Sequence[Piece]) -> str:
    """The prompt and each piece; a piece shows its numbers when it is pointed at, touched or tabbed to."""
    drawn = "".join(_piece(model, piece) for piece in pieces if piece.tokens)
    return f'<div class="tokens" lang="zh"><span class="prompt">{_lines(prompt)}</span>{drawn}</div>'


def token_name(model: CausalModel, id: int) -> str:
    """What a token stands for; bytes that are no whole character in hexadecimal."""
    if id in model.ends:
        return END
    text = model.decode([id])
    token = str(model.tokenizer.convert_ids_to_tokens(id))
    if HALF in text and all(character in BYTE for character in token):
        return "‹" + " ".join(f"{BYTE[character]:02X}" for character in token) + "›"
    return text.replace("\n", LINE_BREAK) or token


def _piece(model: CausalModel, piece: Piece) -> str:
    least = min(_probability(token) for token in piece.tokens)
    colour = next(name for limit, name in STEPS if least >= limit)
    ended = not piece.text and piece.tokens[-1].id in model.ends
    shown = f'<span class="end">{END}</span>' if ended else _lines(piece.text)
    tables = "".join(_table(model, token) for token in piece.tokens)
    return f'<span class="token {colour}" tabindex="0">{shown}<span class="tip" role="tooltip">{tables}</span></span>'


def _table(model: CausalModel, token: Token) -> str:
    """The token, then what else was likely, with bars as long as they are likely."""
    rows = [(token.id, _probability(token), "chosen")]
    rows += [(id, share, "") for id, share in token.alternatives if id != token.id]
    cells = "".join(
        f'<span class="row {kind}"><span class="name">{escape(token_name(model, id))}</span>'
        f'<span class="bar"><span style="width:{100 * share:.1f}%"></span></span>'
        f'<span class="share">{_percent(share)}</span></span>'
        for id, share, kind in rows
    )
    return f'<span class="table">{cells}</span>'


def _probability(token: Token) -> float:
    return math.exp(token.log_probability)


def _percent(share: float) -> str:
    return f"{100 * share:.1f}%" if share >= 0.001 else "&lt;0.1%"


def _lines(text: str) -> str:
    return escape(text).replace("\n", f'<span class="break">{LINE_BREAK}</span><br>')
