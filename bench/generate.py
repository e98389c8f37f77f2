"""1,000 prompts in batches, beside one-by-one `generate` of transformers, in one run with the same settings.

    PYTHONPATH=. python bench/generate.py                             # 1,000 prompts, two threads, 3 rounds
    PYTHONPATH=. python bench/generate.py --prompts 100 --rounds 1    # to try it out

Both sides have the model open already, draw with conf's temperature, top-k and top-p and stop at the end token. Ours
also applies the repetition penalty of conf, as the peer does. Prints medians, and how many texts are the same when
each prompt is a batch of its own.
"""

import argparse
import itertools
import statistics
import tempfile
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import torch
from transformers import GenerationConfig

from pipeline.core.compose import compose_params
from pipeline.core.config import load_section
from pipeline.generation.answers import answer_all
from pipeline.generation.causal_model import CausalModel, open_model
from pipeline.generation.prompts import Prompt
from pipeline.schema.generate import GenerateConfig

CITIES = [
    "北京", "上海", "广州", "深圳", "成都", "重庆", "杭州", "南京", "武汉", "西安", "苏州", "天津", "长沙", "郑州",
    "青岛", "大连", "厦门", "昆明", "沈阳", "哈尔滨", "济南", "福州", "合肥", "南昌", "贵阳", "南宁", "海口", "兰州",
    "西宁", "银川", "太原", "石家庄", "长春", "呼和浩特", "乌鲁木齐", "拉萨", "桂林", "洛阳", "扬州", "泉州",
]  # fmt: skip
TEMPLATES = [
    "{}有什么好吃的", "{}的天气", "我在{}住的酒店", "去{}旅游", "{}的房间很", "昨天到了{}，", "{}的经济发展",
    "这本书写的是{}", "我想去{}", "{}的交通", "关于{}的新闻：", "{}市政府", "朋友从{}来，", "{}的服务员",
    "从{}坐火车", "在{}工作的人", "{}大学", "{}的早餐", "{}今年的", "我们在{}看了", "{}人说话",
    "{}的老街上", "听说{}", "{}的冬天", "离开{}以后，",
]  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", default="models/model")
    parser.add_argument("--prompts", type=int, default=1000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--set", nargs="*", default=[], help="overrides of conf: generate.batch_tokens=8192")
    options = parser.parse_args()
    config = load_section(compose_params(options.set), "generate", GenerateConfig)
    model = open_model(options.model, config)
    filled = (template.format(city) for template, city in itertools.product(TEMPLATES, CITIES))
    prompts = [Prompt(text, "") for text in itertools.islice(filled, options.prompts)]
    ours, theirs = [], []
    batched(model, prompts[:8], config)
    one_by_one(model, prompts[:8], config)
    for _ in range(options.rounds):
        ours.append(batched(model, prompts, config))
        theirs.append(one_by_one(model, prompts, config))
        print(f"  batches {ours[-1][0]:.1f} s, one by one {theirs[-1][0]:.1f} s", flush=True)
    for name, runs in (("batches", ours), ("one by one", theirs)):
        seconds = statistics.median(run[0] for run in runs)
        tokens = statistics.median(run[1] / run[0] for run in runs)
        print(f"{name:>11}: {len(prompts):,} prompts in {seconds:.1f} s (median), {tokens:,.0f} tokens/s")
    shares = [other[0] / run[0] for run, other in zip(ours, theirs, strict=True)]
    print(f"{statistics.median(shares):.1f} times as fast, by tokens {_by_tokens(ours, theirs):.1f} times")
    alone = replace(config, batch_tokens=1)
    few = prompts[:: max(1, len(prompts) // 200)]
    same = sum(a == b for a, b in zip(texts(model, few, config), texts(model, few, alone), strict=True))
    print(f"the same text in a batch and alone: {same} of {len(few)} ({config.arithmetic.value})")


def _by_tokens(ours: Sequence[tuple[float, int]], theirs: Sequence[tuple[float, int]]) -> float:
    return statistics.median((a[1] / a[0]) / (b[1] / b[0]) for a, b in zip(ours, theirs, strict=True))


def batched(model: CausalModel, prompts: Sequence[Prompt], config: GenerateConfig) -> tuple[float, int]:
    """Seconds and tokens."""
    with tempfile.TemporaryDirectory() as scratch:
        begin = time.perf_counter()
        answers = answer_all(model, prompts, config, Path(scratch), lambda _: None)
        return time.perf_counter() - begin, sum(answer.tokens for answer in answers)


def texts(model: CausalModel, prompts: Sequence[Prompt], config: GenerateConfig) -> list[str]:
    with tempfile.TemporaryDirectory() as scratch:
        return [answer.text for answer in answer_all(model, prompts, config, Path(scratch), lambda _: None)]


def one_by_one(model: CausalModel, prompts: Sequence[Prompt], config: GenerateConfig) -> tuple[float, int]:
    """Seconds and tokens."""
    sampling, generation = config.sampling, GenerationConfig
    torch.manual_seed(config.seed)
    tokens = 0
    begin = time.perf_counter()
    for prompt in prompts:
        ids = torch.tensor([model.encode(prompt.text)], device=model.device)
        how: Any = generation(
            do_sample=True,
            max_new_tokens=min(config.max_new_tokens, model.context - ids.shape[1]),
            temperature=sampling.temperature,
            top_k=sampling.top_k,
            top_p=sampling.top_p,
            repetition_penalty=sampling.repetition_penalty,
            eos_token_id=sorted(model.ends),
            pad_token_id=min(model.ends, default=0),
        )
        with torch.inference_mode():
            out = model.model.generate(ids, attention_mask=torch.ones_like(ids), generation_config=how)
        model.decode(out[0, ids.shape[1] :].tolist())
        tokens += out.shape[1] - ids.shape[1]
    return time.perf_counter() - begin, tokens


if __name__ == "__main__":
    main()
