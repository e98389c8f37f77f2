"""The device that conf asks for, if the machine has it."""

import torch

from pipeline.core.errors import ConfigError
from pipeline.schema.device import Device


def choose_device(device: Device, section: str) -> torch.device:
    """ConfigError names `section` if CUDA is asked for and torch sees none."""
    available = torch.cuda.is_available()
    if device is Device.cuda and not available:
        raise ConfigError(f"{section}.device=cuda, but torch sees no CUDA device; use auto or cpu")
    return torch.device("cuda" if available and device is not Device.cpu else "cpu")
