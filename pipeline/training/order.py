"""Which blocks a step sees: a seeded permutation per epoch, a pure function of the step.

Epochs follow each other without a gap, so a step may end one and begin the next, and every block is seen once an
epoch. Nothing but seed, number of blocks and blocks a step enters: not the workers, not the ranks, not a resume.
"""

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]


class BlockOrder:
    def __init__(self, blocks: int, step_blocks: int, seed: int) -> None:
        self.blocks, self.step_blocks, self.seed = blocks, step_blocks, seed
        self._epochs: dict[int, Ints] = {}

    def step(self, step: int) -> Ints:
        """Block numbers of step 0, 1, …: int64[step_blocks]."""
        places = np.arange(step * self.step_blocks, (step + 1) * self.step_blocks)
        epochs = places // self.blocks
        self._epochs = {epoch: self._permutation(epoch) for epoch in sorted({int(epoch) for epoch in epochs})}
        return np.concatenate([order[places[epochs == epoch] % self.blocks] for epoch, order in self._epochs.items()])

    def _permutation(self, epoch: int) -> Ints:
        known = self._epochs.get(epoch)
        if known is not None:
            return known
        philox = np.random.Philox(key=np.array([self.seed, epoch], np.uint64))
        return np.random.Generator(philox).permutation(self.blocks)
