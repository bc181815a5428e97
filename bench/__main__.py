"""Run every measurement in this folder, one after the other: `python -m bench [name …]`.

A measurement is a module with a `main()` that prints its table. `bench.peers` takes long and is run by itself.
"""

import pkgutil
import sys
from importlib import import_module
from pathlib import Path


def main(names: list[str]) -> None:
    """Run the measurements of these names, or all."""
    modules = pkgutil.iter_modules([str(Path(__file__).parent)])
    known = sorted(module.name for module in modules if not module.ispkg)
    for name in names or [name for name in known if not name.startswith("_")]:
        module = import_module(f"bench.{name}")
        print(f"\n## {name}: {(module.__doc__ or '').splitlines()[0]}\n", flush=True)
        module.main()


if __name__ == "__main__":
    main(sys.argv[1:])
