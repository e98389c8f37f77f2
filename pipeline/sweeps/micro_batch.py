"""`make micro-batch`: the largest forward pass that fits this machine's memory, written to conf/train/.

A step's batch_size × accumulation blocks stay as many: a larger pass only makes fewer of them. So the choice never
happens inside the stage, where it would make the result depend on the memory that was free.
"""

import argparse
import re
import resource
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import psutil
from omegaconf import OmegaConf

from pipeline.core.compose import ROOT, chosen_option, compose_params
from pipeline.core.config import load_section, read_params
from pipeline.core.errors import ConfigError, RunError, WenyuanError
from pipeline.core.shards import write_text
from pipeline.schema.model import ModelConfig
from pipeline.schema.pack import PackConfig
from pipeline.schema.train import TrainConfig

STEPS = 2
"""The second step has the optimiser's state beside it."""
SPARE = 0.1
"""Share of the memory that is left to others, and to the validation and the checkpoint."""
DOES_NOT_FIT = 3


@dataclass(frozen=True, slots=True)
class Choice:
    batch_size: int
    accumulation: int


def largest(config: TrainConfig, fits: Callable[[int], bool], say: Callable[[str], None] = print) -> Choice:
    """The largest batch_size that fits among those that leave the step as it is; RunError if not even 1 does."""
    blocks = config.batch_size * config.accumulation
    sizes = [size for size in range(1, blocks + 1) if blocks % size == 0 and blocks // size % config.ranks == 0]
    found = None
    for size in sizes:
        good = fits(size)
        say(f"batch_size {size} × accumulation {blocks // size}: {'fits' if good else 'does not fit'}")
        if not good:
            break
        found = Choice(size, blocks // size)
    if found is None:
        raise RunError("not even one block fits: take a smaller model, a shorter pack.context or another optimizer")
    return found


def write_choice(path: Path, choice: Choice) -> None:
    """Put both values into the YAML file, its comments and order kept; ConfigError if it does not hold both."""
    text = path.read_text(encoding="utf-8")
    for name in ("batch_size", "accumulation"):
        text, changes = re.subn(rf"(?m)^{name}: \S+", f"{name}: {getattr(choice, name)}", text)
        if changes != 1:
            raise ConfigError(f"{path}: has no line `{name}: …` to write to")
    write_text(path, text)


def try_out(params: Path, tokenizer: Path, batch_size: int) -> bool:
    """Whether two steps of this size run, in a process of its own whose memory ends with it."""
    command = ["-m", "pipeline.sweeps.micro_batch", "--try", str(batch_size), "--params", str(params)]
    command += ["--tokenizer", str(tokenizer)]
    done = subprocess.run([sys.executable, *command], capture_output=True, text=True, check=False)
    if done.returncode not in (0, DOES_NOT_FIT, -9):  # -9: the system's own guard against running out
        raise RunError(f"batch_size {batch_size} failed for another reason:\n{done.stderr[-2000:]}")
    return done.returncode == 0


def run_steps(params: Path, tokenizer: Path, batch_size: int) -> None:
    """Forward, backward and optimiser on random tokens, as the loop does them; RunError if memory ends."""
    import torch

    from pipeline.model.architecture import Vocabulary, new_model
    from pipeline.model.attention import attend
    from pipeline.model.folder import read_vocabulary
    from pipeline.training.loss import summed_loss
    from pipeline.training.machine import memory_advice, prepare_machine
    from pipeline.training.optimizers import make_optimizers
    from pipeline.training.ranks import FlatGradient

    read = read_params(params)
    config, context = load_section(read, "train", TrainConfig), load_section(read, "pack", PackConfig).context
    machine = prepare_machine(config, lambda _: None)
    if machine.device.type == "cpu":
        limit = int(psutil.virtual_memory().available * (1 - SPARE))
        resource.setrlimit(resource.RLIMIT_DATA, (limit, limit))
    else:
        torch.cuda.set_per_process_memory_fraction(1 - SPARE)
    size = read.tokenizer.vocab_size
    vocabulary = read_vocabulary(tokenizer) if tokenizer.is_dir() else size and Vocabulary(size, 0, 0, 1)
    if not vocabulary:
        raise ConfigError(f"tokenizer.vocab_size is null and there is no {tokenizer}: run the tokenizer stage")
    with memory_advice(config):
        model = new_model(load_section(read, "model", ModelConfig), context, vocabulary).to(machine.device).train()
        attend(model, machine.products(context), config.document_mask)
        gradient, optimizers = FlatGradient(model), make_optimizers(model, config, machine.able_bf16)
        loss_of = summed_loss(model, machine, vocabulary.bos if config.document_mask else None)
        if machine.compiled:
            loss_of = torch.compile(loss_of, dynamic=False)
        tokens = torch.randint(0, vocabulary.size, (batch_size, context), device=machine.device)
        for _ in range(STEPS):
            gradient.clear()
            loss_of(tokens, tokens).backward()  # type: ignore[no-untyped-call]
            for optimizer in optimizers:
                optimizer.step()


def main(argv: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m pipeline.sweeps.micro_batch", description=__doc__)
    parser.add_argument("overrides", nargs="*", help="for instance experiment=gpu")
    parser.add_argument("--tokenizer", type=Path, required=True, help="its size is the vocabulary's, if it is there")
    parser.add_argument("--try", type=int, dest="size", help=argparse.SUPPRESS)
    parser.add_argument("--params", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args(argv)
    try:
        if options.size:
            try:
                run_steps(options.params, options.tokenizer, options.size)
            except RunError:
                return DOES_NOT_FIT
            return 0
        composed = compose_params(options.overrides)
        config = load_section(composed, "train", TrainConfig)
        with tempfile.TemporaryDirectory() as folder:
            params = Path(folder) / "params.yaml"
            write_text(params, OmegaConf.to_yaml(composed))
            choice = largest(config, lambda size: try_out(params, options.tokenizer, size))
        path = ROOT / "conf" / "train" / f"{chosen_option('train', options.overrides)}.yaml"
        write_choice(path, choice)
        written = load_section(compose_params(options.overrides), "train", TrainConfig)
        if (written.batch_size, written.accumulation) != (choice.batch_size, choice.accumulation):
            raise ConfigError(f"{path} is written, but something else sets train.batch_size or accumulation as well")
        print(f"{path.relative_to(ROOT)}: batch_size {choice.batch_size}, accumulation {choice.accumulation}")
    except WenyuanError as error:
        print(f"micro-batch: {type(error).__name__}: {error}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
