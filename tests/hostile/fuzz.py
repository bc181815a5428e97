"""Fuzzes what reads texts, for as long as is asked: sections, front matter and declarations, tables, and links.

Atheris guides the first three by what of the code an input reaches. Links are read by JavaScript, for which Hypothesis
makes the inputs and Node reads them (decision 19). What fails is printed with the input that made it fail.
"""

# ruff: noqa: PLC0415  each target loads what it reads when Atheris has prepared to look

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis.strategies import SearchStrategy

ROOT = Path(__file__).resolve().parents[2]


def sections() -> Callable[[bytes], None]:
    """Return what reads bytes as a section's text: problems, or HTML in which nothing acts."""
    from tests.content.conftest import FRONT
    from tests.hostile.reading import Reader, acting

    reader = Reader(Path(tempfile.mkdtemp()))

    def read(data: bytes) -> None:
        html = reader.html(FRONT.encode() + data)
        assert html is None or acting(html) == [], html

    return read


def declarations() -> Callable[[bytes], None]:
    """Return what reads bytes as front matter and as both files of TOML: an article, or problems."""
    from l2site.problems import ContentError
    from tests.content.conftest import ARTICLE, REFERENCES
    from tests.hostile.reading import Reader

    reader = Reader(Path(tempfile.mkdtemp()))

    def read(data: bytes) -> None:
        reader.html(b"---\n" + data + b"\n---\n\nText.\n")
        for name, good in (("article.toml", ARTICLE), ("references.toml", REFERENCES)):
            reader.write(name, data)
            try:
                reader.read("---\ntitle: A\nsummary: B\n---\n\nText.\n")
            except ContentError as error:
                assert error.problems  # noqa: PT017  a refusal says why
            reader.write(name, good)

    return read


def tables() -> Callable[[bytes], None]:
    """Return what reads bytes as a reader's table: two columns of numbers in their limits, or one short sentence."""
    from l2widgets.tables import LARGEST, LEAST_ROWS, MOST_ROWS, TableError, read

    def check(data: bytes) -> None:
        text = data[1:].decode("utf-8", "replace")
        rows = "".join(f"{i},{i * i},{-i}\n" for i in range(30)) if data[:1] > b"\x7f" else ""
        try:
            found = read(text + rows, columns=((data[0] % 4) + 1, 2) if data else (1, 2))
        except TableError as error:
            assert len(str(error)) < 400, error  # noqa: PT017
            assert not set(str(error)) & set("<>&\n\x00"), error  # noqa: PT017
            return
        assert LEAST_ROWS <= len(found.x) == len(found.y) <= MOST_ROWS
        assert all(abs(value) <= LARGEST for value in (*found.x, *found.y))
        assert all(name and not set(name) & set("<>&\n") for name in found.names)

    return check


TARGETS = {made.__name__: made for made in (sections, declarations, tables)}


def fuzz(target: str, seconds: float, found: Path) -> None:
    """Let Atheris try one target in this process, which it ends."""
    import atheris

    with atheris.instrument_imports(
        include=["l2site", "l2widgets", "markdown_it", "mdit_py_plugins", "yaml"]
    ):
        check = TARGETS[target]()
    words = found / f"{target}.dict"
    from tests.hostile.corpus import FRONT, MARKDOWN, TABLES, TEXTS

    parts = {part for place in (*MARKDOWN, *FRONT, *TABLES) for part in place.split("%s")} | set(TEXTS)
    lines = [
        "".join(f"\\x{byte:02x}" for byte in part.encode("utf-8", "replace")[:60]) for part in parts if part
    ]
    words.write_text("".join(f'"{line}"\n' for line in lines))
    options = [
        f"-max_total_time={int(seconds)}",
        f"-dict={words}",
        "-max_len=3000",
        "-timeout=20",
        "-verbosity=0",
    ]
    atheris.Setup([sys.argv[0], *options, f"-artifact_prefix={found}/{target}-"], check)
    atheris.Fuzz()


def links(seconds: float) -> int:
    """Let Hypothesis try links of every figure, a thousand at a time, and return how many there were."""
    from hypothesis import strategies as st

    import l2widgets
    from tests.contract.test_links import any_link
    from tests.hostile.links import Links

    end, count = time.monotonic() + seconds, 0
    with Links() as node:
        while time.monotonic() < end:
            for name in l2widgets.names():
                _try_links(node.judge, name, any_link(name) | st.text(max_size=60).map("?{}".format))
                count += 1000
    return count


def _try_links(judge: Callable[[str, str], object], name: str, queries: SearchStrategy[str]) -> None:
    @settings(max_examples=1000, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(query=queries)
    def try_one(query: str) -> None:
        judge(name, query)

    try_one()


def main() -> None:
    """Try every target, one after the other."""
    parser = argparse.ArgumentParser(description="Fuzz what reads texts.")
    parser.add_argument("--seconds", type=float, default=60, help="how long for each target (60)")
    parser.add_argument("--target", choices=TARGETS, help="this one alone, in this process")
    parser.add_argument(
        "--found", type=Path, default=ROOT / "test-results/fuzz", help="where inputs that fail go"
    )
    arguments = parser.parse_args()
    arguments.found.mkdir(parents=True, exist_ok=True)
    if arguments.target:
        fuzz(arguments.target, arguments.seconds, arguments.found)
        return
    failed = []
    for target in TARGETS:
        command = [
            sys.executable,
            "-m",
            "tests.hostile.fuzz",
            "--target",
            target,
            "--found",
            str(arguments.found),
        ]
        ran = subprocess.run([*command, "--seconds", str(arguments.seconds)], cwd=ROOT, check=False)
        failed += [target] * bool(ran.returncode)
    print(f"links: {links(arguments.seconds):,} read")
    if failed:
        sys.exit(f"{' and '.join(failed)} failed; the inputs are in {arguments.found}")


if __name__ == "__main__":
    main()
