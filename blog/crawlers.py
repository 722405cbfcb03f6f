"""What robots are asked, and which of them collect texts for AI.

Names as their owners publish them: openai.com/policies (GPTBot, ChatGPT-User, OAI-SearchBot),
support.claude.com "Does Anthropic crawl data from the web" (ClaudeBot, Claude-User,
Claude-SearchBot), developers.google.com/crawling "Common crawlers" (Google-Extended,
Google-CloudVertexBot), commoncrawl.org/ccbot, docs.perplexity.ai "Perplexity crawlers",
support.apple.com/119829 (Applebot-Extended), developers.facebook.com "Web crawlers",
developer.amazon.com/amazonbot, docs.mistral.ai "Robots". For those who publish nothing, the names
under which they come are collected at github.com/ai-robots-txt/ai.robots.txt.
"""

from __future__ import annotations

from django.conf import settings
from django.urls import reverse

from blog.models import Publication

# Some collect to train models, some to answer questions; they are asked alike. Googlebot, Bingbot
# and Applebot are not among them: with them, search engines would leave as well.
AI_CRAWLERS = (
    "AI2Bot",
    "Amazonbot",
    "anthropic-ai",
    "Applebot-Extended",
    "Bytespider",
    "CCBot",
    "ChatGPT-User",
    "Claude-SearchBot",
    "Claude-User",
    "ClaudeBot",
    "cohere-ai",
    "cohere-training-data-crawler",
    "Diffbot",
    "DuckAssistBot",
    "FacebookBot",
    "Google-CloudVertexBot",
    "Google-Extended",
    "GPTBot",
    "ImagesiftBot",
    "meta-externalagent",
    "meta-externalfetcher",
    "MistralAI-User",
    "OAI-SearchBot",
    "omgili",
    "PanguBot",
    "Perplexity-User",
    "PerplexityBot",
    "Timpibot",
    "Webzio-Extended",
    "YouBot",
)
# Pages of one's own, pages without end, and addresses that are secret.
CLOSED = ("/admin/", "/accounts/", "/preview/", "/draft/", "/search/?", "/oembed/")


def robots_txt(publication: Publication) -> str:
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in CLOSED), ""]
    if not publication.welcomes_ai_crawlers:
        lines += [f"User-agent: {name}" for name in AI_CRAWLERS]
        lines += ["Disallow: /", ""]
    lines += [f"Sitemap: {settings.SITE_URL}{reverse('blog:sitemap')}", ""]
    return "\n".join(lines)
