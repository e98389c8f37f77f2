"""Write for the page: its settings as conf's, and what view, full text and note show while a text grows."""

import math
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from html import escape

from pipeline.core.errors import WenyuanError
from pipeline.demo.token_view import token_view
from pipeline.generation.causal_model import CausalModel
from pipeline.generation.scripts import convert
from pipeline.generation.text_stream import Piece, stream
from pipeline.schema.generate import GenerateConfig
from pipeline.schema.normalise import Script
from pipeline.text.linebreaks import to_line_breaks

ALTERNATIVES = 8
"""Likely tokens that are shown for each place."""
SECONDS_BETWEEN = 0.08
"""A page that is drawn anew for each token spends its time on drawing."""


@dataclass(frozen=True, slots=True)
class Shown:
    """What the page shows at one moment."""

    view: str
    """HTML."""
    text: str
    """Prompt and text in the script that was chosen."""
    note: str
    """HTML; empty while a text grows."""


class Refusal(WenyuanError):
    """What the page cannot do as asked; the message is the page's own, in Chinese."""


def settings(
    config: GenerateConfig,
    seed: float | None,
    most: float | None,
    temperature: float | None,
    top_k: float | None,
    top_p: float | None,
    min_p: float | None,
    penalty: float | None,
    script: str,
) -> GenerateConfig:
    """`config` with the page's values laid over it; Refusal for one that is empty or out of range."""
    numbers = {"温度": temperature, "top-k": top_k, "top-p": top_p, "min-p": min_p, "重复惩罚": penalty}
    for name, value in {"最多词元数": most, **numbers}.items():
        if value is None:
            raise Refusal(f"设置“{name}”是空的，请填一个数。")
    try:
        sampling = replace(
            config.sampling,
            temperature=float(temperature or 0),
            top_k=int(top_k or 0),
            top_p=float(top_p or 0),
            min_p=float(min_p or 0),
            repetition_penalty=float(penalty or 0),
        )
        return replace(
            config, seed=int(seed or 0), max_new_tokens=int(most or 0), sampling=sampling, script=Script(script)
        )
    except ValueError as error:
        raise Refusal(f"设置有误：{error}") from None


def written(model: CausalModel, prompt: str, config: GenerateConfig) -> Iterator[Shown]:
    """The text again and again until it has ended; Refusal if the prompt fills the context."""
    asked = convert(prompt, config.prompt_script)
    tokens = len(model.encode(asked))
    if tokens >= model.context:
        raise Refusal(
            f"提示太长：有 {tokens:,} 个词元，而模型的上下文只有 {model.context:,}，没有地方续写了。请缩短提示。"
        )
    pieces: list[Piece] = []
    begin = drawn = time.monotonic()
    for piece in stream(model, asked, config, alternatives=ALTERNATIVES):
        pieces.append(piece)
        if time.monotonic() - drawn >= SECONDS_BETWEEN:
            yield _shown(model, asked, pieces, config, "")
            drawn = time.monotonic()
    yield _shown(model, asked, pieces, config, _note(pieces, time.monotonic() - begin))


def refusal(error: WenyuanError) -> str:
    """The error as HTML, to stand in the note's place."""
    return f'<p class="note wrong" role="alert">{escape(str(error))}</p>'


def _shown(model: CausalModel, prompt: str, pieces: list[Piece], config: GenerateConfig, note: str) -> Shown:
    prompt = to_line_breaks(prompt)
    text = convert(prompt + "".join(piece.text for piece in pieces), config.script)
    return Shown(token_view(model, prompt, pieces), text, note)


def _note(pieces: list[Piece], seconds: float) -> str:
    logs = [token.log_probability for piece in pieces for token in piece.tokens]
    perplexity = math.exp(-sum(logs) / len(logs))
    return f'<p class="note">{len(logs)} 词元，{seconds:.1f} 秒，每词元困惑度 {perplexity:,.1f}</p>'
