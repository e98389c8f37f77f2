"""ollama's Modelfile: the GGUF beside it, and how it generates, as generation_config.json says.

After https://docs.ollama.com/modelfile. Every parameter is written: ollama's own defaults (temperature 0.8, top_k 40,
top_p 0.9, repeat_penalty 1.1) are not those of transformers, and what is left out would differ in silence.
"""

from collections.abc import Mapping
from typing import Any

NAME = "Modelfile"
TRANSFORMERS = {"temperature": 1.0, "top_k": 50, "top_p": 1.0, "min_p": 0.0, "repetition_penalty": 1.0}
"""What `generate` of transformers takes for what generation_config.json leaves out."""
WHOLE_CONTEXT = -1
"""repeat_last_n: transformers' penalty looks at the whole text, ollama's at 64 tokens unless told so."""


def modelfile(gguf: str, context: int, eos: str, generation: Mapping[str, Any]) -> str:
    """`gguf`: the file's name; `context`: tokens; `eos`: the text of the token that ends a document; `generation`:
    generation_config.json."""
    told = {key: default if generation.get(key) is None else generation[key] for key, default in TRANSFORMERS.items()}
    if not generation.get("do_sample", False):
        told["temperature"] = 0.0
    parameters = {
        "num_ctx": context,
        # Learned positions end with the context, and ollama would go on: half of it leaves room for the prompt.
        "num_predict": max(1, context // 2),
        "temperature": told["temperature"],
        "top_k": told["top_k"],
        "top_p": told["top_p"],
        "min_p": told["min_p"],
        "repeat_penalty": told["repetition_penalty"],
        "repeat_last_n": WHOLE_CONTEXT,
    }
    lines = [f"FROM ./{gguf}"]
    lines += [f"PARAMETER {key} {value}" for key, value in parameters.items()]
    lines.append(f"PARAMETER stop {_quoted(eos)}")
    lines.append('TEMPLATE "{{ .Prompt }}"')
    return "\n".join(lines) + "\n"


def _quoted(text: str) -> str:
    """A string of a Modelfile: in quotes, which it cannot escape but by three of them."""
    return f'"""{text}"""' if '"' in text else f'"{text}"'
