"""The list of known deviations: `lstm/gradient/float64  # why`, one a line, a reason with each."""

from __future__ import annotations

from pathlib import Path

from ._failing import fail


def expected_failures(path: str) -> dict[str, str]:
    """The ids in the file `path`, each with its reason."""
    try:
        text = Path(path).read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        fail(f"--xfails: cannot read {path}: {getattr(error, 'strerror', None) or 'it is not UTF-8 text'}")
    found = {}
    for number, line in enumerate(text.splitlines(), 1):
        name, _, reason = (part.strip() for part in line.partition("#"))
        if not name:
            continue
        if len(name.split()) > 1 or not 1 <= len(name.split("/")) <= 3:
            fail(f"--xfails: {path}:{number}: {name!r} is no id such as lstm/gradient/float64")
        if not reason:
            fail(f"--xfails: {path}:{number}: {name} has no reason; write: {name}  # why it fails")
        found[name] = reason
    return found
