"""Figures that a build asks for are computed once."""

import json

import pytest

import l2widgets
from l2site import renderings
from l2site.renderings import Renderings


@pytest.fixture
def computed(monkeypatch):
    """Return the list of what has been computed."""
    compute, calls = l2widgets.render_json, []

    def recorded(name, stops):
        calls.append((name, json.loads(stops)))
        return compute(name, stops)

    monkeypatch.setattr(l2widgets, "render_json", recorded)
    return calls


def at(lam):
    """Return a widget and the value of every control."""
    widget = l2widgets.load("weight_decay")
    return widget, widget.params({"lam": lam})


def test_a_rendering_is_what_the_widget_shows(tmp_path):
    """Whoever asks for it gets what `l2widgets.render` returns."""
    widget, params = at("0.1")
    assert Renderings(tmp_path).shown(widget, params) == l2widgets.render("weight_decay", {"lam": "0.1"})


def test_a_rendering_is_computed_once_for_all_builds(tmp_path, computed):
    """The second build reads what the first has computed, and only for the same setting."""
    first = Renderings(tmp_path)
    texts = {first.text(*at("0.1")), first.text(*at("0.1")), Renderings(tmp_path).text(*at("0.1"))}
    assert len(texts) == 1
    assert [(name, stops["lam"]) for name, stops in computed] == [("weight_decay", "0.1")]
    assert Renderings(tmp_path).text(*at("1")) not in texts


def test_renderings_of_other_widgets_are_not_taken(tmp_path, computed, monkeypatch):
    """When the package has changed, everything is computed anew."""
    Renderings(tmp_path).text(*at("0.1"))
    monkeypatch.setattr(renderings, "widgets_digest", lambda: "others")
    Renderings(tmp_path).text(*at("0.1"))
    assert len(computed) == 2


def test_without_a_folder_they_are_kept_in_memory_only(tmp_path, computed, monkeypatch):
    """An article can be read without a cache, and then nothing is written."""
    monkeypatch.chdir(tmp_path)
    alone = Renderings()
    alone.text(*at("0.1"))
    alone.text(*at("0.1"))
    assert len(computed) == 1
    assert list(tmp_path.iterdir()) == []


def test_readouts_are_the_figures_own(tmp_path, computed):
    """The numbers that prose quotes are those of the figure, of the same computation, in the builds to come too."""
    widget, params = at("0.1")
    first, second = Renderings(tmp_path), Renderings(tmp_path)
    assert first.readouts(widget, params) == second.readouts(widget, params)
    assert second.readouts(widget, params) == second.shown(widget, params)["readouts"]
    assert first.readouts(*at("1")) != first.readouts(*at("0.1"))
    assert [stops["lam"] for _, stops in computed] == ["0.1", "1"]


def test_readouts_of_other_widgets_are_not_taken(tmp_path, computed, monkeypatch):
    """When the package has changed, they are computed anew too."""
    Renderings(tmp_path).readouts(*at("0.1"))
    monkeypatch.setattr(renderings, "widgets_digest", lambda: "others")
    Renderings(tmp_path).readouts(*at("0.1"))
    assert len(computed) == 2
