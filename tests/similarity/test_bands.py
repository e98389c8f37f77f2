"""LSH bands: similar texts share one, others hardly ever."""

import numpy as np

from pipeline.similarity.bands import band_hashes
from pipeline.similarity.shingles import jaccard, shingle_sets

PAIRS = 300


def text_pairs(replaced_share: float) -> tuple[list[str], list[str]]:
    """Random texts of 400 ideographs and copies whose last part is another text."""
    random = np.random.default_rng(7)
    firsts, seconds = [], []
    for _ in range(PAIRS):
        points = random.integers(0x4E00, 0x9FA5, 400)
        other = points.copy()
        cut = round(400 * (1 - replaced_share))
        other[cut:] = random.integers(0x4E00, 0x9FA5, 400 - cut)
        firsts.append("".join(map(chr, points)))
        seconds.append("".join(map(chr, other)))
    return firsts, seconds


def candidates(replaced_share: float) -> tuple[float, float]:
    """(mean Jaccard similarity, share of pairs that share a band)."""
    firsts, seconds = text_pairs(replaced_share)
    sets = shingle_sets(firsts + seconds, 5)
    numbers = np.arange(PAIRS)
    matrix = band_hashes(sets, 18, 7, seed=42)
    shared = (matrix[:PAIRS] == matrix[PAIRS:]).any(axis=1)
    return float(jaccard(sets, numbers, numbers + PAIRS).mean()), float(shared.mean())


def test_pairs_at_eight_tenths_are_found():
    similarity, recall = candidates(0.11)
    assert 0.79 < similarity < 0.81
    assert recall >= 0.95


def test_pairs_at_three_tenths_are_hardly_ever_candidates():
    similarity, share = candidates(0.535)
    assert 0.28 < similarity < 0.32
    assert share <= 0.03


def test_equal_texts_share_every_band_and_unlike_texts_none():
    matrix = band_hashes(shingle_sets(["春江潮水连海平", "海上明月共潮生", "春江潮水连海平"], 5), 18, 7, seed=42)
    assert matrix.shape == (3, 18)
    assert (matrix[0] == matrix[2]).all()
    assert not (matrix[0] == matrix[1]).any()


def test_the_seed_chooses_the_permutations_and_no_text_gives_no_row():
    sets = shingle_sets(["春江潮水连海平"], 5)
    assert (band_hashes(sets, 2, 3, seed=1) == band_hashes(sets, 2, 3, seed=1)).all()
    assert (band_hashes(sets, 2, 3, seed=1) != band_hashes(sets, 2, 3, seed=2)).all()
    assert band_hashes(shingle_sets([], 5), 18, 7, seed=1).shape == (0, 18)


def test_a_band_does_not_depend_on_the_texts_beside_it():
    together = band_hashes(shingle_sets(["春江潮水连海平", "", "海上明月共潮生"], 5), 4, 2, seed=1)
    alone = band_hashes(shingle_sets(["海上明月共潮生"], 5), 4, 2, seed=1)
    assert (together[2] == alone[0]).all()
