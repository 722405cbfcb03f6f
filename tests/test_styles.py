"""What holds for every stylesheet of ours."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.conf import settings

SHEETS = sorted((settings.BASE_DIR / "static" / "css").glob("*.css"))
COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
PHYSICAL = re.compile(
    r"(?:^|[\s;{])(?:margin|padding|border|inset|scroll-margin|scroll-padding)?-?"
    r"(?:left|right)(?:-(?:width|color|style))?\s*:[^;}]*"
    r"|(?:text-align|float|clear)\s*:\s*(?:left|right)\b"
    r"|border-(?:top|bottom)-(?:left|right)-radius"
)
# What is the same whichever way a page runs: a film's sign, the columns of a formula, code.
ALLOWED = {
    ("body", "border-left-color: var(--accent)"),
    ("body", "text-align: left"),
}


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda path: path.stem)
def test_a_page_that_runs_from_right_to_left_is_mirrored_whole(sheet: Path):
    """Sides are said as start and end, never as left and right."""
    css = COMMENT.sub("", sheet.read_text())
    found = {(sheet.stem, match[0].strip(" ;{\n")) for match in PHYSICAL.finditer(css)}
    assert found - ALLOWED == set()
