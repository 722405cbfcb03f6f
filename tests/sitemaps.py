"""The sitemap as a search engine reads it: the index first, then every file that it names."""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree
from urllib.parse import urlsplit

NAMES = {
    "map": "http://www.sitemaps.org/schemas/sitemap/0.9",
    "image": "http://www.google.com/schemas/sitemap-image/1.1",
    "xhtml": "http://www.w3.org/1999/xhtml",
}
MAX_ADDRESSES = 50_000
MAX_BYTES = 50 * 1024 * 1024


def read_index(client) -> dict[str, str | None]:
    """Which files there are, by their path, and when each was changed last."""
    root = ElementTree.fromstring(client.get("/sitemap.xml").content)
    assert root.tag == f"{{{NAMES['map']}}}sitemapindex"
    return {_path(one): one.findtext("map:lastmod", None, NAMES) for one in root}


def read_sitemap(client, path: str) -> dict[str, dict]:
    """What stands in one file, by the path of each address."""
    answer = client.get(path)
    assert answer.status_code == 200, path
    assert answer["Content-Type"] == "application/xml; charset=utf-8"
    assert len(answer.content) <= MAX_BYTES
    root = ElementTree.fromstring(answer.content)
    assert root.tag == f"{{{NAMES['map']}}}urlset"
    assert 0 < len(root) <= MAX_ADDRESSES
    found = {
        _path(one): {
            "changed": one.findtext("map:lastmod", None, NAMES),
            "pictures": [place.text for place in one.findall("image:image/image:loc", NAMES)],
            "languages": {
                link.get("hreflang"): _path_in(link.get("href"))
                for link in one.findall("xhtml:link[@rel='alternate']", NAMES)
            },
        }
        for one in root
    }
    assert len(found) == len(root), "each address once"
    return found


def read_sitemaps(client) -> dict[str, dict]:
    """All addresses that search engines are given."""
    found: dict[str, dict] = {}
    for path in read_index(client):
        found |= read_sitemap(client, path)
    return found


def _path(one) -> str:
    return _path_in(one.findtext("map:loc", None, NAMES))


def _path_in(url: str) -> str:
    assert url.startswith("http://127.0.0.1:8000/"), url
    return urlsplit(url).path
