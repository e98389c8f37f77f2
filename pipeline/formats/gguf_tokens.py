"""A byte-level BPE of tokenizer.json as llama.cpp holds it, where its pre-tokenizer `gpt-2` gives the same ids.

llama.cpp does not read tokenizer.json: it has a fixed list of ways to split a text, and GGUF names one of them. A
tokenizer that splits otherwise would load there and give other ids, so everything that could do so is refused here.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gguf import TokenType
from tokenizers import Tokenizer

from pipeline.core.errors import ConfigError, ContractError, SourceError

PRE = "gpt-2"
"""llama.cpp's name for the way that GPT-2 splits a text."""
SPLITS_LIKE_GPT2 = {"type": "ByteLevel", "add_prefix_space": False, "use_regex": True}
PLAIN_BPE: Mapping[str, object] = {
    "type": "BPE",
    "dropout": None,
    "unk_token": None,
    "continuing_subword_prefix": None,
    "end_of_word_suffix": None,
    "fuse_unk": False,
    "byte_fallback": False,
    "ignore_merges": False,
}
"""What llama.cpp takes for granted of a byte-level BPE; "" counts as null."""
MOST_LITERALS = 64
"""Added tokens that are no special ones; llama.cpp goes through the whole text once for each of them."""


@dataclass(frozen=True, slots=True)
class Tokens:
    """One entry for each row of the embedding table."""

    texts: Sequence[str]
    types: Sequence[int]
    """gguf's TokenType: NORMAL, CONTROL (special), USER_DEFINED (added, but text), UNUSED (a row without a token)."""
    merges: Sequence[str]
    """The two parts, with a space between them, in the order of their ranks."""
    add_bos: bool
    add_eos: bool


def read_tokens(path: Path, rows: int, bos: int, eos: int) -> Tokens:
    """Of tokenizer.json at `path`, for an embedding table of `rows` rows and the model's own `bos` and `eos`.

    ConfigError if llama.cpp would give other ids than tokenizers does; ContractError if the ids do not fit the table;
    SourceError if the file cannot be read.
    """
    try:
        told: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        model, added = told["model"], told.get("added_tokens") or []
        _check_splitting(told)
        _check_added(added)
        texts, types = _table(path, model["vocab"], added, rows)
        merges = [_merge(path, merge) for merge in model["merges"]]
        add_bos, add_eos = _added_ends(path, bos, eos)
    except OSError as error:
        raise SourceError(f"{path}: {error.strerror}") from None
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise SourceError(f"{path}: no byte-level BPE of the tokenizers library: {error!r}") from None
    return Tokens(texts, types, merges, add_bos, add_eos)


def refusal(reason: str) -> ConfigError:
    return ConfigError(f"release.formats: no gguf of this model: {reason}; leave gguf out of release.formats")


def _check_splitting(told: Mapping[str, Any]) -> None:
    """ConfigError where tokenizer.json changes or splits a text in another way than GPT-2's does."""
    model = told["model"]
    for key, wanted in PLAIN_BPE.items():
        found = model.get(key, wanted)
        if found != wanted and not (found == "" and wanted is None):
            raise refusal(f"tokenizer.json has model.{key}={json.dumps(found)}, and llama.cpp knows none")
    normalizer = told.get("normalizer")
    if normalizer is not None:
        kind = normalizer.get("type")
        raise refusal(f"tokenizer.json rewrites each text first (normalizer {kind}), and llama.cpp does not")
    steps = _steps(told.get("pre_tokenizer"))
    if len(steps) != 1 or any(steps[0].get(key) != wanted for key, wanted in SPLITS_LIKE_GPT2.items()):
        kinds = " + ".join(str(step.get("type")) for step in steps) or "none"
        raise refusal(f"tokenizer.json does not split texts as GPT-2 does (its pre-tokenizer: {kinds})")


def _steps(pre_tokenizer: Mapping[str, Any] | None) -> list[Mapping[str, Any]]:
    """A pre-tokenizer as a list of those that it applies, one after the other."""
    if pre_tokenizer is None:
        return []
    if pre_tokenizer.get("type") != "Sequence":
        return [pre_tokenizer]
    return [step for inner in pre_tokenizer["pretokenizers"] for step in _steps(inner)]


def _check_added(added: Sequence[Mapping[str, Any]]) -> None:
    """ConfigError where llama.cpp would find other added tokens in a text.

    tokenizers takes the first in the text, llama.cpp the longest anywhere: with 中国 and 国人民 they cut 中国人民
    differently. What cannot overlap is found alike.
    """
    for token in added:
        for key in ("single_word", "lstrip", "rstrip"):
            if token.get(key):
                raise refusal(f"the added token {token['content']!r} has {key}, and llama.cpp knows none")
    literals = [str(token["content"]) for token in added if not token["special"]]
    if len(literals) > MOST_LITERALS:
        raise refusal(
            f"tokenizer.json adds {len(literals)} words to the BPE as whole tokens, and llama.cpp would find "
            "others where two of them overlap"
        )
    for first in literals:
        for second in literals:
            if first != second and _overlap(first, second):
                raise refusal(
                    f"the added tokens {first!r} and {second!r} can overlap in a text, where llama.cpp would take "
                    "the longer one and tokenizers the first"
                )


def _overlap(first: str, second: str) -> bool:
    """Whether an end of `first` is a beginning of `second`."""
    return any(first.endswith(second[:length]) for length in range(1, min(len(first), len(second)) + 1))


def _table(
    path: Path, vocab: Mapping[str, int], added: Sequence[Mapping[str, Any]], rows: int
) -> tuple[list[str], list[int]]:
    """Text and type of each row; ContractError where ids and rows do not fit."""
    texts: list[str | None] = [None] * rows
    types = [int(TokenType.UNUSED)] * rows
    entries = [(str(text), int(id), TokenType.NORMAL) for text, id in vocab.items()]
    for token in added:
        kind = TokenType.CONTROL if token["special"] else TokenType.USER_DEFINED
        entries.append((str(token["content"]), int(token["id"]), kind))
    for text, id, kind in entries:
        if not 0 <= id < rows:
            raise ContractError(f"{path}: token {text!r} has id {id}, but the model has {rows} rows of embeddings")
        if texts[id] not in (None, text):
            raise ContractError(f"{path}: the tokens {texts[id]!r} and {text!r} have one id, {id}")
        texts[id], types[id] = text, int(kind)
    named = [f"[unused{id}]" if text is None else text for id, text in enumerate(texts)]
    if len(set(named)) < rows:
        raise ContractError(f"{path}: two ids have the same token, and llama.cpp takes none twice")
    return named, types


def _merge(path: Path, merge: str | Sequence[str]) -> str:
    """tokenizers writes pairs, older versions both parts in one string."""
    parts = merge.split(" ") if isinstance(merge, str) else list(merge)
    if len(parts) != 2 or any(" " in part for part in parts):
        raise SourceError(f"{path}: the merge {merge!r} is no pair of byte-level tokens")
    return " ".join(parts)


def _added_ends(path: Path, bos: int, eos: int) -> tuple[bool, bool]:
    """Whether the tokenizer puts `bos` before a text and `eos` after it; ConfigError if it adds anything else."""
    tokenizer = Tokenizer.from_file(str(path))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    bare, whole = (tokenizer.encode("字", add_special_tokens=special).ids for special in (False, True))
    for add_bos in (False, True):
        for add_eos in (False, True):
            if whole == [bos] * add_bos + bare + [eos] * add_eos:
                return add_bos, add_eos
    names = [tokenizer.id_to_token(id) for id in whole if id not in bare]
    raise refusal(f"tokenizer.json adds {names} to a text, and llama.cpp adds bos before it and eos after it alone")
