"""Every stage starts alike: paths checked, outputs published whole, metrics last, one line for an error."""

import io
import json
import os
import subprocess
import sys
import threading
import time
from contextlib import redirect_stdout
from pathlib import Path

import pytest

from pipeline.core.errors import LedgerImbalance, ShardError, SourceError
from pipeline.core.stage import Output, OutputKind, Stage, main
from pipeline.schema.dedup import DedupConfig

ROOT = Path(__file__).resolve().parents[2]
STAGES = sorted(path.stem for path in (ROOT / "pipeline" / "stages").glob("*.py") if path.stem != "__init__")
DEMO = Stage(
    "demo",
    "Copies.",
    {"dedup": DedupConfig},
    {"documents": "folder"},
    {"out": Output("folder"), "tablefile": Output("file", OutputKind.file)},
)

TWO_OUTPUTS = """
import sys
from pipeline.core.stage import Output, OutputKind, Stage, main
out = {"out": Output("folder"), "tablefile": Output("file", OutputKind.file)}
def run(job):
    (job.output() / "a.txt").write_text(word)
    job.output("tablefile").write_text(word)
    return {"run": word}
word = sys.argv.pop(1)
sys.exit(main(Stage("demo", "Copies.", {}, {"documents": "folder"}, out), run, sys.argv[1:]))
"""

HELP = """
import contextlib, importlib, io, json, sys
from pipeline.core.stage import main
seen = {}
for name in sys.argv[1:]:
    stage = importlib.import_module(f"pipeline.stages.{name}")
    with contextlib.redirect_stdout(io.StringIO()) as out:
        try:
            main(stage.STAGE, stage.run, ["--help"])
        except SystemExit as stop:
            status = stop.code
    seen[name] = [status, stage.STAGE.name, [f"--{option}" in out.getvalue() for option in
                  [*stage.STAGE.inputs, *stage.STAGE.outputs, "params", "set", "metrics"]],
                  all(section in out.getvalue() for section in stage.STAGE.sections)]
heavy = {"torch", "transformers", "datasets", "daft", "ray", "numba", "opencc"} & set(sys.modules)
print(json.dumps([seen, sorted(heavy)]))
"""


@pytest.fixture
def arguments(tmp_path, params_file):
    (tmp_path / "in").mkdir()
    options = {"documents": "in", "out": "out", "tablefile": "table.csv", "metrics": "demo.json"}
    pairs = [(f"--{name}", str(tmp_path / place)) for name, place in options.items()]
    return [word for pair in pairs for word in pair] + ["--params", str(params_file())]


class Watch(io.StringIO):
    """Notes that the run says it waits."""

    def __init__(self, order):
        super().__init__()
        self.order = order

    def write(self, text):
        if "waiting for it to end" in text:
            self.order.append("waiting")
        return len(text)


def write_both(job):
    (job.output() / "a.txt").write_text("新", encoding="utf-8")
    job.output("tablefile").write_text("列\n", encoding="utf-8")
    return {"in": 1}


def test_help_of_every_stage_answers_without_heavy_imports():
    run = subprocess.run([sys.executable, "-c", HELP, *STAGES], capture_output=True, text=True, cwd=ROOT, timeout=60)
    assert run.returncode == 0, run.stderr
    seen, heavy = json.loads(run.stdout)
    assert heavy == []
    assert {name: [0, name, True, True] for name in STAGES} == {
        name: [status, own, all(options), sections] for name, (status, own, options, sections) in seen.items()
    }
    assert {"base", "corpus", "normalise", "filter", "dedup", "split"} <= set(STAGES)


def test_outputs_and_metrics_are_published(tmp_path, arguments):
    assert main(DEMO, write_both, arguments) == 0
    assert sorted(path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*") if path.is_file()) == [
        "demo.json",
        "out/a.txt",
        "params.yaml",
        "table.csv",
    ]
    assert json.loads((tmp_path / "demo.json").read_text()) == {"in": 1}


def test_an_old_output_is_replaced_whole(tmp_path, arguments):
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "old.txt").write_text("旧")
    assert main(DEMO, write_both, [*arguments, "--replace"]) == 0
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["a.txt"]


def test_a_folder_that_holds_something_is_not_deleted_unasked(tmp_path, arguments, capsys):
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "论文.txt").write_text("写了三年", encoding="utf-8")
    assert main(DEMO, write_both, arguments) == 2
    assert "is not empty; choose another folder, or --replace it" in capsys.readouterr().err
    assert (tmp_path / "out" / "论文.txt").read_text(encoding="utf-8") == "写了三年"


def test_a_second_run_waits_for_the_first(tmp_path, arguments):
    # The first holds the lock while the second starts; were there none, the second would sweep away its work.
    order = []

    def slow(job):
        second.start()
        while "waiting" not in order:
            time.sleep(0.01)
        order.append("first")
        return write_both(job)

    def quick(job):
        order.append("second")
        return write_both(job)

    def start_second():
        with redirect_stdout(Watch(order)):
            statuses.append(main(DEMO, quick, [*arguments, "--replace"]))

    statuses: list[int] = []
    second = threading.Thread(target=start_second)
    statuses.append(main(DEMO, slow, arguments))
    second.join(timeout=30)
    assert (order, statuses) == (["waiting", "first", "second"], [0, 0])
    assert not list(tmp_path.glob(".*.lock"))


@pytest.mark.parametrize("error", [SourceError("坏"), LedgerImbalance("1 ≠ 2"), ShardError("x: KeyError")])
def test_a_failing_stage_publishes_nothing_and_leaves_the_old_output(tmp_path, arguments, capsys, error):
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "old.txt").write_text("旧", encoding="utf-8")
    (tmp_path / "demo.json").write_text("{}")

    def fail(job):
        write_both(job)
        raise error

    assert main(DEMO, fail, [*arguments, "--replace"]) == 2
    assert (tmp_path / "out" / "old.txt").read_text(encoding="utf-8") == "旧"
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["old.txt"]
    assert not (tmp_path / "table.csv").exists()
    assert (tmp_path / "demo.json").read_text() == "{}"
    own = [line for line in capsys.readouterr().err.splitlines() if not line.startswith("note: ")]
    assert own == [f"demo: {type(error).__name__}: {error}"]


def test_metrics_are_written_after_the_outputs(tmp_path, arguments, monkeypatch):
    seen = []

    def note(path, _):
        seen.append((path.name, (tmp_path / "out" / "a.txt").exists(), (tmp_path / "table.csv").exists()))

    monkeypatch.setattr("pipeline.core.stage.write_json", note)
    assert main(DEMO, write_both, arguments) == 0
    assert seen == [("demo.json", True, True)]


def test_a_kill_between_two_outputs_leaves_each_whole_and_is_made_good(tmp_path, arguments):
    def call(word, kill_at=""):
        command = [sys.executable, "-c", TWO_OUTPUTS, word, *arguments, "--replace"]
        environment = {**os.environ, "WENYUAN_KILL_AT": kill_at}
        return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, timeout=60).returncode

    def found():
        return [(tmp_path / name).read_text() for name in ("out/a.txt", "table.csv")] + [
            json.loads((tmp_path / "demo.json").read_text())["run"]
        ]

    assert (call("old"), found()) == (0, ["old", "old", "old"])
    # The metrics are still the old run's: nobody takes the mixed outputs for those of a whole run.
    assert (call("new", "demo.published:1"), found()) == (-9, ["new", "old", "old"])
    assert (call("new"), found()) == (0, ["new", "new", "new"])
    left = {path.name for path in tmp_path.iterdir()}
    assert left == {"in", "out", "table.csv", "demo.json", "params.yaml"}


def test_what_a_killed_run_left_is_swept_away(tmp_path, arguments):
    (tmp_path / ".out.partial").mkdir()
    (tmp_path / ".out.partial" / "left.txt").write_text("半")
    assert main(DEMO, write_both, arguments) == 0
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["a.txt"]
    assert not (tmp_path / ".out.partial").exists()


def test_a_stage_reads_only_the_sections_that_it_declares(arguments):
    def read(job):
        assert job.section(DedupConfig).bands == 18
        with pytest.raises(StopIteration):
            job.section(int)
        return write_both(job)

    assert main(DEMO, read, arguments) == 0


def test_several_paths_for_a_single_input_are_an_error(tmp_path, arguments, capsys):
    (tmp_path / "more").mkdir()
    arguments[2:2] = [str(tmp_path / "more")]
    assert main(DEMO, lambda job: write_both(job) if job.input("documents") else {}, arguments) == 2
    assert "demo: SourceError: --documents takes one path, not 2" in capsys.readouterr().err


def test_a_set_override_reaches_the_stage_and_a_misspelt_one_is_named(arguments, capsys):
    bands = []

    def read(job):
        bands.append(job.section(DedupConfig).bands)
        return write_both(job)

    assert main(DEMO, read, [*arguments, "--set", "dedup.bands=3"]) == 0
    assert bands == [3]
    assert main(DEMO, read, [*arguments, "--set", "dedup.brands=3"]) == 2
    assert "demo: ConfigError: --set dedup.brands=3: no such key" in capsys.readouterr().err


@pytest.mark.parametrize("name", ["normalise", "filter", "dedup", "split"])
def test_a_missing_input_is_status_two_and_one_line(stage, params_file, tmp_path, capsys, name):
    inputs = ["--documents", tmp_path / "none"]
    if name == "split":
        inputs += ["--clusters", tmp_path]
    assert stage(name, *inputs, "--out", tmp_path / "out", "--params", params_file()) == 2
    own = [line for line in capsys.readouterr().err.splitlines() if not line.startswith("note: ")]
    assert own == [f"{name}: SourceError: {tmp_path / 'none'}: no such file or folder (--documents)"]
    assert not (tmp_path / "out").exists()


def test_the_module_itself_ends_with_status_two_and_no_traceback(tmp_path, params_file):
    command = [sys.executable, "-m", "pipeline.stages.filter", "--params", str(params_file())]
    command += ["--documents", str(tmp_path / "none"), "--out", str(tmp_path / "out")]
    run = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, timeout=60)
    assert run.returncode == 2
    assert "Traceback" not in run.stderr
    assert run.stderr.splitlines()[-1].startswith("filter: SourceError: ")


@pytest.mark.parametrize("inputs", [["in"], ["in", "more"]])
@pytest.mark.parametrize("out", ["in", "in/deeper", "."])
def test_an_output_may_not_overwrite_any_input(tmp_path, arguments, capsys, out, inputs):
    (tmp_path / "more").mkdir()
    words = list(arguments)
    words[1:2] = [str(tmp_path / name) for name in inputs]
    words[words.index("--out") + 1] = str(tmp_path / out)
    (tmp_path / "in" / "a.txt").write_text("原文", encoding="utf-8")
    assert main(DEMO, write_both, words) == 2
    assert "would overwrite --" in capsys.readouterr().err
    assert (tmp_path / "in" / "a.txt").read_text(encoding="utf-8") == "原文"
