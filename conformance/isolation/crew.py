"""Workers that share out the operators of a run; each is replaced where its process breaks.

A case that breaks a process is the error of its check, with the reason; the operator goes on at that check in
another process, which is told not to try the case again. Nothing that was found before is lost.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, Any

import psutil

from ..errors import OURS, Unusable
from .bulletin import NOTHING, Entry
from .process import Worker
from .tasks import Answer, Broken, Cell, Check, Replay

if TYPE_CHECKING:
    from types import TracebackType

    from ..backend import Backend
    from ..report import Result
    from ..suite import Plan

TIMEOUT = 60.0
"""Seconds that the backend may take for one case, unless another limit is given."""
MEMORY = 2 * 2**30
"""Bytes by which a process may grow with one operator, where the machine has them."""
_LOOK = 0.1
"""Seconds between two looks at the workers."""
_PARTING = 2.0
"""Seconds to end by themselves."""


@dataclass
class _Job:
    """An operator on its way: what is left of it, and what has broken a process so far."""

    operator: str
    plan: Plan
    results: list[Result]
    broken: Broken = field(default_factory=Broken)
    began: float = 0.0
    lost: float = 0.0
    """Seconds that went into the check at hand in processes that broke."""

    @property
    def left(self) -> list[Cell]:
        """What it has no results for. Which checks apply takes a while to find out, so workers do it."""
        from ...spec import declaration
        from ..suite import cells_of

        return cells_of(declaration(self.operator), self.plan)[len(self.results) :]


class Crew:
    """`jobs` processes for the backend called `named`, which start at once. To be used with `with`."""

    def __init__(self, named: str, jobs: int = 1, timeout: float = TIMEOUT) -> None:
        self.named = named
        self.jobs = jobs
        self.timeout = timeout
        self.memory = int(min(MEMORY, 0.7 * psutil.virtual_memory().available / jobs))
        self._heard: SimpleQueue[tuple[Worker, Any]] = SimpleQueue()
        self._workers: list[Worker] = []
        self._described: Backend | None = None
        self._refused = ""
        """Why no other process can be had, once one could not."""
        self._looked = 0.0
        self.enlist(jobs)

    def __enter__(self) -> Crew:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def enlist(self, jobs: int) -> None:
        """Starts processes until there are `jobs`."""
        try:
            while len(self._workers) < jobs and not self._refused:
                self._workers.append(Worker(self.named, self._heard))
        except OSError as error:
            self._refused = f"no process can be started: {error.strerror or error}"

    def describe(self) -> Backend:
        """The backend without its functions, as the first process has it. Raises Unusable."""
        while self._described is None:
            if self._refused:
                raise Unusable(self._refused)
            self._next()
        return self._described

    def run(
        self,
        plan: Plan,
        operators: Sequence[str],
        found: dict[str, list[Result]],
        on_begin: Callable[[str], None],
        on_end: Callable[[str], None],
    ) -> None:
        """What the plan has for the operators, in this order; results go into `found` as they come."""
        try:
            self._run(plan, operators, found, on_begin, on_end)
        except BaseException:  # Ctrl-C, that is: whatever they are at, it ends now
            self.stop()
            raise

    def _run(
        self,
        plan: Plan,
        operators: Sequence[str],
        found: dict[str, list[Result]],
        on_begin: Callable[[str], None],
        on_end: Callable[[str], None],
    ) -> None:
        waiting = [_Job(name, plan, found.setdefault(name, [])) for name in operators]
        under_way: dict[Worker, _Job] = {}
        while waiting or under_way:
            for worker in self._workers if waiting else ():
                if waiting and worker.ready and worker.task is None:
                    job = under_way[worker] = waiting.pop(0)
                    on_begin(job.operator)
                    job.began = time.monotonic()
                    worker.begin(Check(job.operator, plan, len(job.results), job.broken))
            if not self._workers:
                for job in waiting:
                    for cell in job.left:
                        _take(job, _error(cell, f"no process can be had: {self._refused}"), made_here=True)
                    on_end(job.operator)
                return
            worker, answer = self._next()
            if worker not in under_way:
                continue
            job = under_way[worker]
            if answer.kind == "result":
                _take(job, answer.value)
                continue
            del under_way[worker]
            left = [] if answer.kind == "done" else job.left
            if left and answer.kind == "fault":
                _take(job, _error(left[0], f"{OURS}: {answer.value}"), made_here=True)
            elif left:
                reason, entry = answer.value
                _blame(job, left[0], reason, entry)
            if left and job.left:
                waiting.insert(0, job)
            else:
                on_end(job.operator)

    def replay(self, cell: Cell, counterexample: Mapping[str, Any]) -> Result:
        """One counterexample again. Raises Unusable where there is no process to do it."""
        while not (ready := [w for w in self._workers if w.ready]):
            if self._refused:
                raise Unusable(self._refused)
            self._next()
        ready[0].begin(Replay(cell, counterexample))
        result = _error(cell, OURS)
        result.counterexample = dict(counterexample)
        while True:
            worker, answer = self._next()
            if worker is not ready[0]:
                continue
            if answer.kind == "result":
                result = answer.value
                continue
            if answer.kind == "broke":
                reason, entry = answer.value
                result.message = f"{_culprit(cell[0], entry)} {reason}"
            return result

    def _next(self) -> tuple[Worker, Answer]:
        """The next thing that happens to one of the workers."""
        while True:
            try:
                worker, answer = self._heard.get(timeout=max(0.0, self._looked + _LOOK - time.monotonic()))
            except Empty:  # all that was said has been heard: time to look
                self._looked = time.monotonic()
                for worker in self._workers:
                    trouble = worker.trouble(self.timeout, self.memory)
                    if trouble:
                        return worker, self._broke(worker, trouble)
                continue
            if worker not in self._workers:
                continue
            worker.heard()
            if answer is None:
                return worker, self._broke(worker, worker.end())
            if answer.kind == "ready":
                worker.ready, self._described = True, answer.value
            elif answer.kind == "unusable":
                self._refused = answer.value
                self._workers.remove(worker)
                worker.kill()
            elif answer.kind in ("done", "fault"):
                worker.task = None
            return worker, answer

    def _broke(self, worker: Worker, reason: str) -> Answer:
        """A process has died, or has to: another takes its place, unless it was importing the backend."""
        entry = worker.entry
        self._workers.remove(worker)
        worker.kill()
        if worker.ready:
            self.enlist(len(self._workers) + 1)
        else:
            said = f" ({worker.printed})" if worker.printed else ""
            self._refused = f"{self.named} {reason} while it was being imported{said}"
        return Answer("broke", (reason, entry))

    def stop(self) -> None:
        """Ends the processes: those that are idle in their own way, the others at once."""
        idle = [w for w in self._workers if w.ready and w.task is None]
        for worker in idle:
            worker.dismiss()
        for worker in self._workers:
            if worker not in idle:
                worker.kill()
        until = time.monotonic() + _PARTING
        for worker in idle:
            worker.dismissed(until)
        self._workers.clear()


def _take(job: _Job, result: Result, made_here: bool = False) -> None:
    """The result of the check at hand; one that no process made is held against what was expected here."""
    from ..running import expected

    result.seconds = round(result.seconds + job.lost, 4)
    job.results.append(expected(result, job.plan) if made_here else result)
    job.began, job.lost = time.monotonic(), 0.0


def _blame(job: _Job, cell: Cell, reason: str, entry: Entry) -> None:
    """Lays it at the door of the case that was being tried, or of the check where there was no new one."""
    job.lost += time.monotonic() - job.began
    said = f"{_culprit(job.operator, entry)} {reason}"
    if entry.attempts == 0 or entry.attempt in job.broken.attempts:
        _take(job, _error(cell, said), made_here=True)
        return
    job.broken.attempts[entry.attempt] = said
    if entry.call != NOTHING:
        job.broken.calls[entry.call] = said


def _culprit(operator: str, entry: Entry) -> str:
    """The function that was being called."""
    return entry.function if entry.called else operator


def _error(cell: Cell, message: str) -> Result:
    from ..report import Result

    operator, check, dtype = cell
    return Result(operator=operator, check=check, dtype=dtype, status="error", message=message)
