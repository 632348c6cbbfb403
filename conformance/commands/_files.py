"""Report files: seen to be writable before the run, written whole or not at all after it."""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping
from pathlib import Path

import click

from ._failing import fail

STDOUT = "-"


def ensure_writable(paths: Mapping[str, str]) -> None:
    """Fails where one of `paths` (option → path) cannot be written, or two are the same."""
    for option, path in paths.items():
        twin = next((o for o, p in paths.items() if o != option and _same(p, path)), None)
        if twin:
            fail(f"{option} and {twin} both name {'stdout' if path == STDOUT else path}")
        if path == STDOUT:
            continue
        try:
            _try(Path(path))
        except OSError as error:
            fail(f"{option}: cannot write {path}: {error.strerror or error}")


def write(path: str, text: str) -> None:
    """Writes `text` to `path` in one step: a reader never sees half a report. Raises OSError."""
    data = text.encode("utf-8", "replace")
    if path == STDOUT:
        click.echo(data, nl=False)
        return
    target = Path(path).resolve()  # a link stays a link
    if target.exists() and not target.is_file():  # a device or a pipe must not be replaced by a file
        target.write_bytes(data)
        return
    beside = _beside(target)
    try:
        beside.write_bytes(data)
        if target.exists():
            shutil.copymode(target, beside)
        beside.replace(target)
    finally:
        beside.unlink(missing_ok=True)


def _try(path: Path) -> None:
    target = path.resolve()
    if target.is_dir():
        raise IsADirectoryError(None, "it is a directory")
    if target.exists() and not os.access(target, os.W_OK):
        raise PermissionError(None, "permission denied")
    if not target.exists() or target.is_file():
        beside = _beside(target)
        beside.touch()
        beside.unlink()


def _beside(target: Path) -> Path:
    return target.with_name(f".{target.name}.{os.getpid()}")


def _same(one: str, other: str) -> bool:
    if STDOUT in (one, other):
        return one == other
    return Path(one).resolve() == Path(other).resolve() and Path(one).resolve() != Path(os.devnull)
