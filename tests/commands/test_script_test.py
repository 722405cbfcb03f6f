"""The command that tests brings a browser when one may be needed, and is quick when not."""

from __future__ import annotations

import pytest

from tests import chromium, run


@pytest.fixture
def fetched(monkeypatch) -> list[str]:
    """What a run has fetched; nothing is really fetched or run."""
    calls: list[str] = []
    monkeypatch.setenv("CHROMIUM", "")
    monkeypatch.setattr(chromium, "provide", lambda: calls.append("chromium") or "/a/chromium")
    monkeypatch.setattr(run, "run_pytest", lambda *_arguments: 0)
    return calls


@pytest.mark.parametrize(
    "arguments",
    [
        ["-k", "clap"],
        ["-k", "blog"],
        ["-x"],
        ["tests"],
        ["tests/"],
        ["./tests", "-k", "clap"],
        ["tests/browser"],
        ["tests/blog", "tests/browser/test_desk.py::test_tab_leaves_the_text"],
        ["tests/browser/../browser"],
        ["--lf"],
        [str(run.ROOT)],
    ],
)
def test_a_run_that_may_open_a_browser_brings_one(fetched, arguments):
    assert run.main(arguments) == 0
    assert fetched == ["chromium"]


@pytest.mark.parametrize(
    "arguments",
    [
        ["unit"],
        ["unit", "-k", "clap"],
        ["tests/blog"],
        ["tests/blog", "-k", "browser"],
        ["tests/blog/test_claps.py::test_one", "-x"],
        ["tests", "--ignore=tests/browser"],
        ["--ignore", "tests/browser", "-k", "clap"],
    ],
)
def test_a_run_that_cannot_open_a_browser_is_quick(fetched, arguments):
    assert run.main(arguments) == 0
    assert fetched == []
