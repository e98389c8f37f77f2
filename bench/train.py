"""Training speed: our loop beside transformers' Trainer and a plain loop in nanoGPT's manner, eager and compiled.

All sides train the same GPT-2 of transformers from the same weights on the same blocks, with the same global batch,
fused AdamW, threads and precision. Each side is a process of its own; rounds go in turn and medians are printed.
`--minutes` then lets each side train as many steps as fit, compiling included, and prints its bits per character on
validation: ours with the optimiser and rates of params.yaml, the others with AdamW at `--lr`.

    PYTHONPATH=. python bench/train.py                              # 4 layers × 256, context 256, on the CPU
    PYTHONPATH=. python bench/train.py --shape small --device cuda --batch 32 --accumulation 2    # GPT-2 small
    PYTHONPATH=. python bench/train.py --pack data/pack --minutes 5 # and what five minutes give
"""

import argparse
import json
import math
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

SIDES = ("ours", "compiled", "plain", "trainer", "trainer compiled")
SHAPES = {"mini": (4, 4, 256, 256, 8192), "small": (12, 12, 768, 1024, 50304)}
"""Layers, heads, width, context, vocabulary."""


@dataclass(frozen=True)
class Task:
    """What one process is to do; travels as JSON."""

    side: str
    pack: str
    shape: tuple[int, int, int]
    device: str
    precision: str
    threads: int
    batch: int
    accumulation: int
    steps: int
    warmup: int
    """Steps before the clock of the speed starts, compiling among them."""
    optimizer: str
    lr: float
    """Of AdamW, where it has all weights."""
    validate: bool


def main() -> None:
    options = _options()
    layers, heads, width, context, vocabulary = SHAPES[options.shape]
    with tempfile.TemporaryDirectory() as scratch:
        pack = options.pack or _random_pack(Path(scratch), context, vocabulary)
        task = Task(
            "", str(pack), (layers, heads, width), options.device, options.precision, options.threads, options.batch,
            options.accumulation, options.steps, options.warmup, "adamw", options.lr, validate=False,
        )  # fmt: skip
        sides = options.sides.split(",")
        speeds: dict[str, list[dict[str, Any]]] = {side: [] for side in sides}
        for _ in range(options.rounds):
            for side in sides:
                speeds[side].append(_run(replace(task, side=side)))
                print(f"  {side}: {speeds[side][-1]['tokens_per_second']:,.0f} tokens/s", flush=True)
        _print_speeds(speeds)
        for side in sides if options.minutes else []:
            found = {name: statistics.median(run[name] for run in speeds[side]) for name in ("first", "step")}
            steps = max(options.warmup + 1, int((60 * options.minutes - found["first"]) / found["step"]))
            optimizer = options.optimizer if side == "ours" else "adamw"
            run = _run(replace(task, side=side, steps=steps, validate=True, optimizer=optimizer))
            print(
                f"{side:>17}: {run['bits_per_character']:.3f} bits per character after {run['steps']:,} steps, "
                f"{run['seconds']:.0f} s of training, compiling included ({optimizer})",
                flush=True,
            )


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--shape", choices=SHAPES, default="mini")
    parser.add_argument("--pack", type=Path, help="a folder of the pack stage; default: random tokens")
    parser.add_argument("--device", choices=["cpu", "cuda"], default="cpu")
    parser.add_argument("--precision", choices=["bf16", "fp32"], default="bf16")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--batch", type=int, default=16)
    parser.add_argument("--accumulation", type=int, default=1)
    parser.add_argument("--steps", type=int, default=40)
    parser.add_argument("--warmup", type=int, default=10)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--sides", default=",".join(SIDES[:4]))
    parser.add_argument("--minutes", type=float, default=0)
    parser.add_argument("--lr", type=float, default=6e-4, help="of AdamW on all sides; nanoGPT's for GPT-2 small")
    parser.add_argument("--optimizer", choices=["adamw", "muon"], default="muon", help="of ours in --minutes")
    parser.add_argument("--task", help=argparse.SUPPRESS)
    return parser.parse_args()


def _print_speeds(speeds: dict[str, list[dict[str, Any]]]) -> None:
    medians = {side: statistics.median(run["tokens_per_second"] for run in runs) for side, runs in speeds.items()}
    for side, runs in speeds.items():
        ratio = medians["ours"] / medians[side] if "ours" in medians else math.nan
        mfu = f", MFU {runs[0]['mfu'] * medians[side]:.1%}" if runs[0]["mfu"] else ""
        start = statistics.median(run["first"] for run in runs)
        print(f"{side:>17}: {medians[side]:>10,.0f} tokens/s{mfu}, ours is {ratio:.2f} times; start {start:.1f} s")


def _run(task: Task) -> dict[str, Any]:
    """The side in a process of its own; its last line is its result."""
    command = [sys.executable, __file__, "--task", json.dumps(task.__dict__)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"{task.side} failed:\n{done.stdout[-2000:]}\n{done.stderr[-4000:]}")
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def _random_pack(folder: Path, context: int, vocabulary: int) -> Path:
    import numpy as np

    from pipeline.tokens.blocks import BlockWriter
    from pipeline.tokens.pack_file import PackedPart, PackFile

    parts: dict[str, PackedPart] = {}
    for part, blocks in (("train", 2048), ("validation", 64)):
        rows = np.random.default_rng(1).integers(2, vocabulary, (blocks, context + 1)).astype(np.uint16)
        with BlockWriter(folder / part, context, np.uint16, 65536) as writer:
            writer.write(rows)
        parts[part] = PackedPart(0, blocks * context, blocks * context, blocks, [("random", blocks)])
    PackFile(context, vocabulary, "uint16", 0, 1, parts["train"], parts["validation"]).save(folder)
    return folder


class Clock:
    """Seconds to the end of the warm-up, and a step after it."""

    def __init__(self, warmup: int, device: str) -> None:
        self.warmup, self.device, self.started = warmup, device, time.perf_counter()
        self.marks: dict[int, float] = {}

    def tick(self, step: int) -> None:
        """Step 1, 2, … is done."""
        import torch

        if self.device == "cuda":
            torch.cuda.synchronize()
        self.marks[step] = time.perf_counter() - self.started

    def figures(self, tokens_a_step: int) -> dict[str, Any]:
        last = max(self.marks)
        step = (self.marks[last] - self.marks[self.warmup]) / (last - self.warmup)
        first = self.marks[self.warmup] - step * self.warmup
        return {
            "tokens_per_second": tokens_a_step / step, "first": first, "step": step, "steps": last,
            "seconds": self.marks[last],
        }  # fmt: skip


def work(task: Task) -> dict[str, Any]:
    import torch

    from pipeline.core.config import load_section, read_params
    from pipeline.model.architecture import Vocabulary, new_model
    from pipeline.model.attention import choose_attention
    from pipeline.model.flops import flops_per_token, peak_flops
    from pipeline.schema.model import ModelConfig
    from pipeline.schema.train import TrainConfig
    from pipeline.training.blocks import open_pack
    from pipeline.training.loss import summed_loss, validate
    from pipeline.training.machine import prepare_machine

    params = read_params(Path("params.yaml"))
    shape = replace(load_section(params, "model", ModelConfig), inner=None, dropout=0.0)
    shape.layers, shape.heads, shape.width = task.shape
    warm = min(20, task.steps)
    params.train.update(
        steps=task.steps, batch_size=task.batch, accumulation=task.accumulation, device=task.device,
        precision=task.precision, threads=task.threads, compile="always" if "compile" in task.side else "never",
        optimizer=task.optimizer, deterministic=False, warmup_steps=warm, checkpoint_steps=10**9, live=[],
        validation_steps=10**9, log_steps=1, decay_share=1 - warm / task.steps, phases=[], document_mask=False,
        clip=1.0, max_loss_ratio=None, ranks=1,
    )  # fmt: skip
    if task.side == "ours":
        params.train.compile = "always"
    if task.optimizer == "adamw":
        params.train.lr, params.train.weight_decay = task.lr, 0.1
    config = load_section(params, "train", TrainConfig)
    pack = open_pack(Path(task.pack))
    machine = prepare_machine(config, lambda _: None)
    torch.manual_seed(1)
    model = new_model(shape, pack.context, Vocabulary(pack.vocab_size, 0, 0, 1))
    ours = choose_attention(model.config, machine.products(pack.context), config.document_mask)
    model.set_attn_implementation(ours if task.side == "ours" else "sdpa")
    clock = Clock(task.warmup, task.device)
    side = {"ours": _ours, "trainer": _trainer, "trainer compiled": _trainer}.get(task.side, _plain)
    side(task, config, machine, model, pack, clock)
    found = clock.figures(task.batch * task.accumulation * pack.context)
    peak = peak_flops(machine.name)
    found["mfu"] = flops_per_token(model, pack.context) / peak if peak else None
    if task.validate:
        model.to(machine.device)
        loss = validate(model, summed_loss(model, machine, None), pack.validation, task.batch, None, machine)
        found["bits_per_character"] = loss * pack.validation.tokens_per_character / math.log(2)
    return found


def _ours(_: Task, config: Any, machine: Any, model: Any, pack: Any, clock: Clock) -> None:
    from pipeline.training.checkpoints import checkpoints_of
    from pipeline.training.loop import train

    with tempfile.TemporaryDirectory() as folder, checkpoints_of(Path(folder) / "run", lambda _: None) as kept:
        done = [0]

        def say(line: str) -> None:
            if "tokens/s" in line and "val" not in line:
                done[0] += 1
                clock.tick(done[0])

        train(model, pack, config, machine, kept, say)


def _plain(task: Task, config: Any, machine: Any, model: Any, pack: Any, clock: Clock) -> None:
    """nanoGPT's train.py in short: autocast, accumulation, clipping, fused AdamW, cosine or linear rate."""
    import torch
    from torch.nn.functional import cross_entropy

    from pipeline.training.blocks import IGNORED
    from pipeline.training.optimizers import make_optimizers, set_rate
    from pipeline.training.order import BlockOrder
    from pipeline.training.schedule import phases_of, rate

    phases = phases_of(config)
    order = BlockOrder(pack.train.runs, phases, task.batch * task.accumulation, config.seed)
    model.to(machine.device).train()
    optimizers = make_optimizers(model, config, machine.able_bf16)
    network = torch.compile(model) if machine.compiled else model
    for step in range(task.steps):
        set_rate(optimizers, rate(phases, step))
        inputs, targets = pack.train.batch(order.step(step))
        for rows in torch.arange(len(inputs)).split(task.batch):
            with machine.autocast():
                x, y = inputs[rows].to(machine.device), targets[rows].to(machine.device)
                logits = network(input_ids=x, use_cache=False).logits
                loss = cross_entropy(logits.flatten(0, 1), y.flatten(), ignore_index=IGNORED)
            (loss / task.accumulation).backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        for optimizer in optimizers:
            optimizer.step()
            optimizer.zero_grad(set_to_none=True)
        clock.tick(step + 1)


def _trainer(task: Task, config: Any, machine: Any, model: Any, pack: Any, clock: Clock) -> None:
    import torch
    from transformers import Trainer, TrainerCallback, TrainingArguments

    from pipeline.training.order import BlockOrder
    from pipeline.training.schedule import phases_of

    order = BlockOrder(pack.train.runs, phases_of(config), task.batch * task.accumulation, config.seed)

    class Data(torch.utils.data.IterableDataset):  # type: ignore[type-arg]
        def __iter__(self) -> Any:
            for step in range(task.steps):
                inputs, targets = pack.train.batch(order.step(step))
                for x, y in zip(inputs, targets, strict=True):
                    # The Trainer's model shifts its labels itself.
                    labels = torch.cat([torch.tensor([-100]), y[:-1]])
                    yield {"input_ids": x, "labels": labels}

    class Ticks(TrainerCallback):
        def on_step_end(self, _args: Any, state: Any, _control: Any, **_rest: Any) -> None:
            clock.tick(state.global_step)

    with tempfile.TemporaryDirectory() as folder:
        arguments = TrainingArguments(
            output_dir=folder, max_steps=task.steps, per_device_train_batch_size=task.batch,
            gradient_accumulation_steps=task.accumulation, learning_rate=task.lr, weight_decay=0.1, adam_beta2=0.95,
            warmup_steps=config.warmup_steps, lr_scheduler_type="linear", max_grad_norm=1.0,
            bf16=task.precision == "bf16", use_cpu=task.device == "cpu", optim="adamw_torch_fused", report_to=[],
            save_strategy="no", logging_strategy="no", disable_tqdm=True, torch_compile=machine.compiled,
            dataloader_num_workers=0, seed=1,
        )  # fmt: skip
        Trainer(model=model, args=arguments, train_dataset=Data(), callbacks=[Ticks()]).train()


if __name__ == "__main__":
    if "--task" in sys.argv:
        wanted = json.loads(_options().task)
        print(json.dumps(work(Task(**{**wanted, "shape": tuple(wanted["shape"])}))))
    else:
        main()
