"""Where a model stands: the choice that train and evaluate share."""

from enum import Enum


class Device(Enum):
    """auto: CUDA if there is a device, else the CPU."""

    auto = "auto"
    cpu = "cpu"
    cuda = "cuda"
