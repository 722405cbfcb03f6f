"""Where the hub for feeds is, and an index from which the sitemap's own index is made."""

from django.db import migrations, models
from django.db.models import F, Q
from django.db.models.functions import Coalesce

import blog.models.publication


class Migration(migrations.Migration):
    dependencies = [("blog", "0013_read_next")]

    operations = [
        migrations.AddField(
            model_name="publication",
            name="websub_hub",
            field=models.URLField(
                blank=True,
                help_text="A WebSub hub is told when a story comes out or changes, so that readers’ apps show it at once; left empty, they look by themselves.",
                max_length=300,
                validators=[blog.models.publication.validate_hub],
                verbose_name="hub for feeds",
            ),
        ),
        migrations.AddIndex(
            model_name="post",
            index=models.Index(
                (F("id") - 1) / 2000,
                Coalesce("edited_at", "published_at").desc(),
                condition=Q(canonical_url="", status="published", visibility="public"),
                name="post_in_sitemap",
            ),
        ),
    ]
