"""Where a request comes from, with proxies in front and without."""

from __future__ import annotations

import pytest
from allauth.account.adapter import get_adapter
from django.test import RequestFactory


def address(forwarded_for="", **headers):
    if forwarded_for:
        headers["x-forwarded-for"] = forwarded_for
    request = RequestFactory().get("/", headers=headers, REMOTE_ADDR="192.0.2.1")
    return get_adapter().get_client_ip(request)


@pytest.mark.parametrize(
    ("proxies", "forwarded_for", "expected"),
    [
        (0, "198.51.100.9", "192.0.2.1"),
        (1, "203.0.113.5, 198.51.100.9", "198.51.100.9"),
        (2, "203.0.113.5, 198.51.100.9", "203.0.113.5"),
        (1, "", "192.0.2.1"),
    ],
)
def test_an_address_is_the_one_that_the_outermost_trusted_proxy_saw(
    settings, proxies, forwarded_for, expected
):
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = proxies
    assert address(forwarded_for) == expected


@pytest.mark.parametrize("forwarded_for", ["198.51.100.9", "203.0.113.5, 198.51.100.9"])
def test_fewer_hops_than_proxies_give_the_nearest_address(settings, forwarded_for):
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 3
    assert address(forwarded_for) == "198.51.100.9"


@pytest.mark.parametrize("forwarded_for", ["unknown", "198.51.100.9, ", "unknown, _hidden"])
def test_what_is_no_address_gives_the_one_of_the_connection(settings, forwarded_for):
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    assert address(forwarded_for) == "192.0.2.1"
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 3
    assert address(forwarded_for) == "192.0.2.1"


@pytest.mark.django_db
def test_too_large_a_count_of_proxies_breaks_no_page(settings, client):
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 2
    answer = client.post(
        "/accounts/login/",
        {"login": "ada@example.org", "password": "no such"},
        headers={"x-forwarded-for": "198.51.100.9"},
    )
    assert answer.status_code == 200
