"""Muon's step beside torch.optim.Muon's, which always works in bfloat16, on the matrices of a GPT-2.

Both take the same gradients; rounds go in turn, medians are printed, and how far the two updates are from the
Newton-Schulz iteration in float64.

    PYTHONPATH=. python bench/muon.py                     # the laptop default: 3 layers × 256
    PYTHONPATH=. python bench/muon.py --layers 12 --width 768    # GPT-2 small; minutes where bf16 is imitated
"""

import argparse
import statistics
import time
from typing import Any


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--layers", type=int, default=3)
    parser.add_argument("--width", type=int, default=256)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--rounds", type=int, default=9)
    options = parser.parse_args()

    import torch

    from pipeline.training.muon import Float32Muon

    torch.set_num_threads(options.threads)
    width = options.width
    shapes = [(width, 3 * width), (width, width), (width, 4 * width), (4 * width, width)] * options.layers
    sides: dict[str, Any] = {}
    for name, kind in (("ours, float32", Float32Muon), ("torch.optim.Muon, bfloat16", torch.optim.Muon)):
        torch.manual_seed(1)
        weights = [torch.nn.Parameter(torch.randn(shape) * 0.02) for shape in shapes]
        for weight in weights:
            # Singular values over four orders of magnitude, as gradients have them.
            weight.grad = torch.randn(weight.shape) * torch.logspace(0, -4, weight.shape[1])
        sides[name] = kind(weights, lr=1.0, weight_decay=0.0, momentum=0.0, adjust_lr_fn="original")
    errors = {name: _error(optimizer) for name, optimizer in sides.items()}
    times: dict[str, list[float]] = {name: [] for name in sides}
    for _ in range(options.rounds):
        for name, optimizer in sides.items():
            started = time.perf_counter()
            optimizer.step()
            times[name].append(time.perf_counter() - started)
    medians = {name: statistics.median(found) for name, found in times.items()}
    own = medians["ours, float32"]
    bf16 = torch.cpu.get_capabilities().get("avx512_bf16") or torch.cpu.get_capabilities().get("amx_bf16")
    print(f"{len(shapes)} matrices, {options.threads} threads, bf16 instructions: {'yes' if bf16 else 'no'}")
    for name, median in medians.items():
        print(
            f"{name:>27}: {median * 1000:8.1f} ms a step ({min(times[name]) * 1000:.1f} to "
            f"{max(times[name]) * 1000:.1f}), ours takes {own / median:.2f} of it; error {errors[name]:.2e}"
        )


def _error(optimizer: Any) -> float:
    """Largest relative error of the first update of the four shapes: Frobenius norm against float64."""
    found = []
    weights = optimizer.param_groups[0]["params"]
    before = [weight.detach().clone() for weight in weights[:4]]
    optimizer.step()
    for weight, old in zip(weights[:4], before, strict=True):
        exact = weight.grad.double()
        exact /= exact.norm()
        a, b, c = optimizer.param_groups[0]["ns_coefficients"]
        for _ in range(optimizer.param_groups[0]["ns_steps"]):
            gram = exact @ exact.T
            exact = a * exact + (b * gram + c * gram @ gram) @ exact
        exact *= max(1.0, weight.shape[0] / weight.shape[1]) ** 0.5
        update = (old - weight.detach()).double()
        found.append(float((update - exact).norm() / exact.norm()))
    return max(found)


if __name__ == "__main__":
    main()
