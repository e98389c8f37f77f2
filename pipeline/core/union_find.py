"""Union-find: sets of nodes that are joined pair by pair, each set named by one of its nodes."""

from collections.abc import Hashable
from typing import Generic, TypeVar

Node = TypeVar("Node", bound=Hashable)


class UnionFind(Generic[Node]):
    """A node that was never joined is a set of its own; it takes no memory."""

    def __init__(self) -> None:
        self._parents: dict[Node, Node] = {}

    def root(self, node: Node) -> Node:
        """The node that names the set of `node`."""
        parents = self._parents
        parent = parents.get(node, node)
        while parent != node:
            above = parents.get(parent, parent)
            parents[node] = above  # halves the path, so that later look-ups are short
            node, parent = above, parents.get(above, above)
        return node

    def join(self, kept: Node, other: Node) -> None:
        """Make one set of both; the root of `kept` names it.

        Where the smallest node should name the set, join the roots: `join(*sorted((root(a), root(b))))`.
        """
        kept, other = self.root(kept), self.root(other)
        if kept != other:
            self._parents[other] = kept
