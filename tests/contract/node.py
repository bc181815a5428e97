"""Programs of the page's own modules, run by Node."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]


def ran(program: str, *arguments: str, given: Any = None) -> Any:
    """Return the JSON that a program of this folder writes, given some on its standard input; numbers are floats."""
    node = shutil.which("node", path=ROOT / ".cache/node") or shutil.which("node")
    assert node
    command = [node, "--no-warnings", str(Path(__file__).with_name(program)), *arguments]
    done = subprocess.run(
        command, input=json.dumps(given), capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout, parse_int=float)  # a script has no other numbers
