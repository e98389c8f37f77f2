"""Score a released folder with lm_eval, and score the same by hand with `<s>` before each text once.

python lm_eval_client.py < job.json > answer.json. Of the job: folder, tasks (folder with choice.jsonl: text, choices,
answer; and rolling.jsonl: text). Every text must fit the model's context.
"""

import json
import os
import sys
from importlib.metadata import version
from pathlib import Path

import lm_eval
import torch
import transformers
from lm_eval.tasks import TaskManager
from transformers import AutoModelForCausalLM, AutoTokenizer

job = json.load(sys.stdin)
tasks = Path(job["tasks"])
transformers.logging.set_verbosity_error()
torch.set_num_threads(1)
COMMON = """
dataset_path: json
dataset_kwargs: {{data_files: {{test: {file}}}}}
test_split: test
doc_to_text: "{prompt}"
"""
CHOICE = """
task: wenyuan_choice
output_type: multiple_choice
doc_to_choice: "{{choices}}"
doc_to_target: "{{answer}}"
target_delimiter: ""
metric_list: [{metric: acc}]
"""
ROLLING = """
task: wenyuan_rolling
output_type: loglikelihood_rolling
doc_to_target: "{{text}}"
metric_list: [{metric: bits_per_byte}]
"""
for name, text, prompt in (("choice", CHOICE, "{{text}}"), ("rolling", ROLLING, "")):
    head = COMMON.format(file=tasks / f"{name}.jsonl", prompt=prompt)
    (tasks / f"{name}.yaml").write_text(head + text, encoding="utf-8")


def scores(task, **options):
    """Log-likelihoods of each document, as lm_eval found them: its progress must not reach the answer."""
    shown = os.dup(1)
    os.dup2(2, 1)
    try:
        found = lm_eval.simple_evaluate(
            model="hf",
            model_args={"pretrained": job["folder"], "device": "cpu", **options},
            tasks=[f"wenyuan_{task}"],
            task_manager=TaskManager(include_path=str(tasks), include_defaults=False),
            bootstrap_iters=0,
        )
    finally:
        sys.stdout.flush()
        os.dup2(shown, 1)
    rows = sorted(found["samples"][f"wenyuan_{task}"], key=lambda row: row["doc_id"])
    if task == "rolling":
        return [flat(row["resps"]) for row in rows]
    return [[flat(resps) for resps in row["resps"]] for row in rows]


def flat(value):
    """The first number in nested lists: (log-likelihood, greedy) or the log-likelihood alone."""
    while isinstance(value, list | tuple):
        value = value[0]
    return float(value)


tokenizer = AutoTokenizer.from_pretrained(job["folder"])
model = AutoModelForCausalLM.from_pretrained(job["folder"]).eval()
bos = tokenizer.bos_token_id


def by_hand(context, continuation):
    """Nats of the continuation's tokens after `<s>` and the context."""
    start = [bos, *tokenizer(context, add_special_tokens=False)["input_ids"]]
    whole = [bos, *tokenizer(context + continuation, add_special_tokens=False)["input_ids"]]
    with torch.no_grad():
        logits = model(torch.tensor([whole])).logits[0].log_softmax(-1)
    targets = torch.tensor(whole[1:])
    each = logits[:-1].gather(1, targets[:, None])[:, 0]
    return float(each[len(start) - 1 :].sum())


read = lambda name: [json.loads(line) for line in (tasks / name).read_text(encoding="utf-8").splitlines()]  # noqa: E731
choices, texts = read("choice.jsonl"), [row["text"] for row in read("rolling.jsonl")]
answer = {
    "version": version("lm_eval"),
    "transformers": transformers.__version__,
    "choice": {
        "by hand": [[by_hand(row["text"], choice) for choice in row["choices"]] for row in choices],
        "default": scores("choice"),
    },
    "rolling": {
        "by hand": [by_hand("", text) for text in texts],
        "default": scores("rolling"),
        "add_bos_token=False": scores("rolling", add_bos_token=False),
    },
}
json.dump(answer, sys.stdout)
