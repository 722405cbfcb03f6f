r"""Formulas as HTML: the LaTeX between dollar signs becomes MathML.

It runs after sanitising, like `figures`. The converter's tree is not trusted: it knows `\href`,
`\style` and text that looks like tags. So a new one is written here, of the elements, attributes
and values that are named in this file and of nothing else.
"""

from __future__ import annotations

import html
import re
import unicodedata
from functools import lru_cache
from xml.etree.ElementTree import Element

from latex2mathml.converter import Converter

MAX_FORMULA_CHARS = 2_000
MAX_DEPTH = 30  # elements in each other: a fraction in a root in a fraction has nine

FORMULA = re.compile(r'<code class="math"( data-display="block")?>([^<]*)</code>')

# One formula that makes words for the next, or for itself, can grow without end.
DEFINITION = re.compile(r"\\(?:newcommand|def)(?![a-zA-Z])")

ROWS = {"mrow", "msqrt", "mstyle", "mpadded", "mphantom", "mtable", "mtr", "mtd"}
# These have just so many parts, or browsers show a jumble.
COUNTS = {"mfrac": 2, "mroot": 2, "msub": 2, "msup": 2, "munder": 2, "mover": 2}
COUNTS |= {"msubsup": 3, "munderover": 3, "mspace": 0}
WORDS = {"mi", "mn", "mo", "mtext"}  # the only ones with text in them, and with nothing else

YES_OR_NO = re.compile(r"true|false")
LENGTH = re.compile(r"-?(?:[0-9]{1,3})?(?:\.[0-9]{1,4})?(?:em|ex|px|pt|mu)|0")
ATTRIBUTES = {
    "accent": YES_OR_NO,
    "accentunder": YES_OR_NO,
    "depth": LENGTH,
    "displaystyle": YES_OR_NO,
    "fence": YES_OR_NO,
    "form": re.compile(r"prefix|infix|postfix"),
    "height": LENGTH,
    "largeop": YES_OR_NO,
    "linethickness": LENGTH,
    "lspace": LENGTH,
    "mathsize": LENGTH,
    "mathvariant": re.compile(r"normal"),
    "maxsize": LENGTH,
    "minsize": LENGTH,
    "movablelimits": YES_OR_NO,
    "rspace": LENGTH,
    "scriptlevel": re.compile(r"[0-3]"),
    "separator": YES_OR_NO,
    "stretchy": YES_OR_NO,
    "symmetric": YES_OR_NO,
    "voffset": LENGTH,
    "width": LENGTH,
}
# Browsers know lengths by number only.
NAMED_LENGTHS = {
    "thinmathspace": "0.167em",
    "thickmathspace": "0.278em",
    "negativethinmathspace": "-0.167em",
    "negativemediummathspace": "-0.222em",
    "negativethickmathspace": "-0.278em",
}
# Browsers have no alphabets by attribute; Unicode has them as letters: where A, a and 0 begin.
ALPHABETS = {
    "bold": (0x1D400, 0x1D41A, 0x1D7CE),
    "italic": (0x1D434, 0x1D44E, 0),
    "bold-italic": (0x1D468, 0x1D482, 0),
    "script": (0x1D49C, 0x1D4B6, 0),
    "fraktur": (0x1D504, 0x1D51E, 0),
    "double-struck": (0x1D538, 0x1D552, 0x1D7D8),
    "sans-serif": (0x1D5A0, 0x1D5BA, 0x1D7E2),
    "sans-serif-italic": (0x1D608, 0x1D622, 0),
    "monospace": (0x1D670, 0x1D68A, 0x1D7F6),
}
# Letters that Unicode had before it had these alphabets, and that are missing there.
ELDER = {
    "italic": {"h": "ℎ"},
    "script": dict(zip("BEFHILMRego", "ℬℰℱℋℐℒℳℛℯℊℴ", strict=True)),
    "fraktur": dict(zip("CHIRZ", "ℭℌℑℜℨ", strict=True)),
    "double-struck": dict(zip("CHNPQRZ", "ℂℍℕℙℚℝℤ", strict=True)),
}


# A name like sin stands a little apart from the letters beside it.
NAME = re.compile(r"[a-z]{2,}")
APART = {"mo", "mspace", "mtr", "mtd"}
NAME_SPACE = '<mspace width="0.167em"></mspace>'
# Environments that it does not know, by those that it does; nor is `align` numbered, because the
# numbers would begin at one in each formula.
ENVIRONMENTS = {"align": "align*", "aligned": "align*"}
ENVIRONMENTS |= dict.fromkeys(("gather", "gather*", "gathered"), "displaylines")
ENVIRONMENT = re.compile(r"(\\(?:begin|end)\s*\{)(aligned|align|gathered|gather\*?)(?=\})")
# A single upright letter is taken for a slanted one.
LONE_LETTER = re.compile(r"(\\mathrm)\{([A-Za-z])\}")
SIGNS = {"―": "‾"}  # the line over a term that browsers stretch


class _NotUnderstood(ValueError):
    pass


def expand(html_text: str) -> str:
    """Turn each `<code class="math">` of sanitised HTML into `<math>`.

    LaTeX that cannot be read stays what it is, code: its author sees what is not understood.
    """
    return FORMULA.sub(_expand, html_text)


def _expand(match: re.Match[str]) -> str:
    return formula(html.unescape(match[2]), is_block=bool(match[1])) or match[0]


@lru_cache(maxsize=256)
def formula(tex: str, *, is_block: bool) -> str:
    """One formula as `<math>`; "" when it is not understood, too long or too deep."""
    if len(tex) > MAX_FORMULA_CHARS or DEFINITION.search(tex):
        return ""
    readable = ENVIRONMENT.sub(lambda match: f"{match[1]}{ENVIRONMENTS[match[2]]}", tex)
    readable = LONE_LETTER.sub(r"\1{{\2}}", readable)
    try:
        tree = Converter(display="block" if is_block else "inline").convert_to_element(readable)
        inner = _row(list(tree), 1)
    except Exception:
        # It has a dozen errors of its own and lets others through, RecursionError among them.
        return ""
    display = ' display="block"' if is_block else ""
    return f"<math{display}>{inner}</math>"


def _row(elements: list[Element], depth: int) -> str:
    parts: list[str] = []
    for before, element in zip([None, *elements], elements, strict=False):
        if before is not None and before.tag not in APART and element.tag not in APART:
            parts += [NAME_SPACE] if _is_name(before) or _is_name(element) else []
        parts.append(_write(element, depth))
    return "".join(parts)


def _is_name(element: Element) -> bool:
    """`sin`, and `sin` with something above it."""
    while element.tag in COUNTS and len(element):
        element = element[0]
    return element.tag == "mi" and bool(NAME.fullmatch(element.text or ""))


def _write(element: Element, depth: int) -> str:
    if depth > MAX_DEPTH or len(element) != COUNTS.get(element.tag, len(element)):
        raise _NotUnderstood
    if element.tag in WORDS:
        return _word(element)
    tag = element.tag if element.tag in ROWS or element.tag in COUNTS else "mrow"
    children = list(element)
    is_row = tag not in COUNTS
    inner = _row(children, depth + 1) if is_row else "".join(_write(c, depth + 1) for c in children)
    return f"<{tag}{_attributes(element)}>{inner}</{tag}>"


def _word(element: Element) -> str:
    text = html.unescape(element.text or "")  # it has signs as &#x…;
    text = SIGNS.get(text, text)
    tag = element.tag
    if tag == "mi" and text == "&":
        raise _NotUnderstood  # columns of something that it did not take for a table
    if tag != "mtext":
        text = _in_alphabet(text, element.get("mathvariant", ""))
    if tag == "mi" and len(text) == 1 and unicodedata.category(text) == "Sm":
        tag = "mo"  # ± is no letter, and has more room around it
    return f"<{tag}{_attributes(element)}>{html.escape(text)}</{tag}>"


def _attributes(element: Element) -> str:
    kept = ""
    for name, value in element.attrib.items():
        allowed = ATTRIBUTES.get(name)
        known = NAMED_LENGTHS.get(value, value).removeprefix("+")
        if allowed and allowed.fullmatch(known):
            kept += f' {name}="{known}"'
    side = element.get("columnalign")
    return f'{kept} data-align="{side}"' if side in {"left", "right"} else kept


def _in_alphabet(text: str, variant: str) -> str:
    if variant not in ALPHABETS:
        return text
    upper, lower, digits = ALPHABETS[variant]
    elder = ELDER.get(variant, {})

    def letter(sign: str) -> str:
        if sign in elder:
            return elder[sign]
        if "A" <= sign <= "Z":
            return chr(upper + ord(sign) - ord("A"))
        if "a" <= sign <= "z":
            return chr(lower + ord(sign) - ord("a"))
        return chr(digits + ord(sign) - ord("0")) if digits and "0" <= sign <= "9" else sign

    return "".join(map(letter, text))
