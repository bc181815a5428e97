"""The reader's browser computes what the build computed."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest

import l2widgets
from tests.contract.cases import LOOSE, cases
from tests.contract.difference import RELATIVE, difference, opened

ROOT = Path(__file__).parents[2]
PYODIDE = ROOT / "site/node_modules/pyodide/pyodide.mjs"


@pytest.mark.skipif(not PYODIDE.exists(), reason="make setup installs Pyodide")
def test_pyodide_computes_the_same():
    """Every kept figure, made by Pyodide under Node, is the native one but for the last digits of its numbers."""
    node = shutil.which("node", path=f"{ROOT / '.cache/node'}") or shutil.which("node")
    several = [(name, case, params) for name in l2widgets.names() for case, params in cases(name).items()]
    requests = json.dumps([[name, params] for name, _, params in several])
    command = [node, ROOT / "tests/pyodide/compute.mjs"]
    ran = subprocess.run(command, input=requests, capture_output=True, text=True, timeout=300, check=False)
    assert ran.returncode == 0, ran.stderr
    answers = json.loads(ran.stdout)
    assert len(answers) == len(several)
    for (name, case, params), answer in zip(several, answers, strict=True):
        native = json.loads(l2widgets.render_json(name, json.dumps(params)))
        assert difference(opened(answer), opened(native), LOOSE.get(case, RELATIVE)) is None, (name, case)
