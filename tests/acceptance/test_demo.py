"""The demo in a real browser, wide and narrow: it writes, tells probabilities, and asks no other host for anything.

Needs Chromium (Debian: apt-get install --no-install-recommends chromium fonts-wqy-microhei) and the demo extra.
WENYUAN_SCREENSHOTS=FOLDER keeps the screenshots, WENYUAN_MODEL=FOLDER takes a real model.
"""

import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from omegaconf import OmegaConf

from tests.acceptance.chromium import PATIENCE, Chromium
from tests.generation.models import ROOT, generate_params, write_gpt2

pytestmark = pytest.mark.acceptance

# Runs in the server before anything else: every look-up and connection that is not loopback's is written down.
WATCH = """
import os, socket
def told(name, where):
    if not str(where).startswith(("127.", "::1", "localhost", "None", "/", "b'/")):
        with open(os.environ["WATCHED"], "a") as file:
            print(name, where, file=file)
connect, lookup = socket.socket.connect, socket.getaddrinfo
def watched_connect(self, address, *rest):
    told("connect", address[0] if isinstance(address, tuple) else address)
    return connect(self, address, *rest)
def watched_lookup(host, *rest, **more):
    told("lookup", host)
    return lookup(host, *rest, **more)
socket.socket.connect, socket.getaddrinfo = watched_connect, watched_lookup
"""


@contextmanager
def demo(folder: Path, model: Path, *more: str) -> Iterator[str]:
    """The address of a running demo; what the server says is in server.txt and in a failure's message."""
    (folder / "watch").mkdir(exist_ok=True)
    (folder / "watch/sitecustomize.py").write_text(WATCH, encoding="utf-8")
    environment = {
        **os.environ,
        "PYTHONPATH": f"{folder / 'watch'}:{ROOT}",
        "WATCHED": str(folder / "watched.txt"),
    }
    command = [sys.executable, "-m", "pipeline.demo", "--model", str(model), "--port", "0", *more]
    said = folder / "server.txt"
    begin = time.monotonic()
    with (
        said.open("w", encoding="utf-8") as out,
        subprocess.Popen(command, cwd=folder, env=environment, stdout=out, stderr=subprocess.STDOUT) as process,
    ):
        try:
            while not (
                found := re.search(r"^demo: (http://127\.0\.0\.1:\d+)", said.read_text("utf-8"), re.MULTILINE)
            ):
                assert process.poll() is None, said.read_text("utf-8")
                assert time.monotonic() - begin < PATIENCE, said.read_text("utf-8")
                time.sleep(0.02)
            # A figure to read with `pytest -s`, not a limit: bench/start.py measures it on a quiet machine.
            print(f"\nthe demo answered after {time.monotonic() - begin:.1f} s")
            yield found[1]
            assert "Traceback" not in said.read_text("utf-8"), said.read_text("utf-8")
        except AssertionError as error:
            error.add_note(said.read_text("utf-8"))
            raise
        finally:
            process.terminate()


@pytest.fixture
def model(tmp_path: Path) -> Path:
    if "WENYUAN_MODEL" in os.environ:
        return Path(os.environ["WENYUAN_MODEL"]).resolve()
    return write_gpt2(tmp_path / "model")


@pytest.fixture(autouse=True)
def params(tmp_path: Path) -> None:
    real = "WENYUAN_MODEL" in os.environ
    changes = {} if real else {"max_new_tokens": 20, "device": "cpu"}
    (tmp_path / "params.yaml").write_text(OmegaConf.to_yaml(generate_params(changes)), encoding="utf-8")


def photographs(tmp_path: Path) -> Path:
    folder = Path(os.environ.get("WENYUAN_SCREENSHOTS", tmp_path)).resolve()
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@pytest.mark.parametrize(("width", "height"), [(1280, 900), (390, 844)])
def test_it_writes_and_tells_probabilities_and_asks_no_other_host(
    tmp_path: Path, model: Path, width: int, height: int
) -> None:
    with demo(tmp_path, model) as address, Chromium(tmp_path / "profile") as browser:
        browser.open(address, width, height, touch=width < 700)
        browser.wait("document.querySelector('#write') && document.querySelector('.tokens')")
        assert browser.value("document.title") == "文渊：续写"
        browser.value(
            "window.lengths = new Set(); new MutationObserver(() => window.lengths.add("
            "document.querySelectorAll('.tokens .token').length)).observe("
            "document.querySelector('#view'), {subtree: true, childList: true, characterData: true})"
        )
        browser.type_into("#prompt textarea", "今天")
        browser.click("#write")
        browser.wait("document.querySelector('p.note')")
        text = browser.value("document.querySelector('#text textarea').value")
        assert text.startswith("今天") and len(text) > 2
        assert browser.value("document.querySelector('.tokens .prompt').textContent") == "今天"
        count = browser.value("document.querySelectorAll('.tokens .token').length")
        assert count >= 1
        assert browser.value("document.querySelectorAll('.tip').length") == count
        # A real model's text was shown while it was written; a tiny one ends before the page is drawn twice.
        assert browser.value("window.lengths.size") >= (2 if "WENYUAN_MODEL" in os.environ else 1)
        browser.point_at(".tokens .token:nth-of-type(3)")
        browser.wait(
            "getComputedStyle(document.querySelector('.tokens .token:nth-of-type(3) .tip')).display == 'block'"
        )
        tip = "document.querySelector('.tokens .token:nth-of-type(3) .tip')"
        assert browser.value(f"{tip}.querySelectorAll('.row.chosen').length") >= 1
        assert browser.value(f"{tip}.querySelectorAll('.row').length") >= 8
        assert "%" in browser.value(f"{tip}.textContent")
        box = browser.value(f"(r => [r.left, r.right, r.width])({tip}.getBoundingClientRect())")
        assert box[0] >= 0 and box[1] <= width and box[2] >= 200
        browser.photograph(photographs(tmp_path) / f"demo-{width}.png")
        assert browser.value("document.documentElement.scrollWidth") <= width
        assert [url for url in browser.asked if not url.startswith(address)] == []
        assert len(browser.asked) > 3
        page = browser.value("document.documentElement.outerHTML")
        assert [host for host in ("cdnjs", "googleapis", "gstatic", "jsdelivr", "unpkg") if host in page] == []
    assert not (tmp_path / "watched.txt").exists(), (tmp_path / "watched.txt").read_text()


def test_a_prompt_that_is_too_long_is_said_on_the_page(tmp_path: Path, model: Path) -> None:
    with demo(tmp_path, model) as address, Chromium(tmp_path / "profile") as browser:
        browser.open(address, 1280, 900)
        browser.wait("document.querySelector('#write')")
        browser.type_into("#prompt textarea", "我" * 2000)
        browser.click("#write")
        browser.wait("document.querySelector('p.note.wrong')")
        said = browser.value("document.querySelector('p.note.wrong').textContent")
        assert said.startswith("提示太长：有 ") and said.endswith("没有地方续写了。请缩短提示。")
        browser.photograph(photographs(tmp_path) / "demo-too-long.png")


def test_a_taken_port_is_said_at_once(tmp_path: Path, model: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        command = [sys.executable, "-m", "pipeline.demo", "--model", str(model), "--port", str(port)]
        environment = {**os.environ, "PYTHONPATH": str(ROOT)}
        done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True)
    assert done.returncode == 2
    assert done.stderr.startswith(f"demo: ConfigError: port {port} cannot be used (")
    assert done.stderr.endswith(f"choose another: make demo PORT={port + 1}\n")
