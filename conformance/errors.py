"""What can keep a check from being made. Each carries one line that says what to do."""


class Unusable(Exception):
    """The run cannot be made as asked: no such backend, a bad option, nothing to check."""


class Unsupported(Exception):
    """The backend declines this operator, or this combination of attributes and shapes."""


class BackendError(Exception):
    """The backend raised, or answered something that is no answer."""
