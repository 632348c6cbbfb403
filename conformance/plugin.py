"""Every check as a pytest item, `gradspec::lstm::gradient::float64`::

    python -m pytest --conform BACKEND -k gradspec

pytest loads this module at each start, in every project where gradspec is installed: until a backend is named
it imports nothing but pytest.
"""

from __future__ import annotations

import warnings
from collections.abc import Generator
from pathlib import Path
from typing import Any

import pytest

_CREW = pytest.StashKey[Any]()
"""The process that has the backend, from the start of the session to its end."""
_EXPECTED = pytest.StashKey[str]()
"""Why an item that passed was expected to fail."""


class Nonconforming(Exception):
    """A check that the backend does not pass; the message is the whole story."""


def _seconds(text: str) -> float:
    seconds = float(text)
    if not seconds > 0:
        raise ValueError
    return seconds


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("gradspec", "conformance of neural-network building blocks")
    group.addoption(
        "--conform",
        metavar="BACKEND",
        help="check BACKEND, as `gradspec check` does; -k gradspec for that alone",
    )
    group.addoption(
        "--conform-profile",
        choices=("smoke", "ci", "full"),
        default="ci",
        help="how thoroughly (default: ci)",
    )
    group.addoption(
        "--conform-timeout",
        type=_seconds,
        default=60.0,
        metavar="SECONDS",
        help="the longest that the backend may take for a case (default: 60)",
    )
    group.addoption(
        "--conform-seed", type=int, default=0, metavar="N", help="other seed, other cases (default: 0)"
    )


@pytest.hookimpl(tryfirst=True)
def pytest_sessionstart(session: pytest.Session) -> None:
    """Has the backend loaded, once: before anything is collected, and before xdist starts its workers."""
    named = session.config.getoption("--conform")
    if named is None:
        return
    from .errors import Unusable
    from .isolation.crew import Crew

    crew = session.config.stash[_CREW] = Crew(named, timeout=session.config.getoption("--conform-timeout"))
    session.config.add_cleanup(crew.stop)
    try:
        crew.describe()
    except Unusable as error:
        raise pytest.UsageError(f"--conform: {error}") from None


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(session: pytest.Session, items: list[pytest.Item]) -> None:
    """Appends the checks to what was collected, before -k and the project's own hooks see the list."""
    crew = session.config.stash.get(_CREW, None)
    if crew is None:
        return
    from .suite import cells

    checks = [Check.from_parent(session, cell=cell) for cell in cells(crew.describe())]
    # As for any collector: without a report pytest would count fewer items than it runs.
    session.ihook.pytest_collectreport(report=pytest.CollectReport("gradspec", "passed", None, [*checks]))
    items += checks


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Tells a pass that was expected to fail as XPASS."""
    report = yield
    if report.when == "call" and report.passed and _EXPECTED in item.stash:
        report.wasxfail = item.stash[_EXPECTED]
    return report


class Check(pytest.Item):
    """One check on one operator in one dtype."""

    def __init__(self, *, cell: tuple[str, str, str], **kwargs: Any) -> None:
        nodeid = "::".join(("gradspec", *cell))
        super().__init__(name=nodeid, nodeid=nodeid, **kwargs)
        self.cell = cell

    def runtest(self) -> None:
        from .formats.failure import Failure, clean, text
        from .report import CONDEMNING
        from .suite import check

        operator, name, dtype = self.cell
        options = {
            "seed": self.config.getoption("--conform-seed"),
            "profile": self.config.getoption("--conform-profile"),
            "timeout": self.config.getoption("--conform-timeout"),
        }
        with warnings.catch_warnings():
            # A project that turns warnings into errors must get the verdict that the command line gives.
            warnings.simplefilter("ignore")
            crew = self.config.stash[_CREW]
            report = check(crew, operators=[operator], checks=[name], dtypes=[dtype], **options)
        if report.interrupted:
            raise KeyboardInterrupt
        (result,) = report.results
        if result.status == "unsupported":
            pytest.skip(result.message)
        if result.status == "xfailed":
            pytest.xfail(result.message)  # under --runxfail this returns
        if result.status in (*CONDEMNING, "xfailed"):
            # The short summary shows the first line only.
            raise Nonconforming(f"{clean(result.message)}\n{text(Failure((result,)), report)}")
        if result.status == "xpassed":
            self.stash[_EXPECTED] = result.message or "passed, though expected to fail"

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        if isinstance(excinfo.value, Nonconforming):
            return str(excinfo.value)
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[Path, int | None, str]:
        return self.config.rootpath, None, self.name
