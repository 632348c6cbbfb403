"""The operators of a run, spread over processes that each load the backend by its name.

The parent never loads it: the first process to have it says what it is, and the run starts.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, Future, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import replace

from ..spec import declaration
from .backend import Backend, load
from .errors import Unusable
from .processes import started, stopped
from .report import Result
from .suite import Plan, cells_of

Take = Callable[[str, list[Result]], None]

_loaded: dict[str, Backend] = {}
"""In a worker: the backend, once it is needed."""


class Workers:
    """`jobs` processes for the backend called `named`; replaced as a whole where one of them dies."""

    def __init__(self, named: str, jobs: int) -> None:
        self.named = named
        self.jobs = jobs
        self._pool = started(jobs)

    def describe(self) -> Backend:
        """The backend without its functions. All processes load it meanwhile. Raises Unusable."""
        try:
            descriptions = [self._pool.submit(_describe, self.named) for _ in range(self.jobs)]
            wait(descriptions, return_when=FIRST_COMPLETED)
            return next(d for d in descriptions if d.done()).result()
        except BrokenProcessPool:
            raise Unusable(f"the process died while {self.named} was being imported") from None
        except BaseException:
            self.stop()
            raise

    def run(self, plan: Plan, take: Take) -> None:
        """Every operator of the plan; `take` gets the results of each as it ends.

        A process that dies takes its operator with it, as errors; the others are run again without it.
        """
        # The longest first, so that none is left running alone at the end: recurrences and attention have
        # the most inputs.
        waiting = sorted(plan.operators, key=lambda name: -len(declaration(name).inputs))
        while waiting:
            done, suspects = self._round(plan, waiting, take, self.jobs)
            waiting = [name for name in waiting if name not in done]
            # Which of those that were running brought the process down is found by running each alone.
            for name in suspects:
                _, died = self._round(plan, [name], take, 1)
                if died:
                    take(name, _died(name, plan))
                waiting.remove(name)
        self.stop()

    def stop(self) -> None:
        """Ends the processes, whatever they are at."""
        stopped(self._pool)

    def _round(
        self, plan: Plan, operators: list[str], take: Take, at_once: int
    ) -> tuple[set[str], list[str]]:
        """The operators until all are done or a process dies: those done, and those then under way."""
        done: set[str] = set()
        left = list(operators)
        running: dict[Future[list[Result]], str] = {}
        try:
            while left or running:
                # No more are handed out than run at once, so that a death is blamed on few.
                while left and len(running) < at_once:
                    name = left.pop(0)
                    running[self._pool.submit(_work, self.named, name, plan)] = name
                finished, _ = wait(running, return_when=FIRST_COMPLETED)
                for future in finished:
                    take(running[future], future.result())
                    done.add(running.pop(future))
        except BrokenProcessPool:
            self.stop()
            self._pool = started(self.jobs)
            return done, [name for name in running.values() if name not in done]
        except BaseException:
            self.stop()
            raise
        return done, []


def _backend(named: str) -> Backend:
    if named not in _loaded:
        _loaded[named] = load(named)
    return _loaded[named]


def _describe(named: str) -> Backend:
    return replace(_backend(named), target=None)


def _work(named: str, name: str, plan: Plan) -> list[Result]:
    from .running import run_operator

    return run_operator(_backend(named), name, plan)


def _died(name: str, plan: Plan) -> list[Result]:
    from .running import expected

    message = f"the process died while {name} was being checked"
    cells = cells_of(declaration(name), plan)
    results = (Result(operator=o, check=c, dtype=d, status="error", message=message) for o, c, d in cells)
    return [expected(result, plan) for result in results]
