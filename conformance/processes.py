"""A pool of processes that Ctrl-C leaves to the parent, and that ends at once."""

from __future__ import annotations

import multiprocessing
import os
from concurrent.futures import ProcessPoolExecutor


def started(jobs: int) -> ProcessPoolExecutor:
    # A fork would inherit the threads of a framework, and hang.
    context = multiprocessing.get_context("spawn")
    return ProcessPoolExecutor(jobs, mp_context=context, initializer=_prepare, initargs=(os.getcwd(),))


def stopped(pool: ProcessPoolExecutor) -> None:
    """Ends the processes, whatever they are at."""
    for process in list((pool._processes or {}).values()):
        process.terminate()
    pool.shutdown(wait=False, cancel_futures=True)


def _prepare(directory: str) -> None:
    """In the worker: small arrays gain nothing from threads, and the workers share the cores."""
    import signal

    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the parent, which ends the workers
    for variable in ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
        os.environ.setdefault(variable, "1")
    os.chdir(directory)
