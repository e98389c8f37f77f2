"""The quality floor: which generated texts are kept, and why the others are not."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from pipeline.contract.drop import DropReason
from pipeline.generation.answers import Answer
from pipeline.quality.features import features
from pipeline.quality.rules import broken_rule
from pipeline.schema.dedup import DedupConfig
from pipeline.schema.generate import FloorConfig
from pipeline.schema.normalise import Script
from pipeline.similarity.bands import band_hashes
from pipeline.similarity.buckets import candidate_pairs
from pipeline.similarity.clusters import Verdicts, resolve
from pipeline.similarity.shingles import I64, U64, jaccard, shingle_sets
from pipeline.text.folding import fold
from pipeline.text.script import SIMPLIFIED, TRADITIONAL, script_of

OPPOSITE = {Script.hans: TRADITIONAL, Script.hant: SIMPLIFIED}


@dataclass(frozen=True, slots=True)
class Rejection:
    reason: DropReason
    measured: float | None
    kept: int | None = None
    """Of copies: the place of the answer that stays."""


def rejections(answers: Sequence[Answer], floor: FloorConfig) -> list[Rejection | None]:
    """One entry an answer, None for those that are kept. Copies are looked for among those that pass the rules."""
    found = [_judge(answer, floor) for answer in answers]
    passed = [number for number, rejection in enumerate(found) if rejection is None]
    verdicts = copies([answers[number].text for number in passed], floor.near_copies)
    for place, number in enumerate(passed):
        kept = int(verdicts.kept[place])
        if kept != place:
            similarity = float(verdicts.similarity[place])
            exact = fold(answers[number].text) == fold(answers[passed[kept]].text)
            reason = DropReason.EXACT_DUPLICATE if exact else DropReason.NEAR_DUPLICATE
            found[number] = Rejection(reason, round(similarity, 4), passed[kept])
    return found


def _judge(answer: Answer, floor: FloorConfig) -> Rejection | None:
    broken = broken_rule(features(answer.text), floor.quality)
    if broken:
        return Rejection(broken[0], round(broken[1], 4))
    if floor.script is not Script.keep and script_of(answer.text, "und") == OPPOSITE[floor.script]:
        return Rejection(DropReason.WRONG_SCRIPT, None)
    if floor.max_perplexity is not None and answer.perplexity > floor.max_perplexity:
        return Rejection(DropReason.UNLIKELY, answer.perplexity)
    return None


def copies(texts: Sequence[str], config: DedupConfig) -> Verdicts:
    """Who stays among texts that are equal or similar, all in memory: outputs are few beside a corpus."""
    first: dict[str, int] = {}
    exact: list[tuple[int, int]] = []
    for number, text in enumerate(texts):
        folded = fold(text)
        if folded in first:
            exact.append((first[folded], number))
        else:
            first[folded] = number
    distinct = [folded for folded in first if folded]  # nothing has no shingle
    sets = shingle_sets(distinct, config.shingle_chars)
    pairs = _candidates(sets, config)
    similarity = jaccard(sets, pairs[:, 0].copy(), pairs[:, 1].copy())
    similar = similarity >= config.threshold
    numbers = np.array([first[folded] for folded in distinct], np.int64)
    exact_pairs = np.array(exact, np.int64).reshape(-1, 2)
    return resolve(len(texts), exact_pairs, numbers[pairs[similar]], similarity[similar])


def _candidates(sets: tuple[U64, I64], config: DedupConfig) -> I64:
    """Pairs that share a band, shape [pairs, 2], the earlier text first."""
    bands = band_hashes(sets, config.bands, config.rows, config.seed)
    found = [np.empty((0, 2), np.int64)]
    for keys in bands.T:
        order = np.argsort(keys, kind="stable").astype(np.int64)
        changes = np.flatnonzero(np.diff(keys[order])) + 1
        offsets = np.concatenate([[0], changes, [len(order)]]).astype(np.int64)
        found.append(candidate_pairs(order, offsets, config.max_comparisons))
    return np.unique(np.concatenate(found), axis=0)
