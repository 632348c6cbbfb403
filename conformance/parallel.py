"""The operators of a run, spread over processes that each load the backend by its name."""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool

from ..spec import declaration
from .backend import Backend, load
from .report import Result
from .suite import Plan, cells_of

_backend: Backend


def run_all(named: str, plan: Plan, jobs: int, take: Callable[[str, list[Result]], None]) -> None:
    """Every operator of the plan on `jobs` processes; `take` gets the results of each as it ends.

    A process that dies takes its operator with it, as errors; the others are run again without it.
    """
    # The longest first, so that none is left running alone at the end: recurrences and attention have the
    # most inputs.
    waiting = sorted(plan.operators, key=lambda name: -len(declaration(name).inputs))
    while waiting:
        done, suspects = _round(named, plan, jobs, waiting, take)
        waiting = [name for name in waiting if name not in done]
        # Which of those that were running brought the process down is found by running each alone.
        for name in suspects:
            _, died = _round(named, plan, 1, [name], take)
            if died:
                take(name, _died(name, plan))
            waiting.remove(name)


def _round(
    named: str, plan: Plan, jobs: int, operators: list[str], take: Callable[[str, list[Result]], None]
) -> tuple[set[str], list[str]]:
    """The operators until all are done or a process dies: those done, and those under way when it died."""
    # A fork would inherit the threads of a framework, and hang.
    context = multiprocessing.get_context("spawn")
    pool = ProcessPoolExecutor(jobs, mp_context=context, initializer=_start, initargs=(named, os.getcwd()))
    done: set[str] = set()
    left = list(operators)
    running: dict[Future[list[Result]], str] = {}
    try:
        while left or running:
            # No more are handed out than run at once, so that a death is blamed on few.
            while left and len(running) < jobs:
                name = left.pop(0)
                running[pool.submit(_work, name, plan)] = name
            finished, _ = wait(running, return_when=FIRST_COMPLETED)
            for future in finished:
                take(running[future], future.result())
                done.add(running.pop(future))
    except BrokenProcessPool:
        return done, [name for name in running.values() if name not in done]
    except KeyboardInterrupt:
        for process in list((pool._processes or {}).values()):
            process.terminate()
        raise
    finally:
        pool.shutdown(wait=False, cancel_futures=True)
    return done, []


def _start(named: str, directory: str) -> None:
    """In the worker: small arrays gain nothing from threads, and the workers share the cores."""
    import signal

    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the parent, which ends the workers
    for variable in ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
        os.environ.setdefault(variable, "1")
    os.chdir(directory)
    global _backend
    _backend = load(named)


def _work(name: str, plan: Plan) -> list[Result]:
    from .running import run_operator

    return run_operator(_backend, name, plan)


def _died(name: str, plan: Plan) -> list[Result]:
    from .running import expected

    message = f"the process died while {name} was being checked"
    cells = cells_of(declaration(name), plan)
    results = (Result(operator=o, check=c, dtype=d, status="error", message=message) for o, c, d in cells)
    return [expected(result, plan) for result in results]
