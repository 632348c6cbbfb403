"""`python -m gradspec.conformance`: the command `gradspec`, where the script is not on the path."""

from .cli import main

main()
