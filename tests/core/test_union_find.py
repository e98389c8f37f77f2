"""Union-find: joined nodes have one root, which the caller chooses."""

from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.core.union_find import UnionFind


def test_a_node_that_was_never_joined_is_its_own_root():
    assert UnionFind[str]().root("孤") == "孤"


def test_the_root_of_the_first_names_the_joined_set():
    sets = UnionFind[object]()
    sets.join("a", ("block", 1))
    sets.join("b", "a")
    assert [sets.root(node) for node in ("a", "b", ("block", 1))] == ["b", "b", "b"]
    sets.join(("block", 1), "c")
    assert sets.root("c") == "b"


def test_a_long_chain_is_followed_without_recursion():
    sets = UnionFind[int]()
    for number in range(100_000):
        sets.join(number + 1, number)
    assert {sets.root(number) for number in range(0, 100_000, 997)} == {100_000}


@settings(max_examples=300, deadline=None, derandomize=True)
@given(st.lists(st.tuples(st.integers(0, 15), st.integers(0, 15)), max_size=30))
def test_sets_are_those_of_naive_merging_named_by_their_smallest(pairs):
    sets = UnionFind[int]()
    naive = {number: {number} for number in range(16)}
    for a, b in pairs:
        sets.join(*sorted((sets.root(a), sets.root(b))))
        joined = naive[a] | naive[b]
        naive.update(dict.fromkeys(joined, joined))
    assert [sets.root(number) for number in range(16)] == [min(naive[number]) for number in range(16)]
