"""What follows from the address that readers use."""

from __future__ import annotations

import runpy
from pathlib import Path

import pytest

SETTINGS = Path(__file__).resolve().parents[2] / "config/settings.py"


@pytest.fixture
def settings_of(monkeypatch, tmp_path):
    """The settings of an installation that sets these values."""

    def read(**values):
        monkeypatch.setenv("LONGHAND_DATA", str(tmp_path))
        monkeypatch.delenv("TRUSTED_PROXY_COUNT", raising=False)
        for key, value in values.items():
            monkeypatch.setenv(key, value)
        return runpy.run_path(str(SETTINGS))

    return read


def test_https_means_a_proxy_whose_word_is_taken(settings_of):
    # The server speaks http only: without the proxy's word it would redirect for ever.
    found = settings_of(SITE_URL="https://example.org")
    assert found["SECURE_SSL_REDIRECT"]
    assert found["SECURE_PROXY_SSL_HEADER"] == ("HTTP_X_FORWARDED_PROTO", "https")
    assert found["ALLAUTH_TRUSTED_PROXY_COUNT"] == 1


def test_more_proxies_may_be_named_and_none_as_well(settings_of):
    two = settings_of(SITE_URL="https://example.org", TRUSTED_PROXY_COUNT="2")
    assert two["ALLAUTH_TRUSTED_PROXY_COUNT"] == 2
    none = settings_of(SITE_URL="https://example.org", TRUSTED_PROXY_COUNT="0")
    assert none["ALLAUTH_TRUSTED_PROXY_COUNT"] == 0
    assert "SECURE_PROXY_SSL_HEADER" not in none


def test_nobody_is_believed_where_there_is_no_proxy(settings_of):
    found = settings_of(SITE_URL="http://127.0.0.1:8000")
    assert found["ALLAUTH_TRUSTED_PROXY_COUNT"] == 0
    assert "SECURE_PROXY_SSL_HEADER" not in found
