"""Rows out of what two measurements say that also stand for themselves: growth and writes."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from benchmarks.choices import Engine
from benchmarks.missing import NotMeasured
from benchmarks.row import Kind, Row

# What is asked of claps differs by database: a second, on one story and over many.
CLAPS = {Engine.SQLITE: (1_000, 1_000), Engine.POSTGRES: (400, 700)}
RESPONSES = 150
SAVE_MS, UPLOAD_SECONDS, UPLOAD_MB = 60, 2, 400
SEARCH_MS = 80


def writes(said: str, engine: Engine) -> Iterator[Row]:
    found = _object(said)
    one, many = CLAPS[engine]
    for name, what, least in (
        ("claps_one_story", "claps, on one story", one),
        ("claps_many_stories", "claps, over 1,000 stories", many),
        ("responses", "responses", RESPONSES),
    ):
        if f"{name}_per_s" in found:
            yield _rate(name, what, least, found)
    for key, number, what, unit, kind, most in (
        ("save_ms", 7, "saving a story of 2,000 words", "ms", Kind.TIME, SAVE_MS),
        (
            "upload_cpu_s",
            7,
            "a photo of 12 megapixels, seen",
            "s of a core",
            Kind.TIME,
            UPLOAD_SECONDS,
        ),
        ("upload_rss_mb", 7, "memory for that photo", "MB", Kind.SIZE, UPLOAD_MB),
    ):
        if key in found:
            more = {"of it processor time, ms": found["save_cpu_ms"]} if key == "save_ms" else {}
            yield Row(number, what, float(found[key]), unit, kind, most=most, more=more)


def _rate(name: str, what: str, least: float, found: dict[str, Any]) -> Row:
    """A rate that is not exact is none: what was answered has to be what is kept."""
    if not found[f"{name}_exact"]:
        raise NotMeasured(f"{what}: what was answered and what is kept are not the same")
    more = {"p50 ms": found[f"{name}_p50_ms"], "p99 ms": found[f"{name}_p99_ms"]}
    rate = float(found[f"{name}_per_s"])
    return Row(4, what, rate, "a second", Kind.RATE, least=least, more=more)


def growth(said: str, small: int, large: int) -> Iterator[Row]:
    found = _object(said)
    for page in found["pages"]:
        times = round(page["ratio"], 2)
        more = {"queries": page["large_queries"], "ms": round(page["large_cpu"], 1)}
        if page["held_to"] == "ms":
            what, p95 = f"{page['page']}, 95 of 100, {large:,} stories", page["large_p95_cpu"]
            more |= {f"times as long as among {small:,}": times}
            yield Row(6, what, round(p95, 1), "ms", Kind.TIME, most=SEARCH_MS, more=more)
        else:
            what = f"{page['page']}, {small:,} to {large:,} stories"
            most = float(found["max_ratio"]) if page["held_to"] else None
            yield Row(6, what, times, "times", Kind.RATIO, most=most, more=more)


def _object(said: str) -> dict[str, Any]:
    """The one JSON object among the lines."""
    start = said.find("{")
    try:
        found: dict[str, Any] = json.loads(said[start:])
    except ValueError as error:
        raise NotMeasured("it ended without figures") from error
    return found
