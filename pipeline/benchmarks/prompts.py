"""Few-shot prompts that fit the context: examples are left out or the asked text is cut, never the template."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from pipeline.benchmarks.language_model import LanguageModel
from pipeline.benchmarks.seeded_draw import Draw
from pipeline.contract.document import Document
from pipeline.core.errors import ConfigError
from pipeline.schema.evaluate import SentimentConfig


@dataclass(frozen=True, slots=True)
class Prompt:
    ids: list[int]
    """bos first."""
    truncated: bool
    """The asked text was cut at its end."""


def pick_shots(train: Iterable[Document], task: SentimentConfig, seed: int) -> list[Document]:
    """Balanced examples for the largest of `task.shots`, labels taking turns; fewer if train holds fewer.

    The first k of them are the examples of a run with k shots. `train` is read once and not held.
    """
    rounds = max(task.shots, default=0) // len(task.words)
    draws = {label: Draw[Document](seed, rounds) for label in task.words}
    for document in train:
        draw = draws.get(document.label) if document.label is not None else None
        if draw and len(document.text) <= task.shot_max_chars and "\n" not in document.text:
            draw.add(document.id, document, 1)
    turns = zip(*(draw.items() for draw in draws.values()), strict=False)
    return [document for turn in turns for document in turn]


class FewShot:
    """Writes prompts with up to `shots` of the examples in front."""

    def __init__(self, model: LanguageModel, task: SentimentConfig, examples: Sequence[Document], shots: int) -> None:
        """ConfigError if the template alone leaves no room for a text."""
        self.model = model
        self.words = {label: model.encode(word) for label, word in task.words.items()}
        self.before, self.after = task.template.split("{text}")
        longest = max(len(ids) for ids in self.words.values())
        self.room = model.context - (longest - 1)
        self.used = min(shots, len(examples))
        while True:
            self.head = "".join(
                self.before + shot.text + self.after + task.words[str(shot.label)] + task.separator
                for shot in examples[: self.used]
            )
            free = self.room - len(self._ids(""))
            if free >= task.text_min_tokens or not self.used:
                break
            self.used -= len(task.words)
        if free < 1:
            raise ConfigError(
                f"evaluate.sentiment.template leaves {free} tokens for a text in a context of {model.context}"
            )

    def ask(self, text: str) -> Prompt:
        """The prompt for a text, cut to the longest start found that fits."""
        ids = self._ids(text)
        if len(ids) <= self.room:
            return Prompt(ids, truncated=False)
        fits, too_long = 0, len(text)
        while too_long - fits > 1:
            middle = (fits + too_long) // 2
            if len(self._ids(text[:middle])) <= self.room:
                fits = middle
            else:
                too_long = middle
        return Prompt(self._ids(text[:fits]), truncated=True)

    def _ids(self, text: str) -> list[int]:
        return [self.model.bos, *self.model.encode(self.head + self.before + text + self.after)]
