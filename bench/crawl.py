"""Archived pages a second beside bare Scrapy that only follows links, on the same pages served on loopback.

    PYTHONPATH=. python bench/crawl.py [--pages 1000] [--rounds 3] [--folder FOLDER]

Pages of real size: the sample site's, several joined to about 45 kB (the mean of 69 real Chinese pages was 45.5 kB),
each with links to sixty others. --folder serves the HTML files of a folder instead, as they are. Ours: the whole
stage, from an empty folder to the published snapshot (frontier, robots.txt, WARC records, manifest). Bare Scrapy: a
CrawlSpider with a LinkExtractor, all its own settings but the same concurrency and no delay; nothing is stored.
Rounds alternate; the median of each and the median ratio are printed.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from omegaconf import OmegaConf

from pipeline.core.compose import compose_params

ROOT = Path(__file__).resolve().parents[1]
REAL_BYTES = 45_000
LINKS = 60
CONCURRENCY = 8

BARE = """
import sys, time
from scrapy.crawler import CrawlerProcess
from scrapy.linkextractors import LinkExtractor
from scrapy.spiders import CrawlSpider, Rule

class Bare(CrawlSpider):
    name = "bare"
    start_urls = [sys.argv[1]]
    allowed_domains = ["127.0.0.1"]
    rules = [Rule(LinkExtractor(), callback="page", follow=True)]
    seen = 0
    def page(self, response):
        Bare.seen += 1

process = CrawlerProcess({
    "LOG_LEVEL": "ERROR", "DOWNLOAD_DELAY": 0,
    "CONCURRENT_REQUESTS": int(sys.argv[2]), "CONCURRENT_REQUESTS_PER_DOMAIN": int(sys.argv[2]),
    "ROBOTSTXT_OBEY": False, "TELNETCONSOLE_ENABLED": False, "COOKIES_ENABLED": False,
})
process.crawl(Bare)
process.start()
print(Bare.seen)
"""


def real_pages(count: int, folder: Path | None) -> list[bytes]:
    if folder is not None:
        return [path.read_bytes() for path in sorted(folder.rglob("*.htm*"))[:count]]
    sources = sorted((ROOT / "samples" / "site" / "www").rglob("*"))
    bodies = [
        path.read_bytes() for path in sources if path.is_file() and path.read_bytes()[:200].lstrip()[:1] == b"<"
    ]
    bodies = [body for body in bodies if b"utf-8" in body[:2000].lower() and b"<p" in body]
    pages = []
    for number in range(count):
        head = f'<head><meta charset="utf-8"><title>第{number}页</title></head>'
        parts = [f'<!DOCTYPE html><html lang="zh-CN">{head}<body>'.encode()]
        at = number
        while sum(map(len, parts)) < REAL_BYTES:
            body = bodies[at % len(bodies)]
            start, end = body.find(b"<body"), body.rfind(b"</body")
            parts.append(body[body.find(b">", start) + 1 : end])
            at += 7
        links = "".join(
            f'<a href="/{(number * 31 + step * step + 1) % count}.html">第{step}条</a>\n' for step in range(LINKS)
        )
        parts.append(f'<a href="/{(number + 1) % count}.html">下一页</a>{links}</body></html>'.encode())
        pages.append(b"".join(parts))
    return pages


class Server:
    """The pages on a loopback port, in a process of their own."""

    def __init__(self, pages: list[bytes]) -> None:
        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True

            def do_GET(self):
                name = self.path.strip("/").partition(".")[0] or "0"
                body = pages[int(name)] if name.isdigit() and int(name) < len(pages) else None
                self.send_response_only(200 if body is not None else 404)
                self.send_header("Content-Type", "text/html; charset=utf-8")
                self.send_header("Content-Length", str(len(body or b"")))
                self.end_headers()
                self.wfile.write(body or b"")

            def log_message(self, *arguments):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.port = self.server.server_address[1]


def serve(count: int, folder: str) -> None:
    server = Server(real_pages(count, Path(folder) if folder else None))
    print(server.port, flush=True)
    threading.Thread(target=lambda: (sys.stdin.read(), server.server.shutdown()), daemon=True).start()
    server.server.serve_forever()


def ours(port: int, count: int, folder: Path) -> tuple[float, int]:
    params = OmegaConf.create(
        {
            "engine": OmegaConf.load(ROOT / "conf/engine/local.yaml"),
            "crawl": OmegaConf.create(OmegaConf.to_yaml(compose_params(["crawl=sample"]).crawl)),
        }
    )
    origin = f"http://127.0.0.1:{port}"
    OmegaConf.update(params, "crawl.sites", {"bench": {"seeds": [f"{origin}/"], "allow": [origin]}}, merge=False)
    OmegaConf.update(params, "crawl.addresses", {f"127.0.0.1:{port}": f"127.0.0.1:{port}"}, merge=False)
    for key, value in {
        "serve": None, "concurrency": CONCURRENCY, "per_host": 2, "max_pages": count * 2,
        "max_per_template": count * 2, "date": None, "memory_mb": 4000, "max_depth": 10_000,
    }.items():  # fmt: skip
        params.crawl[key] = value
    OmegaConf.save(params, folder / "params.yaml")
    start = time.perf_counter()
    command = [
        sys.executable,
        "-m",
        "crawler.crawl",
        "--out",
        "out",
        "--params",
        "params.yaml",
        "--metrics",
        "m.json",
    ]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    subprocess.run(command, cwd=folder, check=True, stdout=subprocess.DEVNULL, env=environment)
    seconds = time.perf_counter() - start
    return seconds, int(json.loads((folder / "m.json").read_text())["used"])


def bare(port: int) -> tuple[float, int]:
    start = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-c", BARE, f"http://127.0.0.1:{port}/", str(CONCURRENCY)],
        capture_output=True,
        text=True,
        check=True,
    )
    return time.perf_counter() - start, int(done.stdout.split()[-1])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pages", type=int, default=1000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--folder", default="")
    parser.add_argument("--serve", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.serve:
        serve(options.pages, options.folder)
        return
    command = [sys.executable, __file__, "--serve", "--pages", str(options.pages), "--folder", options.folder]
    server = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    port = int(server.stdout.readline())
    rates: dict[str, list[float]] = {"ours": [], "bare Scrapy": []}
    for number in range(options.rounds):
        with tempfile.TemporaryDirectory() as folder:
            seconds, pages = ours(port, options.pages, Path(folder))
        rates["ours"].append(pages / seconds)
        seconds, seen = bare(port)
        rates["bare Scrapy"].append(seen / seconds)
        print(f"round {number + 1}: ours {pages} pages archived, {rates['ours'][-1]:.1f}/s; "
              f"bare Scrapy {seen} pages followed, {rates['bare Scrapy'][-1]:.1f}/s", flush=True)  # fmt: skip
    server.stdin.close()
    server.wait()
    for name, values in rates.items():
        print(f"{name:12} {statistics.median(values):7.1f} pages/s (median of {len(values)})")
    ratios = [a / b for a, b in zip(rates["ours"], rates["bare Scrapy"], strict=True)]
    print(f"ratio        {statistics.median(ratios):7.2f}")


if __name__ == "__main__":
    main()
