"""Lets a clean clone be imported under the name it is installed as."""

import sys
from importlib import import_module
from importlib.machinery import ModuleSpec
from importlib.util import module_from_spec
from pathlib import Path

try:
    import_module("gradspec.spec")
except ModuleNotFoundError:
    package = ModuleSpec("gradspec", loader=None, is_package=True)
    package.submodule_search_locations = [str(Path(__file__).parent)]
    sys.modules["gradspec"] = module_from_spec(package)

pytest_plugins = ["gradspec.conformance.plugin"]
