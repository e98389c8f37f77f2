"""Text from tokens as they come, of any tokenizer: whole characters only, never half of one.

What is shown, joined, is what the model's tokenizer decodes from all tokens at once.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

from pipeline.generation.causal_model import CausalModel
from pipeline.generation.continuation import Continuation, Request, Token, encode_within, room_for
from pipeline.schema.generate import GenerateConfig
from pipeline.text.linebreaks import LINE_BREAK_MARK

HALF = "\ufffd"
"""What a tokenizer decodes from the bytes of an unfinished character."""


class TextStream:
    """`push` tokens one by one and show what it gives; `close` gives the rest."""

    def __init__(self, model: CausalModel, config: GenerateConfig) -> None:
        self.model, self.config = model, config
        self.ids: list[int] = []
        self.shown = ""

    def push(self, id: int) -> str:
        """The characters that are whole with this token; often none."""
        self.ids.append(id)
        text = self.model.decode(self.ids)
        return self._show(without_part(text.rstrip(HALF), LINE_BREAK_MARK))

    def close(self) -> str:
        """What was held back; not a character that was never finished, unless halves are asked for."""
        return self._show(whole(self.model.decode(self.ids), self.config))

    def _show(self, text: str) -> str:
        # A tokenizer that decodes its last token in another way while it is the last makes us wait for the next.
        if not text.startswith(self.shown):
            return ""
        fresh = text[len(self.shown) :]
        self.shown = text
        return fresh


def whole(text: str, config: GenerateConfig) -> str:
    """A finished text without the half of a character that it was cut off in."""
    return text.rstrip(HALF) if config.whole_characters else text


def without_part(text: str, mark: str) -> str:
    """The text without a beginning of the mark at its end: what follows decides whether it becomes one."""
    length = next((length for length in range(len(mark) - 1, 0, -1) if text.endswith(mark[:length])), 0)
    return text[: len(text) - length]


@dataclass(slots=True)
class Piece:
    """Characters and the tokens that they came with: two and more tokens where a character took several."""

    text: str
    tokens: list[Token] = field(default_factory=list)


def stream(
    model: CausalModel, prompt: str, config: GenerateConfig, sample: int = 0, alternatives: int = 0
) -> Iterator[Piece]:
    """The text that continues a prompt, as it is written; the same text as in a batch.

    ConfigError if the prompt fills the context.
    """
    ids = encode_within(model, prompt, "the prompt")
    request = Request(prompt, ids, 0, sample, room_for(model, ids, config))
    text = TextStream(model, config)
    waiting: list[Token] = []
    for step in Continuation(model, [request], config, alternatives):
        waiting += step
        fresh = text.push(step[0].id)
        if fresh:
            yield Piece(fresh, waiting)
            waiting = []
    yield Piece(text.close(), waiting)
