"""One address in, what a server answers there out: the class that articles.py and forums.py fill and build.py writes.

Each of the two has `pages() -> Iterable[Route]`, `expected() -> Iterable[dict]` (rows of expected.jsonl) and
`without() -> Iterable[dict]` (rows of without.jsonl: url, why; for a pattern route also "pattern": true). The route
of `http://<host>/404.html` with status 404 is what the host answers for unknown addresses.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Route:
    url: str
    """Absolute; path and query must both match. With `pattern`: http://host + a regular expression of path and query,
    which build.py anchors at both ends."""
    body: bytes
    """As served. With `pattern` it may hold {{1}}, {{1+1}}, {{1-1}}: the group, its integer plus or minus one."""
    type: str
    """The Content-Type header, true or not."""
    status: int = 200
    headers: tuple[tuple[str, str], ...] = ()
    pattern: bool = False
