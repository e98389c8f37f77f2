"""Export a released folder to ONNX with optimum, and let onnxruntime write.

python onnx_client.py < job.json > answer.json. Of the job: folder, out (folder for the export), prompts, tokens.
"""

import json
import sys
from importlib.metadata import version

import transformers
from optimum.onnxruntime import ORTModelForCausalLM
from transformers import AutoTokenizer

job = json.load(sys.stdin)
transformers.logging.set_verbosity_error()
tokenizer = AutoTokenizer.from_pretrained(job["folder"])
model = ORTModelForCausalLM.from_pretrained(job["folder"], export=True)
model.save_pretrained(job["out"])
greedy = []
for prompt in job["prompts"]:
    inputs = tokenizer(prompt, return_tensors="pt")
    output = model.generate(**inputs, do_sample=False, max_new_tokens=job["tokens"])
    greedy.append(tokenizer.decode(output[0, inputs["input_ids"].shape[1] :], skip_special_tokens=True))
answer = {"version": version("optimum-onnx"), "onnxruntime": version("onnxruntime"), "greedy": greedy}
json.dump(answer, sys.stdout)
