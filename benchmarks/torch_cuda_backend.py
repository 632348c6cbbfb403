"""The built-in PyTorch backend on an NVIDIA GPU: `gradspec check benchmarks/torch_cuda_backend.py`.

TF32 stays off, as is PyTorch's default for matrix products; cuDNN's recurrences are told so. An index out
of range is an assertion on the device, after which nothing runs in the process any more, so leave
`invalid_input` out.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from gradspec.conformance.backends import torch as cpu

torch.set_default_device("cuda")
torch.backends.cudnn.allow_tf32 = False

name, version, dtypes = "torch-cuda", torch.__version__, cpu.dtypes


def from_numpy(array: np.ndarray) -> Any:
    return cpu.from_numpy(array).to("cuda")


def to_numpy(value: Any) -> np.ndarray:
    return np.asarray(cpu.to_numpy(value.cpu()))


def __getattr__(attribute: str) -> Any:
    return getattr(cpu, attribute)
