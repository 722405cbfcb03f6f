"""The index of search, and which languages there are.

The words are taken in by the worker once the server runs (or by `reindex`): here it would take a
lock for as long as there are stories.
"""

import django.db.models.deletion
from django.db import migrations, models

# The tokenizer parts words at what is not ASCII letter or digit; + and # belong to C++ and C#.
# Beginnings of up to three letters, which have thousands of words, are kept ready: "s…" takes 2 ms
# instead of half a second in 10,000 stories. Which column has a word is known, the place in it not.
WORDS = {
    "sqlite": [
        """CREATE VIRTUAL TABLE blog_searchwords USING fts5(
            title, names, subtitle, text,
            tokenize="ascii tokenchars '+#'", prefix='1 2 3', detail=column
        )""",
    ],
    "postgresql": [
        "ALTER TABLE blog_searchentry ADD COLUMN words tsvector NOT NULL DEFAULT ''",
        # Which stories have these words.
        "CREATE INDEX search_words ON blog_searchentry USING gin (words)",
    ],
}


def make_words(apps, schema_editor):
    for sql in WORDS[schema_editor.connection.vendor]:
        schema_editor.execute(sql)


def drop_words(apps, schema_editor):
    # On PostgreSQL they go with the table.
    if schema_editor.connection.vendor == "sqlite":
        schema_editor.execute("DROP TABLE blog_searchwords")


class Migration(migrations.Migration):
    dependencies = [("blog", "0006_told_changes")]

    operations = [
        migrations.CreateModel(
            name="SearchEntry",
            fields=[
                (
                    "post",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="search_entry",
                        serialize=False,
                        to="blog.post",
                    ),
                ),
                ("title_key", models.CharField(max_length=100)),
                ("rules", models.PositiveSmallIntegerField()),
                ("version", models.PositiveIntegerField()),
            ],
            options={
                "verbose_name": "search entry",
                "verbose_name_plural": "search entries",
                "indexes": [models.Index(fields=["title_key", "post"], name="search_title")],
            },
        ),
        migrations.RunPython(make_words, drop_words),
        migrations.AddIndex(
            model_name="post",
            index=models.Index(fields=["language"], name="post_language"),
        ),
    ]
