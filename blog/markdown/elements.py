"""How each element of a story is written as HTML."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from django.utils.translation import gettext
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from markdown_it.utils import EnvType, OptionsDict

from blog.embeds import Embed
from blog.figures import PENDING, SRC
from blog.markdown.containers import CALLOUTS, DETAILS, PLACEMENTS
from blog.markdown.highlighting import highlight, label
from blog.markdown.limits import MAX_BACK_LINKS
from blog.markdown.mentions import handle_of

LABEL = '<p class="callout__label">'


class Elements(RendererHTML):
    """markdown-it calls the method that has the name of the token's type."""

    def heading_close(
        self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType
    ) -> str:
        anchor = escape(tokens[idx].meta["anchor"])
        says = escape(gettext("Link to this section"))
        # Empty: the stylesheet shows a sign, which then is in no feed and no copied heading.
        link = f'<a class="anchor" href="#{anchor}" aria-label="{says}"></a>'
        return f"{link}</{tokens[idx].tag}>\n"

    def list_item_open(
        self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType
    ) -> str:
        token = tokens[idx]
        if "checked" not in token.meta:
            return self.renderToken(tokens, idx, options, env)
        if token.meta["checked"]:
            done, says, checked = "true", gettext("Done"), ' checked=""'
        else:
            done, says, checked = "false", gettext("To do"), ""
        box = f'<input type="checkbox" disabled=""{checked} aria-label="{escape(says)}">'
        return f'<li class="task" data-done="{done}">{box} '

    def bullet_list_open(
        self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType
    ) -> str:
        return "<ul>\n"

    def fence(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        words = tokens[idx].info.split(maxsplit=1)
        return _code(tokens[idx].content, words[0] if words else "")

    def code_block(
        self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType
    ) -> str:
        return _code(tokens[idx].content, "")

    def table_open(
        self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType
    ) -> str:
        says = escape(gettext("Table"))
        return f'<div class="table" tabindex="0" role="group" aria-label="{says}"><table>\n'

    def table_close(
        self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType
    ) -> str:
        return "</table></div>\n"

    def container_aside_open(
        self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType
    ) -> str:
        kind, has_title = tokens[idx].info, tokens[idx].meta["has_title"]
        if kind == "pull":
            return '<aside class="pull">\n'
        if kind == DETAILS:
            own = "" if has_title else f"<summary>{escape(gettext('Details'))}</summary>\n"
            return f"<details>{own}"
        if kind in CALLOUTS:
            says = gettext("Note") if kind == "note" else gettext("Warning")
            own = "" if has_title else f"{LABEL}{escape(says)}</p>\n"
            return f'<aside class="callout" data-kind="{kind}">\n{own}'
        return ""

    def container_aside_close(
        self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType
    ) -> str:
        kind = tokens[idx].info
        if kind in PLACEMENTS:
            return ""
        return "</details>\n" if kind == DETAILS else "</aside>\n"

    def summary_open(
        self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType
    ) -> str:
        return "<summary>"

    def summary_close(
        self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType
    ) -> str:
        return "</summary>\n"

    def label_open(
        self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType
    ) -> str:
        """A warning says that it is one; its colour says it to some only."""
        kind = f"{escape(gettext('Warning'))} · " if tokens[idx].info == "warning" else ""
        return f"{LABEL}{kind}<strong>"

    def label_close(
        self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType
    ) -> str:
        return "</strong></p>\n"

    def math_inline(
        self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType
    ) -> str:
        """LaTeX until `mathml.expand`."""
        return f'<code class="math">{escape(tokens[idx].content)}</code>'

    def math_block(
        self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType
    ) -> str:
        says, tex = escape(gettext("Formula")), escape(tokens[idx].content)
        return (
            f'<div class="formula" tabindex="0" role="group" aria-label="{says}">'
            f'<code class="math" data-display="block">{tex}</code></div>\n'
        )

    def embed(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        embed: Embed = tokens[idx].meta["embed"]
        return embed.html

    def image(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        """Ours stays an `<img>` until `figures.expand`; one from elsewhere becomes a link."""
        token = tokens[idx]
        src = str(token.attrs.get("src", ""))
        alt = self.renderInlineAsText(token.children, options, env)
        if SRC.fullmatch(src):
            title = escape(str(token.attrs.get("title", "")))
            return f'<img src="{src}" alt="{escape(alt)}"' + (
                f' title="{title}">' if title else ">"
            )
        if PENDING.fullmatch(src):
            return ""
        if not src or token.meta.get("in_link"):
            return escape(alt, quote=False)
        return f'<a href="{escape(src)}">{escape(alt or src, quote=False)}</a>'

    def mention(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        """Of a handle that nobody has, the text stays."""
        said = tokens[idx].content
        address = env["people"].get(handle_of(tokens[idx]))
        return f'<a href="{escape(address)}">{said}</a>' if address else said

    def footnote_ref(
        self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType
    ) -> str:
        number, use = tokens[idx].meta["number"], tokens[idx].meta["use"]
        return (
            f'<sup class="footnote-ref"><a href="#fn-{number}" id="{_ref_id(number, use)}">'
            f"{number}</a></sup>"
        )

    def footnotes_open(
        self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType
    ) -> str:
        return f'<section class="footnotes" aria-label="{escape(gettext("Notes"))}"><ol>\n'

    def footnotes_close(
        self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType
    ) -> str:
        return "</ol></section>\n"

    def footnote_open(
        self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType
    ) -> str:
        return f'<li id="fn-{tokens[idx].meta["number"]}">'

    def footnote_close(
        self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType
    ) -> str:
        return "</li>\n"

    def footnote_backrefs(
        self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType
    ) -> str:
        number, uses = tokens[idx].meta["number"], tokens[idx].meta["uses"]
        says = escape(gettext("Back to the text"))
        # U+FE0E keeps phones from drawing the arrow as a coloured picture.
        return "".join(
            f' <a class="footnote-backref" href="#{_ref_id(number, use)}" aria-label="{says}">'
            "\u21a9\ufe0e</a>"
            for use in range(1, min(uses, MAX_BACK_LINKS) + 1)
        )


def _ref_id(number: int, use: int) -> str:
    return f"fnref-{number}" if use == 1 else f"fnref-{number}-{use}"


def _code(code: str, language: str) -> str:
    name = escape(label(language))
    about = f' data-language="{name}"' if name else ""
    return (
        f'<div class="code"{about}><pre tabindex="0"><code class="highlight">'
        f"{highlight(code, language)}</code></pre></div>\n"
    )
