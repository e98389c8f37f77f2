"""Build the page: prompt, settings, the text as it is written, and for each character how likely it was."""

import math
import random
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import gradio as gr

from pipeline.demo.token_view import token_view
from pipeline.generation.causal_model import UNLIMITED, CausalModel
from pipeline.generation.scripts import convert
from pipeline.generation.text_stream import Piece, stream
from pipeline.schema.generate import GenerateConfig
from pipeline.schema.normalise import Script

ALTERNATIVES = 8
"""Likely tokens that are shown for each place."""
SECONDS_BETWEEN = 0.08
"""A page that is drawn anew for each token spends its time on drawing."""
EXAMPLES = ("我想", "今天天气很好，", "中国经济", "这本书", "酒店的房间")
SCRIPTS = [("不转换", Script.keep.value), ("简体", Script.hans.value), ("繁體", Script.hant.value)]
NO_NOTE = ""
FONTS = ("system-ui", "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", "WenQuanYi Micro Hei", "sans-serif")
STYLE = Path(__file__).with_name("demo.css")


def build_page(model: CausalModel, config: GenerateConfig) -> Any:
    """The page as Gradio's blocks; `config` gives the settings that it starts with."""
    sampling = config.sampling
    with gr.Blocks(title="文渊：续写", analytics_enabled=False) as page:
        gr.HTML(f'<h1>文渊 <small>续写</small></h1><p class="about">{_about(model)}</p>')
        with gr.Row(equal_height=False):
            with gr.Column(scale=3, min_width=320):
                prompt = gr.Textbox(label="提示", value=EXAMPLES[0], lines=2, max_lines=8, elem_id="prompt")
                with gr.Row():
                    write = gr.Button("续写", variant="primary", elem_id="write")
                    stop = gr.Button("停止", elem_id="stop")
                view = gr.HTML(token_view(model, EXAMPLES[0], []), elem_id="view")
                note = gr.HTML(NO_NOTE, elem_id="note")
                text = gr.Textbox(label="全文", lines=4, buttons=["copy"], interactive=False, elem_id="text")
                gr.Examples([[example] for example in EXAMPLES], [prompt], label="例子", cache_examples=False)
            with gr.Column(scale=2, min_width=280), gr.Accordion("设置", open=True):
                room = max(1, min(model.context - 1, max(512, config.max_new_tokens)))
                most = gr.Slider(1, room, min(room, config.max_new_tokens), step=1, label="最多词元数")
                temperature = _slider(
                    0, 2, sampling.temperature, 0.05, label="温度", info="越低越稳，越高越放；0：总取最可能的"
                )
                top_k = _slider(0, 200, sampling.top_k, 1, label="top-k", info="只在最可能的 k 个里抽；0：不限")
                top_p = _slider(0.01, 1, sampling.top_p, 0.01, label="top-p", info="只在累计概率 p 以内抽；1：不限")
                min_p = _slider(0, 1, sampling.min_p, 0.01, label="min-p", info="不足最高概率此倍者不取；0：不限")
                penalty = _slider(1, 2, sampling.repetition_penalty, 0.01, label="重复惩罚", info="1：不罚")
                script = gr.Radio(SCRIPTS, value=config.script.value, label="全文的字形")
                seed = gr.Number(config.seed, label="随机种子", precision=0, minimum=0, elem_id="seed")
                fresh = gr.Checkbox(False, label="每次换一个种子", elem_id="fresh")
        settings = [most, temperature, top_k, top_p, min_p, penalty, script]

        def run(asked: str, number: float | None, *values: Any) -> Iterator[tuple[str, str, str]]:
            chosen = _settings(config, int(number or 0), *values)
            yield from _written(model, asked, chosen)

        def next_seed(number: float | None, other: bool) -> int:
            return random.SystemRandom().randrange(1 << 31) if other else int(number or 0)

        private: dict[str, Any] = {"api_visibility": "private"}
        for start in (write.click, prompt.submit):
            begun = start(next_seed, [seed, fresh], seed, show_progress="hidden", **private)
            running = begun.then(
                run, [prompt, seed, *settings], [view, text, note], show_progress="hidden", **private
            )
            stop.click(None, cancels=[begun, running], **private)
    return page.queue(default_concurrency_limit=1)


def _slider(least: float, most: float, value: float, step: float, **more: Any) -> Any:
    """A slider that reaches as far as conf's value: Gradio refuses the whole form for one value beyond its ends."""
    return gr.Slider(min(least, value), max(most, value), value, step=step, **more)


def _about(model: CausalModel) -> str:
    size = sum(weights.numel() for weights in model.model.parameters())
    context = "不限" if model.context == UNLIMITED else f"{model.context:,} 词元"
    kind = model.model.config.model_type
    return f"{kind}，{size / 1e6:,.1f} 百万参数，上下文 {context}。指着（或点一下）一个字，看它的概率和别的可能。"


def _settings(
    config: GenerateConfig, seed: int, most: float, temperature: float, top_k: float, top_p: float, min_p: float,
    penalty: float, script: str,
) -> GenerateConfig:  # fmt: skip
    try:
        sampling = replace(
            config.sampling,
            temperature=float(temperature),
            top_k=int(top_k),
            top_p=float(top_p),
            min_p=float(min_p),
            repetition_penalty=float(penalty),
        )
        return replace(config, seed=seed, max_new_tokens=int(most), sampling=sampling, script=Script(script))
    except ValueError as error:
        raise gr.Error(f"设置有误：{error}", print_exception=False) from None


def _written(model: CausalModel, prompt: str, config: GenerateConfig) -> Iterator[tuple[str, str, str]]:
    """What view, full text and note show, again and again until the text has ended."""
    asked = convert(prompt, config.prompt_script)
    tokens = len(model.encode(asked))
    if tokens >= model.context:
        raise gr.Error(
            f"提示有 {tokens} 个词元，而模型的上下文只有 {model.context}，没有地方续写了。请缩短提示。",
            title="提示太长",
            print_exception=False,
        )
    pieces: list[Piece] = []
    begin = drawn = time.monotonic()
    for piece in stream(model, asked, config, alternatives=ALTERNATIVES):
        pieces.append(piece)
        if time.monotonic() - drawn >= SECONDS_BETWEEN:
            yield _shown(model, asked, pieces, config, NO_NOTE)
            drawn = time.monotonic()
    yield _shown(model, asked, pieces, config, _note(pieces, time.monotonic() - begin))


def _shown(
    model: CausalModel, prompt: str, pieces: list[Piece], config: GenerateConfig, note: str
) -> tuple[str, str, str]:
    text = convert(prompt + "".join(piece.text for piece in pieces), config.script)
    return token_view(model, prompt, pieces), text, note


def _note(pieces: list[Piece], seconds: float) -> str:
    logs = [token.log_probability for piece in pieces for token in piece.tokens]
    perplexity = math.exp(-sum(logs) / len(logs))
    return f'<p class="note">{len(logs)} 词元，{seconds:.1f} 秒，每词元困惑度 {perplexity:.1f}</p>'
