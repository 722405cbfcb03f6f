from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("blog", "0014_hub_and_sitemap")]

    operations = [
        migrations.RemoveIndex(model_name="post", name="post_listed"),
        migrations.AddIndex(
            model_name="post",
            index=models.Index(
                fields=["status", "visibility", "-published_at", "-id"], name="post_listed"
            ),
        ),
    ]
