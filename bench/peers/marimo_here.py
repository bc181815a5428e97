"""Run marimo's command line with a given Chromium in place of the one that Playwright downloads.

`python marimo_here.py CHROMIUM COMMAND …`, in an environment that has marimo and Playwright.
"""

import functools
import os
import sys
from unittest import mock

from marimo._cli.cli import main
from playwright.async_api import BrowserType

chromium = sys.argv.pop(1)
sandbox = ["--no-sandbox"] if os.geteuid() == 0 else []
launch = functools.partialmethod(
    BrowserType.launch, executable_path=chromium, args=["--disable-gpu", *sandbox]
)
with mock.patch.object(BrowserType, "launch", launch):
    main()
