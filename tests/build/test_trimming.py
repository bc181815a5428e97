"""The interpreter loses what nothing reaches, and nothing else."""

import subprocess

import pytest

from l2site.pack.trimming import Module, TrimmingError, trimmed
from tests.build.project import ROOT


def _section(number, *parts):
    body = bytes([len(parts)]) + b"".join(parts)
    return bytes([number, len(body)]) + body


def _named(text):
    return bytes([len(text)]) + text.encode()


def _body(*code):
    return bytes([len(code) + 2, 0, *code, 0x0B])


CALL, CONSTANT, ADD = 0x10, 0x41, 0x6A

# Five functions from a number to a number: `given` is imported, `kept` calls `helper`, which calls `given`.
WASM = b"\0asm\1\0\0\0" + b"".join(
    [
        _section(1, b"\x60\1\x7f\1\x7f"),
        _section(2, _named("env") + _named("unused") + b"\0\0", _named("env") + _named("given") + b"\0\0"),
        _section(3, b"\0", b"\0", b"\0", b"\0"),
        _section(4, b"\x70\0\1"),
        _section(
            7,
            *(
                _named(name) + bytes([0, number])
                for name, number in (("dropped", 2), ("kept", 4), ("named", 5))
            ),
        ),
        _section(9, b"\0\x41\0\x0b\1\3"),
        _section(
            10,
            _body(CONSTANT, 1, CALL, 0),  # dropped, with what is imported for it alone
            _body(0x20, 0, CALL, 1, CONSTANT, 5, ADD),  # the helper, which a table has too
            _body(0x20, 0, CALL, 3, CONSTANT, 1, ADD),  # kept
            _body(0x20, 0),  # named by the script
        ),
    ]
)

SCRIPT = (
    f"var {','.join(['_dropped', '_kept', *(f'a{at}' for at in range(1000))])};"
    '_dropped=Module["_dropped"]=wasmExports["dropped"];'
    '_kept=Module["_kept"]=wasmExports["kept"];'
    'wasmExports["named"](1);_kept(2)'
)


def test_what_nothing_reaches_goes():
    """Functions, imports and the script's lines that are for them alone; what is left works as before."""
    wasm, script = trimmed(WASM, SCRIPT, [])
    module = Module(wasm)
    assert module.exported() == {"kept", "named"}
    assert module.imported() == {"given"}
    assert "dropped" not in script
    assert '_kept=Module["_kept"]=wasmExports["kept"];' in script
    program = f"""
        const bytes = Uint8Array.from([{",".join(map(str, wasm))}]);
        const {{ instance }} = await WebAssembly.instantiate(bytes, {{ env: {{ given: (x) => 10 * x }} }});
        console.log(instance.exports.kept(4), instance.exports.named(7));
    """
    node = ROOT / ".cache/node/node"
    ran = subprocess.run(
        [node, "--input-type=module", "-e", program], capture_output=True, text=True, check=True
    )
    assert ran.stdout.split() == ["46", "7"]


def test_what_is_linked_stays():
    """What a shared object imports is there for it."""
    linked = (
        b"\0asm\1\0\0\0" + _section(1, b"\x60\0\0") + _section(2, _named("env") + _named("dropped") + b"\0\0")
    )
    wasm, script = trimmed(WASM, SCRIPT, [linked])
    assert Module(wasm).exported() == {"dropped", "kept", "named"}
    assert script == SCRIPT


@pytest.mark.parametrize(
    ("wasm", "message"),
    [
        (b"\0asm\2\0\0\0", "this is no WebAssembly"),
        (WASM.replace(bytes([CONSTANT, 5, ADD]), b"\x41\5\xff"), "the instruction 0xff is not known here"),
        (WASM.replace(bytes([CONSTANT, 5, ADD]), b"\x41\5\x41"), "a function does not end where it should"),
    ],
)
def test_what_is_not_understood_stops_the_build(wasm, message):
    """Nothing is left out of a module that is not read to its end."""
    with pytest.raises(TrimmingError, match=message):
        trimmed(wasm, SCRIPT, [])
