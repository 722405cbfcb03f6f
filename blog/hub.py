"""Telling a WebSub hub that feeds have changed; it sends them on to who subscribed there.

The hub's address is typed by the owner, and our own server calls it: so it must not lead to what
only our server can reach. A name is looked up once, and the address that was found and checked is
the one that is called.
"""

from __future__ import annotations

import socket
import ssl
from collections.abc import Sequence
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from urllib.parse import SplitResult, urlencode, urlsplit

from django.conf import settings

TIMEOUT_SECONDS = 10
PORTS = {"https": 443, "http": 80}
# An IPv4 address, whichever, written as one of IPv6.
NAT64 = IPv6Network("64:ff9b::/96")


class HubFailed(Exception):
    """The hub cannot be reached now, or does not take what it is told."""


class HubRefused(Exception):
    """We do not call this address, and will not later."""


def tell(hub: str, topics: Sequence[str]) -> None:
    """Say that the feeds at these addresses have changed. Raises `HubFailed` or `HubRefused`."""
    body = urlencode([("hub.mode", "publish"), *(("hub.url", topic) for topic in topics)])
    try:
        status = _post(_parts_of(hub), body)
    except (OSError, HTTPException) as error:
        raise HubFailed(str(error) or type(error).__name__) from error
    except ValueError as error:
        # A name too long, a port that is none.
        raise HubRefused(f"{hub} is no address: {error}") from error
    if not 200 <= status < 300:
        raise HubFailed(f"it answered {status}")


def _parts_of(hub: str) -> SplitResult:
    parts = urlsplit(hub)
    allowed = {"https", "http"} if settings.HUB_MAY_BE_PRIVATE else {"https"}
    if parts.scheme not in allowed or not parts.hostname:
        raise HubRefused(f"{hub} is no address that begins with https://.")
    return parts


def _post(parts: SplitResult, body: str) -> int:
    host, port = parts.hostname or "", parts.port or PORTS[parts.scheme]
    plain = socket.create_connection((_address_of(host, port), port), timeout=TIMEOUT_SECONDS)
    kind: type[HTTPConnection] = HTTPSConnection if parts.scheme == "https" else HTTPConnection
    connection = kind(host, port, timeout=TIMEOUT_SECONDS)
    try:
        # It goes on with a socket that it has; it follows nothing and reads no proxy's name.
        connection.sock = _secure(plain, host) if parts.scheme == "https" else plain
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        headers = {"Content-Type": "application/x-www-form-urlencoded", "Connection": "close"}
        connection.request("POST", path, body, headers)
        with connection.getresponse() as answer:
            return answer.status
    finally:
        connection.close()
        plain.close()


def _secure(plain: socket.socket, host: str) -> ssl.SSLSocket:
    return ssl.create_default_context().wrap_socket(plain, server_hostname=host)


def _address_of(host: str, port: int) -> str:
    """Where to call. When one of a name's addresses is refused, the name is."""
    found = [str(row[4][0]) for row in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
    for address in found:
        if not settings.HUB_MAY_BE_PRIVATE and not is_public(address):
            raise HubRefused(f"{host} leads to {address}, which is no address for everybody.")
    return found[0]


def is_public(address: str) -> bool:
    """Whether everybody could call this address, however it is written."""
    found: IPv4Address | IPv6Address = ip_address(address.partition("%")[0])
    if isinstance(found, IPv6Address):
        if found.is_site_local:
            return False  # of old networks; Python takes it for one of the internet's
        found = _inner(found)
    return found.is_global and not found.is_multicast and not found.is_reserved


def _inner(address: IPv6Address) -> IPv4Address | IPv6Address:
    """The IPv4 address that leads through this one, if one does."""
    if address in NAT64:
        return IPv4Address(int(address) & 0xFFFFFFFF)
    if address.teredo:
        return address.teredo[1]
    return address.ipv4_mapped or address.sixtofour or address
