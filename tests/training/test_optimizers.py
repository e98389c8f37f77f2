"""Which weights decay, and which rule moves which."""

from dataclasses import replace

import pytest
import torch
from transformers import GPT2Config, GPT2LMHeadModel

from pipeline.schema.train import Optimizer
from pipeline.training.optimizers import make_optimizers, matrices, set_rate
from tests.training.tiny_run import smoke_config

INNER = ["attn.c_attn", "attn.c_proj", "mlp.c_fc", "mlp.c_proj"]


@pytest.fixture(params=[True, False], ids=["tied", "untied"])
def model(request):
    return GPT2LMHeadModel(
        GPT2Config(vocab_size=9, n_positions=4, n_embd=8, n_layer=1, n_head=2, tie_word_embeddings=request.param,
                   bos_token_id=0, eos_token_id=0)
    )  # fmt: skip


def test_matrices_are_those_inside_the_layers(model):
    names = {id(weight): name for name, weight in model.named_parameters()}
    assert [names[id(weight)] for weight in matrices(model)] == [f"transformer.h.0.{part}.weight" for part in INNER]


@pytest.mark.parametrize("able_bf16", [False, True])
@pytest.mark.parametrize("optimizer", list(Optimizer))
def test_with_no_gradient_only_matrices_shrink(model, optimizer, able_bf16):
    before = {name: weight.detach().clone() for name, weight in model.named_parameters()}
    for weight in model.parameters():
        weight.grad = torch.zeros_like(weight)
    config = replace(smoke_config(), optimizer=optimizer, lr=0.1, muon_lr=0.1, weight_decay=0.5)
    for made in make_optimizers(model, config, able_bf16=able_bf16):
        made.step()
    changed = [name for name, weight in model.named_parameters() if not torch.equal(weight, before[name])]
    assert changed == [f"transformer.h.0.{part}.weight" for part in INNER]


def test_the_rate_is_a_share_of_each_groups_peak(model):
    optimizers = make_optimizers(model, replace(smoke_config(), lr=0.02, muon_lr=0.01), able_bf16=False)
    set_rate(optimizers, 0.5)
    assert [group["lr"] for optimizer in optimizers for group in optimizer.param_groups] == [0.005, 0.01]


def test_every_weight_is_trained_once(model):
    optimizers = make_optimizers(model, smoke_config(), able_bf16=False)
    trained = [id(weight) for made in optimizers for group in made.param_groups for weight in group["params"]]
    assert sorted(trained) == sorted(id(weight) for weight in model.parameters())
