"""Logs to watch a run by: DVCLive for VS Code and Studio, TensorBoard. They hold times, so they are no outputs."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from pipeline.core.errors import ConfigError
from pipeline.schema.train import LiveLog
from pipeline.training.history import Point

DVCLIVE, TENSORBOARD = Path("dvclive"), Path("runs")
"""Where VS Code and `tensorboard --logdir` look."""


class LiveLogs:
    def __init__(self, dvclive: Any, tensorboard: Any) -> None:
        self.dvclive, self.tensorboard = dvclive, tensorboard

    def write(self, step: int, figures: Mapping[str, float]) -> None:
        if self.dvclive is not None:
            self.dvclive.step = step
            for name, value in figures.items():
                self.dvclive.log_metric(name, value, timestamp=True)
            self.dvclive.make_summary()
        if self.tensorboard is not None:
            for name, value in figures.items():
                self.tensorboard.add_scalar(name, value, step)


@contextmanager
def live_logs(wanted: Sequence[LiveLog], before: Sequence[Point]) -> Iterator[LiveLogs]:
    """Written anew from the points of a resumed run: what a killed one logged after its last checkpoint would stand
    twice. ConfigError if TensorBoard is asked for but not installed."""
    with ExitStack() as opened:
        dvclive = tensorboard = None
        if LiveLog.dvclive in wanted:
            from dvclive.live import Live

            # No experiment, no dvc.yaml, no report: DVC keeps these itself.
            live = Live(str(DVCLIVE), save_dvc_exp=False, dvcyaml=None, report=None, monitor_system=False)
            dvclive = opened.enter_context(live)
        if LiveLog.tensorboard in wanted:
            try:
                from torch.utils.tensorboard import SummaryWriter
            except ImportError as error:
                raise ConfigError(f"train.live has tensorboard: pip install tensorboard ({error})") from error
            tensorboard = opened.enter_context(SummaryWriter(TENSORBOARD, purge_step=0))
        logs = LiveLogs(dvclive, tensorboard)
        for point in before:
            figures = {"loss": point.train_loss, "learning_rate": point.learning_rate}
            if point.validation_loss is not None:
                figures["validation_loss"] = point.validation_loss
            logs.write(point.step, figures)
        yield logs
