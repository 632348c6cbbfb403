"""What the process has only one of: kept as it was, and where a case of the backend changed it, told."""

from __future__ import annotations

import contextlib
import ctypes
import io
import locale
import os
import random
import sys
import warnings
from collections.abc import Iterator
from typing import BinaryIO, cast

import numpy as np

_IGNORED = {"divide": "ignore", "over": "ignore", "under": "ignore", "invalid": "ignore"}
"""NumPy's error state while a backend runs."""
PRINTED = 2**20
"""Bytes that a case may print without being told of it."""


@contextlib.contextmanager
def undisturbed() -> Iterator[None]:
    """Swallows what is printed and warned, and puts back what else there is only one of.

    That is the directory, the locale, the global generators, NumPy's error state, the warning filters, and
    the streams, which cannot be closed meanwhile.
    """
    global _kept
    outer, _kept = _kept, _Kept()
    kept = _kept
    try:
        with (
            warnings.catch_warnings(),
            contextlib.redirect_stdout(kept.streams[0]),
            contextlib.redirect_stderr(kept.streams[1]),
            np.errstate(all="ignore"),
        ):
            warnings.simplefilter("ignore")
            try:
                yield
            finally:
                kept.changed("", may_draw=False)
    finally:
        _kept = outer
        kept.end()


def disturbances(name: str, may_draw: bool) -> list[str]:
    """What has been changed since this was last asked, as sentences about `name`; it is put back.

    What `may_draw` may use the global generators.
    """
    return [] if _kept is None else _kept.changed(name, may_draw)


def look_at_errors(name: str) -> None:
    """Takes down, for `disturbances` to tell, where the function `name` has changed NumPy's error state."""
    if _kept is not None and np.geterr() != _IGNORED:
        _kept.told.append(f"{name} changed NumPy's error state")


class _Nowhere(io.TextIOWrapper):
    """Counts what is printed, and cannot be closed; unlike a StringIO it has a `buffer`."""

    def __init__(self) -> None:
        self.counter = _Counter()
        super().__init__(cast("BinaryIO", self.counter), "utf-8", errors="replace", write_through=True)

    def close(self) -> None:
        self.counter.close()

    def detach(self) -> _Counter:  # type: ignore[override]
        self.counter.close()
        return self.counter


class _Counter(io.BufferedIOBase):
    count = 0
    closed_by_someone = False

    def writable(self) -> bool:
        return True

    def write(self, data: object) -> int:
        size = memoryview(data).nbytes  # type: ignore[arg-type]
        self.count += size
        return size

    def close(self) -> None:
        self.closed_by_someone = True


class _Kept:
    """The surroundings as they were, and how to have them again."""

    def __init__(self) -> None:
        self.directory = _directory()
        self.locale = locale.setlocale(locale.LC_ALL)
        self.drawn = random.getstate()
        self.drawn_by_numpy = _state_of_numpys()
        self.numpys = np.random.get_state(legacy=False)
        self.streams = (_Nowhere(), _Nowhere())
        self.descriptors = [(number, _duplicate(number)) for number in (1, 2)]
        self.told: list[str] = []

    def changed(self, name: str, may_draw: bool) -> list[str]:
        found, self.told = self.told, []
        if _directory() != self.directory:
            self._return_to_directory()
            found.append(f"{name} changed the working directory")
        if locale.setlocale(locale.LC_ALL) != self.locale:
            locale.setlocale(locale.LC_ALL, self.locale)
            found.append(f"{name} changed the locale")
        if not may_draw and random.getstate() != self.drawn:
            random.setstate(self.drawn)
            found.append(f"{name} changed the state of Python's global random generator")
        if not may_draw and _state_of_numpys() != self.drawn_by_numpy:
            with contextlib.suppress(TypeError, ValueError):  # it may be a generator of another kind
                np.random.set_state(self.numpys)
            found.append(f"{name} changed the state of NumPy's global random generator")
        return found + self._streams(name)

    def _streams(self, name: str) -> list[str]:
        found, printed = [], 0
        sys.stdout, sys.stderr = self.streams  # whatever has been put in their place
        for called, stream, (number, spare) in zip(
            ("stdout", "stderr"), self.streams, self.descriptors, strict=True
        ):
            counter = stream.counter
            printed += counter.count
            if spare is not None and not _is_open(number):
                os.dup2(spare, number)
                counter.closed_by_someone = True
            if counter.closed_by_someone:
                found.append(f"{name} closed {called}")
            counter.count, counter.closed_by_someone = 0, False
        if printed > PRINTED:
            found.append(f"{name} printed more than {PRINTED >> 20} MiB")
        return found

    def end(self) -> None:
        for _, spare in self.descriptors:
            if spare is not None:
                with contextlib.suppress(OSError):
                    os.close(spare)

    def _return_to_directory(self) -> None:
        if self.directory is not None:
            with contextlib.suppress(OSError):  # it may have been removed
                os.chdir(self.directory)


_kept: _Kept | None = None


def _directory() -> str | None:
    try:
        return os.getcwd()
    except OSError:  # it has been removed
        return None


def _state_of_numpys() -> bytes:
    """Key and position of NumPy's global generator, read where they lie; a copy of them would take 30 µs."""
    generator = np.random.mtrand.get_bit_generator()
    if not isinstance(generator, np.random.MT19937):
        return repr(generator.state).encode()
    return ctypes.string_at(generator.ctypes.state_address, 4 * 624 + 4)


def _duplicate(number: int) -> int | None:
    try:
        return os.dup(number)
    except OSError:  # a process may have been started without it
        return None


def _is_open(number: int) -> bool:
    try:
        os.fstat(number)
    except OSError:
        return False
    return True
