"""The Wikipedia importer's speed, memory and growth, each beside its peer in one run: `python bench/wiki.py`.

Pages are real ones (../shared/data/wiki, where it is) and the sample's, repeated and varied. All texts lie in memory;
one core; the parsers take turns in rounds, so that a noisy machine slows them alike. Peers: mwparserfromhell's
strip_code and wikiextractor's clean_text (requirements-dev.lock).
"""

import argparse
import bz2
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from xml.sax.saxutils import escape

from pipeline.core.config import load_section, read_params
from pipeline.schema.wiki import WikiConfig
from pipeline.wiki.dump.pages import Page, read_pages
from pipeline.wiki.dump.parts import Dump
from pipeline.wiki.dump.spans import cut
from pipeline.wiki.page_reader import page_reader
from pipeline.wiki.variants.dictionaries import source_tables
from pipeline.wiki.variants.trie import Trie, replace
from pipeline.wiki.wikitext.article import Reader
from pipeline.wiki.wikitext.magic_words import PageName
from pipeline.wiki.wikitext.template_store import StoreWriter

ROOT = Path(__file__).resolve().parents[1]
SAMPLE = ROOT / "samples/wiki/wenyuanwiki-pages-articles-multistream.xml.bz2"
REAL = ROOT.parent / "shared/data/wiki/zhwp-sample-multistream.xml.bz2"
NAME = PageName("测试", "", "维基百科")
MEGABYTE = 1_000_000
SPAN_BYTES = 400_000
"""A tenth of the default: repeated pages pack four times as well as real ones; with few spans one worker waits."""
HOSTILE: dict[str, Callable[[int], str]] = {
    "open braces": lambda n: "{" * n,
    "nested templates": lambda n: "{{nobr|" * (n // 10) + "文" + "}}" * (n // 10),
    "nested parameters": lambda n: "{{{a|" * (n // 10) + "}}}" * (n // 10),
    "one line": lambda n: "文渊阁在紫禁城东南 " * (n // 10),
    "unclosed links": lambda n: "[[" * n,
    "nested links": lambda n: "[[甲|" * (n // 4) + "]]" * (n // 4),
    "unclosed -{": lambda n: "-{zh-cn:" * (n // 8),
    "nested -{": lambda n: "-{" * (n // 4) + "}-" * (n // 4),
    "page rules": lambda n: "".join(f"-{{A|zh-cn:甲{i};zh-tw:乙{i}}}-文乙{i}" for i in range(n // 40)),
    "unclosed tables": lambda n: "{|\n|甲\n" * (n // 6),
    "unclosed refs": lambda n: "<ref name=甲>文" * (n // 12),
    "tags without end": lambda n: "<ref " * (n // 5),
    "quotes": lambda n: "'''''文" * (n // 6),
    "entities": lambda n: "&amp;&lt;&#x6587;" * (n // 16),
}


def pages_of(path: Path) -> list[Page]:
    with tempfile.TemporaryDirectory() as folder:
        spans = cut(Dump.open(path), 10**9, Path(folder))
        return [page for span in spans for page in read_pages(span) if isinstance(page, Page) and page.text]


def varied(texts: list[str], size: int) -> Iterator[str]:
    """The texts over and over, `size` bytes in all, with other numbers and another order of paragraphs each time."""
    made, turn = 0, 0
    while made < size:
        for text in texts:
            paragraphs = text.split("\n\n")
            shift = turn % len(paragraphs)
            page = "\n\n".join(paragraphs[shift:] + paragraphs[:shift])
            page = re.sub(r"(?<=\d)\d(?=\d)", str(turn % 10), page)
            made += len(page.encode())
            yield page
            if made >= size:
                return
        turn += 1


def our_reader(folder: Path, pages: list[Page]) -> Reader:
    config = load_section(read_params(ROOT / "params.yaml"), "wiki", WikiConfig)
    writer = StoreWriter(folder / "store.db", config.template_max_chars)
    for page in pages:
        writer.add(page.namespace, page.title, page.redirect, page.text or "")
    writer.close()
    return page_reader(config, Dump.open(SAMPLE).siteinfo, folder / "store.db")


def peers() -> dict[str, Callable[[str], object]]:
    import mwparserfromhell
    from wikiextractor.extract import Extractor

    def wikiextractor_text(text: str) -> object:
        return Extractor("1", "1", "https://zh.wikipedia.org/wiki", "测试", [text]).clean_text(text)

    return {
        "mwparserfromhell": lambda text: mwparserfromhell.parse(text).strip_code(),
        "wikiextractor": wikiextractor_text,
    }


def speed(ours: Reader, texts: list[str], size: int, rounds: int) -> None:
    """MB/s of each parser, the median over rounds of different pages, and the median of the rounds' ratios."""
    parsers: dict[str, Callable[[str], object]] = {"wenyuan": lambda text: ours.read(text, NAME), **peers()}
    pages, rates = varied(texts, size), {name: [] for name in parsers}
    total = 0
    for parse in parsers.values():
        parse("热身")
    for _ in range(rounds):
        batch, length = [], 0
        for page in pages:
            batch.append(page)
            length += len(page.encode())
            if length >= size / rounds:
                break
        total += length
        for name, parse in parsers.items():
            start = time.perf_counter()
            for page in batch:
                parse(page)
            rates[name].append(length / MEGABYTE / (time.perf_counter() - start))
    print(f"speed: {total / MEGABYTE:.0f} MB of wikitext in {rounds} rounds, one core")
    for name, values in rates.items():
        ratios = [our / peer for our, peer in zip(rates["wenyuan"], values, strict=True)]
        print(
            f"  {name:18} {statistics.median(values):6.2f} MB/s   wenyuan is {statistics.median(ratios):.1f} times it"
        )


def write_dump(path: Path, texts: list[str], size: int, packed: bool) -> None:
    """A dump of so many bytes of wikitext; packed: as multistream bz2."""
    head = bz2.decompress(SAMPLE.read_bytes()).partition(b"</siteinfo>")[0] + b"</siteinfo>\n"
    pack: Callable[[bytes], bytes] = bz2.compress if packed else bytes
    with path.open("wb") as file:
        file.write(pack(head))
        stream = []
        for number, text in enumerate(varied(texts, size), start=1):
            stream.append(
                f"  <page>\n    <title>页面{number}</title>\n    <ns>0</ns>\n    <id>{number}</id>\n    <revision>\n"
                "      <id>1</id>\n      <timestamp>2024-01-01T00:00:00Z</timestamp>\n"
                "      <model>wikitext</model>\n      <format>text/x-wiki</format>\n"
                f'      <text bytes="1" xml:space="preserve">{escape(text)}</text>\n    </revision>\n  </page>\n'
            )
            if len(stream) == 100:
                file.write(pack("".join(stream).encode()))
                stream = []
        file.write(pack("".join(stream).encode()))
        file.write(pack(b"</mediawiki>\n"))


def start_stage(dump: Path, out: Path, workers: int) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "pipeline.stages.wiki", "--dump", dump, "--out", out, "--replace"]
    for value in (f"engine.workers={workers}", f"wiki.span_bytes={SPAN_BYTES}"):
        command += ["--set", value]
    return subprocess.Popen(list(map(str, command)), cwd=ROOT, stdout=subprocess.DEVNULL)


def run_stage(dump: Path, out: Path, workers: int) -> tuple[float, float]:
    """Seconds, and the peak of the memory of all its processes in MB (sum of resident sets, every 50 ms)."""
    start, peak = time.perf_counter(), 0.0
    process = start_stage(dump, out, workers)
    while process.poll() is None:
        peak = max(peak, sum(map(resident, tree(process.pid))))
        time.sleep(0.05)
    if process.returncode:
        raise SystemExit("the stage failed")
    return time.perf_counter() - start, peak


def run_two_at_once(dump: Path, folder: Path) -> float:
    """Seconds for two runs of one worker each, side by side: what the machine itself makes of a second core."""
    start = time.perf_counter()
    processes = [start_stage(dump, folder / f"out{number}", 1) for number in range(2)]
    statuses = [process.wait() for process in processes]
    if any(statuses):
        raise SystemExit("the stage failed")
    return time.perf_counter() - start


def tree(root: int) -> list[int]:
    children: dict[int, list[int]] = {}
    for status in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = status.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        children.setdefault(int(fields[1]), []).append(int(status.parent.name))
    found = [root]
    for process in found:
        found += children.get(process, [])
    return found


def resident(process: int) -> float:
    try:
        match = re.search(r"VmRSS:\s+(\d+) kB", Path(f"/proc/{process}/status").read_text())
    except OSError:
        return 0.0
    return int(match.group(1)) / 1000 if match else 0.0


def workers(folder: Path, texts: list[str], size: int, rounds: int) -> None:
    dump = folder / "dump.xml.bz2"
    write_dump(dump, texts, size, packed=True)
    rows = []
    for _ in range(rounds):
        one, two = (run_stage(dump, folder / "out", count)[0] for count in (1, 2))
        rows.append((one, two, one / two, 2 * one / run_two_at_once(dump, folder)))
    one, two, ratio, ceiling = (statistics.median(column) for column in zip(*rows, strict=True))
    print(f"stage, {size / MEGABYTE:.0f} MB of wikitext as multistream bz2: one worker {one:.1f} s, two {two:.1f} s")
    print(f"  two workers are {ratio:.2f} times one; two separate runs at once are {ceiling:.2f} times one run")
    dump.unlink()


def memory(folder: Path, texts: list[str], sizes: tuple[int, int]) -> None:
    peaks = []
    for size in sizes:
        dump = folder / "dump.xml"
        write_dump(dump, texts, size, packed=False)
        peaks.append(run_stage(dump, folder / "out", 2)[1])
        dump.unlink()
    small, large = (size / MEGABYTE for size in sizes)
    print(f"memory, two workers and their parent: {peaks[0]:.0f} MB at {small:.0f} MB of wikitext, ", end="")
    print(f"{peaks[1]:.0f} MB at {large:.0f} MB ({peaks[1] / peaks[0] - 1:+.1%})")


def growth(ours: Reader, size: int) -> None:
    """Time for four times as much of each hostile page; 4 is linear."""
    print(f"growth: time of {4 * size:,} characters over time of {size:,} (linear: 4)")
    for name, make in HOSTILE.items():
        ratios, seconds = [], 0.0
        for _ in range(3):
            times = []
            for length in (size, 4 * size):
                page = make(length)
                start = time.perf_counter()
                ours.read(page, NAME)
                times.append(time.perf_counter() - start)
            ratios.append(times[1] / times[0])
            seconds = times[1]
        print(f"  {name:20} {statistics.median(ratios):5.2f}   ({seconds:.3f} s)")


def agreement(texts: list[str]) -> None:
    """How far the flattened dictionaries, in one pass, give what OpenCC gives."""
    from pipeline.text.script import converter, evidence

    text, nothing = "\n".join(texts), Trie()
    print(f"dictionaries: characters that OpenCC converts otherwise, of {len(text):,}")
    for name in ("t2s", "tw2s", "s2tw", "s2hk", "s2twp", "tw2sp"):
        flat = source_tables(name, name, False)[0]
        ours = replace(text, nothing, nothing, (flat, flat), evidence(), 1)
        theirs = converter(name).convert(text)
        different = sum(a != b for a, b in zip(ours, theirs, strict=False)) if len(ours) == len(theirs) else -1
        print(f"  {name:6} {different if different >= 0 else 'lengths differ'}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--megabytes", type=int, default=200, help="wikitext for the speed (default 200)")
    parser.add_argument("--only", nargs="*", choices=["speed", "workers", "memory", "growth", "agreement"])
    options = parser.parse_args()
    chosen = options.only or ["speed", "workers", "memory", "growth", "agreement"]
    pages = pages_of(REAL if REAL.exists() else SAMPLE)
    texts = [page.text or "" for page in pages if page.namespace == 0]
    if not REAL.exists():
        print(f"{REAL} is not there: only the sample's pages are used")
    size = options.megabytes * MEGABYTE
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        ours = our_reader(folder, pages)
        if "speed" in chosen:
            speed(ours, texts, size, rounds=9)
        if "workers" in chosen:
            workers(folder, texts, size, rounds=3)
        if "memory" in chosen:
            memory(folder, texts, (50 * MEGABYTE, 500 * MEGABYTE))
        if "growth" in chosen:
            growth(ours, 100_000)
        if "agreement" in chosen:
            agreement(texts)


if __name__ == "__main__":
    main()
