"""release: what the model card says that no other stage knows."""

from dataclasses import dataclass


@dataclass
class ReleaseConfig:
    name: str
    """The model's name: heading of the card, and of its results in the front matter."""
    languages: list[str]
    """ISO 639 codes of what the model was taught; Hugging Face files it under these."""
    licence: str | None
    """SPDX identifier that the publisher answers for; null: derived from the licences of the training documents."""
    tags: list[str]
    """Further words to find the model by; its architecture is added."""
    samples_shown: int
    """Of evaluate's samples, the first so many."""

    def __post_init__(self) -> None:
        if not self.name.strip():
            raise ValueError("name is blank")
        if not self.languages:
            raise ValueError("languages is empty; name one at least")
        if self.licence is not None and not self.licence.strip():
            raise ValueError("licence is blank; null derives it from the documents")
        if self.samples_shown < 0:
            raise ValueError(f"samples_shown {self.samples_shown} is below 0")
