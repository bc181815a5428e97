"""What readers take away: programs that run, a package that installs, an entry that parses, and pages for frames."""

import base64
import hashlib
import re
import subprocess
import sys
import zipfile
from dataclasses import replace
from email import message_from_string

import pytest

import l2widgets
from l2site.metadata import Site
from l2site.site import open_renderings, read_content
from l2site.takeaway import bibtex

DRAW_NOTHING = """
from plotly.basedatatypes import BaseFigure
BaseFigure.show = lambda figure: print(len(figure.data), "traces", figure.layout.width)
exec(compile(open({path!r}, encoding="utf-8").read(), {path!r}, "exec"))
"""


@pytest.fixture(scope="module")
def wheel(dist):
    """Return the package that the site offers."""
    [path] = (dist / "python").glob("*.whl")
    return path


@pytest.mark.parametrize("name", l2widgets.names())
def test_a_figures_program_runs_with_the_package_and_plotly_alone(dist, wheel, name):
    """It prints the sentence and draws the traces that the page shows first."""
    done = subprocess.run(
        [sys.executable, "-c", DRAW_NOTHING.format(path=str(dist / f"python/{name}.py"))],
        capture_output=True, text=True, check=False, timeout=60, cwd="/", env={"PYTHONPATH": str(wheel)},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    page = (dist / "index.html").read_text()
    [figure] = re.findall(rf'<figure [^>]*id="figure-{name}".*?</figure>', page, re.DOTALL)
    [summary] = re.findall(r"data-summary>(.*?)</p>", figure)
    assert summary in done.stdout
    assert re.search(r"^\d+ traces 960$", done.stdout, re.MULTILINE)


def test_a_program_without_plotly_says_its_numbers_and_what_is_missing(dist, wheel):
    """In one sentence, after the figure's own."""
    hidden = "import sys; sys.modules['plotly'] = None; exec(open(sys.argv[1], encoding='utf-8').read())"
    done = subprocess.run(
        [sys.executable, "-c", hidden, str(dist / "python/weight_decay.py")],
        capture_output=True, text=True, check=False, timeout=60, cwd="/", env={"PYTHONPATH": str(wheel)},
    )  # fmt: skip
    assert done.returncode == 1
    assert done.stdout.startswith("After 100 steps")
    assert done.stderr == "To see it drawn, install Plotly: pip install plotly\n"


def test_a_program_says_where_it_comes_from_and_what_it_needs(dist, wheel):
    """The figure's address and the package's are absolute; its cells are those of a notebook."""
    code = (dist / "python/lambda_sweep.py").read_text()
    assert "# The figure: <https://example.org/tuning/#figure-lambda_sweep>" in code
    assert f"pip install plotly https://example.org/python/{wheel.name}\n" in code
    assert code.startswith("# %% [markdown]\n# # Find the valley\n")
    assert len(re.findall(r"^# %%", code, re.MULTILINE)) == 4
    assert len(re.findall(r"^SETTING = \{.*\}$", code, re.MULTILINE)) == 1


def test_the_package_is_a_wheel_that_pip_takes(wheel, tmp_path):
    """Installed by pip, which checks every digest of its record, it draws."""
    command = [sys.executable, "-m", "pip", "install", "--no-deps", "--no-index", "--target", str(tmp_path)]
    done = subprocess.run([*command, str(wheel)], capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stderr
    code = "import l2widgets; print(l2widgets.__file__); print(l2widgets.render('translator', {})['summary'])"
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True, text=True, check=True, timeout=60, cwd="/", env={"PYTHONPATH": str(tmp_path)},
    )  # fmt: skip
    where, summary = done.stdout.strip().split("\n")
    assert where.startswith(str(tmp_path))
    assert summary == l2widgets.render("translator", {})["summary"]


def test_the_packages_record_is_true(wheel, project):
    """Every file is listed with its digest and its size; what it says of itself is what pyproject.toml says."""
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
        assert archive.testzip() is None
        [record] = [name for name in names if name.endswith("/RECORD")]
        listed = dict(line.split(",", 1) for line in archive.read(record).decode().splitlines())
        assert list(listed) == names
        for name in names:
            data = archive.read(name)
            digest = base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()
            assert listed[name] == ("," if name == record else f"sha256={digest},{len(data)}")
        assert "l2widgets/datasets/penguins.csv" in names
        [metadata] = [name for name in names if name.endswith("/METADATA")]
        described = message_from_string(archive.read(metadata).decode())
    assert described["Version"] == l2widgets.__version__
    assert described.get_all("Requires-Dist") == ["numpy>=2.0"]
    assert wheel.name == f"l2widgets-{l2widgets.__version__}-py3-none-any.whl"


def test_the_citation_is_on_the_front_page_and_a_file(dist):
    """The same entry twice, with balanced braces and the fields that BibTeX wants."""
    entry = (dist / "citation.bib").read_text()
    page = (dist / "index.html").read_text()
    assert entry.strip() in page
    assert 'href="citation.bib"' in page
    assert re.match(r"@misc\{thepriceofweight\d{4},\n", entry)
    fields = dict(re.findall(r"^  (\w+) = \{(.*)\},$", entry, re.MULTILINE))
    assert fields.keys() == {"author", "title", "year", "url", "note"}
    assert fields["url"] == "https://example.org/"
    assert entry.count("{") == entry.count("}")


def test_what_tex_would_take_for_a_command_is_escaped(article_of):
    """A title with an ampersand or an underscore stays a title."""
    entry = bibtex(Site("x", "https://example.org/", "en"), article_of(title="R&D_1", author="A {B} 100%"))
    assert r"R\&D\_1" in entry
    assert r"A \{B\} 100\%" in entry


@pytest.fixture
def article_of(project):
    """Return the article with other words."""
    _, (article,) = read_content(project, open_renderings(project))
    return lambda **words: replace(article, **words)


@pytest.mark.parametrize("name", l2widgets.names())
def test_each_widget_has_a_page_for_frames(dist, name):
    """One figure and a link to its section, to which search engines are sent; no service worker, no site around it."""
    html = (dist / f"embed/{name}/index.html").read_text()
    assert html.count("data-widget=") == 1
    [slug] = re.findall(r'<link rel="canonical" href="https://example\.org/([\w-]+)/">', html)
    assert f'data-home href="../../{slug}/#figure-{name}"' in html
    assert f'id="figure-{name}"' in (dist / slug / "index.html").read_text()
    assert "serviceWorker" not in html
    assert "sw.js" not in html
    assert 'class="foot"' not in html
