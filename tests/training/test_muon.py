"""Muon in float32 is torch's, without bfloat16's error."""

import pytest
import torch
from torch import nn

from pipeline.training.muon import Float32Muon, orthogonal

COEFFICIENTS = (3.4445, -4.775, 2.0315)
SHAPES = [(48, 48), (32, 128), (128, 32), (1, 16)]


def newton_schulz(matrix: torch.Tensor, steps: int) -> torch.Tensor:
    """The iteration as it is written, in float64."""
    a, b, c = COEFFICIENTS
    x = matrix.double() / matrix.double().norm()
    for _ in range(steps):
        gram = x @ x.T
        x = a * x + (b * gram + c * gram @ gram) @ x
    return x


def skewed(shape: tuple[int, int]) -> torch.Tensor:
    """Singular values over four orders of magnitude, as gradients have them."""
    torch.manual_seed(7)
    return torch.randn(shape) * torch.logspace(0, -4, shape[1])


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("steps", [1, 5])
def test_the_gram_matrix_gives_the_iteration_as_it_is_written(shape, steps):
    matrix = skewed(shape)
    found = orthogonal(matrix, COEFFICIENTS, steps, 1e-7)
    torch.testing.assert_close(found.double(), newton_schulz(matrix, steps), rtol=0, atol=1e-3)
    assert found.dtype == torch.float32


@pytest.mark.parametrize("shape", SHAPES)
def test_singular_values_come_near_one(shape):
    torch.manual_seed(7)
    values = torch.linalg.svdvals(orthogonal(torch.randn(shape), COEFFICIENTS, 5, 1e-7))
    assert values.max() < 1.3
    assert (values > 0.5).float().mean() > 0.9


def test_no_gradient_gives_no_direction():
    assert not orthogonal(torch.zeros(4, 8), COEFFICIENTS, 5, 1e-7).any()


@pytest.mark.parametrize("rule", ["original", "match_rms_adamw"])
@pytest.mark.parametrize("nesterov", [True, False])
def test_steps_are_those_of_torch_to_the_error_of_bfloat16(rule, nesterov):
    torch.manual_seed(7)
    gradients = [[torch.randn(shape) for shape in SHAPES] for _ in range(4)]
    options = {"lr": 0.02, "weight_decay": 0.3, "momentum": 0.9, "nesterov": nesterov, "adjust_lr_fn": rule}
    ends, states = [], []
    for kind in (torch.optim.Muon, Float32Muon):
        torch.manual_seed(8)
        weights = [nn.Parameter(torch.randn(shape)) for shape in SHAPES]
        optimizer = kind(weights, **options)
        for step in gradients:
            for weight, gradient in zip(weights, step, strict=True):
                weight.grad = gradient.clone()
            optimizer.step()
        ends.append(weights)
        states.append(optimizer.state_dict())
    for theirs, ours, shape in zip(*ends, SHAPES, strict=True):
        moved = (theirs - ours).norm() / (4 * 0.02 * 0.2 * (shape[0] * shape[1]) ** 0.5)
        assert moved < 0.05, shape
    theirs, ours = states
    assert ours["param_groups"] == theirs["param_groups"]
    for place, state in theirs["state"].items():
        assert ours["state"][place].keys() == state.keys()
        torch.testing.assert_close(ours["state"][place]["momentum_buffer"], state["momentum_buffer"])
