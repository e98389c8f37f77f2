"""The crawl stage run as a user runs it, under a guard of the tests' own; and its snapshot read back."""

import gzip
import json
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any

from fastwarc.warc import ArchiveIterator as FastIterator
from omegaconf import OmegaConf
from warcio.archiveiterator import ArchiveIterator

from pipeline.core.compose import compose_params
from tests.crawler.support.sites import sha1

ROOT = Path(__file__).resolve().parents[3]
TIME_LIMIT_S = 300
"""Only a guard against hanging for ever."""

GUARD = '''\
"""Loaded by every Python process of a crawl under test: notes what sockets are for, lets none leave the machine."""
import os, sys

_log = os.open(os.environ["WENYUAN_TEST_SOCKETS"], os.O_WRONLY | os.O_APPEND | os.O_CREAT)
_NAMES = ("socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr", "socket.getnameinfo")
_ADDRESSES = ("socket.connect", "socket.sendto", "socket.sendmsg", "socket.bind")

def _hook(event, arguments):
    if event in _NAMES:
        where = arguments[0]
    elif event in _ADDRESSES and isinstance(arguments[1], tuple):
        where = arguments[1][0]
    elif event == "open" and arguments[0] in ("/etc/passwd", b"/etc/passwd"):
        where = "/etc/passwd"
    else:
        return
    port = arguments[1][1] if event in _ADDRESSES else 0
    os.write(_log, f"{event} {where} {port}\\n".encode())
    if where not in ("127.0.0.1", b"127.0.0.1"):
        raise PermissionError(f"{event} {where!r} in a test")

sys.addaudithook(_hook)
'''

RUN = """\
import json, resource, sys
from pipeline.core.stage import main
from crawler.crawl import STAGE, run
status = main(STAGE, run, sys.argv[1:])
print(json.dumps({"peak_kib": resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss}), file=sys.stderr)
sys.exit(status)
"""


@cache
def _sample() -> str:
    """The section crawl=sample, as YAML; Hydra needs a while for it."""
    return OmegaConf.to_yaml(compose_params(["crawl=sample"]).crawl)


def crawl_params(file: Path, changes: Mapping[str, Any]) -> Path:
    """params.yaml with crawl=sample, no site, nothing served, `changes` (keys of the section, dotted) laid over."""
    params = OmegaConf.create({"seed": 42})
    params.engine = OmegaConf.load(ROOT / "conf/engine/local.yaml")
    params.crawl = OmegaConf.create(_sample())
    own = {
        "sites": {},
        "serve": None,
        "addresses": {},
        "snapshot": "t",
        "date": None,
        "retry_delay": 0.1,
        "progress": 1,
    }
    for key, value in (own | dict(changes)).items():
        OmegaConf.update(params.crawl, key, value, merge=False, force_add=True)
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(OmegaConf.to_yaml(params), encoding="utf-8")
    return file


def site(*origins: str, **changes: Any) -> dict[str, Any]:
    """The conf of a site whose seeds are the roots of its origins."""
    return {"seeds": [f"{origin}/" for origin in origins], "allow": list(origins), **changes}


@dataclass
class Crawl:
    """One run of the stage: what it said, what it published, what its sockets were for."""

    status: int
    said: str
    out: Path
    sockets: list[str]
    """Lines `event address port`, of all processes of the crawl."""
    peak_mb: float
    """Memory of the largest process below the stage."""

    @cached_property
    def rows(self) -> list[dict[str, Any]]:
        lines = (self.out / "crawl.jsonl").read_text(encoding="utf-8").splitlines()
        return [json.loads(line) for line in lines]

    @cached_property
    def by_url(self) -> dict[str, dict[str, Any]]:
        """Rows by address; of one that was also asked for as robots.txt, the page's."""
        return {row["url"]: row for row in sorted(self.rows, key=lambda row: row["role"] == "page")}

    @cached_property
    def kept(self) -> dict[str, str]:
        """Address of every kept page -> digest of its payload."""
        return {row["url"]: row["digest"] for row in self.rows if row["reason"] is None}

    @cached_property
    def fates(self) -> list[tuple[str, str | None, int | None, str | None]]:
        """What must not depend on when a crawl was killed."""
        return [(row["url"], row["reason"], row["status"], row["digest"]) for row in self.rows]

    @property
    def warcs(self) -> list[Path]:
        return sorted((self.out / "warc").iterdir())

    @property
    def stats(self) -> dict[str, Any]:
        stats: dict[str, Any] = json.loads((self.out / "stats.json").read_text(encoding="utf-8"))
        return stats

    @property
    def connected(self) -> set[int]:
        """Ports that were connected to."""
        return {int(line.split()[2]) for line in self.sockets if line.startswith("socket.connect ")}

    @property
    def strange(self) -> list[str]:
        """Everything that sockets were for beyond connecting to 127.0.0.1, and reading of /etc/passwd."""
        return [line for line in self.sockets if not line.startswith("socket.connect 127.0.0.1 ")]


class Crawler:
    """Runs the stage in a folder of its own, as `python -m crawler.crawl` would be run there."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        guard = folder / "guard"
        guard.mkdir(parents=True)
        (guard / "sitecustomize.py").write_text(GUARD, encoding="utf-8")
        self.sockets = folder / "sockets.log"
        self.sockets.touch()
        self.environment = {
            **os.environ,
            "PYTHONPATH": f"{guard}{os.pathsep}{ROOT}",
            "WENYUAN_TEST_SOCKETS": str(self.sockets),
        }

    def command(self, changes: Mapping[str, Any], out: str = "crawl") -> list[str]:
        params = crawl_params(self.folder / f"{out}.yaml", changes)
        options = {"--out": self.folder / out, "--metrics": self.folder / f"{out}.json", "--params": params}
        return [sys.executable, "-c", RUN, *(str(word) for pair in options.items() for word in pair)]

    def start(self, changes: Mapping[str, Any], out: str = "crawl", **environment: str) -> "subprocess.Popen[str]":
        """The stage in a process group of its own."""
        return subprocess.Popen(
            self.command(changes, out), cwd=self.folder, env={**self.environment, **environment}, text=True,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True,
        )  # fmt: skip

    def finish(self, running: "subprocess.Popen[str]", out: str = "crawl") -> Crawl:
        said, _ = running.communicate(timeout=TIME_LIMIT_S)
        peak = [json.loads(line)["peak_kib"] for line in said.splitlines() if line.startswith('{"peak_kib"')]
        lines = self.sockets.read_text(encoding="utf-8").splitlines()
        return Crawl(running.returncode, said, self.folder / out, lines, max(peak, default=0) / 1024)

    def __call__(self, changes: Mapping[str, Any], out: str = "crawl", **environment: str) -> Crawl:
        return self.finish(self.start(changes, out, **environment), out)


@dataclass(frozen=True)
class Record:
    kind: str
    url: str | None
    id: str
    concurrent_to: str | None
    refers_to: str | None
    status: str | None
    digest: str | None
    payload_digest: str
    """Of the payload as it was read."""


def records(warc: Path) -> list[Record]:
    """All records as warcio reads them; every block and payload must have the digest that its header names."""
    found = []
    with warc.open("rb") as stream:
        for record in ArchiveIterator(stream, check_digests="raise"):
            body = record.raw_stream.read()
            headers = record.rec_headers
            answer = record.http_headers if record.rec_type == "response" else None
            found.append(
                Record(
                    record.rec_type,
                    headers.get_header("WARC-Target-URI"),
                    headers.get_header("WARC-Record-ID"),
                    headers.get_header("WARC-Concurrent-To"),
                    headers.get_header("WARC-Refers-To-Target-URI"),
                    answer.get_statuscode() if answer else None,
                    headers.get_header("WARC-Payload-Digest"),
                    sha1(body),
                )
            )
    return found


def fast_records(warc: Path) -> list[tuple[str, str | None]]:
    """Type and address of all records as fastwarc reads them, digests verified."""
    with warc.open("rb") as stream:
        return [
            (record.headers["WARC-Type"], record.headers.get("WARC-Target-URI"))
            for record in FastIterator(stream, parse_http=False, verify_digests=True)
        ]


def cut_record(row: Mapping[str, Any], out: Path) -> bytes:
    """The record that a row of crawl.jsonl points at, unpacked from exactly these bytes of the file."""
    with (out / "warc" / row["warc"]).open("rb") as file:
        file.seek(row["offset"])
        return gzip.decompress(file.read(row["length"]))
