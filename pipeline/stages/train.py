"""train: packed blocks to a GPT-2 in Hugging Face layout, from random weights or from the base model.

A killed run goes on from its last checkpoint in .scratch/train/ when the same command is given again, and ends with
the same bytes as an undisturbed one.
"""

import math
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipeline.contract.drop import DropReason
from pipeline.contract.metrics import Tally
from pipeline.core.errors import SourceError
from pipeline.core.faults import reach
from pipeline.core.scratch import scratch_folder
from pipeline.core.shards import write_text
from pipeline.core.stage import Job, Metrics, Output, OutputKind, Stage, ledger_metrics, main
from pipeline.schema.model import ModelConfig
from pipeline.schema.train import Init, TrainConfig
from pipeline.training.launch import launch

if TYPE_CHECKING:
    from pipeline.model.architecture import Vocabulary
    from pipeline.training.blocks import Pack
    from pipeline.training.guard import Guard
    from pipeline.training.history import History
    from pipeline.training.machine import Machine

STAGE = Stage(
    name="train",
    doc=__doc__,
    sections={"model": ModelConfig, "train": TrainConfig},
    inputs={
        "pack": "folder of the pack stage: train/, validation/, pack.json",
        "tokenizer": "folder of the tokenizer stage",
        "base": "folder of the base stage; its model/ is read for train.init=pretrained",
    },
    outputs={
        "out": Output("model folder: weights, configuration and tokenizer in Hugging Face layout"),
        "curvefile": Output("CSV of step, tokens, losses in nats a token, and learning rate", OutputKind.file),
    },
    ranks=True,
)


def run(job: Job) -> Metrics:
    import torch

    from pipeline.model.architecture import parameter_count
    from pipeline.model.folder import save_model
    from pipeline.training.checkpoints import checkpoints_of, discard_idle
    from pipeline.training.fingerprint import fingerprint
    from pipeline.training.loop import train
    from pipeline.training.machine import memory_advice, prepare_machine

    config, shape = job.section(TrainConfig), job.section(ModelConfig)
    pack, vocabulary = read_inputs(job)
    machine = prepare_machine(config, job.say)
    torch.manual_seed(config.seed)
    model = first_model(job, pack.context, vocabulary, machine)
    parameters = parameter_count(model)
    job.say(
        f"{parameters:,} parameters, {len(pack.train):,} blocks of {pack.context} tokens, {config.steps:,} steps "
        f"of {config.batch_size * config.accumulation}"
    )
    inputs = [job.input("pack"), job.input("tokenizer")]
    if config.init is Init.pretrained:
        inputs.append(base_model(job))
    scratch = scratch_folder(STAGE.name, fingerprint([config, shape], machine, inputs))
    with checkpoints_of(scratch, job.say, alone=machine.ranks.first) as checkpoints:
        with memory_advice(config):
            history, guard = train(model, pack, config, machine, checkpoints, job.say)
        if not machine.ranks.first:
            return {}
        job.afterwards.append(lambda: discard_idle(scratch))
        save_model(model, vocabulary, job.input("tokenizer"), job.output("out"))
        write_text(job.output("curvefile"), history.to_csv())
    reach("train.before_publish")
    return figures(config, pack, history, guard, parameters)


def read_inputs(job: Job) -> "tuple[Pack, Vocabulary]":
    """SourceError where the pack was made with another tokenizer."""
    from pipeline.model.folder import read_vocabulary
    from pipeline.training.blocks import open_pack

    tokenizer = job.input("tokenizer")
    pack, vocabulary = open_pack(job.input("pack")), read_vocabulary(tokenizer)
    if vocabulary.size != pack.vocab_size:
        raise SourceError(
            f"{tokenizer} has {vocabulary.size} tokens, the pack was made with {pack.vocab_size}: run pack again"
        )
    return pack, vocabulary


def base_model(job: Job) -> Path:
    return job.input("base") / "model"


def first_model(job: Job, context: int, vocabulary: "Vocabulary", machine: "Machine") -> Any:
    """The model before its first step, in which no token sees later ones or, where conf says so, other documents."""
    from pipeline.model.architecture import check_model, new_model
    from pipeline.model.attention import attend
    from pipeline.model.pretrained import pretrained_model

    config, shape = job.section(TrainConfig), job.section(ModelConfig)
    if config.init is Init.pretrained:
        plan = job.input("tokenizer") / "embedding_plan.parquet"
        model = pretrained_model(base_model(job), plan, shape, context, vocabulary)
    else:
        model = new_model(shape, context, vocabulary)
    attend(model, machine.products(context), config.document_mask)
    check_model(model, vocabulary, context, config.document_mask)
    return model


def figures(config: TrainConfig, pack: "Pack", history: "History", guard: "Guard", parameters: int) -> Metrics:
    """The ledger of the blocks, and what the run came to."""
    from pipeline.training.order import BlockOrder
    from pipeline.training.schedule import phases_of

    step_blocks = config.batch_size * config.accumulation
    trained = config.steps * step_blocks
    used = BlockOrder(pack.train.runs, phases_of(config), step_blocks, config.seed).seen(config.steps)
    tally = Tally(units_in=len(pack.train), used=used, outputs=1, parts=used)
    tally.dropped[DropReason.BEYOND_BUDGET.name] = len(pack.train) - used
    final = history.points[-1]
    assert final.validation_loss is not None, "the last step validates"
    bits = final.validation_loss * pack.validation.tokens_per_character / math.log(2)
    return {
        **ledger_metrics(STAGE.name, "block", [tally]),
        "steps": config.steps,
        "epochs": round(trained / len(pack.train), 4),
        "positions": trained * pack.context,
        "tokens": history.tokens,
        "text_share": round(history.drawn_tokens / (trained * pack.context), 6),
        "skipped_steps": guard.skipped,
        "mixture": {phase: dict(shares) for phase, shares in history.mixture().items()},
        "parameters": parameters,
        "train_loss": round(final.train_loss, 6),
        "validation_loss": round(final.validation_loss, 6),
        "validation_bits_per_character": round(bits, 6),
    }


if __name__ == "__main__":
    status = launch(STAGE, sys.argv[1:])
    raise SystemExit(main(STAGE, run) if status is None else status)
