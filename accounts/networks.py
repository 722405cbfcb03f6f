"""Ranges of addresses, and in which of them an address lies; text in, text out."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

# A household has a range of this size, and each of its devices a new address every day.
HOUSEHOLD_BITS_IPV6 = 64
# Shorter than this, a range is a whole provider or a country.
WIDE_BITS = {4: 16, 6: 32}


class NoNetwork(ValueError):
    """It is neither an address nor a range of them."""


def network_named(text: str) -> str:
    """The range that somebody typed, in its one spelling. Raises `NoNetwork`.

    A single address is a range too; one of IPv6 stands for its household's.
    """
    try:
        return _network(text.strip())
    except ValueError as error:
        raise NoNetwork(text) from error


def networks_around(text: str) -> list[str]:
    """Every range in which this address lies, from the whole internet to itself.

    Looked up by equality, so that a thousand ranges cost what one costs.
    """
    try:
        address = _address(text)
    except ValueError:
        return []
    number, all_bits = int(address), address.max_prefixlen
    named = _named_ipv4 if isinstance(address, IPv4Address) else IPv6Address
    return [
        f"{named(number >> (all_bits - bits) << (all_bits - bits))}/{bits}"
        for bits in range(all_bits + 1)
    ]


def is_wide(network: str) -> bool:
    """Whether it holds many more people than somebody can have had in mind."""
    found = ip_network(network)
    return found.prefixlen < WIDE_BITS[found.version]


def _named_ipv4(number: int) -> str:
    return f"{number >> 24}.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"


def _network(text: str) -> str:
    if "/" in text:
        network = ip_network(text, strict=False)
        old = network.network_address
        if isinstance(old, IPv6Address) and old.ipv4_mapped and network.prefixlen >= 96:
            return str(IPv4Network((old.ipv4_mapped, network.prefixlen - 96)))
        return str(network)
    address = _address(text)
    if isinstance(address, IPv6Address):
        return str(IPv6Network((address, HOUSEHOLD_BITS_IPV6), strict=False))
    return str(IPv4Network(address))


def _address(text: str) -> IPv4Address | IPv6Address:
    """An IPv4 address in the clothes of IPv6 is the IPv4 address."""
    address = ip_address(text.strip().partition("%")[0])
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return mapped or address
