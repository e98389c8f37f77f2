"""Exchange addresses by one Redis server: a list for each worker's post, and the set of those that are idle.

Redis only carries. What a worker sent stands in its own frontier too and is sent again when it starts anew, and the
receiver knows an address it has seen; so neither a killed worker nor an emptied server loses a link. (scrapy-redis
keeps the queue itself in Redis and takes a request out before it is done: a killed worker loses what it held.)
"""

import json
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict
from typing import Any

from crawler.addresses.roles import Role
from crawler.addresses.scope import Scope
from crawler.frontier.entries import Found
from crawler.frontier.exchange import POLL_S, owners
from pipeline.contract.drop import DropReason
from pipeline.core.errors import ConfigError, RunError
from pipeline.schema.crawl import CrawlConfig

_BATCH = 500


class RedisExchange:
    def __init__(self, config: CrawlConfig, scope: Scope, number: int) -> None:
        if not 0 <= number < config.redis.workers:
            raise ConfigError(f"--number {number}: crawl.redis.workers is {config.redis.workers}, counted from 0")
        self.number, self.workers = number, config.redis.workers
        self._owner = owners(scope, self.workers)
        self._redis = connect(config)
        self._prefix = prefix(config)
        self._redis.srem(f"{self._prefix}idle", number)
        self._redis.srem(f"{self._prefix}finished", number)
        self._idle = False
        self._looked = 0.0

    def _inbox(self, number: int) -> str:
        return f"{self._prefix}inbox:{number}"

    def split(self, found: Sequence[Found]) -> tuple[list[Found], list[Found]]:
        own = [item for item in found if self._owner[item.site] == self.number]
        others = [item for item in found if self._owner[item.site] != self.number]
        return own, others

    def send(self, found: Sequence[Found]) -> None:
        if not found:
            return
        with self._redis.pipeline(transaction=False) as pipe:
            for item in found:
                pipe.rpush(self._inbox(self._owner[item.site]), encode(item))
            pipe.execute()

    def receive(self, add: Callable[[Iterable[Found]], int]) -> None:
        now = time.monotonic()
        if now - self._looked < POLL_S:
            return
        self._looked = now
        while letters := self._redis.lrange(self._inbox(self.number), 0, _BATCH - 1):
            self._work()  # before the post is taken out: a worker with post is never idle
            add([decode(letter) for letter in letters])
            self._redis.ltrim(self._inbox(self.number), len(letters), -1)

    def _work(self) -> None:
        if self._idle:
            self._redis.srem(f"{self._prefix}idle", self.number)
            self._idle = False

    def over(self, busy: bool) -> bool:
        """All workers idle and no post under way, seen in one transaction: then nothing can begin again, since an
        idle worker begins only by post, and post comes only from one that is not idle."""
        if busy:
            self._work()
            return False
        with self._redis.pipeline(transaction=True) as pipe:
            pipe.sadd(f"{self._prefix}idle", self.number)
            pipe.scard(f"{self._prefix}idle")
            pipe.smembers(f"{self._prefix}finished")
            for number in range(self.workers):
                pipe.llen(self._inbox(number))
            _, idle, finished, *letters = pipe.execute()
        self._idle = True
        ended = {int(number) for number in finished}  # they had all their post; what is sent again they know
        waiting = [count for number, count in enumerate(letters) if number not in ended]
        return bool(idle == self.workers and not any(waiting))

    def finished(self) -> None:
        """This worker has ended well."""
        self._redis.sadd(f"{self._prefix}finished", self.number)


def prefix(config: CrawlConfig) -> str:
    return f"wenyuan:{config.snapshot}:"


def connect(config: CrawlConfig) -> Any:
    """A client that has been answered; ConfigError without the package, RunError without the server."""
    try:
        import redis
    except ImportError as error:
        raise ConfigError(f"crawl.engine=redis needs the redis extra, pip install '.[redis]': {error}") from None
    client = redis.Redis.from_url(config.redis.url, socket_connect_timeout=10)
    try:
        client.ping()
    except redis.RedisError as error:
        raise RunError(f"crawl.redis.url: {config.redis.url} does not answer: {error}") from None
    return client


def prepare(config: CrawlConfig) -> None:
    """Forget who was idle or finished in a run before, if its workers are started anew. Post stays; what is missing
    of it is sent again."""
    client = connect(config)
    if config.redis.spawn:
        client.delete(f"{prefix(config)}idle", f"{prefix(config)}finished")


def all_finished(config: CrawlConfig) -> bool:
    """Whether every worker, wherever it runs, has ended well."""
    return bool(connect(config).scard(f"{prefix(config)}finished") == config.redis.workers)


def clean_up(config: CrawlConfig) -> None:
    """Take everything of this snapshot out of the server."""
    names = [f"{prefix(config)}inbox:{number}" for number in range(config.redis.workers)]
    connect(config).delete(f"{prefix(config)}idle", f"{prefix(config)}finished", *names)


def encode(item: Found) -> str:
    return json.dumps(asdict(item) | {"reason": item.reason.name if item.reason else None}, ensure_ascii=False)


def decode(letter: bytes) -> Found:
    values = json.loads(letter)
    role, reason = Role(values.pop("role")), values.pop("reason")
    return Found(**values, role=role, reason=DropReason[reason] if reason else None)
