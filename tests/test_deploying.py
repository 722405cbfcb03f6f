"""What docs/deploying.md says is so: its files are there, its settings known, its nginx tried."""

from __future__ import annotations

import configparser
import json
import re
import subprocess
from pathlib import Path

import pytest

from tests import stack
from tests.serving import ROOT, Running

pytestmark = pytest.mark.once
PAGE = (ROOT / "docs/deploying.md").read_text()


def test_every_file_that_the_page_leads_to_is_there():
    links = re.findall(r"\]\(([^)#]+)\)", PAGE)
    assert "deploying/nginx.conf" in links
    for link in links:
        assert (ROOT / "docs" / link).exists(), link


def test_every_setting_that_the_page_names_is_one_that_longhand_reads():
    read = (ROOT / "config/env.py").read_text() + (ROOT / "config/settings.py").read_text()
    read += (ROOT / "blog/installation.py").read_text()
    named = set(re.findall(r"`?\b([A-Z]+(?:_[A-Z]+)+|WORKERS)\b=?", PAGE))
    assert named
    for name in named:
        assert f'"{name}"' in read, name


def test_the_unit_starts_what_is_there_with_options_that_are_known():
    unit = configparser.ConfigParser(strict=False, interpolation=None)
    unit.optionxform = str  # type: ignore[assignment, method-assign]
    unit.read(ROOT / "docs/deploying/longhand.service")
    command, *options = unit["Service"]["ExecStart"].split()
    place = Path(command).relative_to(unit["Service"]["WorkingDirectory"])
    assert (ROOT / place).exists()
    said = subprocess.run(
        [ROOT / place, "--help"], capture_output=True, text=True, check=True
    ).stdout
    assert {one for one in options if one.startswith("--")} <= set(re.findall(r"--[a-z]+", said))


def test_the_configuration_of_nginx_is_for_one_machine_until_its_lines_for_several_are_taken(
    tmp_path,
):
    one = stack.nginx_conf(tmp_path, [1, 2, 3, 4], 5, several=False)
    several = stack.nginx_conf(tmp_path, [1, 2, 3, 4], 5, several=True)
    assert "server 127.0.0.1:4 " not in re.sub(r"(?m)^ *#.*$", "", one)
    assert "server 127.0.0.1:4 " in several
    assert not re.search(r"(?m)^\s*#\+|#-$", several)


def test_a_word_that_script_stack_does_not_know_is_refused(monkeypatch):
    with pytest.raises(SystemExit, match="“upp” is not known here; script/stack --help"):
        stack.main(["upp"])


def test_what_is_lacking_is_said_with_the_way_to_get_it(monkeypatch):
    monkeypatch.setattr(stack, "_which", lambda name: None)
    monkeypatch.setattr(stack.postgres, "binaries", lambda: None)
    assert "redis-server is lacking. On Debian: apt-get install redis-server" in stack.lacks()
    assert len(stack.lacks()) == 4


def test_tests_may_run_against_a_publication_that_runs_already(tmp_path):
    facts = tmp_path / "running.json"
    facts.write_text(json.dumps({"url": "https://127.0.0.1:1", "environment": {"A": "b"}}))
    running = Running(facts)
    assert (running.url, running.environment) == ("https://127.0.0.1:1", {"A": "b"})
