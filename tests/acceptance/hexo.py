"""A blog that Hexo generates with one of its Chinese themes, and what a reader of each article reads."""

import json
import os
import re
import shutil
import subprocess
import threading
from dataclasses import dataclass
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType

ROOT = Path(__file__).resolve().parents[2]
OWN = Path(__file__).parent / "blog"
SAMPLE = ROOT / "samples/site/text/boke"
PACKAGES = {
    "hexo": "8.1.2",
    "hexo-generator-archive": "2.0.0",
    "hexo-generator-category": "2.0.0",
    "hexo-generator-index": "4.0.0",
    "hexo-generator-tag": "2.0.0",
    "hexo-renderer-ejs": "2.0.0",
    "hexo-renderer-marked": "7.0.1",
    "hexo-renderer-pug": "3.0.0",
    "hexo-renderer-stylus": "3.0.1",
    "hexo-theme-butterfly": "5.7.0",
    "hexo-theme-fluid": "1.9.9",
    "hexo-theme-icarus": "6.1.1",
    "hexo-theme-landscape": "1.1.0",
    "hexo-theme-next": "8.29.0",
    "hexo-theme-redefine": "2.9.0",
    "hexo-theme-stellar": "1.44.0",
    "hexo-theme-volantis": "6.8.3",
}
THEMES = tuple(name.removeprefix("hexo-theme-") for name in PACKAGES if name.startswith("hexo-theme-"))
CONFIG = """\
title: 溪边札记
subtitle: 记事，也记人
description: 一个住在溪边的人写的札记
author: 佚名
language: zh-CN
timezone: Asia/Shanghai
url: http://{host}
permalink: :year/:month/:day/:title/
per_page: 6
theme: {theme}
marked:
  mangle: false
  headerIds: true
syntax_highlighter: highlight.js
highlight:
  line_number: true
  wrap: true
index_generator:
  per_page: 6
archive_generator:
  per_page: 10
tag_generator:
  per_page: 10
category_generator:
  per_page: 10
"""
ABOUT = """\
---
title: 关于
date: 2024-01-01 08:00:00
---
这里是溪边札记。写字的人住在溪边，白天修水管，晚上写字，偶尔在周末去镇上的旧书店坐坐。来信请寄镇邮局转，不必写门牌，邮差认得路，下雨天也会送到。
"""
TIME_LIMIT_S = 600
"""Only a guard against hanging for ever."""


@dataclass(frozen=True)
class Post:
    name: str
    """The file's, and the last part of its address."""
    title: str
    date: str
    """YYYY-MM-DD."""
    source: str
    """As Hexo reads it."""
    text: str
    """As a reader reads it."""


def posts() -> list[Post]:
    """The blog posts of the sample site, which are Markdown, and those written for this test beside their texts."""
    found = []
    for path in sorted(OWN.glob("*.md")):
        source = path.read_text(encoding="utf-8")
        title, date = (re.search(rf"^{name}: (.+)$", source, re.M)[1] for name in ("title", "date"))
        found.append(Post(path.stem, title, date[:10], source, path.with_suffix(".txt").read_text(encoding="utf-8")))
    for path in sorted(SAMPLE.glob("*.md")):
        head, _, text = path.read_text(encoding="utf-8").partition("\n\n")
        fields = dict(line.split(": ", 1) for line in head.split("\n"))
        if "category" not in fields or "{" in text or "<" in text:
            continue
        first, _, rest = text.partition("\n\n")
        tags = json.dumps(fields.get("tags", "").split(), ensure_ascii=False)
        date = fields["date"][:19].replace("T", " ")
        front = (
            f"---\ntitle: {fields['title']}\ndate: {date}\ncategories: [{fields['category']}]\ntags: {tags}\n---\n"
        )
        source = f"{front}{first}\n\n<!-- more -->\n\n{rest}"
        found.append(Post(fields["title"].split()[0], fields["title"], date[:10], source, plain(text)))
    return found


def plain(markdown: str) -> str:
    """What a reader sees of Markdown without tables, formulas or HTML."""
    lines, in_code = [], False
    for line in markdown.split("\n"):
        if line.startswith("```"):
            in_code = not in_code
        elif in_code:
            lines.append(line)
        else:
            lines.append(_inline(re.sub(r"^\s*(#{1,6} |[-*+] |\d+\. |> ?)", "", line)))
    return "\n".join(line for line in lines if line.strip())


def _inline(line: str) -> str:
    line = re.sub(r"!\[[^\]]*\]\([^)]*\)", "", line)
    line = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", line)
    pieces = re.split(r"(`[^`]+`)", line)
    return "".join(
        piece.strip("`") if piece.startswith("`") else re.sub(r"\*{1,2}([^*]+)\*{1,2}", r"\1", piece)
        for piece in pieces
    )


def install(folder: Path) -> None:
    """Hexo and its themes, in the versions above, by the npm client."""
    folder.mkdir(parents=True, exist_ok=True)
    package = {"name": "blog", "private": True, "hexo": {"version": PACKAGES["hexo"]}, "dependencies": PACKAGES}
    (folder / "package.json").write_text(json.dumps(package), encoding="utf-8")
    _run(folder, "npm", "install", "--no-audit", "--no-fund", "--ignore-scripts")


def generate(installed: Path, folder: Path, theme: str, host: str) -> Path:
    """The blog's folder `public`, with an empty one in place of each picture."""
    source = folder / "source"
    (source / "_posts").mkdir(parents=True)
    (source / "about").mkdir()
    for post in posts():
        (source / "_posts" / f"{post.name}.md").write_text(post.source, encoding="utf-8")
    (source / "about" / "index.md").write_text(ABOUT, encoding="utf-8")
    (folder / "_config.yml").write_text(CONFIG.format(host=host, theme=theme), encoding="utf-8")
    shutil.copy(installed / "package.json", folder / "package.json")
    (folder / "node_modules").symlink_to(installed / "node_modules")
    _run(folder, "node", "node_modules/hexo/bin/hexo", "generate", "--bail")
    return folder / "public"


def _run(folder: Path, *command: str) -> None:
    path = f"{folder / 'node_modules' / '.bin'}{os.pathsep}{os.environ['PATH']}"
    environment = os.environ | {"PATH": path, "TZ": "Asia/Shanghai"}  # a writer's machine, whose dates addresses show
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, timeout=TIME_LIMIT_S)
    if done.returncode:
        raise RuntimeError(f"{' '.join(command)}: {(done.stdout + done.stderr).strip()[-3000:]}")


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        pass


class Served:
    """`with Served(folder) as address`: a folder's files on a free loopback port."""

    def __init__(self, folder: Path) -> None:
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=str(folder)))

    def __enter__(self) -> str:
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return f"127.0.0.1:{self.server.server_address[1]}"

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.server.shutdown()
        self.server.server_close()
