"""Build the site, serve it, check it, draw its pictures: `python build.py --help`."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent / "src"))

if __name__ == "__main__":
    # Only here: the processes that cut fonts read this file too, and need nothing else of the site.
    from l2site.commands import main

    sys.exit(main())
