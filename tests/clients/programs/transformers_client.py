"""What a user of transformers does with a released folder, in whichever version this interpreter has.

python transformers_client.py < job.json > answer.json. Of the job: folder, texts (to encode), prompts (to continue),
tokens (how many to write), seeds (of the pipeline's samples) and snippets (code of the documents).
"""

import contextlib
import io
import json
import sys
import traceback

import torch
import transformers
from transformers import AutoModelForCausalLM, AutoTokenizer, GPT2TokenizerFast, pipeline, set_seed

job = json.load(sys.stdin)
folder, tokens = job["folder"], job["tokens"]
torch.set_num_threads(1)
transformers.logging.set_verbosity_error()
answer = {"version": transformers.__version__}

for name, kind in {"auto": AutoTokenizer, "gpt2": GPT2TokenizerFast}.items():
    tokenizer = kind.from_pretrained(folder)
    encoded = tokenizer(job["texts"])
    answer[name] = {
        "ids": encoded["input_ids"],
        "keys": sorted(encoded),
        "decoded": tokenizer.batch_decode(encoded["input_ids"], skip_special_tokens=True),
        "size": len(tokenizer),
        "special": [tokenizer.bos_token, tokenizer.eos_token, tokenizer.pad_token],
    }

tokenizer = AutoTokenizer.from_pretrained(folder)
model = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float64).eval()  # rounding decides nothing


def written(prompts, **options):
    inputs = tokenizer(prompts, return_tensors="pt", **options)
    output = model.generate(**inputs, do_sample=False, max_new_tokens=tokens)
    return tokenizer.batch_decode(output[:, inputs["input_ids"].shape[1] :], skip_special_tokens=True)


def attempt(function):
    """What it returns, or the last line of what it raised: a client that fails is a result."""
    try:
        return {"value": function()}
    except Exception:
        return {"error": traceback.format_exc().strip().splitlines()[-1]}


answer["greedy"] = attempt(lambda: [written([prompt])[0] for prompt in job["prompts"]])
answer["batch"] = attempt(lambda: written(job["prompts"], padding=True))


def sampled():
    generate = pipeline("text-generation", model=folder)
    texts = []
    for seed in range(job["seeds"]):
        set_seed(seed)
        texts.append(attempt(lambda: generate("中国")[0]["generated_text"]))
    return texts


answer["samples"] = attempt(sampled)


def printed(code):
    spoken = io.StringIO()
    with contextlib.redirect_stdout(spoken):
        exec(compile(code, "snippet", "exec"), {})
    return spoken.getvalue()


answer["snippets"] = [attempt(lambda code=code: printed(code)) for code in job["snippets"]]
json.dump(answer, sys.stdout)
