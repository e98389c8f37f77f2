"""Documents: both languages say the same, links lead somewhere, and what a document names exists.

A failure names `file:line` and what is wrong there. Where a document belongs: docs/contributing/documents.md.
"""

import json
import re
import subprocess
from collections import Counter
from collections.abc import Iterator
from fnmatch import fnmatchcase
from functools import cache
from itertools import pairwise, product
from pathlib import Path, PurePosixPath
from posixpath import normpath
from urllib.parse import unquote

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[1]
READMES = ("README.md", "README.zh-CN.md")
README_BYTES = 10_000
CHINESE = ".zh.md"
RESULTS = ("docs/benchmarks/default-run.md", "docs/benchmarks/default-run.zh.md")
TEXTS_OF_SITES = ("samples/site/text/", "tests/acceptance/blog/")
"""Pages of sample sites, written in Markdown: their links lead into those sites."""
HISTORY = {"CHANGELOG.md"}
"""Says what was true at the time: names there may be gone."""
MADE_BY_THE_READER = {"conf/crawl/mine.yaml", "conf/corpus/blog.yaml", "conf/experiment/best.yaml"}
FOLDERS = "bench|conf|crawler|docs|hydra_plugins|pipeline|samples|tests"

FENCE = re.compile(r"\s*(`{3,}|~{3,})(\w*)")
COMMENT = re.compile(r"(^|\s+)#\s.*$")
LINK = re.compile(
    r"\[[^\]]*\]\(<?([^)\s>]+)>?(?:\s+\"[^\"]*\")?\)|^\s*\[[^\]]+\]:\s*(\S+)|\b(?:href|src)=\"([^\"]+)\""
)
"""Inline, by reference, in HTML; images are links with a mark before them."""
HEADING = re.compile(r"#{1,6}\s+(.+?)\s*#*$")
NUMBER = re.compile(r"(?<![A-Za-z0-9.-])(\d[\d,]*(?:\.\d+)?)\s*(万|亿|million|billion)?")
UNITS = {"": 1, "万": 10**4, "亿": 10**8, "million": 10**6, "billion": 10**9}
PATH = re.compile(rf"(?<![\w./<>-])(?:{FOLDERS})/(?:[A-Za-z0-9_./*…-]|<[^>\s]*>|\{{[^}}\s]*\}})*", re.ASCII)
MODULE = re.compile(r"-m ((?:pipeline|crawler|tests)(?:\.\w+)+)", re.ASCII)
TARGET = re.compile(r"(?:`|\$ (?:time )?|&& )make ([a-z][a-z-]*)")
METRICS = ("corpus", "crawl", "dedup", "evaluate", "extract", "filter", "tokenizer", "wiki")


@cache
def tracked() -> frozenset[str]:
    """Files that git tracks or would track, so that a document may name what a fresh clone has and nothing else."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    return frozenset(name for name in listed.stdout.split("\0") if name and (ROOT / name).is_file())


@cache
def folders() -> frozenset[str]:
    return frozenset(str(folder) for name in tracked() for folder in PurePosixPath(name).parents)


@cache
def read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def documents() -> list[str]:
    return sorted(name for name in tracked() if name.endswith(".md") and not name.startswith(TEXTS_OF_SITES))


def pages(suffix: str = "") -> set[str]:
    """The pages of docs/ in one language, without the ending."""
    chinese = suffix == CHINESE
    names = [name for name in documents() if name.startswith("docs/") and name.endswith(CHINESE) == chinese]
    return {name.removesuffix(CHINESE if chinese else ".md") for name in names}


def pairs() -> list[tuple[str, str]]:
    """Every English document that has a Chinese one beside it."""
    return [READMES, *((f"{page}.md", page + CHINESE) for page in sorted(pages() & pages(CHINESE)))]


def lines(text: str) -> Iterator[tuple[int, str, str | None]]:
    """Number, line, and the language of the code block that the line stands in: None for prose, "" if it has none."""
    fence, language = "", None
    for number, line in enumerate(text.splitlines(), 1):
        mark = FENCE.match(line)
        if mark and not fence:
            fence, language = mark[1], mark[2]
        elif mark and line.strip() == fence:
            fence, language = "", None
        else:
            yield number, line, language


def blocks(text: str) -> list[tuple[str, list[str]]]:
    """Code blocks in order, language and lines; comments, which each language has its own, taken out."""
    found: list[tuple[str, list[str]]] = []
    before = 0
    for number, line, language in lines(text):
        if language is not None:
            if number != before + 1 or not found:
                found.append((language, []))
            before = number
            if stripped := COMMENT.sub("", line).rstrip():
                found[-1][1].append(stripped)
    return found


def edges(text: str) -> set[tuple[str, str]]:
    """Arrows of the mermaid graph, by the nodes' names: labels such as `base[base 底座]` are left out."""
    arrows = set()
    for _, line, language in lines(text):
        if language == "mermaid" and "-->" in line:
            nodes = [re.match(r"\w+", node.strip())[0] for node in line.split("-->")]
            arrows |= set(pairwise(nodes))
    return arrows


def numbers(text: str) -> Counter[float]:
    """Numbers of the prose: not those in names (GPT-2, sha256), in code blocks or in the targets of links."""
    prose = "\n".join(line for _, line, language in lines(text) if language is None)
    prose = re.sub(r"\]\([^)]*\)", "]", prose)
    return Counter(float(digits.replace(",", "")) * UNITS[unit] for digits, unit in NUMBER.findall(prose))


def anchors(text: str) -> set[str]:
    """What `#…` may name in a document, by GitHub's rule for headings."""
    seen: Counter[str] = Counter()
    found = set(re.findall(r"<a (?:id|name)=\"([^\"]+)\"", text))
    for _, line, language in lines(text):
        heading = HEADING.match(line)
        if heading and language is None:
            words = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading[1]).replace("`", "").replace("*", "")
            slug = re.sub(r"[^\w\- ]", "", words.lower()).replace(" ", "-")
            found.add(f"{slug}-{seen[slug]}" if seen[slug] else slug)
            seen[slug] += 1
    return found


def links(text: str) -> Iterator[tuple[int, str]]:
    for number, line, language in lines(text):
        if language is None:
            for groups in LINK.findall(re.sub(r"`[^`]*`", "`", line)):
                target = next(filter(None, groups))
                if not re.match(r"[a-z][a-z+.-]*:|//", target):
                    yield number, target


def linked(name: str, target: str) -> str:
    """The path from the root that a link of a document leads to."""
    path = unquote(target.partition("#")[0])
    return normpath(str(PurePosixPath(name).parent / path)) if path else name


def dead_links(name: str, text: str) -> list[str]:
    faults = []
    for number, target in links(text):
        file, anchor = linked(name, target), unquote(target.partition("#")[2])
        if file != name and file not in tracked() | folders():
            faults.append(f"{name}:{number}: {target}: no such file")
        elif anchor and anchor not in anchors(text if file == name else read(file)):
            faults.append(f"{name}:{number}: {target}: no such heading")
        elif name.startswith("docs/") and not file.startswith("docs/"):
            faults.append(f"{name}:{number}: {target}: leads out of docs/; name the file and do not link it")
        elif file.startswith("docs/") and file.endswith(CHINESE) != name.endswith((CHINESE, READMES[1])):
            faults.append(f"{name}:{number}: {target}: is a page of the other language")
    return faults


def spellings(path: str) -> list[str]:
    """a/{b,c}/<name>.py as patterns: a/b/*.py, a/c/*.py."""
    parts = re.split(r"\{([^}]*)\}", re.sub(r"<[^>]*>|…", "*", path))
    choices = [part.split(",") if index % 2 else [part] for index, part in enumerate(parts)]
    return ["".join(choice).rstrip("/.") for choice in product(*choices)]


def exists(pattern: str) -> bool:
    there = tracked() | folders() | MADE_BY_THE_READER
    return pattern in there or ("*" in pattern and any(fnmatchcase(name, pattern) for name in there))


def missing_names(name: str, text: str) -> list[str]:
    """Paths, modules, targets of make and options of conf/ that a document names and nobody finds."""
    targets = set(re.findall(r"^([a-z][a-z-]*):", read("Makefile"), re.MULTILINE))
    groups = "|".join(sorted(folder.removeprefix("conf/") for folder in folders() if folder.startswith("conf/")))
    option = re.compile(rf"(?<![\w.-])({groups}|EXPERIMENT)=([a-z]\w*(?:,[a-z]\w*)*)(?![\w.])", re.ASCII)
    faults = []
    for number, line, _ in lines(text):
        for path in PATH.findall(line):
            faults += [
                f"{name}:{number}: {path.rstrip('.')}: no such path" for one in spellings(path) if not exists(one)
            ]
        for module in MODULE.findall(line):
            file = module.replace(".", "/")
            if not {f"{file}.py", f"{file}/__main__.py"} & tracked():
                faults.append(f"{name}:{number}: -m {module}: no such module")
        for target in TARGET.findall(line):
            if target not in targets:
                faults.append(f"{name}:{number}: make {target}: no such target")
        for group, options in option.findall(line):
            for one in options.split(","):
                if not exists(f"conf/{group.lower()}/{one}.yaml"):
                    faults.append(f"{name}:{number}: {group}={one}: no such option in conf/{group.lower()}/")
    return faults


def data_edges() -> set[tuple[str, str]]:
    """Arrows that deps and outs of dvc.yaml imply."""
    stages = yaml.safe_load(read("dvc.yaml"))["stages"]
    makers = {}
    for name, stage in stages.items():
        for out in stage["outs"] + stage.get("metrics", []):
            makers[out if isinstance(out, str) else next(iter(out))] = name
    return {
        (maker, name)
        for name, stage in stages.items() for dep in stage["deps"] for out, maker in makers.items()
        if dep == out or dep.startswith(f"{out}/")
    }  # fmt: skip


def reached(arrows: set[tuple[str, str]]) -> set[tuple[str, str]]:
    """Who comes before whom: the arrows, and the ways made of them."""
    ways = set(arrows)
    while more := {(a, d) for a, b in ways for c, d in ways if b == c} - ways:
        ways |= more
    return ways


def headline(metrics: dict) -> str:
    scores = metrics["evaluate"]["baselines"]
    names = ("uniform", "unigram", "bigram", "kneser_ney_3", "kneser_ney_5")
    baselines = " | ".join(f"{scores[name]:.3f}" for name in names)
    return f"| | {baselines} | **{metrics['evaluate']['test']['bits_per_character']:.3f}** |"


@pytest.fixture(scope="module")
def metrics() -> dict:
    """The committed metrics are of the default experiment; documents show its figures."""
    return {name: json.loads(read(f"metrics/{name}.json")) for name in METRICS}


@pytest.mark.parametrize("name", READMES)
def test_a_readme_is_short(name):
    assert (ROOT / name).stat().st_size <= README_BYTES


def test_docs_have_the_same_pages_in_both_languages():
    assert pages() == pages(CHINESE)
    assert {page.split("/")[1] for page in pages()} == {
        "index", "guide", "reference", "explanation", "benchmarks", "contributing",
    }  # fmt: skip


@pytest.mark.parametrize("ending", [".md", CHINESE])
def test_the_index_lists_every_page(ending):
    index = f"docs/index{ending}"
    listed = [linked(index, target) for _, target in links(read(index))]
    assert sorted(listed) == sorted(f"{page}{ending}" for page in pages() - {"docs/index"})


@pytest.mark.parametrize(("english", "chinese"), pairs(), ids=lambda name: name)
def test_both_languages_have_the_same_code_blocks(english, chinese):
    ours, theirs = ([block for block in blocks(read(name)) if block[0] != "mermaid"] for name in (english, chinese))
    assert ours == theirs


def test_both_readmes_draw_the_same_graph():
    assert edges(read(READMES[0])) == edges(read(READMES[1]))


def test_both_readmes_have_the_same_numbers():
    english, chinese = (numbers(read(name)) for name in READMES)
    assert (english - chinese, chinese - english) == (Counter(), Counter())


@pytest.mark.parametrize("name", READMES)
def test_the_graph_is_that_of_dvc_yaml(name):
    """release and report read nearly all that comes before them; the graph draws their last arrow alone."""
    drawn, true = edges(read(name)), data_edges()
    ends = {"release", "report"}
    assert {arrow for arrow in drawn if arrow[1] not in ends} == {arrow for arrow in true if arrow[1] not in ends}
    assert drawn <= true
    assert reached(drawn) == reached(true)


@pytest.mark.parametrize("name", READMES)
def test_the_table_of_stages_is_in_the_order_of_dvc_yaml(name):
    stages = list(yaml.safe_load(read("dvc.yaml"))["stages"])
    assert re.findall(r"^\| `(\w+)` \|", read(name), re.MULTILINE) == stages


@pytest.mark.parametrize("name", [*READMES, *RESULTS])
def test_the_headline_table_is_that_of_the_metrics(name, metrics):
    assert headline(metrics) in read(name).splitlines()


@pytest.mark.parametrize("name", [*READMES, *RESULTS])
def test_counts_of_documents_are_those_of_the_metrics(name, metrics):
    counts = [metrics["corpus"]["in"], metrics["crawl"]["out"], metrics["wiki"]["in"], metrics["dedup"]["out"]]
    if name in RESULTS:
        dropped = {stage: sum(metrics[stage]["dropped"].values()) for stage in METRICS}
        heldout = metrics["tokenizer"]["fertility"]["heldout"]
        sentiment = metrics["evaluate"]["sentiment"]
        counts += [
            metrics["corpus"]["dropped"]["CONFLICTING_LABEL"],
            metrics["corpus"]["characters"]["added"]["READER"],
            *(dropped[stage] for stage in ("filter", "dedup", "extract", "wiki")),
            metrics["extract"]["used"], metrics["extract"]["out"],
            *(round(heldout[kind]["tokens"] / heldout["character"]["tokens"], 2) for kind in ("tokenizer", "base")),
            *(round(100 * sentiment[f"shots_{shots}"]["accuracy"], 1) for shots in (0, 2, 4)),
            round(100 * sentiment["shots_0"]["majority"], 1),
        ]  # fmt: skip
    assert [count for count in counts if count not in numbers(read(name))] == []


@pytest.mark.parametrize("name", ["docs/explanation/default-corpus.md", "docs/explanation/default-corpus.zh.md"])
def test_the_samples_give_as_many_documents_as_the_metrics_say(name, metrics):
    assert {metrics["extract"]["out"], metrics["wiki"]["out"]} <= set(numbers(read(name)))


def test_links_lead_somewhere():
    assert [fault for name in documents() for fault in dead_links(name, read(name))] == []


def test_what_a_document_names_exists():
    assert [fault for name in documents() if name not in HISTORY for fault in missing_names(name, read(name))] == []


def test_a_dead_link_is_told_by_file_and_line():
    text = "# 两条 命令\n[a](guide/nowhere.md)\n```\n[b](nothing)\n```\n[c](#两条-命令) [d](#三条)\n`[e](nothing)`\n"
    assert dead_links("docs/x.md", text) == [
        "docs/x.md:2: guide/nowhere.md: no such file",
        "docs/x.md:6: #三条: no such heading",
    ]
    outward = "[a](../README.md)\n[b](index.zh.md)\n[c](https://example.org/nothing)\n[d](index.md#nothing)"
    assert dead_links("docs/x.md", outward) == [
        "docs/x.md:1: ../README.md: leads out of docs/; name the file and do not link it",
        "docs/x.md:2: index.zh.md: is a page of the other language",
        "docs/x.md:4: index.md#nothing: no such heading",
    ]


def test_a_name_of_nothing_is_told_by_file_and_line():
    text = (
        "`conf/dedup/minhash.yaml`, `conf/dedup/<name>.yaml`, pipeline/{core,cellar}.\n"
        "`python -m pipeline.stages.dedupe`\n"
        "`make repro`, make haste, `make haste`\n"
        "`tokenizer=bpe,wordlists`, `crawl.engine=redis`, `crawl=mine`\n"
        "https://example.org/tests/nothing.py 改在pipeline/nothing.py里\n"
    )
    assert missing_names("x.md", text) == [
        "x.md:1: pipeline/{core,cellar}: no such path",
        "x.md:2: -m pipeline.stages.dedupe: no such module",
        "x.md:3: make haste: no such target",
        "x.md:4: tokenizer=wordlists: no such option in conf/tokenizer/",
        "x.md:5: pipeline/nothing.py: no such path",
    ]


def test_comments_of_a_block_may_differ_and_nothing_else():
    block = "```console\n$ make repro   # {}\n```\n"
    assert blocks(block.format("set-up")) == blocks(block.format("装好环境")) == [("console", ["$ make repro"])]
    assert blocks("```yaml\n# a\nb: c#d\n```\n```\ne\n```") == [("yaml", ["b: c#d"]), ("", ["e"])]


def test_numbers_are_compared_by_their_value():
    english, chinese = "GPT-2 has 3.5 million, 1,024 and [2](x3.md)", "GPT-2 有 350 万、1024 和 2"
    assert numbers(english) == numbers(chinese) == Counter({3_500_000.0: 1, 1024.0: 1, 2.0: 1})
