"""The loop: rates follow the schedule, the gradient is a clipped mean, a resumed run is the undisturbed one."""

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch
from torch.nn.functional import cross_entropy
from torch.optim.optimizer import register_optimizer_step_pre_hook
from transformers import GPT2Config, GPT2LMHeadModel

from pipeline.core.errors import RunError
from pipeline.schema.train import BadStep, Optimizer, Schedule, TrainConfig
from pipeline.tokens.blocks import open_blocks
from pipeline.training import loop
from pipeline.training.blocks import IGNORED, Pack, Part
from pipeline.training.checkpoints import checkpoints_of
from pipeline.training.guard import Guard
from pipeline.training.history import History
from pipeline.training.loop import Due, due_after, train
from pipeline.training.machine import Machine
from pipeline.training.ranks import ALONE
from pipeline.training.schedule import phases_of, rate
from tests.training.tiny_run import smoke_config, write_blocks

MACHINE = Machine(torch.device("cpu"), bf16=False, able_bf16=False, compiled=False, ranks=ALONE)
BOS, PAD, VOCABULARY, CONTEXT = 0, 1, 12, 6
ROWS = np.array(
    [
        [0, 2, 3, 4, 0, 5, 6],
        [6, 7, 8, 0, 9, 10, 11],
        [11, 0, 2, 4, 6, 8, 10],
        [10, 0, 3, 1, 1, 1, 1],
        [0, 9, 0, 9, 0, 9, 0],
        [0, 5, 1, 1, 1, 1, 1],
    ]
)
"""Six blocks; the fourth has four targets of padding, the last five: 27 of 36 are left."""
TARGETS = 27


@pytest.fixture(scope="module")
def pack(tmp_path_factory) -> Pack:
    folder = tmp_path_factory.mktemp("pack")
    write_blocks(folder / "train", ROWS)
    part = Part(open_blocks(folder / "train"), BOS, PAD, [("news", 4), ("reviews", 2)], tokens_per_character=1.0)
    return Pack(CONTEXT, VOCABULARY, BOS, part, part)


@pytest.fixture
def config() -> TrainConfig:
    """Three steps, each of all six blocks: two in a forward pass."""
    return replace(
        smoke_config(), steps=3, batch_size=2, accumulation=3, warmup_steps=0, validation_steps=3, log_steps=1,
        checkpoint_steps=3, clip=None, max_loss_ratio=None,
    )  # fmt: skip


def new_model(dropout: float = 0.0) -> Any:
    torch.manual_seed(1)
    shape = GPT2Config(
        vocab_size=VOCABULARY, n_positions=CONTEXT, n_embd=8, n_layer=1, n_head=2, resid_pdrop=dropout,
        embd_pdrop=dropout, attn_pdrop=dropout, bos_token_id=BOS, eos_token_id=BOS, initializer_range=0.3,
    )  # fmt: skip
    return GPT2LMHeadModel(shape)


@pytest.fixture
def run(tmp_path, pack):
    """Trains the model in place; `said` is what the run says, `folder` holds its checkpoints."""

    def trained(model: Any, config: TrainConfig) -> tuple[History, Guard]:
        with checkpoints_of(trained.folder, trained.said.append) as checkpoints:
            return train(model, pack, config, MACHINE, checkpoints, trained.said.append)

    trained.said, trained.folder = [], tmp_path / "run"
    return trained


@contextmanager
def watched(model: Any) -> Iterator[tuple[list[list[float]], list[dict[str, torch.Tensor]]]]:
    """At each call of an optimiser's `step`: the rates of its groups, and the gradient of all weights."""
    rates: list[list[float]] = []
    gradients: list[dict[str, torch.Tensor]] = []

    def look(optimizer: torch.optim.Optimizer, *_: object) -> None:
        rates.append([group["lr"] for group in optimizer.param_groups])
        gradients.append({name: weight.grad.clone() for name, weight in model.named_parameters()})

    hook = register_optimizer_step_pre_hook(look)
    try:
        yield rates, gradients
    finally:
        hook.remove()


def mean_gradient(model: Any) -> dict[str, torch.Tensor]:
    """Of the mean loss over all targets of the six blocks, padding left out, in one pass."""
    tokens = torch.from_numpy(ROWS)
    inputs, targets = tokens[:, :-1], tokens[:, 1:].masked_fill(tokens[:, 1:] == PAD, IGNORED)
    assert int((targets != IGNORED).sum()) == TARGETS
    loss = cross_entropy(model(input_ids=inputs).logits.flatten(0, 1), targets.flatten(), ignore_index=IGNORED)
    names, weights = zip(*model.named_parameters(), strict=True)
    return dict(zip(names, torch.autograd.grad(loss, weights), strict=True))


def norm_of(gradient: dict[str, torch.Tensor]) -> float:
    return float(torch.linalg.vector_norm(torch.cat([part.flatten() for part in gradient.values()])))


@pytest.mark.parametrize("schedule", list(Schedule))
def test_every_optimiser_has_the_rate_of_the_schedule_at_every_step(run, config, schedule):
    config = replace(config, steps=6, warmup_steps=2, schedule=schedule, lr=0.02, muon_lr=0.01)
    model = new_model()
    with watched(model) as (rates, _):
        history, _ = run(model, config)
    shares = [rate(phases_of(config), step) for step in range(6)]
    assert len(set(shares)) > 3
    assert rates == [[peak * share] for share in shares for peak in (0.01, 0.02)]  # Muon, then AdamW
    assert [point.learning_rate for point in history.points] == [0.02 * share for share in shares]


def test_the_gradient_is_the_mean_over_the_targets_of_the_step_whatever_the_passes(run, config):
    model = new_model()
    expected = mean_gradient(model)
    for batch_size, accumulation in ((2, 3), (1, 6), (6, 1)):
        model = new_model()
        with watched(model) as (_, gradients):
            run(model, replace(config, steps=1, batch_size=batch_size, accumulation=accumulation))
        torch.testing.assert_close(gradients[0], expected)
        for file in run.folder.glob("*.pt"):
            file.unlink()


def test_a_gradient_above_clip_is_cut_to_it_and_keeps_its_direction(run, config):
    expected = mean_gradient(new_model())
    clip = norm_of(expected) / 10
    model = new_model()
    with watched(model) as (_, gradients):
        run(model, replace(config, steps=1, clip=clip, optimizer=Optimizer.adamw))
    assert norm_of(gradients[0]) == pytest.approx(clip, rel=1e-5)
    torch.testing.assert_close(gradients[0], {name: part / 10 for name, part in expected.items()})


def test_a_gradient_below_clip_is_left_as_it_is(run, config):
    expected = mean_gradient(new_model())
    model = new_model()
    with watched(model) as (_, gradients):
        run(model, replace(config, steps=1, clip=norm_of(expected) * 1.01))
    torch.testing.assert_close(gradients[0], expected)


@pytest.mark.parametrize("document_mask", [True, False])
def test_positions_count_from_the_start_of_the_document_only_under_document_mask(run, config, document_mask):
    model, seen = new_model(), []
    model.register_forward_pre_hook(lambda *given: seen.append(given[2]["position_ids"]), with_kwargs=True)
    run(model, replace(config, steps=1, batch_size=6, accumulation=1, document_mask=document_mask))
    assert len(seen) == 2  # one pass of training, one of validation
    if not document_mask:
        assert seen == [None, None]
        return
    assert seen[1].tolist() == [
        [0, 1, 2, 3, 0, 1],
        [0, 1, 2, 0, 1, 2],
        [0, 0, 1, 2, 3, 4],
        # Padding is fed as bos.
        [0, 0, 1, 0, 0, 0],
        [0, 1, 0, 1, 0, 1],
        [0, 1, 0, 0, 0, 0],
    ]
    assert sorted(seen[0].tolist()) == sorted(seen[1].tolist())


def test_the_loss_of_the_curve_is_the_mean_over_the_targets(run, config):
    model = new_model()
    tokens = torch.from_numpy(ROWS)
    targets = tokens[:, 1:].masked_fill(tokens[:, 1:] == PAD, IGNORED)
    with torch.no_grad():
        logits = model(input_ids=tokens[:, :-1]).logits
    before = float(cross_entropy(logits.flatten(0, 1), targets.flatten(), ignore_index=IGNORED))
    history, _ = run(model, config)
    assert [(point.step, point.tokens) for point in history.points] == [(1, 27), (2, 54), (3, 81)]
    assert history.points[0].train_loss == pytest.approx(before, rel=1e-6)
    assert history.drawn == {"whole": {"news": 60, "reviews": 21}}


def spoil(model: Any, call: int) -> None:
    """Make the logits of one forward pass no numbers."""
    calls = []

    def look(*given: Any) -> Any:
        calls.append(None)
        return given[2] * torch.nan if len(calls) == call else None

    model.get_output_embeddings().register_forward_hook(look)


def test_a_bad_step_is_passed_over_without_a_trace_in_weights_and_curve(run, config):
    config = replace(config, bad_step=BadStep.skip, optimizer=Optimizer.adamw)
    model = new_model()
    spoil(model, 4)  # the first of the second step's three
    with watched(model) as (rates, _):
        history, guard = run(model, config)
    assert len(rates) == 2 and guard.skipped == 1
    assert history.tokens == 2 * TARGETS and history.drawn_tokens == 3 * TARGETS
    assert [line for line in run.said if "skipped" in line] == [
        "step 2 is skipped, 1 in all: loss nan, gradient norm nan"
    ]


def test_a_bad_step_ends_the_run_where_conf_says_so(run, config):
    model = new_model()
    spoil(model, 4)
    with pytest.raises(RunError, match=r"^step 2: loss nan, gradient norm nan: the run has diverged; there is no"):
        run(model, replace(config, bad_step=BadStep.stop))


def test_a_validation_loss_that_is_no_number_ends_the_run(run, config):
    model = new_model()
    spoil(model, 10)  # after three passes a step, three steps
    with pytest.raises(RunError, match=r"^step 3: validation loss nan: the run has diverged"):
        run(model, config)
    assert not list(run.folder.glob("*.pt"))


class Killed(Exception):
    pass


def test_four_steps_are_two_and_two(run, config, monkeypatch):
    """Weights, curve and what the guard knows; with dropout, Muon's momentum and AdamW's moments."""
    config = replace(config, steps=4, checkpoint_steps=2, max_loss_ratio=3.0)
    whole = new_model(dropout=0.1)
    history, guard = run(whole, config)
    for file in run.folder.glob("*.pt"):
        file.unlink()

    def die(point: str) -> None:
        if point == "train.step:3":
            raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(loop, "reach", die)
        with pytest.raises(Killed):
            run(new_model(dropout=0.1), config)
    resumed = new_model(dropout=0.1)
    assert run(resumed, config) == (history, guard)
    assert any(line.startswith("going on after step 2, from") for line in run.said)
    torch.testing.assert_close(resumed.state_dict(), whole.state_dict(), rtol=0, atol=0)


def test_sigterm_ends_the_run_after_its_step_with_a_checkpoint_to_go_on_from(tmp_path, pack, config):
    config = replace(config, steps=4, checkpoint_steps=100)

    def say(line: str) -> None:
        if line.startswith("step 2/"):
            os.kill(os.getpid(), signal.SIGTERM)

    with checkpoints_of(tmp_path / "run", say) as checkpoints:
        with pytest.raises(RunError, match=r"^stopped by SIGTERM after step 3; the same command goes on from there$"):
            train(new_model(), pack, config, MACHINE, checkpoints, say)
        assert checkpoints.load(checkpoints.newest())["step"] == 3
        history, _ = train(new_model(), pack, config, MACHINE, checkpoints, lambda _: None)
    assert [point.step for point in history.points] == [1, 2, 3, 4]


@pytest.mark.parametrize(
    ("step", "due"),
    [
        (1, Due(last=False, validation=False, point=False, checkpoint=False)),
        (2, Due(last=False, validation=False, point=True, checkpoint=False)),
        (3, Due(last=False, validation=True, point=True, checkpoint=False)),
        (5, Due(last=False, validation=False, point=False, checkpoint=True)),
        (7, Due(last=True, validation=True, point=True, checkpoint=True)),
    ],
)
def test_what_is_due_after_a_step(config, step, due):
    """A validation is always a row of the curve; after the last step everything is due."""
    config = replace(config, steps=7, log_steps=2, validation_steps=3, checkpoint_steps=5)
    assert due_after(step, config) == due
