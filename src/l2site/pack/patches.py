"""The lines of the standard library and of NumPy that are changed, so that Python does less while it starts."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Patch:
    """A change in one file."""

    file: str
    """Its name in the standard library."""
    old: str
    """What stands there exactly once."""
    new: str
    """What takes its place."""


SITE = "site-packages/"

COMPILED = (
    Patch(
        "dataclasses.py",
        "exec(txt, self.globals, ns)",
        "exec(__import__('l2_kept').code(txt, 'exec'), self.globals, ns)",
    ),
    Patch(
        "collections/__init__.py",
        "eval(code, namespace)",
        "eval(__import__('l2_kept').code(code, 'eval'), namespace)",
    ),
    Patch(
        "re/_compiler.py",
        "def compile(p, flags=0):\n",
        "def compile(p, flags=0):\n"
        "    return _sre.compile(*__import__('l2_kept').pattern(p, flags, _prepared))\n\n"
        "def _prepared(p, flags):\n",
    ),
    Patch(
        "re/_compiler.py", "    return _sre.compile(\n        pattern, ", "    return (\n        pattern, "
    ),
)
"""What was compiled at the build is asked for before a text is compiled."""

DESCRIBED = Patch(
    "dataclasses.py",
    "    if not getattr(cls, '__doc__'):\n",
    "    if __debug__ and not getattr(cls, '__doc__'):\n",
)
"""A dataclass without a description gets its signature for one, which takes longer than all else; here none has one."""

UNWRAPPED = Patch(
    "dataclasses.py",
    "        member = inspect.unwrap(member)\n",
    "        while hasattr(member, '__wrapped__'):\n            member = member.__wrapped__\n",
)
"""Dataclasses with slots look through decorators without all of `inspect`."""

EVENTS = (
    Patch(
        "pyodide/__init__.py",
        "from .webloop import _initialize_event_loop\n\n_initialize_event_loop()\ndel _initialize_event_loop\n",
        "",
    ),
    Patch(
        "asyncio/__init__.py",
        '    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")\n',
        '    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")\n\n\n'
        "__import__('pyodide.webloop').webloop._initialize_event_loop()\n",
    ),
)
"""Pyodide's event loop waits for whoever imports asyncio, since no figure does."""

SIGNATURES = (
    Patch(
        "_pyodide/docstring.py",
        "    from inspect import _empty, signature\n",
        "    if func.__doc__ is None:\n"
        "        return f'{func.__name__}(*args)\\n--\\n\\n'\n"
        "    from inspect import _empty, signature\n",
    ),
    Patch(
        "_pyodide/jsbind.py",
        "from inspect import (\n    Parameter,\n    getattr_static,\n    isclass,\n    iscoroutinefunction,\n"
        "    ismethod,\n    signature,\n)\n",
        "import inspect\n",
    ),
    Patch("_pyodide/jsbind.py", "getattr_static(sig", "inspect.getattr_static(sig"),
    Patch("_pyodide/jsbind.py", "if isclass(f)", "if inspect.isclass(f)"),
    Patch("_pyodide/jsbind.py", "if ismethod(cache)", "if inspect.ismethod(cache)"),
    Patch("_pyodide/jsbind.py", "if iscoroutinefunction(f)", "if inspect.iscoroutinefunction(f)"),
    Patch(
        "_pyodide/jsbind.py",
        "    sig = signature(f)\n",
        "    Parameter = inspect.Parameter\n    sig = inspect.signature(f)\n",
    ),
    Patch("_pyodide/jsbind.py", "no_default = Parameter.empty\n", "class no_default:\n    pass\n"),
    Patch(
        "_pyodide/jsbind.py",
        "kwparam_defaults.append(p.default)",
        "kwparam_defaults.append(no_default if p.default is Parameter.empty else p.default)",
    ),
    Patch(
        "_pyodide/jsbind.py",
        "default_signature = func_to_sig_inner(_default_sig_stencil, None)\n",
        "default_signature = JsFuncSignature(\n"
        "    _default_sig_stencil, False, 0, (), (), py2js_default, (), (), (), py2js_default,\n"
        "    js2py_default_call_result,\n"
        ")\n",
    ),
)
"""What Pyodide learns from `inspect` at every start is written down, so that it is imported for signatures alone."""

QUIET = Patch(
    "_pyodide/_base.py",
    "    source_io = StringIO(source)\n",
    "    if '#' not in source and not source.rstrip().endswith(';'):\n"
    "        return False\n"
    "    source_io = StringIO(source)\n",
)
"""A text without comments needs no tokens to tell whether it ends in a semicolon."""

HOOK = Patch(
    "_pyodide/__init__.py",
    "    sys.excepthook = traceback.print_exception\n",
    "    sys.excepthook = lambda *given: traceback.print_exception(*given)\n",
)
"""What prints tracebacks is executed when there is one to print."""

LIBRARY_PATCHES = (*COMPILED, DESCRIBED, UNWRAPPED, *EVENTS, *SIGNATURES, QUIET, HOOK)

DESCRIPTIONS = Patch(f"{SITE}numpy/_core/__init__.py", "    _add_newdocs,\n    _add_newdocs_scalars,\n", "")
"""Descriptions are given in the first pause (`l2_idle.py`)."""

MASKED = Patch(
    f"{SITE}numpy/lib/_arraysetops_impl.py",
    "and not np.ma.is_masked(ar):",
    "and (type(ar) is np.ndarray or not np.ma.is_masked(ar)):",
)
"""`np.unique` does not import all that NumPy has for masked arrays to learn that an ordinary one is none."""

RESULTS = Patch(
    f"{SITE}numpy/linalg/_linalg.py",
    "from numpy._typing import NDArray\n",
    "from numpy.typing import NDArray\n",
)
TYPES = Patch(
    f"{SITE}numpy/typing/__init__.py",
    "from numpy._typing import ArrayLike, DTypeLike, NBitBase, NDArray\n",
    "import numpy as _numpy\n\n"
    "type NDArray[Scalar: _numpy.generic] = _numpy.ndarray[tuple[object, ...], _numpy.dtype[Scalar]]\n"
    "type ArrayLike = __import__('numpy._typing')._typing.ArrayLike\n"
    "type DTypeLike = __import__('numpy._typing')._typing.DTypeLike\n"
    "type NBitBase = __import__('numpy._typing')._typing.NBitBase\n",
)
"""What annotations name is made when somebody asks what it means."""

AGREEMENT = Patch(
    f"{SITE}numpy/_core/overrides.py", "        if verify:\n", "        if __debug__ and verify:\n"
)
"""NumPy's own functions are not compared with their dispatchers again."""

UNSIGNED = (
    Patch(
        f"{SITE}numpy/_core/overrides.py",
        "ARRAY_FUNCTIONS = set()\n",
        "ARRAY_FUNCTIONS = set()\nUNSIGNED = []\n",
    ),
    Patch(
        f"{SITE}numpy/_core/overrides.py",
        "            public_api.__signature__ = inspect.signature(dispatcher)\n",
        "            UNSIGNED.append((public_api, dispatcher))\n",
    ),
)
"""Signatures are given in the first pause, too."""

NUMPY_PATCHES = (DESCRIPTIONS, MASKED, RESULTS, TYPES, AGREEMENT, *UNSIGNED)

SCRIPT_PATCHES = (
    Patch(
        "pyodide.asm.mjs",
        "API.sitepackages=API.package_loader.SITE_PACKAGES.__str__(),API.dsodir=API.package_loader.DSO_DIR.__str__()",
        'API.sitepackages="/lib/python3.14/site-packages",API.dsodir="/usr/lib"',
    ),
    Patch("pyodide.asm.mjs", ",API.package_loader.init_loaded_packages()}", "}"),
    Patch(
        "pyodide.asm.mjs",
        "return[null,API.config.jsglobals,API.public_api,API,me,API,{}]",
        "return[null,API.config.jsglobals,API.public_api]",
    ),
    Patch(
        "pyodide.asm.mjs",
        "try{setWasmTableEntry(ret,func)}catch(err){if(!(err instanceof TypeError)){throw err}"
        "var wrapped=convertJsFunctionToWasm(func,sig);setWasmTableEntry(ret,wrapped)}",
        "setWasmTableEntry(ret,sig?convertJsFunctionToWasm(func,sig):func);",
    ),
)
"""Pyodide does not import its package manager to learn where packages would lie, nor look for some: there are none.

It knows a memory by what it has given to Python while it started, which is less without that and the event loop.
And what of its own it puts into the table of functions is told from what is compiled by its signature, not by an error.
"""
