"""Run every measurement in this folder, one after the other: `python -m bench [name …] [--figures name …]`.

A measurement is a module with a `main()` that prints its table; some take the figures to measure in place of all.
`bench.peers` takes long and is run by itself.
"""

import argparse
import inspect
import pkgutil
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path

import l2widgets


def main(names: Sequence[str], figures: Sequence[str]) -> None:
    """Run the measurements of these names, or all; those that know figures, with these figures."""
    modules = pkgutil.iter_modules([str(Path(__file__).parent)])
    known = sorted(module.name for module in modules if not module.ispkg)
    for name in names or [name for name in known if not name.startswith("_")]:
        module = import_module(f"bench.{name}")
        print(f"\n## {name}: {(module.__doc__ or '').splitlines()[0]}\n", flush=True)
        given = {"figures": figures} if "figures" in inspect.signature(module.main).parameters else {}
        module.main(**given)


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("names", nargs="*", metavar="name")
    every = l2widgets.names()
    parser.add_argument("--figures", nargs="+", default=every, choices=every, metavar="name")
    given = parser.parse_args()
    main(given.names, given.figures)
