"""Seconds from the command to the first text of `make sample`, and to the address of `make demo`, on a finished run.

    PYTHONPATH=. python bench/start.py                                # models/model, 5 rounds
    PYTHONPATH=. python bench/start.py --model models/release --rounds 1

Each round starts both commands anew beside the peer: a script that imports torch and transformers, opens the same
folder and calls `generate`. Prints the medians; run it on a machine that does nothing else.
"""

import argparse
import os
import re
import statistics
import subprocess
import sys
import time
import urllib.request
from collections.abc import Sequence
from pathlib import Path

PROMPT = "我想"
PEER = """
import sys, torch
from transformers import AutoModelForCausalLM, AutoTokenizer
tokenizer = AutoTokenizer.from_pretrained(sys.argv[1])
model = AutoModelForCausalLM.from_pretrained(sys.argv[1])
ids = tokenizer(sys.argv[2], return_tensors="pt", return_token_type_ids=False)
out = model.generate(**ids, do_sample=True, max_new_tokens=24, pad_token_id=0)
print(tokenizer.decode(out[0]), flush=True)
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", default="models/model")
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    commands = {
        "sample": ["-m", "pipeline.generate", "--model", options.model, "--prompt", PROMPT],
        "demo": ["-m", "pipeline.demo", "--model", options.model, "--port", "0"],
        "generate of transformers": ["-c", PEER, options.model, PROMPT],
    }
    seconds: dict[str, list[float]] = {name: [] for name in (*commands, "demo, the model open")}
    for _ in range(options.rounds):
        for name, arguments in commands.items():
            first, open_page = until_it_answers([sys.executable, *arguments])
            seconds[name].append(first)
            if open_page is not None:
                seconds["demo, the model open"].append(open_page)
    for name, runs in seconds.items():
        print(f"{name:>24}: {statistics.median(runs):.1f} s, median of {min(runs):.1f} to {max(runs):.1f}")


def until_it_answers(command: Sequence[str]) -> tuple[float, float | None]:
    """Seconds until the first line on standard output, and for the demo until its page is more than the one that says
    to wait; the process is ended then."""
    environment = {**os.environ, "HF_HUB_OFFLINE": "1", "PYTHONPATH": str(Path.cwd())}
    begin = time.perf_counter()
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as process:
        assert process.stdout is not None
        first = process.stdout.read(1)
        seconds = time.perf_counter() - begin
        opened = None
        if command[2] == "pipeline.demo":
            address = re.search(rb"http://\S+", process.stdout.readline())
            assert address is not None
            while not _is_open(address[0].decode()):
                time.sleep(0.05)
            opened = time.perf_counter() - begin
        process.terminate()
    if not first:
        raise SystemExit(f"no output: {' '.join(command)}")
    return seconds, opened


def _is_open(address: str) -> bool:
    try:
        with urllib.request.urlopen(address, timeout=5):
            return True
    except OSError:  # 503 while the model is being opened
        return False


if __name__ == "__main__":
    main()
