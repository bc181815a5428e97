"""Names that follow the content, and modules and stylesheets that find each other by them."""

import hashlib
import os
from pathlib import Path

import pytest

from l2site.assets import Assets, imports, load_assets, sha256
from l2site.problems import ContentError


@pytest.fixture
def load(tmp_path):
    """Write static files, then load them."""

    def write_and_load(files: dict[str, str], **generated: bytes) -> Assets:
        for name, text in files.items():
            path = tmp_path / "site/static" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        return load_assets(tmp_path, {name.replace("__", "."): data for name, data in generated.items()})

    return write_and_load


def test_a_name_changes_when_and_only_when_the_content_does(load):
    """Another content is another name; the same content is the same."""
    first = load({"js/a.js": "1;", "js/b.js": "2;"})
    second = load({"js/a.js": "1;", "js/b.js": "3;"})
    assert first.url("js/a.js") == second.url("js/a.js")
    assert first.url("js/b.js") != second.url("js/b.js")


def test_a_file_that_has_changed_has_another_digest(tmp_path):
    """What is remembered of a file on the disk is not said of its next content, whatever its size and name."""
    path, other = tmp_path / "a.js", tmp_path / "b.js"
    path.write_bytes(b"one")
    first = path.stat().st_mtime_ns
    assert sha256(path) == sha256(b"one") == hashlib.sha256(b"one").hexdigest()
    path.write_bytes(b"two")
    os.utime(path, ns=(first, first + 1))
    assert sha256(path) == sha256(b"two")
    other.write_bytes(b"six")
    os.utime(other, ns=(first, first + 1))
    other.replace(path)
    assert sha256(path) == sha256(b"six")


def test_a_change_travels_to_every_module_that_imports_it(load):
    """A module's name covers what it imports, through any number of modules."""
    chain = {"js/main.js": 'import { b } from "./b.js";', "js/b.js": 'export * from "./deep/c.js";'}
    before = load({**chain, "js/deep/c.js": "export const b = 1;"})
    after = load({**chain, "js/deep/c.js": "export const b = 2;"})
    for name in ("js/main.js", "js/b.js", "js/deep/c.js"):
        assert before.url(name) != after.url(name)


def test_imports_name_files_that_exist(load):
    """Every rewritten import leads, from the module's own place, to a file of the output."""
    assets = load({
        "js/main.js": 'import { b } from "./deep/b.js";\nimport "./c.js";\nconst d = import("./d.js");\n',
        "js/deep/b.js": 'import { c } from "../c.js";\nexport const b = c;',
        "js/c.js": "export const c = 1;",
        "js/d.js": "",
    })  # fmt: skip
    for url, content in assets.files.items():
        text = content if isinstance(content, bytes) else content.read_bytes()
        for target, _ in imports(text.decode()):
            found = (Path("/") / url).parent / target
            assert found.resolve().relative_to("/").as_posix() in assets.files


@pytest.mark.parametrize(
    "source",
    [
        '/* import { A } from "./types.d.ts" */',
        '// import { a } from "./gone.js";',
        '/* @type {import("./gone.js").Thing} */ const a = 1;',
        "const text = 'import { a } from \"./gone.js\"';",
        'const text = `import "./gone.js"`;',
        'import { a } from "bare";',
    ],
)
def test_what_only_looks_like_an_import_is_left_alone(load, source):
    """Comments, text and packages keep their words."""
    assets = load({"js/a.js": source})
    assert assets.files[assets.url("js/a.js")] == source.encode()


def test_a_missing_module_is_a_problem_with_its_line(load):
    """The message names the file, the line, and the module that was meant."""
    with pytest.raises(
        ContentError, match=r"site/static/js/a\.js:2: imports \./engin\.js; did you mean 'js/engine\.js'"
    ):
        load({"js/a.js": '\nimport { b } from "./engin.js";', "js/engine.js": ""})


def test_modules_in_a_circle_are_a_problem(load):
    """Two modules that import each other cannot both be named after their content."""
    with pytest.raises(ContentError, match=r"js/\w\.js → js/\w\.js → js/\w\.js"):
        load({"js/a.js": 'import "./b.js";', "js/b.js": 'import "./a.js";'})


def test_stylesheets_are_put_in_where_they_are_imported(load):
    """One sheet remains, in the order of its imports, and a picture in it has its new address."""
    assets = load({
        "css/site.css": '@import "tokens.css";\n@import "page.css";\n',
        "css/tokens.css": ":root { --a: 1; }",
        "css/page.css": 'body { background: url("../icons/dot.svg"); }',
        "icons/dot.svg": "<svg/>",
    })  # fmt: skip
    text = assets.files[assets.url("css/site.css")].decode()
    dot = assets.url("icons/dot.svg").removeprefix("assets/")
    assert text == f":root {{ --a: 1; }}\nbody {{ background: url(../{dot}); }}\n"
    with pytest.raises(LookupError):
        assets.url("css/page.css")


@pytest.mark.parametrize(
    ("sheet", "message"),
    [
        ('@import "gone.css";', "imports css/gone.css"),
        ("a { b: url(../gone.svg); }", "there is no asset 'gone.svg'"),
    ],
)
def test_an_address_that_names_nothing_is_a_problem(load, sheet, message):
    """A stylesheet cannot refer to what is not there."""
    with pytest.raises(ContentError, match=rf"site/static/css/site\.css:2: .*{message}"):
        load({"css/site.css": f"\n{sheet}"})


def test_jsdoc_stays_at_home(load):
    """A script travels without it, each line at its number; what looks like it in a text is a text."""
    source = (
        '/**\n * @import { A } from "./types.d.ts"\n */\n/** @type {A} */\nconst a = "/** b */"; /* c */\n'
    )
    assets = load({"js/a.js": source})
    assert assets.files[assets.url("js/a.js")].decode() == '\n\n\n\nconst a = "/** b */"; /* c */\n'


def test_comments_of_stylesheets_stay_at_home(load):
    """Wherever they stand, and whatever they hold; rules and texts keep every character."""
    rules = 'a { b: url("#c"); }\n.d::after { content: " / "; }\n'
    commented = (
        '/* @import "gone.css"; */\na { b: url("#c"); /* url(gone.svg)\n */}\n.d::after { content: " / "; }\n'
    )
    assets = load({"css/a.css": commented})
    text = assets.files[assets.url("css/a.css")].decode()
    assert text.split() == rules.split()


def test_types_stay_at_home(load):
    """What only the type checker reads is not published."""
    assert load({"js/types.d.ts": "export type A = 1;"}).files == {}


def test_an_unknown_name_suggests_the_one_that_was_meant(load):
    """A template's slip is explained."""
    with pytest.raises(LookupError, match=r"did you mean 'js/main\.js'"):
        load({"js/main.js": ""}).url("js/mian.js")


def test_a_page_can_ask_for_all_modules_at_once(load):
    """Each module that a module needs is listed once, the nearest first, without the module itself."""
    assets = load({
        "js/main.js": 'import "./a.js";\nimport "./b.js";',
        "js/a.js": 'import "./deep/c.js";',
        "js/b.js": 'import "./deep/c.js";',
        "js/deep/c.js": "",
        "js/worker.js": "",
    })  # fmt: skip
    assert assets.imported("js/main.js") == [
        assets.url(name) for name in ("js/a.js", "js/b.js", "js/deep/c.js")
    ]


def test_what_a_module_asks_for_later_is_not_asked_for_at_once(load):
    """A page begins with what it needs; `import()` has the right name when its time comes."""
    assets = load({
        "js/main.js": 'import "./a.js";\nconst open = () => import("./later.js");',
        "js/a.js": "",
        "js/later.js": 'import "./deep.js";',
        "js/deep.js": "",
    })  # fmt: skip
    assert assets.imported("js/main.js") == [assets.url("js/a.js")]
    assert assets.imported("js/later.js") == [assets.url("js/deep.js")]
    later = assets.url("js/later.js").rpartition("/")[2]
    assert f'import("./{later}")' in assets.files[assets.url("js/main.js")].decode()
