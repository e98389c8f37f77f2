"""Build the page: prompt, settings, the text as it is written, and for each character how likely it was."""

import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import gradio as gr

from pipeline.core.errors import WenyuanError
from pipeline.demo.token_view import token_view
from pipeline.demo.writing import refusal, settings, written
from pipeline.generation.causal_model import UNLIMITED, CausalModel
from pipeline.schema.generate import GenerateConfig
from pipeline.schema.normalise import Script

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
                    write = gr.Button("续写", variant="primary", elem_id="write", min_width=80)
                    stop = gr.Button("停止", elem_id="stop", min_width=80)
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
        values = [seed, most, temperature, top_k, top_p, min_p, penalty, script]

        def run(asked: str, *chosen: Any) -> Iterator[tuple[Any, Any, str]]:
            try:
                for shown in written(model, asked, settings(config, *chosen)):
                    yield shown.view, shown.text, shown.note
            except (
                WenyuanError
            ) as error:  # below the buttons, where it stays: Gradio's own messages go and are English
                yield gr.skip(), gr.skip(), refusal(error)

        def next_seed(number: float | None, other: bool) -> int:
            return random.SystemRandom().randrange(1 << 31) if other else int(number or 0)

        private: dict[str, Any] = {"api_visibility": "private"}
        for start in (write.click, prompt.submit):
            begun = start(next_seed, [seed, fresh], seed, show_progress="hidden", **private)
            running = begun.then(run, [prompt, *values], [view, text, note], show_progress="hidden", **private)
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
