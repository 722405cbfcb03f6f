"""The templates of the pages that readers ask for: Jinja2, compiled once for a process.

A file whose name ends in `.jinja` is one of these; all others are Django's. Words, addresses and
files are said as in Django's (`{% translate %}`, `{% url %}`, `{% static %}`), so that
script/messages finds the words of both in one way.
"""
