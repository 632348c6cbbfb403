"""Whether a wheel holds the three rooms, whole, and nothing beside them: `python .ci/wheel.py WHEEL`."""

import sys
from pathlib import Path
from zipfile import ZipFile

ROOMS = ("spec", "reference", "conformance")

held = {name for name in ZipFile(sys.argv[1]).namelist() if ".dist-info/" not in name}
due = {f"gradspec/{path.as_posix()}" for room in ROOMS for path in Path(room).rglob("*.py")}
due |= {f"gradspec/{room}/py.typed" for room in ROOMS}

for name in sorted(held - due):
    print(f"the wheel holds {name}, which does not belong there")
for name in sorted(due - held):
    print(f"the wheel lacks {name}")
print(f"{len(held & due)} files under gradspec/")
sys.exit(held != due)
