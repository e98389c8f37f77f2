"""Who stays: the first of similar documents; only what is similar to one that stays is dropped."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.similarity.clusters import resolve


def decide(documents: int, exact: list[tuple[int, int]], near: dict[tuple[int, int], float]):
    verdicts = resolve(
        documents,
        np.array(exact, dtype=np.int64).reshape(-1, 2),
        np.array(list(near), dtype=np.int64).reshape(-1, 2),
        np.array(list(near.values()), dtype=np.float64),
    )
    return verdicts.kept.tolist(), verdicts.cluster.tolist(), verdicts.similarity.tolist()


def test_nothing_similar_nothing_dropped():
    assert decide(3, [], {}) == ([0, 1, 2], [0, 1, 2], [1, 1, 1])


def test_the_later_copy_is_dropped_for_the_first():
    assert decide(4, [(0, 2), (0, 3)], {}) == ([0, 1, 0, 0], [0, 1, 0, 0], [1, 1, 1, 1])


def test_a_chain_keeps_its_third_link_in_the_same_cluster():
    assert decide(3, [], {(0, 1): 0.85, (1, 2): 0.9}) == ([0, 0, 2], [0, 0, 0], [1, 0.85, 1])


def test_the_most_similar_partner_that_stays_is_named():
    near = {(0, 2): 0.85, (1, 2): 0.95, (0, 3): 0.9, (1, 3): 0.9}
    assert decide(4, [], near) == ([0, 1, 1, 0], [0, 0, 0, 0], [1, 1, 0.95, 0.9])


def test_a_partner_that_is_dropped_is_never_named():
    near = {(0, 1): 0.85, (1, 2): 0.99, (0, 2): 0.81}
    assert decide(3, [], near) == ([0, 0, 0], [0, 0, 0], [1, 0.85, 0.81])


def test_copies_of_a_near_duplicate_name_the_document_that_stays():
    assert decide(4, [(1, 3)], {(0, 1): 0.9}) == ([0, 0, 2, 0], [0, 0, 2, 0], [1, 0.9, 1, 0.9])


EDGES = st.dictionaries(
    st.tuples(st.integers(0, 11), st.integers(0, 11)).filter(lambda pair: pair[0] < pair[1]),
    st.sampled_from([0.8, 0.9, 1.0]),
    max_size=25,
)


@settings(max_examples=300, deadline=None, derandomize=True)
@given(EDGES, st.lists(st.integers(0, 5), min_size=12, max_size=12))
def test_whoever_is_dropped_names_one_that_stays_and_shares_its_cluster(near, texts):
    first = {text: texts.index(text) for text in texts}
    exact = [(first[text], number) for number, text in enumerate(texts) if first[text] != number]
    copies = {number for _, number in exact}
    near = {pair: value for pair, value in near.items() if not copies & set(pair)}
    kept, cluster, similarity = decide(12, exact, near)
    for number in range(12):
        assert kept[kept[number]] == kept[number] <= number
        assert cluster[kept[number]] == cluster[number]
        if number not in copies and kept[number] != number:
            assert near[kept[number], number] == similarity[number]
    for earlier, later in [*exact, *near]:
        assert cluster[earlier] == cluster[later]
    # No two that stay are similar.
    assert [pair for pair in near if kept[pair[0]] == pair[0] and kept[pair[1]] == pair[1]] == []
