"""Answer many prompts in batches; a killed run goes on where it was, and every prompt is answered once.

The batches follow from prompts and settings alone. Each finished batch is a file in the scratch folder, so a run that
is started again writes the missing batches only, each composed as it would have been.
"""

import hashlib
import json
import math
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from pipeline.contract.metrics import Json
from pipeline.core.errors import SourceError
from pipeline.core.faults import reach
from pipeline.core.shards import write_json
from pipeline.generation.causal_model import CausalModel
from pipeline.generation.continuation import Continuation, Request, encode_within, plan, room_for
from pipeline.generation.prompts import Prompt
from pipeline.generation.scripts import convert
from pipeline.generation.text_stream import whole
from pipeline.schema.generate import GenerateConfig

WEIGHTS_READ = 1 << 20
"""Bytes at either end of a weights file by which it is told from others."""


@dataclass(frozen=True, slots=True)
class Answer:
    prompt: int
    """Number of the prompt, from 0."""
    sample: int
    text: str
    """What was written after the prompt."""
    ended: str
    """end: by the model; max_new_tokens; context: it is full."""
    tokens: int
    """The end token included."""
    perplexity: float
    """A token, by the model's own probabilities."""


def answer_all(
    model: CausalModel, prompts: Sequence[Prompt], config: GenerateConfig, folder: Path, say: Callable[[str], object]
) -> list[Answer]:
    """Every sample of every prompt, in their order. `folder` holds what an earlier run of the same has finished.

    ConfigError names the first prompt that fills the context, before any text is written.
    """
    requests = list(_requests(model, prompts, config))
    batches = plan([len(request.ids) for _, request in requests], config, model)
    done = [folder / f"{number:06d}.json" for number in range(len(batches))]
    left = sum(not path.exists() for path in done)
    if left < len(batches):
        say(f"going on with {left:,} of {len(batches):,} batches: the others were written before")
    found: dict[tuple[int, int], Answer] = {}
    for number, (batch, path) in enumerate(zip(batches, done, strict=True)):
        if path.exists():
            answers = _read(path)
        else:
            owners = [requests[index][0] for index in batch]
            answers = _write_batch(model, owners, [requests[index][1] for index in batch], config)
            rows: list[Json] = [asdict(answer) for answer in answers]
            write_json(path, rows)
            say(f"batch {number + 1:,} of {len(batches):,}: {len(batch):,} texts")
            reach(f"generate.after_batch:{number}")
        found |= {(answer.prompt, answer.sample): answer for answer in answers}
    return [found[owner, request.sample] for owner, request in requests]


def _requests(model: CausalModel, prompts: Sequence[Prompt], config: GenerateConfig) -> Iterator[tuple[int, Request]]:
    seen: Counter[str] = Counter()
    for number, prompt in enumerate(prompts):
        text = convert(prompt.text, config.prompt_script)
        ids = encode_within(model, text, prompt.place)
        for sample in range(config.samples):
            yield number, Request(text, ids, seen[text], sample, room_for(model, ids, config))
        seen[text] += 1


def _write_batch(
    model: CausalModel, owners: Sequence[int], requests: Sequence[Request], config: GenerateConfig
) -> list[Answer]:
    ids: list[list[int]] = [[] for _ in requests]
    logs = [0.0] * len(requests)
    for step in Continuation(model, requests, config):
        for token in step:
            ids[token.row].append(token.id)
            logs[token.row] += token.log_probability
    return [
        Answer(
            prompt=owner,
            sample=request.sample,
            text=convert(whole(model.decode(written), config), config.script),
            ended=_ended(model, written, config),
            tokens=len(written),
            # A few digits: the last ones depend on the processor.
            perplexity=float(f"{math.exp(-log / len(written)):.4g}"),
        )
        for owner, request, written, log in zip(owners, requests, ids, logs, strict=True)
    ]


def _ended(model: CausalModel, written: Sequence[int], config: GenerateConfig) -> str:
    if written[-1] in model.ends:
        return "end"
    return "max_new_tokens" if len(written) == config.max_new_tokens else "context"


def _read(path: Path) -> list[Answer]:
    try:
        return [Answer(**row) for row in json.loads(path.read_text(encoding="utf-8"))]
    except (ValueError, TypeError) as error:
        raise SourceError(f"{path}: damaged: {error}; remove {path.parent} and start again") from None


def fingerprint(model: CausalModel, location: str, prompts: Sequence[Prompt], config: GenerateConfig) -> str:
    """What the texts depend on, as 32 hex digits: the floor does not change them."""
    settings = {key: value for key, value in asdict(config).items() if key != "floor"}
    digest = hashlib.blake2b(digest_size=16)
    for part in (*_model_parts(model, location), repr(settings).encode(), *(repr(p.text).encode() for p in prompts)):
        digest.update(len(part).to_bytes(8, "little") + part)
    return digest.hexdigest()


def _model_parts(model: CausalModel, location: str) -> Iterator[bytes]:
    """Configurations and tokenizer whole, weights by size and both ends: gigabytes are not read twice."""
    folder = Path(location)
    if not folder.is_dir():
        yield f"{location}@{getattr(model.model.config, '_commit_hash', None)}".encode()
        return
    for path in sorted(path for path in folder.iterdir() if path.is_file()):
        size = path.stat().st_size
        yield f"{path.name} {size}".encode()
        with path.open("rb") as file:
            yield file.read(WEIGHTS_READ)
            if size > 2 * WEIGHTS_READ:
                file.seek(-WEIGHTS_READ, 2)
            yield file.read()
