"""What can keep a check from being made. Each carries one line that says what to do."""

import traceback
from pathlib import Path


class Unusable(Exception):
    """The run cannot be made as asked: no such backend, a bad option, nothing to check."""


class Unsupported(Exception):
    """The backend declines this operator, or this combination of attributes and shapes."""


class BackendError(Exception):
    """The backend raised, or answered something that is no answer."""


OURS = "gradspec itself failed here, please report it"
"""How the message of an error begins that is not the backend's."""


def in_words(error: BaseException) -> str:
    """`ValueError: what it says (file.py:12)`, on one line."""
    said = str(error).strip().splitlines()
    text = f"{type(error).__name__}: {said[0]}" if said else type(error).__name__
    if isinstance(error, SyntaxError):  # says where itself
        return text
    # The bare frames: `traceback.extract_tb` reads every source file, for errors that are mostly expected.
    frames = [(f.f_code.co_filename, line) for f, line in traceback.walk_tb(error.__traceback__)]
    told = [(Path(name).name, line) for name, line in frames if not name.startswith("<frozen")]
    return f"{text} ({told[-1][0]}:{told[-1][1]})" if told else text
