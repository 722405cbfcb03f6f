"""Which words there are, on SQLite: a view of the index that takes no room of its own.

By it the search asks for a beginning as the words that begin so (`blog.search.sqlite`).
"""

from django.db import migrations


def make_vocabulary(apps, schema_editor):
    if schema_editor.connection.vendor == "sqlite":
        schema_editor.execute(
            "CREATE VIRTUAL TABLE blog_searchvocabulary USING fts5vocab(blog_searchwords, instance)"
        )


def drop_vocabulary(apps, schema_editor):
    if schema_editor.connection.vendor == "sqlite":
        schema_editor.execute("DROP TABLE blog_searchvocabulary")


class Migration(migrations.Migration):
    dependencies = [("blog", "0031_listed_until")]

    operations = [migrations.RunPython(make_vocabulary, drop_vocabulary)]
