"""`make sample` and texts in bulk: prompts in, what a finished model writes after them out.

    python -m pipeline.generate --model FOLDER --prompt 我想
    python -m pipeline.generate --model FOLDER --prompts prompts.txt --out answers.jsonl
    python -m pipeline.generate --model FOLDER --templates templates.txt --table cities.csv --out answers.jsonl \\
        --dropped dropped.jsonl --set generate.samples=4

One prompt is answered on the terminal, as it is written. A file has a prompt on each line, or a JSON object with
"prompt" (.jsonl); templates are filled with the rows of a CSV table: {城市}有什么好吃的. A killed run goes on where
it was. With --dropped, texts below the quality floor (generate.floor) and near copies go to that file instead.
"""

import argparse
import json
import os
import shutil
import sys
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from pipeline.contract.metrics import Json
from pipeline.core.config import load_section, read_params
from pipeline.core.errors import ConfigError, RunError, WenyuanError
from pipeline.core.faults import reach
from pipeline.core.locks import try_lock
from pipeline.core.scratch import lock_of, scratch_folder
from pipeline.core.shards import write_json, write_text
from pipeline.core.stage import OFFLINE, QUIET
from pipeline.schema.generate import GenerateConfig

NAME = "generate"


def main(argv: Sequence[str] | None = None) -> int:
    """Exit status: 0, 2 with one line that says what to do, 130 after Ctrl-C."""
    options = _parser().parse_args(argv)
    os.environ.update(QUIET)
    try:
        config = load_section(read_params(options.params, options.set), NAME, GenerateConfig)
        if options.prompt is not None:
            _check_alone(options)
            return _answer_one(options.model, options.prompt, config)
        _check_paths(options)
        return _answer_many(options, config)
    except WenyuanError as error:
        print(f"{NAME}: {type(error).__name__}: {error}", file=sys.stderr)
        return 2
    except OSError as error:  # the file system refuses: full, read-only
        print(f"{NAME}: {type(error).__name__}: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print(file=sys.stderr)
        return 130


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m pipeline.generate", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--model", required=True, help="a model's folder, or its id on the Hugging Face hub")
    asked = parser.add_mutually_exclusive_group(required=True)
    asked.add_argument("--prompt", help="one prompt; its text is shown as it is written")
    asked.add_argument("--prompts", type=Path, help="a file of prompts: .jsonl, or a line each")
    asked.add_argument("--templates", type=Path, help="a file of templates, a line each")
    parser.add_argument("--table", type=Path, help="CSV: a line of column names, then rows that fill the templates")
    parser.add_argument("--out", type=Path, help="the answers, JSON lines in the order of the prompts")
    parser.add_argument("--dropped", type=Path, help="apply the quality floor; what falls below it goes here")
    parser.add_argument("--metrics", type=Path, help="write the counts here as JSON")
    parser.add_argument("--replace", action="store_true", help="replace output files that exist")
    parser.add_argument("--params", type=Path, default=Path("params.yaml"), help="default: params.yaml")
    parser.add_argument(
        "--set", action="append", default=[], metavar="KEY=VALUE", help="generate.samples=4, for instance"
    )
    return parser


def _check_alone(options: argparse.Namespace) -> None:
    for name in ("table", "out", "dropped", "metrics"):
        if getattr(options, name):
            raise ConfigError(f"--{name} goes with --prompts or --templates; --prompt shows its text on the terminal")
    try:
        options.prompt.encode()
    except UnicodeEncodeError:  # bytes of another encoding come from the shell as surrogates
        raise ConfigError(
            "the prompt is no UTF-8; set the terminal to UTF-8, or put it in a file (--prompts)"
        ) from None


def _check_paths(options: argparse.Namespace) -> None:
    if options.out is None:
        raise ConfigError("--out is missing: where the answers go")
    if options.table and not options.templates:
        raise ConfigError("--table fills --templates; --prompts has no columns")
    written = [path for path in (options.out, options.dropped, options.metrics) if path]
    read = [path for path in (options.prompts, options.templates, options.table) if path]
    for path in written:
        if [other.resolve() for other in (*written, *read)].count(path.resolve()) > 1:
            raise ConfigError(f"{path} is named twice; each file has a place of its own")
        if path.is_dir():
            raise ConfigError(f"{path} is a folder; name a file")
        if path.exists() and not options.replace:
            raise ConfigError(f"{path} exists; choose another file, or --replace it")
        path.parent.mkdir(parents=True, exist_ok=True)  # a place that cannot be written is known before the work


def _offline_unless_hub(location: str) -> None:
    """Before transformers is imported: a folder opens no socket."""
    if Path(location).exists():
        os.environ.update(OFFLINE)


def _answer_one(location: str, prompt: str, config: GenerateConfig) -> int:
    _offline_unless_hub(location)
    from pipeline.generation.causal_model import open_model
    from pipeline.generation.scripts import ScriptStream, convert
    from pipeline.generation.text_stream import stream
    from pipeline.text.linebreaks import to_line_breaks

    model = open_model(location, config)
    for sample in range(config.samples):
        out = ScriptStream(config.script)
        print(convert(to_line_breaks(prompt), config.script), end="", flush=True)
        for piece in stream(model, convert(prompt, config.prompt_script), config, sample):
            print(out.push(piece.text), end="", flush=True)
        print(out.close(), flush=True)
    return 0


def _answer_many(options: argparse.Namespace, config: GenerateConfig) -> int:
    _offline_unless_hub(options.model)
    from pipeline.generation.answers import answer_all, fingerprint
    from pipeline.generation.causal_model import open_model
    from pipeline.generation.floor import Rejection, rejections
    from pipeline.generation.output import counts, dropped_rows, kept_rows
    from pipeline.generation.prompts import fill_templates, read_prompts

    prompts = read_prompts(options.prompts) if options.prompts else fill_templates(options.templates, options.table)
    model = open_model(options.model, config)
    scratch = scratch_folder(NAME, fingerprint(model, options.model, prompts.asked, config))
    scratch.mkdir(parents=True, exist_ok=True)
    with try_lock(lock_of(scratch)) as ours:
        if not ours:
            raise RunError("another run answers the same prompts with the same settings; wait for it to end")
        answers = answer_all(model, prompts.asked, config, scratch, _say)
        judged: list[Rejection | None] = [None] * len(answers)
        if options.dropped:
            judged = rejections(answers, config.floor)
        metrics = counts(prompts, answers, judged)
        reach("generate.before_publish")
        if options.dropped:
            _write_lines(options.dropped, dropped_rows(prompts, answers, judged))
        _write_lines(options.out, kept_rows(prompts, answers, judged))
        if options.metrics:
            write_json(options.metrics, metrics)
        shutil.rmtree(scratch)
        lock_of(scratch).unlink()
    _tell(prompts.notes, Counter(rejection.reason.name for rejection in judged if rejection))
    kept = sum(rejection is None for rejection in judged)
    _say(f"{len(prompts.asked):,} prompts, {len(answers):,} texts, {kept:,} kept: {options.out}")
    return 0


def _tell(left_out: Mapping[str, int], dropped: Counter[str]) -> None:
    for note, count in left_out.items():
        _say(f"left out: {count:,} {note}")
    for reason, count in sorted(dropped.items(), key=lambda item: (-item[1], item[0])):
        _say(f"dropped: {count:,} {reason}")


def _write_lines(path: Path, rows: Iterable[dict[str, Json]]) -> None:
    write_text(path, "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows))


def _say(line: str) -> None:
    print(f"{NAME}: {line}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    raise SystemExit(main())
