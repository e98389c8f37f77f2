"""Open any causal language model with its tokenizer: a folder in Hugging Face layout, or a model of the hub.

Whatever the tokenizer puts before a text (`<s>`, `[CLS]`) is put there once, whether the prompt spells it out or not;
what it puts after a text (`[SEP]`, `</s>`) is left out, because there the model goes on writing.
"""

import inspect
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from transformers import AutoConfig, AutoModelForCausalLM, AutoTokenizer, DynamicCache
from transformers.utils import logging

from pipeline.core.errors import SourceError
from pipeline.generation.whole_characters import Characters, characters_of
from pipeline.model.device import choose_device
from pipeline.schema.generate import GenerateConfig
from pipeline.text.characters import UNSPACED_IN_OUTPUT
from pipeline.text.linebreaks import LINE_BREAK_MARK, to_line_breaks

WEIGHTS = ("model.safetensors", "model.safetensors.index.json", "pytorch_model.bin", "pytorch_model.bin.index.json")
CONTEXT_NAMES = (
    "max_position_embeddings",
    "n_positions",
    "n_ctx",
    "max_seq_len",
    "max_sequence_length",
    "seq_length",
)
"""What configurations call the number of positions; models without (ALiBi, recurrent) name none."""
UNLIMITED = 1 << 30
NO_CODE: dict[str, Any] = {"trust_remote_code": False}
"""Refuse models that bring Python of their own: transformers would ask on the terminal, and wait."""
PROBE = "的"
OURS = "wenyuan.json"
CAUSES = (OSError, ValueError, KeyError, TypeError, AttributeError, ImportError, RuntimeError, SafetensorError)
"""What transformers raises for a folder that is damaged, incomplete or of another kind."""
CHINESE = f"[{UNSPACED_IN_OUTPUT}]"
BETWEEN_CHINESE = re.compile(f"(?<={CHINESE}) (?={CHINESE})")


@dataclass(frozen=True)
class CausalModel:
    """A model in evaluation mode and what is needed to write with it."""

    model: Any
    tokenizer: Any
    start: tuple[int, ...]
    """Put before each prompt; empty for models that want nothing there."""
    ends: frozenset[int]
    """Each of these tokens ends a text."""
    context: int
    """Tokens that the model sees at a time."""
    device: torch.device
    special_tokens: bool
    """Whether special tokens that a prompt spells out are read as such."""
    line_break: int | None = None
    """The token `<nl>` of a model that was trained to write it for a line break; None: it writes line breaks."""
    pads: bool = True
    """Whether a padded prompt gives what it gives alone; without, batches are of equal length."""

    @property
    def name(self) -> str:
        return str(self.model.config.name_or_path)

    def encode(self, prompt: str) -> list[int]:
        """The prompt's tokens with `start` before them, `<nl>` a line break.

        An empty prompt is the start alone, or an end token.
        """
        # A tokenizer with a template adds <s> even if the prompt begins with one; the prompt's own is removed first.
        spelt = [self.tokenizer.convert_ids_to_tokens(id) for id in self.start]
        while spelt and prompt.startswith("".join(spelt)):
            prompt = prompt.removeprefix("".join(spelt))
        if self.line_break is None:
            ids = self._encode(to_line_breaks(prompt))
        else:
            first, *others = map(self._encode, prompt.split(LINE_BREAK_MARK))
            ids = first + [id for part in others for id in (self.line_break, *part)]
        return [*self.start, *ids] or [min(self.ends, default=0)]

    def _encode(self, text: str) -> list[int]:
        found = self.tokenizer.encode(text, add_special_tokens=False, split_special_tokens=not self.special_tokens)
        return list(found)

    def decode(self, ids: Sequence[int]) -> str:
        """The text of tokens that the model wrote, without special ones such as ends; `<nl>` is a line break."""
        if self.line_break is None:
            return to_line_breaks(self._decode(ids))
        parts: list[list[int]] = [[]]
        for id in ids:
            if id == self.line_break:
                parts.append([])
            else:
                parts[-1].append(id)
        return "\n".join(map(self._decode, parts))

    def _decode(self, ids: Sequence[int]) -> str:
        text = self.tokenizer.decode(list(ids), skip_special_tokens=True, clean_up_tokenization_spaces=False)
        # A WordPiece vocabulary (BertTokenizer, as GPT2-Chinese has it) decodes 今天 to 今 天.
        return BETWEEN_CHINESE.sub("", text) if self._word_pieces else str(text)

    @cached_property
    def _word_pieces(self) -> bool:
        backend = getattr(self.tokenizer, "backend_tokenizer", None)
        return type(getattr(backend, "decoder", None)).__name__ == "WordPiece"

    @cached_property
    def characters(self) -> Characters | None:
        """Which tokens keep a text whole; None where every token does."""
        head = self.model.get_output_embeddings() or self.model.get_input_embeddings()
        return characters_of(self.tokenizer, head.weight.shape[0], self.device)

    @cached_property
    def parameters(self) -> frozenset[str]:
        """The names of the arguments that the model's forward pass takes."""
        return frozenset(inspect.signature(self.model.forward).parameters)

    @property
    def caches(self) -> bool:
        """Whether the model keeps keys and values from one token to the next (Mamba does not)."""
        return "past_key_values" in self.parameters

    def new_cache(self) -> Any:
        return DynamicCache(config=self.model.config) if self.caches else None

    @torch.inference_mode()
    def scores(self, ids: torch.Tensor, mask: torch.Tensor, cache: Any = None) -> torch.Tensor:
        """Scores of the next token, shape [rows, vocabulary], float32 or float64.

        `ids` is what the cache does not hold yet; `mask` covers all of the text, with 0 for padding on its left.
        """
        arguments: dict[str, Any] = {"input_ids": ids, "attention_mask": mask}
        if "logits_to_keep" in self.parameters:
            arguments["logits_to_keep"] = 1
        if "position_ids" in self.parameters:
            # An ended row's positions may lead out of the context; what it sees no longer matters.
            positions = (mask.cumsum(dim=-1) - 1).clamp(0, self.context - 1)
            arguments["position_ids"] = positions[:, -ids.shape[1] :]
        if cache is not None:
            arguments |= {"past_key_values": cache, "use_cache": True}
        logits: torch.Tensor = self.model(**arguments).logits[:, -1]
        return logits if logits.dtype == torch.float64 else logits.float()


def open_model(location: str, config: GenerateConfig) -> CausalModel:
    """Open a folder or a hub id. SourceError says what a folder lacks, or that its model is of another kind.

    Weights that a folder lacks would be drawn at random in silence: that is an error here.
    """
    quiet: Any = logging
    quiet.disable_progress_bar()
    quiet.set_verbosity_error()
    torch.set_num_threads(config.threads)
    device = choose_device(config.device, "generate")
    if is_folder(location):
        _check_files(Path(location))
    loader: Any = AutoModelForCausalLM
    tokenizers: Any = AutoTokenizer
    _check_kind(location)
    try:
        model, loading = loader.from_pretrained(
            location, dtype=getattr(torch, config.arithmetic.value), output_loading_info=True, **NO_CODE
        )
    except CAUSES as error:
        raise SourceError(f"{location}: its weights cannot be read: {_first_line(error)}") from None
    if loading["missing_keys"]:
        missing = sorted(loading["missing_keys"])
        raise SourceError(f"{location}: {len(missing)} weights are missing, {missing[0]} among them: half a model?")
    try:
        tokenizer = tokenizers.from_pretrained(location, **NO_CODE)
        start = _start_of(tokenizer, location)
    except CAUSES as error:
        raise SourceError(f"{location}: its tokenizer cannot be read: {_first_line(error)}") from None
    rows = model.get_input_embeddings().num_embeddings
    if len(tokenizer) > rows:
        raise SourceError(f"{location}: the tokenizer has {len(tokenizer)} tokens, the model {rows}: not of one run")
    ends = _ends_of(model, tokenizer)
    context = _context_of(model.config.get_text_config(decoder=True))
    opened = CausalModel(
        model.to(device).eval(),
        tokenizer,
        start,
        ends,
        context,
        device,
        special_tokens=config.special_tokens,
        line_break=_line_break_of(tokenizer, location),
    )
    _check_causal(opened, location)
    return replace(opened, pads=_pads(opened))


def is_folder(location: str) -> bool:
    """Whether a folder is meant, not a model of the hub; SourceError if it is a folder that does not exist.

    `organisation/model` is of the hub unless a folder `organisation` stands here: a mistyped path opens no socket.
    """
    path = Path(location)
    if path.is_dir():
        return True
    if path.is_file():
        raise SourceError(f"{location}: a file; name the model's folder in Hugging Face layout")
    hub_id = re.fullmatch(r"[\w.-]+(/[\w.-]+)?", location) and not location.startswith(".")
    if not hub_id or path.exists() or (len(path.parts) > 1 and path.parent.exists()):
        raise SourceError(f"{location}: no such folder; run `make repro`, or name a model's folder or hub id")
    return False


def _check_files(folder: Path) -> None:
    if not (folder / "config.json").is_file():
        raise SourceError(f"{folder / 'config.json'}: no such file; {folder} holds no model, or half of one")
    weights = next((folder / name for name in WEIGHTS if (folder / name).is_file()), None)
    if weights is None:
        raise SourceError(f"{folder / WEIGHTS[0]}: no such file; {folder} holds half a model")
    if weights.suffix == ".json":
        try:
            parts = set(json.loads(weights.read_text(encoding="utf-8"))["weight_map"].values())
        except (ValueError, KeyError, AttributeError) as error:
            raise SourceError(f"{weights}: damaged: {error!r}") from None
        missing = sorted(part for part in parts if not (folder / part).is_file())
        if missing:
            raise SourceError(f"{folder / missing[0]}: no such file; {folder} holds half a model")


def _check_kind(location: str) -> None:
    try:
        found = AutoConfig.from_pretrained(location, **NO_CODE)
    except CAUSES as error:
        raise SourceError(f"{location}: no model can be opened: {_first_line(error)}") from None
    known = type(found) in AutoModelForCausalLM._model_mapping
    if found.is_encoder_decoder or not known:
        raise SourceError(f"{location}: a {found.model_type} model does not continue text; name a causal one")


def _check_causal(opened: CausalModel, location: str) -> None:
    """BERT has a language model's head too, but sees what comes after: its scores at a place depend on the next."""
    rows = opened.model.get_input_embeddings().num_embeddings
    pairs = torch.tensor([[0, 0], [0, rows - 1]], device=opened.device)
    with torch.inference_mode():
        logits = opened.model(input_ids=pairs, attention_mask=torch.ones_like(pairs)).logits[:, 0].double()
    rounding = 4 * torch.finfo(opened.model.dtype).eps * float(logits.abs().max())
    if float((logits[0] - logits[1]).abs().max()) > rounding:
        kind = opened.model.config.model_type
        raise SourceError(f"{location}: this {kind} model sees the words to come; name a causal one")


def _pads(opened: CausalModel) -> bool:
    """Bloom's eager attention gives no numbers for padding on the left: such models are asked without."""
    plain = torch.tensor([[0, 1, 2]], device=opened.device)
    padded = torch.nn.functional.pad(plain, (2, 0))
    alone = opened.scores(plain, torch.ones_like(plain)).double()
    beside = opened.scores(padded, torch.nn.functional.pad(torch.ones_like(plain), (2, 0))).double()
    allowed = max(1e-3, 8 * torch.finfo(opened.model.dtype).eps) * float(alone.abs().max())
    return float((alone - beside).abs().max()) <= allowed  # False for NaN


def _start_of(tokenizer: Any, location: str) -> tuple[int, ...]:
    """What the tokenizer puts before a text. Older folders of ours put nothing, though training began with bos."""
    inner = tokenizer.encode(PROBE, add_special_tokens=False)
    outer = tokenizer.encode(PROBE)
    for place in range(len(outer) - len(inner) + 1):
        if outer[place : place + len(inner)] == inner and (inner or not place):
            start = tuple(outer[:place])
            break
    else:
        start = ()
    if not start and (Path(location) / OURS).is_file() and tokenizer.bos_token_id is not None:
        return (int(tokenizer.bos_token_id),)
    return start


def _line_break_of(tokenizer: Any, location: str) -> int | None:
    """`<nl>` of models that others trained on texts with it. Ours have the token too, but learn line breaks."""
    id = tokenizer.convert_tokens_to_ids(LINE_BREAK_MARK)
    known = id is not None and tokenizer.convert_ids_to_tokens(id) == LINE_BREAK_MARK
    return None if not known or (Path(location) / OURS).is_file() else int(id)


def _ends_of(model: Any, tokenizer: Any) -> frozenset[int]:
    """End tokens by generation config, config and tokenizer; [SEP] where a tokenizer like BERT's has no other."""
    found: set[int] = set()
    for named in (
        getattr(model.generation_config, "eos_token_id", None),
        getattr(model.config, "eos_token_id", None),
        tokenizer.eos_token_id,
    ):
        found.update([named] if isinstance(named, int) else named or [])
    if not found and tokenizer.sep_token_id is not None:
        found.add(tokenizer.sep_token_id)
    return frozenset(found)


def _context_of(config: Any) -> int:
    found = [getattr(config, name, None) for name in CONTEXT_NAMES]
    return next((int(size) for size in found if isinstance(size, int) and size > 0), UNLIMITED)


def _first_line(error: BaseException) -> str:
    """The cause in one line, the class named where the message alone says nothing."""
    lines = str(error).strip().splitlines() or [""]
    return lines[0] if len(lines[0]) > 20 else f"{type(error).__name__}: {' '.join(lines)}"
