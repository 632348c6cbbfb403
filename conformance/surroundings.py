"""What a backend may leave behind in the process: nothing of it reaches the next operator, or the caller."""

from __future__ import annotations

import contextlib
import io
import os
import random
import warnings
from collections.abc import Iterator

import numpy as np


@contextlib.contextmanager
def undisturbed() -> Iterator[None]:
    """Swallows what is printed and warned, and puts back what else the process has only one of.

    That is the directory, the global generators, NumPy's error state and the warning filters.
    """
    directory, drawn, drawn_by_numpy = os.getcwd(), random.getstate(), np.random.get_state()
    nowhere = io.TextIOWrapper(
        io.BytesIO(), "utf-8", errors="replace"
    )  # unlike a StringIO, it has a `buffer`
    try:
        with warnings.catch_warnings(), contextlib.redirect_stdout(nowhere), np.errstate(all="ignore"):
            warnings.simplefilter("ignore")
            yield
    finally:
        os.chdir(directory)
        random.setstate(drawn)
        np.random.set_state(drawn_by_numpy)
